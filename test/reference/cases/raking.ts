import { rakeWeights } from '../../../src/stats/rake-weights.ts';
import type { ReferenceCase } from '../case.ts';
import { readCsv, readJson } from '../read.ts';

type Expected = {
  targets: Record<'sex' | 'age' | 'region', Record<string, number>>;
  weights_range: [number, number];
  n_eff_kish: number;
  deff_kish: number;
  weighting_efficiency_pct: number;
  mean_y_unweighted: number;
  mean_y_weighted: number;
  cell_weights: { sex: string; age: string; region: string; weight: number }[];
  first10: number[];
};

/** Weights to three margins, against those of R's survey package. */
export const referenceCase: ReferenceCase = {
  id: 'raking',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/raking.json');
    const rows = readCsv(folder, 'data/raking_synthetic.csv');
    const found = rakeWeights(
      Object.entries(wanted.targets).map(([name, shares]) => {
        const labels = Object.keys(shares);
        return {
          name,
          codes: rows.map((row) => labels.indexOf(row[name]!)),
          categories: labels.map((label) => ({ label, target: 100 * shares[label]! })),
        };
      }),
    );
    figures.same('converged', found.converged, true);
    figures.note(`${found.iterations} turns`);
    found.weights
      .slice(0, 10)
      .forEach((weight, i) => figures.near(`weight ${i + 1}`, weight, wanted.first10[i]!, 1e-5));
    for (const cell of wanted.cell_weights) {
      const at = rows.findIndex(
        (row) => row['sex'] === cell.sex && row['age'] === cell.age && row['region'] === cell.region,
      );
      figures.near(`weight of ${cell.sex} ${cell.age} ${cell.region}`, found.weights[at], cell.weight, 1e-5);
    }
    figures.near('smallest', found.smallest, wanted.weights_range[0], 1e-5);
    figures.near('largest', found.largest, wanted.weights_range[1], 1e-5);
    figures.near('effective n', found.effectiveN, wanted.n_eff_kish, 1e-3);
    figures.near('design effect', found.designEffect, wanted.deff_kish, 1e-5);
    figures.near('efficiency', 100 * found.efficiency, wanted.weighting_efficiency_pct, 1e-4);
    const values = rows.map((row) => Number(row['y']));
    const mean = (weights: readonly number[]) =>
      values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / weights.reduce((sum, weight) => sum + weight, 0);
    figures.near('mean', mean(rows.map(() => 1)), wanted.mean_y_unweighted);
    figures.near('mean, weighted', mean(found.weights), wanted.mean_y_weighted);
  },
};
