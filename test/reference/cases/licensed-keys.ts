import { readdirSync, readFileSync } from 'node:fs';
import { KnownKey } from '../../../src/model/instrument.ts';
import { scoreScales } from '../../../src/scales/score.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

/** Items by their numbers, reversed ones as `4R`. */
type Key = Record<string, (number | string)[]>;
type Keys = Record<'pvq21_ess' | 'pvq40' | 'tipi10' | 'bfi2xs15' | 'swls5', { items: number; key: Key }>;

/** The file's instruments by our codes; of one every item is reversed, which the file says in words. */
const KNOWN = [
  { code: 'pvq-21', id: 'pvq21_ess', areAllReversed: true },
  { code: 'pvq-40', id: 'pvq40', areAllReversed: false },
  { code: 'tipi', id: 'tipi10', areAllReversed: false },
  { code: 'bfi-2-xs', id: 'bfi2xs15', areAllReversed: false },
  { code: 'swls', id: 'swls5', areAllReversed: false },
] as const;

const folder = new URL('../../../data/instruments/keys/', import.meta.url);

/** Instruments whose words belong to others: the keys we know are those of the file, and a sheet is scored as by hand. */
export const referenceCase: ReferenceCase = {
  id: 'licensed-keys',
  run(reference, figures) {
    const wanted = readJson<Keys>(reference, 'instruments/licensed-keys-only.json');
    const ours = readdirSync(folder).map((name) =>
      KnownKey.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))),
    );
    for (const { code, id, areAllReversed } of KNOWN) {
      const known = ours.find((key) => key.code === code);
      if (!known) {
        figures.same(`${code} is known`, false, true);
        continue;
      }
      const { items, key } = wanted[id];
      const turn = (item: number | string) =>
        areAllReversed || String(item).endsWith('R') ? `-i${Number.parseInt(String(item), 10)}` : `i${item}`;
      figures.same(`${code}, items`, known.items, items);
      figures.same(
        `${code}, key`,
        Object.fromEntries(known.scales.map((scale) => [scale.code.replaceAll('-', '_'), scale.items])),
        Object.fromEntries(Object.entries(key).map(([scale, own]) => [scale, own.map(turn)])),
      );

      // A sheet that uses every step, so that a wrong item or a wrong direction changes a score.
      const { min, max } = known.steps;
      const answer = (n: number) => min + ((n * n + 2 * n) % (max - min + 1));
      const numbers = Array.from({ length: items }, (_, index) => index + 1);
      const { scores } = scoreScales(
        known,
        Object.fromEntries(numbers.map((n) => [`i${n}`, known.steps])),
        Object.fromEntries(numbers.map((n) => [`i${n}`, answer(n)])),
      );
      const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const centre = known.centring === 'person-mean' ? average(numbers.map(answer)) : null;
      for (const [scale, own] of Object.entries(key)) {
        const given = own.map((item) => {
          const raw = answer(Number.parseInt(String(item), 10));
          // Turned with its centre: of a wholly reversed instrument the middle of the steps is turned as well.
          if (!turn(item).startsWith('-')) return raw - (centre ?? 0);
          return centre === null ? min + max - raw : centre - raw;
        });
        const expected = known.scales[0]?.score === 'sum' ? average(given) * own.length : average(given);
        figures.near(`${code}, ${scale}`, scores[scale.replaceAll('_', '-')], expected, 1e-12);
      }
    }
  },
};
