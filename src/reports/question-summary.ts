import { type Item, isSpoken, surveyItems } from '../model/items.ts';
import type { Question, SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { BestWorstPerson } from '../scales/best-worst/best-worst-answer.ts';
import { type BestWorstCount, bestWorstCounts } from '../scales/best-worst/best-worst-counts.ts';
import { countedMedianInterval } from '../stats/counted-median-interval.ts';
import { type CountedValue, countedMean, countedQuantile, countedStandardDeviation } from '../stats/counted-values.ts';
import { dateBins, dayNumber, hourBins } from './calendar-bins.ts';
import { type Counted, countedShare } from './counted-share.ts';
import { meanWithin, type ScaleEnds, scaleEnds } from './mean-within.ts';
import { type MeasureSummary, summariseMeasure } from './measure-summary.ts';
import { type RankedOption, summariseRanking } from './ranking-summary.ts';

/** A mean with its 95% t interval, within the ends of the scale, and the spread; null where there are too few values. */
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
  /** What was worded otherwise in versions before. */
  reworded: Reworded[];
};

/** A wording as it is now, and as it was, the latest first; the question's own, a row's or an option's. */
export type Reworded = { now: string; before: string[] };

/** Follows the wording of an option that was offered before and is no more. */
export const FORMER_MARK = ' (no longer offered)';

/** How many gave each value to an item, in each state. */
export type Tally = { item: string; state: string; value: unknown; count: number };

/**
 * What was answered to every question, from counts of values. Words beside an option that nobody chose could not be
 * written, and are left out. An option that is no longer offered stands below the others where somebody chose it.
 *
 * @param tallies one entry per item, state and value that occurs
 * @param tasks what people chose in each best-worst question, by its code, options numbered in their order
 * @param before the versions before this one that were answered, the latest first
 */
