import { codeFigures, type MacroFigures, macroFigures } from '../../../src/coding/code-figures.ts';
import { learnCode } from '../../../src/coding/learn-code.ts';
import { countFeatures } from '../../../src/coding/text-features.ts';
import { englishReading } from '../../../src/text/tokens.ts';
import type { ReferenceCase } from '../case.ts';
import { readText } from '../read.ts';

/** Each value of higher order with the categories it is made of, and the ten basic values with theirs. */
const TEN: Readonly<Record<string, readonly string[]>> = {
  'Self-direction': ['Self-direction: thought', 'Self-direction: action'],
  Stimulation: ['Stimulation'],
  Hedonism: ['Hedonism'],
  Achievement: ['Achievement'],
  Power: ['Power: dominance', 'Power: resources'],
  Security: ['Security: personal', 'Security: societal'],
  Tradition: ['Tradition'],
  Conformity: ['Conformity: rules', 'Conformity: interpersonal'],
  Benevolence: ['Benevolence: caring', 'Benevolence: dependability'],
  Universalism: [
    'Universalism: concern',
    'Universalism: nature',
    'Universalism: tolerance',
    'Universalism: objectivity',
  ],
};
const FOUR: Readonly<Record<string, readonly string[]>> = {
  Openness: ['Self-direction', 'Stimulation', 'Hedonism'],
  'Self-enhancement': ['Achievement', 'Power'],
  Conservation: ['Security', 'Tradition', 'Conformity'],
  'Self-transcendence': ['Benevolence', 'Universalism'],
};

/**
 * The coder on 5,393 arguments coded by three people with twenty categories of values: learned from four fifths, judged on
 * every argument whose number divides by five. Arguments for and against the same conclusion count as one person's, so
 * the figures out of fold are of conclusions it had not seen.
 */
export const referenceCase: ReferenceCase = {
  id: 'values-text',
  run(folder, figures) {
    const began = process.cpuUsage();
    const table = (file: string) =>
      readText(folder, `touche23/${file}`)
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/\r$/, '').split('\t'));
    const [, ...rows] = table('arguments-training.tsv');
    const [names = [], ...coded] = table('labels-training.tsv');
    const labelsOf = new Map(coded.map((row) => [row[0], row]));
    const groupOf = new Map<string, number>();
    const groups = Int32Array.from(rows, ([, conclusion = '']) => {
      const group = groupOf.get(conclusion) ?? groupOf.size;
      groupOf.set(conclusion, group);
      return group;
    });
    const isTest = rows.map(([id = '']) => Number(id.slice(1)) % 5 === 0);
    const test = [...rows.keys()].filter((row) => isTest[row]);
    const counts = countFeatures(
      rows.map(([, , , premise = '']) => premise),
      { reading: { ...englishReading, stopWords: new Set() } },
    );

    const truthOf = new Map(
      names.slice(1).map((name, at) => [name, rows.map(([id]) => labelsOf.get(id)?.[at + 1] === '1')]),
    );
    const anyOf = (parts: readonly string[]) => rows.map((_, row) => parts.some((part) => truthOf.get(part)?.[row]));
    for (const made of [TEN, FOUR]) for (const [name, parts] of Object.entries(made)) truthOf.set(name, anyOf(parts));

    const judge = (name: string) => {
      const truth = truthOf.get(name) ?? [];
      const labels = Int8Array.from(truth, (isYes, row) => (isTest[row] ? -1 : Number(isYes)));
      const learned = learnCode(counts, { labels, groups, seed: 1 });
      const against = (decide: (row: number) => boolean) =>
        codeFigures(
          test.map((row) => Number(truth[row])),
          test.map((row) => Number(decide(row))),
          test.map((row) => groups[row]!),
          1,
        );
      return {
        held: against((row) => learned.probabilities[row]! >= learned.threshold),
        outOfFold: learned.figures,
        all: against(() => true),
      };
    };
    const show = (of: MacroFigures | null) => `${of?.f1.toFixed(3)} (mean F1 ${of?.meanF1.toFixed(3)})`;
    const twenty = names.slice(1);
    figures.same('categories', twenty.length, 20);
    figures.same('arguments', rows.length, 5393);
    for (const [kind, wanted] of [
      ['20 categories', twenty],
      ['10 values', Object.keys(TEN)],
      ['4 of higher order', Object.keys(FOUR)],
    ] as const) {
      const judged = wanted.map(judge);
      const [held, outOfFold, all] = (['held', 'outOfFold', 'all'] as const).map((which) =>
        macroFigures(judged.map((one) => one[which])),
      );
      figures.note(
        `${kind}: ${show(held ?? null)}, out of fold by conclusion ${show(outOfFold ?? null)}, tag everything ${show(all ?? null)}`,
      );
      figures.atLeast(`${kind}, F1 above tagging everything`, held?.f1, (all?.f1 ?? 1) + 0.01);
      if (wanted === twenty) {
        figures.atLeast(`${kind}, F1`, held?.f1, 0.37);
        figures.atLeast(`${kind}, F1 of conclusions not seen`, outOfFold?.f1, 0.37);
      }
    }
    const { user, system } = process.cpuUsage(began);
    figures.note(
      `n ${rows.length - test.length} learned, ${test.length} judged; ${((user + system) / 1e6).toFixed(0)} s of processor time, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most`,
    );
  },
};
