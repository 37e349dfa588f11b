import { readFileSync } from 'node:fs';
import { InstrumentFile } from '../../../src/model/instrument.ts';
import { type ItemRange, type ScoringKey, scoreScales } from '../../../src/scales/score.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

type Sheet = { items: { n: number; scale?: string; facet?: string; domain?: string; reverse: boolean }[] };

/** Two public-domain instruments: who answers the same throughout scores where the reversed items say. */
export const referenceCase: ReferenceCase = {
  id: 'ipip-keys',
  run(folder, figures) {
    const short = readJson<Sheet>(folder, 'instruments/mini-ipip-20.json');
    const long = readJson<Sheet>(folder, 'instruments/ipip-neo-120.json');
    const reversed = (sheet: Sheet) => sheet.items.filter((item) => item.reverse).length;
    figures.same('short, items and reversed', [short.items.length, reversed(short)], [20, 11]);
    figures.same('long, items and reversed', [long.items.length, reversed(long)], [120, 55]);

    const { key, ranges } = keyOf(short);
    const scoresOf = (step: number) =>
      scoreScales(key, ranges, Object.fromEntries(Object.keys(ranges).map((item) => [item, step]))).scores;
    for (const scale of ['E', 'A', 'C', 'N']) {
      figures.near(`${scale} at 1 throughout`, scoresOf(1)[scale], 3, 0);
      figures.near(`${scale} at 5 throughout`, scoresOf(5)[scale], 3, 0);
    }
    figures.near('O at 1 throughout', scoresOf(1)['O'], 4, 0);
    figures.near('O at 5 throughout', scoresOf(5)['O'], 2, 0);

    // What is shipped counts the same items, turned the same way, under the same facets.
    const shipped = InstrumentFile.parse(
      JSON.parse(readFileSync(new URL('../../../data/instruments/ipip-neo-120.json', import.meta.url), 'utf8')),
    );
    const facets = [...new Set(long.items.map(({ facet }) => facet!))];
    figures.same('facets and domains shipped', shipped.scales.length, facets.length + 5);
    for (const facet of facets) {
      const own = long.items.filter((item) => item.facet === facet);
      const scale = shipped.scales.find(
        ({ items, partOf }) => partOf && items.some((key) => key.endsWith(`i${own[0]!.n}`)),
      );
      figures.same(
        `${facet} as shipped`,
        scale?.items,
        own.map(({ n, reverse }) => `${reverse ? '-' : ''}i${n}`),
      );
    }
  },
};

function keyOf(sheet: Sheet): { key: ScoringKey; ranges: Record<string, ItemRange> } {
  const codes = [...new Set(sheet.items.map((item) => item.scale!))];
  const scales = codes.map((code) => ({
    code,
    items: sheet.items.filter((item) => item.scale === code).map((item) => `${item.reverse ? '-' : ''}q${item.n}`),
    minimumAnswered: 3,
  }));
  const ranges = Object.fromEntries(sheet.items.map((item) => [`q${item.n}`, { min: 1, max: 5 }]));
  return { key: { centring: 'none', scales }, ranges };
}
