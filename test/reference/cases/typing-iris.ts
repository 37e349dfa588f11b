import { growTree, leafOf } from '../../../src/stats/classification-tree.ts';
import {
  canonicalDirections,
  fitLinearDiscriminant,
  indexOfLargest,
  leaveOneOutPosteriors,
  linearPosteriors,
  wilksLambda,
} from '../../../src/stats/linear-discriminant.ts';
import { leaveOneOutQuadratic } from '../../../src/stats/quadratic-discriminant.ts';
import type { ReferenceCase } from '../case.ts';
import { readCsv, readJson, readTable } from '../read.ts';

type Expected = {
  lda: {
    resubstitution_accuracy: number;
    loo_accuracy: number;
    confusion_resub: number[][];
    confusion_loo: number[][];
    proportion_of_trace: number[];
    abs_scaling: number[][];
    means: number[][];
    priors: number[];
    posterior_rows: { row: number; post: number[] }[];
  };
  qda_loo: number;
  cart: { resub: number; rules: string[] };
  univariate_F: Record<string, number>;
  wilks_lambda: number;
};

const COLUMNS = ['Sepal.Length', 'Sepal.Width', 'Petal.Length', 'Petal.Width'];
const SPECIES = ['setosa', 'versicolor', 'virginica'];

/** Discriminants and a tree on three species of iris, against R's. */
export const referenceCase: ReferenceCase = {
  id: 'typing-iris',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/typing_iris.json');
    const rows = readTable(folder, 'data/iris.csv', COLUMNS);
    const labels = readCsv(folder, 'data/iris.csv').map((row) => SPECIES.indexOf(row['Species']!));
    const accuracy = (found: readonly number[]) =>
      found.filter((group, i) => group === labels[i]).length / labels.length;
    const confusion = (found: readonly number[]) =>
      SPECIES.map((_, truth) =>
        SPECIES.map((_, taken) => found.filter((group, i) => group === taken && labels[i] === truth).length),
      );

    const model = fitLinearDiscriminant(rows, labels);
    model.means.forEach((own, group) =>
      own.forEach((value, j) => figures.near(`mean ${group} ${j}`, value, wanted.lda.means[group]![j]!)),
    );
    model.priors.forEach((prior, group) => figures.near(`prior ${group}`, prior, wanted.lda.priors[group]!));
    const taken = rows.map((row) => indexOfLargest(linearPosteriors(model, row)));
    figures.near('linear, same rows', accuracy(taken), wanted.lda.resubstitution_accuracy, 1e-12);
    figures.same('linear, same rows, confusion', confusion(taken), wanted.lda.confusion_resub);
    const left = leaveOneOutPosteriors(rows, labels).map(indexOfLargest);
    figures.near('linear, one out', accuracy(left), wanted.lda.loo_accuracy, 1e-12);
    figures.same('linear, one out, confusion', confusion(left), wanted.lda.confusion_loo);
    for (const { row, post } of wanted.lda.posterior_rows) {
      const found = linearPosteriors(model, rows[row - 1]!);
      post.forEach((p, group) => figures.near(`posterior ${row} ${group}`, found[group], p, 1e-9));
    }

    const { scaling, traceShares } = canonicalDirections(model);
    wanted.lda.proportion_of_trace.forEach((share, d) => figures.near(`trace ${d}`, traceShares[d], share));
    wanted.lda.abs_scaling.forEach((own, j) =>
      own.forEach((value, d) => figures.near(`scaling ${j} ${d}`, Math.abs(scaling[j]![d]!), value, 1e-5)),
    );
    figures.near("Wilks' lambda", wilksLambda(rows, labels), wanted.wilks_lambda, 1e-9);
    // Of one column, lambda is 1 / (1 + F (groups − 1) / (n − groups)).
    COLUMNS.forEach((column, j) => {
      const lambda = wilksLambda(
        rows.map((row) => [row[j]!]),
        labels,
      );
      figures.near(`F of ${column}`, ((1 / lambda - 1) * 147) / 2, wanted.univariate_F[column]!, 1e-6);
    });

    figures.near(
      'quadratic, one out',
      accuracy(leaveOneOutQuadratic(rows, labels).map(indexOfLargest)),
      wanted.qda_loo,
      1e-9,
    );

    const tree = growTree(rows, labels);
    figures.near('tree, same rows', accuracy(rows.map((row) => leafOf(tree, row).group)), wanted.cart.resub, 1e-12);
    const first = tree.split!;
    const second = first.above.split!;
    figures.same(
      'tree, rules',
      [
        `${COLUMNS[first.column]} < ${first.at.toFixed(2)} -> ${SPECIES[first.below.group]}`,
        `else ${COLUMNS[second.column]} < ${second.at.toFixed(2)} -> ${SPECIES[second.below.group]}`,
        `else ${SPECIES[second.above.group]}`,
      ],
      wanted.cart.rules,
    );
    figures.same(
      'tree, leaves end there',
      [first.below.split, second.below.split, second.above.split],
      [null, null, null],
    );
  },
};
