import { fitSegments } from '../../../src/segments/fit-segments.ts';
import { buildInputTable, type InputBlock } from '../../../src/segments/input-table.ts';
import { testForSegments } from '../../../src/segments/segment-test.ts';
import { adjustedRandIndex } from '../../../src/stats/adjusted-rand-index.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson, readTable } from '../read.ts';

type Expected = {
  cases: {
    id: string;
    n: number;
    true_k: number;
    kmeans3_centered_wss: number;
    ari_centered: number | null;
    R2_rowmean_by_uncentered_clusters: number;
  }[];
};

const ITEMS = Array.from({ length: 9 }, (_, j) => `q${j + 1}`);

/** Answers with a style of answering in them, with three segments and without any. */
export const referenceCase: ReferenceCase = {
  id: 'response-style',
  run(folder, figures) {
    for (const wanted of readJson<Expected>(folder, 'expected/response_style.json').cases) {
      const rows = readTable(folder, `data/${wanted.id}.csv`, [...ITEMS, 'true_segment']);
      const tableWith = (centring: InputBlock['centring']) =>
        buildInputTable(
          [
            {
              id: 'items',
              name: 'Items',
              centring,
              weight: 1,
              columns: ITEMS.map((id, j) => ({ id, name: id, kind: 'ordinal', values: rows.map((row) => row[j]!) })),
            },
          ],
          { missing: 'fill', isBalanced: true },
        );
      const table = tableWith('person-mean');
      const test = testForSegments(table, { random: mulberry32(1) });
      figures.note(`${wanted.id}: ${test.verdict}, k ${test.k}, z ${test.maxZ.toFixed(1)}`);
      const fit = fitSegments(table, { k: 3, test, random: mulberry32(1) });
      const within = (1 - fit.shareExplained) * table.rows.reduce((sum, value) => sum + value ** 2, 0);
      figures.atMost(`${wanted.id}: squares within three groups`, within, wanted.kmeans3_centered_wss * (1 + 1e-6));
      figures.atMost(`${wanted.id}: style after centring`, fit.style[0]?.share, 0.1);
      const uncentred = fitSegments(tableWith('none'), { k: 3, test: null, random: mulberry32(1) });
      if (wanted.true_k === 1) {
        figures.same(`${wanted.id}: verdict`, test.verdict, 'none');
        figures.atMost(`${wanted.id}: largest z`, test.maxZ, 2.5);
        figures.same(`${wanted.id}: label`, fit.label, 'constructive');
        figures.near(
          `${wanted.id}: style without centring`,
          uncentred.style[0]?.share,
          wanted.R2_rowmean_by_uncentered_clusters,
          0.02,
        );
      } else {
        figures.same(`${wanted.id}: segments`, [test.verdict, test.k], ['segments', 3]);
        figures.atLeast(`${wanted.id}: largest z`, test.maxZ, 2.5);
        const truth = table.kept.map((person) => rows[person]!.at(-1)!);
        figures.atLeast(
          `${wanted.id}: agreement with the planted segments`,
          adjustedRandIndex(Array.from(fit.labels), truth),
          (wanted.ari_centered ?? 0) - 0.02,
        );
      }
    }
  },
};
