import { type Item, surveyItems } from '../model/items.ts';
import type { Question, SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { type CountedValue, countedMean, countedQuantile, countedStandardDeviation } from '../stats/counted-values.ts';
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
  const asked = Map.groupBy(surveyItems(definition), (item) => item.question);
  return [...asked].map(([question, items]) => ({
    code: question.code,
    text: word(question.text),
    kind: question.kind,
    items: items.map((item) => summariseItem(item, byItem.get(item.address) ?? [], word)),
  }));
}

type Word = (wording: Record<string, string>) => string;

function summariseItem(item: Item, tallies: readonly Tally[], word: Word): ItemSummary {
  const inState = (...states: string[]) =>
    tallies.filter((tally) => states.includes(tally.state)).reduce((sum, tally) => sum + tally.count, 0);
  const given = tallies.filter((tally) => tally.state === 'answered');
  const answered = inState('answered');
  const base = {
    item: item.address,
    label: word(item.label ?? item.question.text),
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
  if (item.holds === 'code' || item.holds === 'codes') {
    const holds = (value: unknown, code: string) => (Array.isArray(value) ? value.includes(code) : value === code);
    const count = (code: string) =>
      given.filter((tally) => holds(tally.value, code)).reduce((sum, tally) => sum + tally.count, 0);
    return {
      ...base,
      kind: 'choice',
      isMultiple: item.holds === 'codes',
      options: item.options.map((option) => counted(option.code, word(option.text), count(option.code))),
    };
  }
  if (item.holds === 'number' && item.steps) {
    const { min, max, labels = {} } = item.steps;
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
      ...moments(valuesOf(given)),
    };
  }
  if (item.holds === 'number') {
    const values = valuesOf(given);
    return {
      ...base,
      kind: 'number',
      ...moments(values),
      median: countedQuantile(values, 0.5),
      min: countedQuantile(values, 0),
      max: countedQuantile(values, 1),
      bins: bins(values),
    };
  }
  // Words, days, times, ranks and files are not counted by what they say.
  return { ...base, kind: 'text' };
}

/** The numbers among the values; an answer from before the item changed its kind is none. */
const valuesOf = (given: readonly Tally[]): CountedValue[] =>
  given.flatMap(({ value, count }) => (typeof value === 'number' ? [{ value, count }] : []));
const moments = (values: readonly CountedValue[]) => ({
  mean: countedMean(values),
  standardDeviation: countedStandardDeviation(values),
});

/** About ten bins of a round width over numbers. */
function bins(values: readonly CountedValue[]): { label: string; count: number }[] {
  const [min, max] = [countedQuantile(values, 0), countedQuantile(values, 1)];
  if (min === null || max === null) return [];
  const width = roundUp((max - min) / 10 || 1);
  const first = Math.floor(min / width) * width;
  const filled = Array.from({ length: Math.floor((max - first) / width) + 1 }, () => 0);
  for (const { value, count } of values) {
    const at = Math.min(filled.length - 1, Math.floor((value - first) / width));
    filled[at] = (filled[at] ?? 0) + count;
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
