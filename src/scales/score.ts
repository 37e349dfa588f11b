import type { Instrument, Scale } from '../model/survey.ts';
import { mean } from '../stats/mean.ts';

/** What scoring needs of an instrument; a whole `Instrument` will do. */
export type ScoringKey = Pick<Instrument, 'centring' | 'catches'> & {
  scales: readonly Pick<Scale, 'code' | 'items' | 'minimumAnswered' | 'score'>[];
};

/** The lowest and the highest step an item offers. */
export type ItemRange = { min: number; max: number };

/** One respondent's scores. */
export type Scores = {
  /** By scale code, in the unit of the answers, centred if the instrument says so; null when too few items were answered. */
  scores: Record<string, number | null>;
  /** By scale code: how many of its items were answered. */
  answered: Record<string, number>;
  /** The mean over all items of the instrument, as answered, nothing reversed; null when none was. */
  personMean: number | null;
  /** True when an item that only shows whether somebody reads was answered as nobody does who reads: then nothing is scored. */
  isCaught: boolean;
};

/**
 * Scores one respondent on every scale of an instrument: the mean of the items answered, reversed items turned
 * (min + max − answer), or for a scale that is summed that mean times its number of items. With `person-mean` centring the respondent's mean over all items of the instrument, as answered,
 * is then taken from each answer (MRAT, as for Schwartz's values), which removes a habit of answering high or low.
 *
 * @param key the instrument's scales and its centring; item keys such as `A2`, or `-A1` for a reversed one
 * @param ranges the steps of each item, by its address without the minus
 * @param answers one respondent's answers, by item address; null or absent when not answered, which never counts as 0
 * @throws {RangeError} for an answer that is not a number or lies outside its item's steps, an item without steps, or a
 *   scale that asks for more answers than it has items
 * @see Schwartz (2006), Revue française de sociologie 47(4), for person-mean centring
 *
 * @example
 * scoreScales(
 *   { centring: 'none', scales: [{ code: 'agreeable', items: ['-A1', 'A2', 'A3'], minimumAnswered: 2 }] },
 *   { A1: { min: 1, max: 6 }, A2: { min: 1, max: 6 }, A3: { min: 1, max: 6 } },
 *   { A1: 2, A2: 4, A3: null },
 * ).scores // => { agreeable: 4.5 }
 */
export function scoreScales(
  key: ScoringKey,
  ranges: Readonly<Record<string, ItemRange>>,
  answers: Readonly<Record<string, number | null | undefined>>,
): Scores {
  const items = new Set(key.scales.flatMap((scale) => scale.items.map((item) => readItemKey(item).item)));
  const given = new Map<string, number>();
  for (const item of items) {
    const answer = readAnswer(item, ranges, answers);
    if (answer !== null) given.set(item, answer);
  }
  const personMean = mean([...given.values()]);
  const isCaught = (key.catches ?? []).some(({ item, least, most }) => {
    const answer = readAnswer(item, ranges, answers);
    return answer !== null && !(answer >= (least ?? answer) && answer <= (most ?? answer));
  });

  const scores: Scores['scores'] = {};
  const answered: Scores['answered'] = {};
  for (const scale of key.scales) {
    const least = scale.minimumAnswered ?? scale.items.length;
    if (least > scale.items.length) {
      throw new RangeError(`The scale ${scale.code} asks for ${least} answers and has ${scale.items.length} items`);
    }
    const turned: number[] = [];
    const habits: number[] = [];
    for (const itemKey of scale.items) {
      const { item, isReversed } = readItemKey(itemKey);
      const answer = given.get(item);
      if (answer === undefined) continue;
      const { min, max } = ranges[item]!;
      turned.push(isReversed ? min + max - answer : answer);
      // What somebody answers to anything is turned with the item.
      if (personMean !== null && isReversed) habits.push(min + max - 2 * personMean);
    }

    const score = turned.length >= least && !isCaught ? mean(turned) : null;
    const shift =
      key.centring === 'person-mean' && personMean !== null && turned.length > 0
        ? personMean + habits.reduce((sum, habit) => sum + habit, 0) / turned.length
        : 0;
    const times = scale.score === 'sum' ? scale.items.length : 1;
    scores[scale.code] = score === null ? null : (score - shift) * times;
    answered[scale.code] = turned.length;
  }
  return { scores, answered, personMean, isCaught };
}

/**
 * Reads an item key: the item it points to and whether a leading minus reverses it.
 *
 * @example
 * readItemKey('-values.A1') // => { item: 'values.A1', isReversed: true }
 */
export function readItemKey(key: string): { item: string; isReversed: boolean } {
  return key.startsWith('-') ? { item: key.slice(1), isReversed: true } : { item: key, isReversed: false };
}

function readAnswer(
  item: string,
  ranges: Readonly<Record<string, ItemRange>>,
  answers: Readonly<Record<string, number | null | undefined>>,
): number | null {
  // A code may be called like something every object inherits, such as `constructor`.
  const range = Object.hasOwn(ranges, item) ? ranges[item] : undefined;
  if (range === undefined) throw new RangeError(`The item ${item} has no lowest and highest step to score it by`);
  const answer = Object.hasOwn(answers, item) ? (answers[item] ?? null) : null;
  if (answer !== null && !(answer >= range.min && answer <= range.max)) {
    throw new RangeError(`The answer ${answer} to ${item} lies outside ${range.min} to ${range.max}`);
  }
  return answer;
}
