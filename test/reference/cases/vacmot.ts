import { kMeansEngine } from '../../../src/segments/engines/k-means-engine.ts';
import { buildInputTable } from '../../../src/segments/input-table.ts';
import { testForSegments } from '../../../src/segments/segment-test.ts';
import { repeatedGroupings } from '../../../src/segments/stability.ts';
import { buildTypingTool } from '../../../src/segments/typing/build-typing-tool.ts';
import { forwardPath } from '../../../src/segments/typing/forward-path.ts';
import { accuracyOf, kappaOf } from '../../../src/segments/typing/typing-figures.ts';
import { growTree, leafOf } from '../../../src/stats/classification-tree.ts';
import { kMeans } from '../../../src/stats/k-means.ts';
import {
  fitLinearDiscriminant,
  indexOfLargest,
  leaveOneOutPosteriors,
  linearPosteriors,
} from '../../../src/stats/linear-discriminant.ts';
import { mutualInformation } from '../../../src/stats/mutual-information.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import type { Figures, ReferenceCase } from '../case.ts';
import { readCsv, readJson, readTable } from '../read.ts';

type Expected = {
  kmeans_global: { k: number; tot_withinss: number }[];
  bootstrap_ARI: { table: { k: number; median: number }[] };
  segment_sizes: number[];
  mutual_information_nats: Record<string, number>;
  dotted_name_to_column: Record<string, string>;
  typing: {
    cv: { all20: { lda: { acc: number; kappa: number }; cart: { acc: number; kappa: number } } };
    forward_lda_loo: { n: number; added: string; loo_accuracy: number; cv10: number }[];
  };
};

/** Six published segments of travellers by twenty motives: what tells them apart, and by how few questions. */
export const referenceCase: ReferenceCase = {
  id: 'vacmot',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/vacmot_segments.json');
    const names = Object.keys(readCsv(folder, 'data/vacmot.csv')[0]!).filter((name) => !/^(id|segment6)$/.test(name));
    const rows = readTable(folder, 'data/vacmot.csv', names);
    const labels = readTable(folder, 'data/vacmot.csv', ['segment6']).map(([code]) => code! - 1);
    const fold = readTable(folder, 'data/vacmot_folds.csv', ['fold']).map(([code]) => code! - 1);
    checkTyping(figures, wanted, { names, rows, labels, fold });
    checkGroups(figures, wanted, rows);
    for (const [dotted, expected] of Object.entries(wanted.mutual_information_nats)) {
      const column = names.indexOf(wanted.dotted_name_to_column[dotted]!);
      const found = mutualInformation(
        rows.map((row) => row[column]!),
        labels,
      );
      figures.near(`mutual information of ${dotted}`, found?.mutual, expected);
    }
  },
};

type Data = { names: string[]; rows: number[][]; labels: number[]; fold: number[] };

