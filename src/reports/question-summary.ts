import type { Question, SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { mean } from '../stats/mean.ts';
import { quantile } from '../stats/quantile.ts';
import { standardDeviation } from '../stats/variance.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';

/** How often something was answered, with its share of those who answered and the 95% interval of that share. */
export type Counted = { code: string; label: string; count: number; share: number; low: number; high: number };

export type ItemSummary = {
  item: string;
  label: string;
  /** Who answered: the base of every share here. */
  answered: number;
  refused: number;
  skipped: number;
  notSeen: number;
} & (
  | { kind: 'choice'; isMultiple: boolean; options: Counted[] }
  | { kind: 'steps'; steps: Counted[]; mean: number | null; standardDeviation: number | null }
  | {
      kind: 'number';
      mean: number | null;
      standardDeviation: number | null;
      median: number | null;
      min: number | null;
      max: number | null;
      bins: { label: string; count: number }[];
    }
  | { kind: 'text' }
);

export type QuestionSummary = { code: string; text: string; kind: Question['kind']; items: ItemSummary[] };

/** How many gave each value to an item, in each state. */
export type Tally = { item: string; state: string; value: unknown; count: number };

/**
 * What was answered to every question, from counts of values.
 *
 * @param tallies one entry per item, state and value that occurs
 */
export function summariseQuestions(
  definition: SurveyDefinition,
  tallies: readonly Tally[],
  language: string,
): QuestionSummary[] {
  const byItem = Map.groupBy(tallies, (tally) => tally.item);
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  return definition.pages
    .flatMap((page) => page.questions)
    .map((question) => ({
      code: question.code,
      text: word(question.text),
      kind: question.kind,
      items:
        question.kind === 'battery'
          ? question.rows.map((row) =>
              summariseItem(question, `${question.code}.${row.code}`, word(row.text), byItem, word),
            )
          : [summariseItem(question, question.code, word(question.text), byItem, word)],
    }));
}

type Word = (wording: Record<string, string>) => string;

function summariseItem(
  question: Question,
  item: string,
  label: string,
  byItem: Map<string, Tally[]>,
  word: Word,
): ItemSummary {
  const tallies = byItem.get(item) ?? [];
  const inState = (...states: string[]) =>
    tallies.filter((tally) => states.includes(tally.state)).reduce((sum, tally) => sum + tally.count, 0);
  const given = tallies.filter((tally) => tally.state === 'answered');
  const answered = inState('answered');
  const base = {
    item,
    label,
    answered,
    refused: inState('refused'),
    skipped: inState('skipped'),
    notSeen: inState('not_shown', 'not_reached'),
  };
  const counted = (code: string, name: string, count: number): Counted => {
    const interval = wilsonInterval(count, answered);
    return {
      code,
      label: name,
      count,
      share: interval?.share ?? 0,
      low: interval?.low ?? 0,
      high: interval?.high ?? 0,
    };
  };
  switch (question.kind) {
    case 'single':
    case 'multiple': {
      const holds = (value: unknown, code: string) => (Array.isArray(value) ? value.includes(code) : value === code);
      const count = (code: string) =>
        given.filter((tally) => holds(tally.value, code)).reduce((sum, tally) => sum + tally.count, 0);
      return {
        ...base,
        kind: 'choice',
        isMultiple: question.kind === 'multiple',
        options: question.options.map((option) => counted(option.code, word(option.text), count(option.code))),
      };
    }
    case 'rating':
    case 'battery': {
      const { min, max, labels = {} } = question.steps;
      const steps = Array.from({ length: max - min + 1 }, (_, index) => min + index);
      const count = (step: number) =>
        given.filter((tally) => tally.value === step).reduce((sum, tally) => sum + tally.count, 0);
      const name = (step: number) => {
        const wording = labels[String(step)];
        return wording ? word(wording) : String(step);
      };
      return {
        ...base,
        kind: 'steps',
        steps: steps.map((step) => counted(String(step), name(step), count(step))),
        ...moments(spread(given)),
      };
    }
    case 'number': {
      const values = spread(given);
      const sorted = [...values].sort((a, b) => a - b);
      return {
        ...base,
        kind: 'number',
        ...moments(values),
        median: sorted.length > 0 ? quantile(sorted, 0.5) : null,
        min: sorted[0] ?? null,
        max: sorted.at(-1) ?? null,
        bins: bins(sorted),
      };
    }
    case 'text':
      return { ...base, kind: 'text' };
  }
}

const spread = (given: readonly Tally[]): number[] =>
  given.flatMap((tally) => Array<number>(tally.count).fill(Number(tally.value)));
const moments = (values: readonly number[]) => ({ mean: mean(values), standardDeviation: standardDeviation(values) });

/** About ten bins of a round width over sorted numbers. */
function bins(sorted: readonly number[]): { label: string; count: number }[] {
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return [];
  const width = roundUp((max - min) / 10 || 1);
  const first = Math.floor(min / width) * width;
  const count = Math.floor((max - first) / width) + 1;
  const filled = Array.from({ length: count }, () => 0);
  for (const value of sorted) {
    const at = Math.min(count - 1, Math.floor((value - first) / width));
    filled[at] = (filled[at] ?? 0) + 1;
  }
  const show = (value: number) => String(Number(value.toPrecision(6)));
  return filled.map((n, index) => ({
    label: `${show(first + index * width)} to under ${show(first + (index + 1) * width)}`,
    count: n,
  }));
}

/** The next of 1, 2 or 5 times a power of ten. */
function roundUp(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const step = [1, 2, 5, 10].find((one) => one * power >= width) ?? 10;
  return step * power;
}
