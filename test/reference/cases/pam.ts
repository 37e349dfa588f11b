import { kMedoids } from '../../../src/stats/k-medoids.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import { silhouette } from '../../../src/stats/silhouette.ts';
import type { ReferenceCase } from '../case.ts';
import { readClusteringTables, type TableName } from '../clustering-tables.ts';
import { readJson } from '../read.ts';

type ExpectedPam = {
  k: number;
  objective: [number, number];
  medoid_rows: number[];
  sizes: number[];
  avg_silhouette: number;
};
type Expected = Record<TableName, { pam?: ExpectedPam[] }>;

/** Groups around medoids: built and exchanged in the same order as elsewhere, to the same rows. */
export const referenceCase: ReferenceCase = {
  id: 'pam',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/clustering.json');
    for (const [name, rows] of Object.entries(readClusteringTables(folder))) {
      for (const reference of wanted[name as TableName].pam ?? []) {
        const { k } = reference;
        const of = `${name} k = ${k}`;
        const found = kMedoids(rows, { k, random: mulberry32(1) });
        figures.near(`${of} built`, found.meanDistanceBuilt, reference.objective[0]);
        figures.near(`${of} exchanged`, found.meanDistance, reference.objective[1]);
        const text = (medoids: readonly number[]) => medoids.map((row) => rows[row]!.join(' ')).sort();
        figures.same(`${of} medoids`, text(found.medoids), text(reference.medoid_rows.map((row) => row - 1)));
        figures.same(
          `${of} sizes`,
          found.sizes,
          [...reference.sizes].sort((a, b) => b - a),
        );
        figures.near(`${of} silhouette`, found.silhouette, reference.avg_silhouette);
        figures.near(`${of} silhouette of the labels`, silhouette(rows, found.labels)?.mean, reference.avg_silhouette);
        figures.same(`${of} converged`, found.converged, true);
      }
    }
  },
};
