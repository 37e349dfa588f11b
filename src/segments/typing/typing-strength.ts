import type { Random } from '../../stats/random.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import type { InputTable } from '../input-table.ts';
import { FOLDS, samplePath } from './sample-path.ts';
import { accuracyOf, kappaOf } from './typing-figures.ts';
import { type TypingCandidate, typingSample } from './typing-sample.ts';

/** How well a few questions would tell the segments of somebody new. */
export type TypingStrength = {
  questions: number;
  /** People it was counted on, none of whom helped to choose the questions or to fit. */
  people: number;
  accuracy: ShareInterval;
  /** Beyond chance; null when everybody is in one segment. */
  kappa: number | null;
};

const QUESTIONS_MOST = 8;
const PEOPLE_MOST = 5_000;
/** Every question is tried at every step, so that wide tables are looked at over fewer people. */
const CELLS_MOST = 100_000;

/**
 * How well at most eight of the things that people were grouped by, as answered, tell their segment. A figure to hold
 * solutions against each other; a typing tool may ask other questions as well.
 *
 * @param labels for each row of the table its segment
 * @param k how many segments there are
 * @returns a sentence where that cannot be said
 */
export function typingStrength(
  table: InputTable,
  labels: Int32Array,
  k: number,
  random: Random,
): TypingStrength | { reason: string } {
  const { n, p, answers } = table;
  const people = Math.max(200, Math.min(PEOPLE_MOST, Math.floor(CELLS_MOST / p)));
  const rows = Array.from({ length: Math.min(n, people) }, (_, i) =>
    n <= people ? i : Math.floor(((i + 0.5) * n) / people),
  );
  const questions = new Map<string, number[]>();
  for (const [column, { id, levelOf }] of table.columns.entries())
    questions.set(levelOf ?? id, [...(questions.get(levelOf ?? id) ?? []), column]);
  const candidates = [...questions].map(([id, columns]): TypingCandidate => {
    const [first] = columns;
    const name = table.columns[first!]!.name;
    const known = (value: number) => (Number.isNaN(value) ? null : value);
    if (columns.length === 1)
      return {
        id,
        name,
        kind: table.columns[first!]!.isBinary ? 'binary' : 'numeric',
        values: rows.map((row) => known(answers[row * p + first!]!)),
      };
    const values = rows.map((row) => {
      if (Number.isNaN(answers[row * p + first!]!)) return null;
      const level = columns.findIndex((column) => answers[row * p + column]! > 0);
      return level < 0 ? columns.length : level;
    });
    const levels = columns.map((column) => table.columns[column]!.name);
    // A level that has no column of its own is none of these.
    return {
      id,
      name,
      kind: 'nominal',
      levels: values.includes(columns.length) ? [...levels, 'another'] : levels,
      values,
    };
  });
  const segments = Array.from({ length: k }, (_, segment) => ({ name: `Segment ${segment + 1}` }));
  try {
    const sample = typingSample(
      candidates,
      segments,
      rows.map((row) => labels[row]!),
    );
    const { path } = samplePath(sample, {
      segments: k,
      priors: 'sample',
      random,
      folds: FOLDS,
      steps: QUESTIONS_MOST,
    });
    const confusion = path.nestedConfusion.at(-1)!;
    return {
      questions: path.order.length,
      people: sample.n,
      accuracy: accuracyOf(confusion),
      kappa: kappaOf(confusion),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { reason: error.message };
  }
}
