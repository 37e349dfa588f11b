import { type Item, isSpoken, surveyItems } from '../model/items.ts';
import type { Question, SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { BestWorstPerson } from '../scales/best-worst/best-worst-answer.ts';
import { type BestWorstCount, bestWorstCounts } from '../scales/best-worst/best-worst-counts.ts';
import { countedMeanInterval } from '../stats/counted-mean-interval.ts';
import { countedMedianInterval } from '../stats/counted-median-interval.ts';
import { type CountedValue, countedMean, countedQuantile, countedStandardDeviation } from '../stats/counted-values.ts';
import { dateBins, dayNumber, hourBins } from './calendar-bins.ts';
import { type Counted, countedShare } from './counted-share.ts';
import { type MeasureSummary, summariseMeasure } from './measure-summary.ts';
import { type RankedOption, summariseRanking } from './ranking-summary.ts';

/** A mean with its 95% interval and the spread of the values; null where there are too few of them. */
export type Moments = {
  mean: number | null;
  meanLow: number | null;
  meanHigh: number | null;
  standardDeviation: number | null;
};
/** A median with its 95% interval; null where there are too few values. */
export type Middle = { median: number | null; medianLow: number | null; medianHigh: number | null };

export type ItemSummary = {
  item: string;
  label: string;
  /** Who answered: the base of every share here, unless it says otherwise. */
  answered: number;
  refused: number;
  skipped: number;
  notSeen: number;
} & (
  | { kind: 'choice'; isMultiple: boolean; options: Counted[] }
  | ({ kind: 'steps'; steps: Counted[]; measure: MeasureSummary | null } & Moments)
  | ({
      kind: 'number';
      min: number | null;
      max: number | null;
      /** What all options of a sum come to together; null for a number of its own. */
      outOf: number | null;
      bins: Counted[];
    } & Moments &
      Middle)
  | { kind: 'ranking'; options: RankedOption[] }
  /** In days since 1 January 1970. */
  | ({ kind: 'date'; first: number | null; last: number | null; bins: Counted[] } & Middle)
  | { kind: 'time'; bins: Counted[] }
  | {
      kind: 'text';
      /** Kept whole as a source, so that themes can be found in it. */
      isSpoken: boolean;
      /** Asked of respondents, not brought by the address or worked out. */
      isAsked: boolean;
      /** Stands beside an option, and was asked of those who chose it. */
      isBeside: boolean;
      /** How many wrote something, out of `asked`. */
      written: Counted;
      asked: number;
    }
);
type ItemKindSummary = ItemSummary extends infer Each
  ? Each extends unknown
    ? Omit<Each, 'item' | 'label' | 'answered' | 'refused' | 'skipped' | 'notSeen'>
    : never
  : never;

/** What was liked best and least, over everybody. */
export type BestWorstStanding = {
  /** People with at least one choice. */
  n: number;
  /** The best liked first; options that nobody was shown come last. */
  options: ({ code: string; label: string } & BestWorstCount)[];
};

export type QuestionSummary = {
  code: string;
  text: string;
  kind: Question['kind'];
  /** None for a best-worst question, whose tasks mean nothing one by one. */
  items: ItemSummary[];
  bestWorst: BestWorstStanding | null;
};

/** How many gave each value to an item, in each state. */
export type Tally = { item: string; state: string; value: unknown; count: number };

/**
 * What was answered to every question, from counts of values. Words beside an option that nobody chose could not be
 * written, and are left out.
 *
 * @param tallies one entry per item, state and value that occurs
 * @param tasks what people chose in each best-worst question, by its code, options numbered in their order
 */
export function summariseQuestions(
  definition: SurveyDefinition,
  tallies: readonly Tally[],
  language: string,
  tasks: ReadonlyMap<string, readonly BestWorstPerson[]> = new Map(),
): QuestionSummary[] {
  const byItem = Map.groupBy(tallies, (tally) => tally.item);
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const asked = Map.groupBy(surveyItems(definition), (item) => item.question);
  return [...asked].map(([question, items]): QuestionSummary => {
    const base = { code: question.code, text: word(question.text), kind: question.kind };
    if (question.kind === 'best-worst') {
      const options = question.options.map(({ code, text }) => ({ code, label: word(text) }));
      return { ...base, items: [], bestWorst: standing(options, tasks.get(question.code) ?? []) };
    }
    const talliesOf = (item: string) => byItem.get(item) ?? [];
    const summaries = items.map((item) =>
      item.isMain
        ? summariseItem(item, talliesOf(item.address), word)
        : summariseBeside(item, talliesOf(item.address), chosen(talliesOf(question.code), item.row), word),
    );
    return { ...base, items: summaries.filter((one) => one !== null), bestWorst: null };
  });
}

type Word = (wording: Record<string, string>) => string;

function standing(
  options: readonly { code: string; label: string }[],
  people: readonly BestWorstPerson[],
): BestWorstStanding {
  const counts = bestWorstCounts(people, { items: options.length });
  const scoreOf = ({ score }: BestWorstCount) => score ?? Number.NEGATIVE_INFINITY;
  return {
    n: people.filter((person) => person.some(({ best, worst }) => best !== null || worst !== null)).length,
    options: options
      .map((option, index) => ({ ...option, ...counts[index]! }))
      .sort((a, b) => scoreOf(b) - scoreOf(a) || 0),
  };
}

const holds = (value: unknown, code: string | null) => (Array.isArray(value) ? value.includes(code) : value === code);
const sum = (tallies: readonly Tally[]) => tallies.reduce((total, { count }) => total + count, 0);
const givenIn = (tallies: readonly Tally[]) => tallies.filter(({ state }) => state === 'answered');
/** How many chose an option. */
const chosen = (tallies: readonly Tally[], code: string | null) =>
  sum(givenIn(tallies).filter(({ value }) => holds(value, code)));

function baseOf(item: Item, tallies: readonly Tally[], word: Word) {
  const inState = (...states: string[]) => sum(tallies.filter((tally) => states.includes(tally.state)));
  return {
    item: item.address,
    label: word(item.label ?? item.question.text),
    answered: inState('answered'),
    refused: inState('refused'),
    skipped: inState('skipped'),
    notSeen: inState('not_shown', 'not_reached'),
  };
}

/** Words beside an option; null when nobody chose it, so that nobody could write any. */
function summariseBeside(item: Item, tallies: readonly Tally[], chose: number, word: Word): ItemSummary | null {
  const base = baseOf(item, tallies, word);
  // Words may have come without the choice in an imported file.
  const asked = Math.max(chose, base.answered);
  if (asked === 0) return null;
  return { ...base, ...textSummary(item, base.answered, asked), isBeside: true };
}

const textSummary = (item: Item, answered: number, asked: number) => ({
  kind: 'text' as const,
  isSpoken: isSpoken(item),
  isAsked: item.isAsked,
  isBeside: false,
  written: countedShare('written', 'Wrote something', answered, asked),
  asked,
});

function summariseItem(item: Item, tallies: readonly Tally[], word: Word): ItemSummary {
  const base = baseOf(item, tallies, word);
  return { ...base, ...summariseValues(item, base, givenIn(tallies), word) };
}

function summariseValues(
  item: Item,
  { answered, refused, skipped }: { answered: number; refused: number; skipped: number },
  given: readonly Tally[],
  word: Word,
): ItemKindSummary {
  const counted = (code: string, label: string, count: number) => countedShare(code, label, count, answered);
  const inBins = (bins: readonly { label: string; count: number }[]) =>
    bins.map(({ label, count }, index) => counted(String(index), label, count));
  switch (item.holds) {
    case 'code':
    case 'codes':
      return {
        kind: 'choice',
        isMultiple: item.holds === 'codes',
        options: item.options.map(({ code, text }) => counted(code, word(text), chosen(given, code))),
      };
    case 'number': {
      const values = valuesOf(given);
      if (!item.steps)
        return {
          kind: 'number',
          ...moments(values),
          ...middle(values),
          min: countedQuantile(values, 0),
          max: countedQuantile(values, 1),
          outOf: item.question.kind === 'sum' ? item.question.total : null,
          bins: inBins(bins(values)),
        };
      const { min, max, labels = {} } = item.steps;
      const name = (step: number) => {
        const wording = labels[String(step)];
        return wording ? word(wording) : String(step);
      };
      const measure = item.question.kind === 'rating' ? item.question.measure : undefined;
      return {
        kind: 'steps',
        steps: Array.from({ length: max - min + 1 }, (_, index) => min + index).map((step) =>
          counted(String(step), name(step), sum(given.filter(({ value }) => value === step))),
        ),
        measure: measure === undefined ? null : summariseMeasure(measure, values),
        ...moments(values),
      };
    }
    case 'ranking':
      return {
        kind: 'ranking',
        options: summariseRanking(
          item.options.map(({ code, text }) => ({ code, label: word(text) })),
          given.flatMap(({ value, count }) => (Array.isArray(value) ? [{ codes: value.map(String), count }] : [])),
          answered,
        ),
      };
    case 'date': {
      const days = given.flatMap(({ value, count }) => {
        const day = dayNumber(String(value));
        return day === null ? [] : [{ value: day, count }];
      });
      return {
        kind: 'date',
        ...middle(days),
        first: countedQuantile(days, 0),
        last: countedQuantile(days, 1),
        bins: inBins(dateBins(days)),
      };
    }
    case 'time':
      return {
        kind: 'time',
        bins: inBins(hourBins(given.map(({ value, count }) => ({ time: String(value), count })))),
      };
    // Words and files are not counted by what they say.
    case 'text':
    case 'file':
      return textSummary(item, answered, answered + refused + skipped);
  }
}

/** The numbers among the values; an answer from before the item changed its kind is none. */
const valuesOf = (given: readonly Tally[]): CountedValue[] =>
  given.flatMap(({ value, count }) => (typeof value === 'number' ? [{ value, count }] : []));

function moments(values: readonly CountedValue[]): Moments {
  const interval = countedMeanInterval(values);
  return {
    mean: countedMean(values),
    meanLow: interval?.low ?? null,
    meanHigh: interval?.high ?? null,
    standardDeviation: countedStandardDeviation(values),
  };
}

function middle(values: readonly CountedValue[]): Middle {
  const interval = countedMedianInterval(values);
  return {
    median: countedQuantile(values, 0.5),
    medianLow: interval?.low ?? null,
    medianHigh: interval?.high ?? null,
  };
}

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