export function summariseQuestions(
  definition: SurveyDefinition,
  tallies: readonly Tally[],
  language: string,
  tasks: ReadonlyMap<string, readonly BestWorstPerson[]> = new Map(),
  before: readonly SurveyDefinition[] = [],
): QuestionSummary[] {
  const byItem = Map.groupBy(tallies, (tally) => tally.item);
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const asked = Map.groupBy(surveyItems(definition), (item) => item.question);
  const askedBefore = Map.groupBy(before.flatMap(surveyItems), (item) => item.address);
  return [...asked].map(([question, ownItems]): QuestionSummary => {
    const given = givenIn(ownItems.flatMap((item) => byItem.get(item.address) ?? []));
    const items = ownItems.map((item) => withFormerOptions(item, askedBefore.get(item.address) ?? [], given));
    const base = {
      code: question.code,
      text: word(question.text),
      kind: question.kind,
      reworded: rewordings(items, askedBefore, word),
    };
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
/** An item that also has options of before; `formerCodes` are theirs. */
type ItemOverVersions = Item & { formerCodes: ReadonlySet<string> };

/** Options of before that somebody chose in this item or another row of its question, so that rows keep one set of columns. */
function withFormerOptions(item: Item, before: readonly Item[], given: readonly Tally[]): ItemOverVersions {
  const options = [...item.options];
  for (const option of before.flatMap((one) => one.options)) {
    const isKnown = options.some(({ code }) => code === option.code);
    if (!isKnown && given.some(({ value }) => holds(value, option.code))) options.push(option);
  }
  return { ...item, options, formerCodes: new Set(options.slice(item.options.length).map(({ code }) => code)) };
}

/** Each wording of a question that was another in a version before; differences of white space are none. */
function rewordings(
  items: readonly ItemOverVersions[],
  askedBefore: ReadonlyMap<string, readonly Item[]>,
  word: Word,
): Reworded[] {
  const wordings = new Map<string, string[]>();
  const note = (of: string, wording: Record<string, string> | null | undefined) => {
    if (!wording) return;
    const text = word(wording).replaceAll(/\s+/g, ' ').trim();
    const known = wordings.get(of) ?? [];
    if (!known.includes(text)) wordings.set(of, [...known, text]);
  };
  for (const item of items) {
    const before = (askedBefore.get(item.address) ?? []).filter(({ question }) => question.kind === item.question.kind);
    for (const one of [item, ...before]) {
      note('text', one.question.text);
      note(`row ${one.row}`, one.label);
      for (const option of one.options) note(`option ${option.code}`, option.text);
    }
  }
  return [...wordings.values()].flatMap(([now, ...before]) =>
    now === undefined || before.length === 0 ? [] : [{ now, before }],
  );
}

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

function summariseItem(item: ItemOverVersions, tallies: readonly Tally[], word: Word): ItemSummary {
  const base = baseOf(item, tallies, word);
  return { ...base, ...summariseValues(item, base, givenIn(tallies), word) };
}

function summariseValues(
  item: ItemOverVersions,
  { answered, refused, skipped }: { answered: number; refused: number; skipped: number },
  given: readonly Tally[],
  word: Word,
): ItemKindSummary {
  const counted = (code: string, label: string, count: number) => countedShare(code, label, count, answered);
  const labelOf = ({ code, text }: Item['options'][number]) =>
    item.formerCodes.has(code) ? `${word(text)}${FORMER_MARK}` : word(text);
  const inBins = (bins: readonly { label: string; count: number }[]) =>
    bins.map(({ label, count }, index) => counted(String(index), label, count));
  switch (item.holds) {
    case 'code':
    case 'codes':
      return {
        kind: 'choice',
        isMultiple: item.holds === 'codes',
        options: item.options.map((option) => counted(option.code, labelOf(option), chosen(given, option.code))),
      };
    case 'number': {
      const values = valuesOf(given);
      if (!item.steps) {
        const ends = scaleEnds(item);
        return {
          kind: 'number',
          ...moments(values, ends),
          ...middle(values),
          min: countedQuantile(values, 0),
          max: countedQuantile(values, 1),
          outOf: item.question.kind === 'sum' ? item.question.total : null,
          bins: inBins(bins(values, ends)),
        };
      }
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
        ...moments(values, scaleEnds(item)),
      };
    }
    case 'ranking':
      return {
        kind: 'ranking',
        options: summariseRanking(
          item.options.map((option) => ({ code: option.code, label: labelOf(option) })),
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

function moments(values: readonly CountedValue[], ends: ScaleEnds): Moments {
  const interval = meanWithin(values, ends);
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

/** About ten bins of a round width over numbers, none beyond the ends of their scale. */
export function bins(values: readonly CountedValue[], ends: ScaleEnds): { label: string; count: number }[] {
  const [lowest, highest] = [countedQuantile(values, 0), countedQuantile(values, 1)];
  if (lowest === null || highest === null) return [];
  const width = roundUp((highest - lowest) / 10 || 1);
  const first = Math.floor(lowest / width) * width;
  // Values from before the scale was changed may lie beyond it.
  const min = Math.min(ends.min ?? Number.NEGATIVE_INFINITY, lowest);
  const max = Math.max(ends.max ?? Number.POSITIVE_INFINITY, highest);
  const reached = Math.floor((highest - first) / width);
  // Whoever is at the scale's end belongs to the bin before, which ends there.
  const count = Math.max(1, first + reached * width < max ? reached + 1 : reached);
  const filled = Array.from({ length: count }, () => 0);
  for (const { value, count: n } of values) {
    const at = Math.min(filled.length - 1, Math.floor((value - first) / width));
    filled[at] = (filled[at] ?? 0) + n;
  }
  const show = (value: number) => String(Number(value.toPrecision(6)));
  return filled.map((n, index) => {
    const from = Math.max(min, first + index * width);
    const until = first + (index + 1) * width;
    if (until < max) return { label: `${show(from)} to under ${show(until)}`, count: n };
    return { label: from === max ? show(max) : `${show(from)} to ${show(max)}`, count: n };
  });
}

/** The next of 1, 2 or 5 times a power of ten. */
function roundUp(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const step = [1, 2, 5, 10].find((one) => one * power >= width) ?? 10;
  return step * power;
}