function checkTyping(figures: Figures, { typing }: Expected, { names, rows, labels, fold }: Data): void {
  const confusionOf = (find: (training: number[]) => (row: readonly number[]) => number) => {
    const confusion = Array.from({ length: 6 }, () => new Array<number>(6).fill(0));
    for (let tested = 0; tested < 10; tested++) {
      const training = rows.flatMap((_, i) => (fold[i] === tested ? [] : [i]));
      const typed = find(training);
      rows.forEach((row, i) => {
        if (fold[i] === tested) confusion[labels[i]!]![typed(row)]! += 1;
      });
    }
    return confusion;
  };
  const linear = confusionOf((training) => {
    const model = fitLinearDiscriminant(
      training.map((i) => rows[i]!),
      training.map((i) => labels[i]!),
    );
    return (row) => indexOfLargest(linearPosteriors(model, row));
  });
  figures.near('all questions, linear', accuracyOf(linear).share, typing.cv.all20.lda.acc, 0.005);
  figures.near('all questions, linear, kappa', kappaOf(linear), typing.cv.all20.lda.kappa, 0.006);
  figures.atLeast('all questions', accuracyOf(linear).share, 0.9);
  const trees = confusionOf((training) => {
    const tree = growTree(
      training.map((i) => rows[i]!),
      training.map((i) => labels[i]!),
    );
    return (row) => leafOf(tree, row).group;
  });
  figures.near('all questions, tree', accuracyOf(trees).share, typing.cv.all20.cart.acc, 0.005);

  // The path of the reference, one out.
  const path = typing.forward_lda_loo.map(({ added }) => names.indexOf(columnOf(names, added)));
  for (const { n, loo_accuracy } of typing.forward_lda_loo) {
    const some = rows.map((row) => path.slice(0, n).map((column) => row[column]!));
    const found = leaveOneOutPosteriors(some, labels).map(indexOfLargest);
    const share = found.filter((segment, i) => segment === labels[i]).length / labels.length;
    figures.near(`${n} questions of the reference, one out`, share, loo_accuracy, 0.0021);
  }

  const own = forwardPath(
    {
      rows: Float64Array.from(rows.flat()),
      n: rows.length,
      p: names.length,
      labels: Int32Array.from(labels),
      segments: 6,
      fold: Int32Array.from(fold),
      folds: 10,
      questions: names.map((_, column) => [column]),
      priors: 'sample',
    },
    20,
  );
  const at = (questions: number) => accuracyOf(own.confusion[questions - 1]!).share;
  const nested = (questions: number) => accuracyOf(own.nestedConfusion[questions - 1]!).share;
  for (const [questions, least] of [
    [6, 0.73],
    [8, 0.8],
    [10, 0.85],
    [20, 0.9],
  ] as const) {
    figures.atLeast(`${questions} questions, given folds`, at(questions), least);
  }
  figures.atLeast('8 questions, nested', nested(8), 0.78);
  figures.atLeast('10 questions, nested', nested(10), 0.83);
  figures.near('all questions by the path', at(20), typing.cv.all20.lda.acc, 0.005);

  const tool = buildTypingTool({
    questions: names.map((name, column) => ({
      id: name,
      name,
      kind: 'binary',
      values: rows.map((row) => row[column]!),
    })),
    segments: [1, 2, 3, 4, 5, 6].map((code) => ({ id: String(code), name: `Segment ${code}` })),
    labels,
    priors: 'sample',
    random: mulberry32(1),
  });
  const measured = tool.measured!;
  figures.same('a tool of these may be published', measured.mayPublish, { ok: true, reasons: [] });
  figures.atMost('questions it asks', measured.chosen, 9);
  figures.note(
    `questions 6/8/10/20: ${[6, 8, 10, 20].map((n) => at(n).toFixed(3)).join('/')}, nested ${[6, 8, 10, 20].map((n) => nested(n).toFixed(3)).join('/')}; tree ${accuracyOf(trees).share.toFixed(3)}; the tool asks ${measured.chosen}, ${measured.accuracy.share.toFixed(3)} right, ${(measured.unsure.shareUnsure * 100).toFixed(0)}% unsure, ${measured.unsure.accuracyOfSure!.share.toFixed(3)} of the others right, shallow tree ${measured.tree.accuracy.share.toFixed(3)}`,
  );
}

/** How tight two to nine groups are, and how far groupings of people drawn anew agree. */
function checkGroups(figures: Figures, wanted: Expected, rows: number[][]): void {
  let furthest = 0;
  for (const { k, tot_withinss } of wanted.kmeans_global) {
    const found = kMeans(rows, { k, random: mulberry32(1), starts: 100 });
    figures.atMost(`squares within ${k} groups`, found.withinSumOfSquares, tot_withinss * (1 + 1e-3));
    furthest = Math.max(furthest, found.withinSumOfSquares / tot_withinss - 1);
  }
  const agreements = wanted.bootstrap_ARI.table.map(({ k, median }) => {
    const { ari } = repeatedGroupings(kMeansEngine, Float64Array.from(rows.flat()), {
      p: rows[0]!.length,
      k,
      pairs: 120,
      labels: null,
      draws: rows.length,
      random: mulberry32(1),
    });
    figures.near(`agreement of groupings by ${k}`, ari, median, 0.06);
    return `${ari.toFixed(2)}/${median.toFixed(2)}`;
  });
  const table = buildInputTable(
    [
      {
        id: 'motives',
        name: 'Motives',
        centring: 'none',
        weight: 1,
        columns: rows[0]!.map((_, column) => ({
          id: `m${String(column).padStart(2, '0')}`,
          name: `Motive ${column + 1}`,
          kind: 'binary',
          values: rows.map((row) => row[column]!),
        })),
      },
    ],
    { missing: 'fill', isBalanced: true },
  );
  const test = testForSegments(table, { random: mulberry32(1) });
  // Published as six segments: something is there, at the edge of what chance makes, and no clear groups.
  figures.same('called segments', test.verdict === 'segments', false);
  figures.same('number of segments at the largest gap', test.k, 6);
  figures.atLeast('largest z', test.maxZ, 1.5);
  figures.atMost('largest gap', Math.max(...test.perK.map(({ gap }) => gap)), 0.02);
  figures.note(
    `squares within at most ${(furthest * 100).toFixed(3)}% above; agreement by 2 to 9 ${agreements.join(' ')}; test ${test.verdict}, k ${test.k}, z ${test.maxZ.toFixed(1)}`,
  );
}

/** R writes a dot for every sign that is no letter. */
const columnOf = (names: readonly string[], dotted: string): string =>
  names.find((name) => name.replaceAll(/[^a-z]/gi, '.') === dotted)!;
