import { adjustedRandIndex } from '../../../src/stats/adjusted-rand-index.ts';
import { calinskiHarabasz } from '../../../src/stats/calinski-harabasz.ts';
import { kMeans } from '../../../src/stats/k-means.ts';
import { mean } from '../../../src/stats/mean.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import { silhouette } from '../../../src/stats/silhouette.ts';
import { standardDeviation } from '../../../src/stats/variance.ts';
import type { ReferenceCase } from '../case.ts';
import { readCsv, readJson, readTable } from '../read.ts';

type ExpectedKMeans = {
  k: number;
  tot_withinss: number;
  total_ss: number;
  sizes: number[];
  centers: number[][];
  avg_silhouette: number;
  cluster_silhouette: number[];
  calinski_harabasz: number;
};

type Expected = Record<
  'iris' | 'iris_scaled' | 'usarrests_scaled' | 'ruspini' | 'faithful',
  { kmeans: ExpectedKMeans[] }
> & { iris: { kmeans3_vs_species: { ARI: number } } };

/** k-means on small classic tables, against the best of two thousand starts elsewhere. */
export const referenceCase: ReferenceCase = {
  id: 'kmeans',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/clustering.json');
    const iris = readTable(folder, 'data/iris.csv', ['Sepal.Length', 'Sepal.Width', 'Petal.Length', 'Petal.Width']);
    const arrests = readTable(folder, 'data/usarrests.csv', ['Murder', 'Assault', 'UrbanPop', 'Rape']);
    const tables = {
      iris,
      iris_scaled: standardise(iris),
      usarrests_scaled: standardise(arrests),
      ruspini: readTable(folder, 'data/ruspini.csv', ['x', 'y']),
      faithful: standardise(readTable(folder, 'data/faithful.csv', ['eruptions', 'waiting'])),
    };

    let leastShare = 1;
    for (const [name, rows] of Object.entries(tables)) {
      for (const reference of wanted[name as keyof typeof tables].kmeans) {
        const { k } = reference;
        const of = `${name} k = ${k}`;
        const found = kMeans(rows, { k, starts: 100, random: mulberry32(1) });
        leastShare = Math.min(leastShare, found.shareOfStartsAtBest);
        figures.atMost(`${of} within`, found.withinSumOfSquares, reference.tot_withinss * (1 + 1e-9));
        figures.near(`${of} total, relative`, found.totalSumOfSquares / reference.total_ss, 1, 1e-9);
        figures.same(`${of} sizes`, found.sizes, reference.sizes);
        figures.same(`${of} converged`, found.converged, true);

        const index = calinskiHarabasz({
          within: found.withinSumOfSquares,
          total: found.totalSumOfSquares,
          n: rows.length,
          k,
        });
        figures.near(`${of} Calinski-Harabasz, relative`, (index ?? 0) / reference.calinski_harabasz, 1);
        const widths = silhouette(rows, found.labels)!;
        figures.near(`${of} silhouette`, widths.mean, reference.avg_silhouette);

        // Groups of one size may come in another order, so each is looked for by its centre.
        for (const [group, centre] of reference.centers.entries()) {
          const own = found.centres.findIndex((other) => other.every((x, j) => Math.abs(x - centre[j]!) < 1e-6));
          figures.near(
            `${of} centre and silhouette ${group + 1}`,
            widths.byGroup.get(own),
            reference.cluster_silhouette[group]!,
          );
        }
      }
    }

    const species = readCsv(folder, 'data/iris.csv').map((row) => row['Species']!);
    const three = kMeans(iris, { k: 3, random: mulberry32(1) });
    figures.near(
      'iris and species',
      adjustedRandIndex(three.labels, species),
      wanted.iris.kmeans3_vs_species.ARI,
      1e-9,
    );
    figures.note(`rarest best result reached by ${(leastShare * 100).toFixed(0)}% of 100 starts`);
  },
};

function standardise(rows: readonly (readonly number[])[]): number[][] {
  const columns = rows[0]!.map((_, j) => rows.map((row) => row[j]!));
  return rows.map((row) => row.map((value, j) => (value - mean(columns[j]!)!) / standardDeviation(columns[j]!)!));
}
