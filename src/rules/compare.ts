import { isReadablePattern, matchesWhole } from '../model/pattern.ts';
import type { RuleOperator, RuleValue } from '../model/rule.ts';
import { isDateText, isVersionText } from '../model/rule-texts.ts';
import { type Clock, dayAt, daysToAnniversary, instantsOf, spanBefore } from './calendar.ts';
import type { FactValue } from './subject.ts';

/** False, true, unknown: Kleene's three values as bytes, so that many of them lie in one array. */
export type Verdict = 0 | 1 | 2;
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

export const not = (verdict: Verdict): Verdict => (verdict === UNKNOWN ? UNKNOWN : verdict === TRUE ? FALSE : TRUE);

/** Decides what was found; the clock is needed by what depends on the time, and without it is unknown. */
export type Comparison = (found: FactValue, clock: Clock | undefined) => Verdict;

/** A negative operator is its positive one turned round, so the two never hold together and never both fail. */
const NEGATIVES: Partial<Record<RuleOperator, RuleOperator>> = {
  isNot: 'is',
  notIn: 'in',
  notContains: 'contains',
  notMatches: 'matches',
  hasNone: 'hasAny',
};

/**
 * One comparison, ready to be made often. Texts are compared without regard to case and blanks around them; a list
 * found holds what any of its parts does.
 *
 * @param op any operator but `set` and `notSet`, which ask for no value
 * @param wanted unknown comes of a value that the operator cannot work with
 *
 * @example
 * compileComparison('isNot', 'pro')('Pro ', undefined) // => 0
 */
export function compileComparison(op: RuleOperator, wanted: RuleValue | undefined): Comparison {
  if (wanted === undefined) return () => UNKNOWN;
  const positive = NEGATIVES[op];
  if (positive !== undefined) {
    const compare = compileComparison(positive, wanted);
    return (found, clock) => not(compare(found, clock));
  }
  switch (op) {
    case 'is':
    case 'in':
    case 'hasAny':
      return sameAsOne(wanted);
    case 'hasAll': {
      const folded = list(wanted).map(fold);
      return (found) => {
        const has = new Set(list(found).map(fold));
        return verdict(folded.every((one) => has.has(one)));
      };
    }
    case 'contains':
      return textual(wanted, (text, part) => text.includes(part));
    case 'startsWith':
      return textual(wanted, (text, part) => text.startsWith(part));
    case 'endsWith':
      return textual(wanted, (text, part) => text.endsWith(part));
    case 'matches':
      if (typeof wanted !== 'string' || !isReadablePattern(wanted)) return () => UNKNOWN;
      return (found) => verdict(list(found).some((one) => matchesWhole(wanted, String(one))));
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return numeric(rangeOf(op, wanted));
    case 'between':
      return isDates(wanted) ? dated(op, wanted) : numeric(rangeOf(op, wanted));
    case 'versionAtLeast':
    case 'versionBelow': {
      const limit = versionIn(String(wanted));
      const isBelow = op === 'versionBelow';
      return (found) => {
        const version = Array.isArray(found) || typeof found === 'boolean' ? null : versionIn(String(found));
        return version === null || limit === null ? UNKNOWN : verdict(compareVersions(version, limit) < 0 === isBelow);
      };
    }
    case 'set':
    case 'notSet':
      throw new RangeError(`compileComparison requires an operator that compares, and ${op} does not`);
    default:
      return dated(op, wanted);
  }
}

/**
 * The same over several values of which any will do; of a negative operator, none of them may have what it denies.
 *
 * @example
 * compileForAny('isNot', 'bank')(['shop', 'bank'], undefined) // => 0
 */
export function compileForAny(
  op: RuleOperator,
  wanted: RuleValue | undefined,
): (found: readonly FactValue[], clock: Clock | undefined) => Verdict {
  const positive = NEGATIVES[op];
  const compare = compileComparison(positive ?? op, wanted);
  return (found, clock) => {
    const verdicts = found.map((one) => compare(one, clock));
    const any = verdicts.includes(TRUE) ? TRUE : verdicts.includes(UNKNOWN) ? UNKNOWN : FALSE;
    return positive === undefined ? any : not(any);
  };
}

const verdict = (holds: boolean): Verdict => (holds ? TRUE : FALSE);
const list = (value: FactValue | RuleValue): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const fold = (value: unknown): string => String(value).trim().toLowerCase();

/** Under which name a value is told from others; numbers and their digits are the same. */
export const distinctKey = fold;

function sameAsOne(wanted: RuleValue): Comparison {
  const folded = new Set(list(wanted).map(fold));
  const has = (one: unknown) => folded.has(fold(one));
  return (found) => verdict(Array.isArray(found) ? found.some(has) : has(found));
}

function textual(wanted: RuleValue, test: (text: string, part: string) => boolean): Comparison {
  const parts = list(wanted).map(fold);
  const holds = (one: unknown) => {
    const text = fold(one);
    return parts.some((part) => test(text, part));
  };
  return (found) => verdict(list(found).some(holds));
}

/**
 * Null for anything that is no number, a blank, a list of numbers and what has no bound included.
 *
 * @example
 * [numberIn('12'), numberIn(' '), numberIn(['12']), numberIn('1e999')] // => [12, null, null, null]
 */
export function numberIn(value: FactValue | RuleValue | undefined): number | null {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return null;
  return Number.isFinite(Number(value)) ? Number(value) : null;
}

/** Numbers from one to another, both among them. */
export type Range = { low: number; high: number };

/**
 * The numbers for which a comparison by size holds; null for another operator, or a value it cannot work with.
 *
 * @example
 * rangeOf('gte', '18') // => { low: 18, high: Infinity }
 */
export function rangeOf(op: RuleOperator, wanted: RuleValue | undefined): Range | null {
  const [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (op === 'between') {
    const [low, high] = wanted === undefined ? [] : list(wanted);
    return typeof low === 'number' && typeof high === 'number' ? { low, high } : null;
  }
  const limit = numberIn(wanted);
  if (limit === null) return null;
  switch (op) {
    case 'lt':
      return { low: lowest, high: beside(limit, -1) };
    case 'lte':
      return { low: lowest, high: limit };
    case 'gt':
      return { low: beside(limit, 1), high: highest };
    case 'gte':
      return { low: limit, high: highest };
    default:
      return null;
  }
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);
/** The next number there is above or below another. */
function beside(number: number, direction: 1 | -1): number {
  if (number === 0) return direction * Number.MIN_VALUE;
  float[0] = number;
  bits[0]! += BigInt(number > 0 ? direction : -direction);
  return float[0];
}

function numeric(range: Range | null): Comparison {
  if (range === null) return () => UNKNOWN;
  const { low, high } = range;
  return (found) => {
    const number = numberIn(found);
    return number === null ? UNKNOWN : verdict(number >= low && number <= high);
  };
}

const isDates = (wanted: RuleValue): boolean => list(wanted).every((one) => typeof one === 'string');

/** Decides an instant, in milliseconds since 1970. */
export type InstantComparison = (instant: number, clock: Clock) => Verdict;

/**
 * One comparison of instants. A day stands for the whole of it: before it begins, after it has ended.
 *
 * @returns null for an operator or a value that is none of time
 */
export function compileInstants(op: RuleOperator, wanted: RuleValue | undefined): InstantComparison | null {
  switch (op) {
    case 'before':
    case 'after': {
      if (typeof wanted !== 'string' || !isDateText(wanted.trim())) return null;
      const wallAt = perClock(({ timeZone }) => instantsOf(wanted, timeZone));
      return (instant, clock) => {
        const wall = wallAt(clock);
        if (wall === null) return UNKNOWN;
        return verdict(op === 'before' ? instant < wall.first : instant > wall.last);
      };
    }
    case 'between': {
      if (!Array.isArray(wanted) || wanted.length !== 2) return null;
      const isBefore = compileInstants('before', wanted[0]);
      const isAfter = compileInstants('after', wanted[1]);
      if (!isBefore || !isAfter) return null;
      return (instant, clock) => {
        const [early, late] = [isBefore(instant, clock), isAfter(instant, clock)];
        return early === UNKNOWN || late === UNKNOWN ? UNKNOWN : verdict(early === FALSE && late === FALSE);
      };
    }
    case 'olderThan':
    case 'newerThan': {
      if (typeof wanted !== 'object' || !('amount' in wanted)) return null;
      const limitAt = perClock((clock) => spanBefore(clock.now, wanted, clock.timeZone));
      const isOlder = op === 'olderThan';
      return (instant, clock) => verdict(instant < limitAt(clock) === isOlder);
    }
    case 'anniversary': {
      if (typeof wanted !== 'number') return null;
      const todayAt = perClock((clock) => dayAt(clock.now, clock.timeZone));
      return (instant, clock) => verdict(daysToAnniversary(dayAt(instant, clock.timeZone), todayAt(clock)) <= wanted);
    }
    default:
      return null;
  }
}

/** A text that is a date, which as a day stands for its beginning. A number is none: it could be years. */
function dated(op: RuleOperator, wanted: RuleValue): Comparison {
  const compare = compileInstants(op, wanted);
  if (!compare) return () => UNKNOWN;
  return (found, clock) => {
    const instant = typeof found === 'string' && clock ? instantsOf(found, clock.timeZone) : null;
    return instant === null || !clock ? UNKNOWN : compare(instant.first, clock);
  };
}

/** Works something out once for as long as the clock stays the same. */
export function perClock<T>(work: (clock: Clock) => T): (clock: Clock) => T {
  let last: Clock | undefined;
  let result: T;
  return (clock) => {
    if (clock !== last) {
      result = work(clock);
      last = clock;
    }
    return result;
  };
}

type Version = { numbers: number[]; before: string };

/** Null for a text that is no version. */
function versionIn(text: string): Version | null {
  const trimmed = text.trim();
  if (!isVersionText(trimmed)) return null;
  const [, numbers = '', before = ''] = /^v?([\d.]+)(?:-([^+]*))?/.exec(trimmed) ?? [];
  return { numbers: numbers.split('.').map(Number), before };
}

/** Number by number, missing ones as nought; what comes before a release, such as `2.0.0-beta`, is below it. */
function compareVersions(a: Version, b: Version): number {
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.before === b.before) return 0;
  if (a.before === '') return 1;
  if (b.before === '') return -1;
  return compareBefore(a.before.split('.'), b.before.split('.'));
}

/** As semantic versioning has it: numbers below texts, and by size; fewer parts below more. */
function compareBefore(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [one, other] = [a[at], b[at]];
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    if (one === other) continue;
    const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber && isOtherNumber) return Number(one) - Number(other);
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}
