/** What an expression can come to; null is “not known”, because nothing was answered there. */
export type Value = boolean | number | string | readonly string[] | null;

export type ValueType = 'yes-no' | 'number' | 'text' | 'list' | 'any';

type Parameter = ValueType | 'reference';

export type KnownFunction = {
  /** The last one may come any number of times where `isOpen`. */
  parameters: readonly Parameter[];
  isOpen?: boolean;
  /** How many at the end may be left out. */
  optional?: number;
  gives: ValueType;
  /** One line for the author. */
  help: string;
  /** Called only with arguments that are known, unless it says that it takes the unknown too. */
  takesUnknown?: boolean;
  work: (args: readonly Value[], today: string) => Value;
};

const numbers = (args: readonly Value[]): number[] => args.filter((one): one is number => typeof one === 'number');
const text = (value: Value | undefined): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));
const list = (value: Value | undefined): readonly string[] => (Array.isArray(value) ? value : []);
const DAY_MS = 86_400_000;
/** Midnight in UTC of `2026-03-09`; NaN for anything that is no day. */
const dayOf = (value: Value | undefined): number =>
  /^\d{4}-\d{2}-\d{2}/.test(text(value)) ? Date.parse(`${text(value).slice(0, 10)}T00:00:00Z`) : Number.NaN;
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Whole years between two days, as birthdays are counted.
 *
 * @param from and `to`: days as `2026-03-09`
 * @returns null when one of them is no day
 *
 * @example
 * yearsBetween('2000-03-10', '2026-03-09') // => 25
 */
export function yearsBetween(from: string, to: string): number | null {
  const [a, b] = [dayOf(from), dayOf(to)];
  if (Number.isNaN(a) || Number.isNaN(b)) return null;
  const [start, end] = [new Date(a), new Date(b)];
  const years = end.getUTCFullYear() - start.getUTCFullYear();
  const isBefore =
    end.getUTCMonth() < start.getUTCMonth() ||
    (end.getUTCMonth() === start.getUTCMonth() && end.getUTCDate() < start.getUTCDate());
  return isBefore ? years - 1 : years;
}

/** Every function of the language by name. `answered`, `refused` and `if` look at what is not known, the others do not. */
export const FUNCTIONS: Readonly<Record<string, KnownFunction>> = {
  answered: {
    parameters: ['reference'],
    gives: 'yes-no',
    help: 'answered({code}): whether an answer was given',
    takesUnknown: true,
    work: ([value]) => value !== null,
  },
  refused: {
    parameters: ['reference'],
    gives: 'yes-no',
    help: 'refused({code}): whether “I’d rather not say” was chosen',
    takesUnknown: true,
    work: ([value]) => value === true,
  },
  if: {
    parameters: ['yes-no', 'any', 'any'],
    gives: 'any',
    help: 'if(condition, then, otherwise); what is not known counts as no',
    takesUnknown: true,
    work: ([condition, then, otherwise]) => (condition === true ? (then ?? null) : (otherwise ?? null)),
  },
  count: {
    parameters: ['list'],
    gives: 'number',
    help: 'count({code}): how many were chosen',
    work: ([value]) => list(value).length,
  },
  anyOf: {
    parameters: ['list', 'list'],
    gives: 'yes-no',
    help: "anyOf({code}, ['a', 'b']): whether at least one of them was chosen",
    work: ([chosen, wanted]) => list(wanted).some((one) => list(chosen).includes(one)),
  },
  sum: {
    parameters: ['number'],
    isOpen: true,
    gives: 'number',
    help: 'sum(a, b, …) of those that are known; not known when none is',
    takesUnknown: true,
    work: (args) => (numbers(args).length === 0 ? null : numbers(args).reduce((total, one) => total + one, 0)),
  },
  average: {
    parameters: ['number'],
    isOpen: true,
    gives: 'number',
    help: 'average(a, b, …) of those that are known; not known when none is',
    takesUnknown: true,
    work: (args) => {
      const known = numbers(args);
      return known.length === 0 ? null : known.reduce((total, one) => total + one, 0) / known.length;
    },
  },
  min: {
    parameters: ['number'],
    isOpen: true,
    gives: 'number',
    help: 'min(a, b, …): the smallest of those that are known',
    takesUnknown: true,
    work: (args) => finite(Math.min(...numbers(args))),
  },
  max: {
    parameters: ['number'],
    isOpen: true,
    gives: 'number',
    help: 'max(a, b, …): the largest of those that are known',
    takesUnknown: true,
    work: (args) => finite(Math.max(...numbers(args))),
  },
  round: {
    parameters: ['number', 'number'],
    optional: 1,
    gives: 'number',
    help: 'round(number, digits): halves go away from zero',
    work: ([value, digits]) => {
      const factor = 10 ** Math.min(10, Math.max(0, Number(digits ?? 0)));
      const scaled = Number((Math.abs(Number(value)) * factor).toPrecision(15));
      return finite((Math.sign(Number(value)) * Math.round(scaled)) / factor);
    },
  },
  abs: {
    parameters: ['number'],
    gives: 'number',
    help: 'abs(number): without its sign',
    work: ([value]) => finite(Math.abs(Number(value))),
  },
  number: {
    parameters: ['any'],
    gives: 'number',
    help: 'number(text): a text of digits as a number; not known when it is none',
    work: ([value]) => (text(value).trim() === '' ? null : finite(Number(text(value)))),
  },
  text: { parameters: ['any'], gives: 'text', help: 'text(anything) as a text', work: ([value]) => text(value) },
  join: {
    parameters: ['any'],
    isOpen: true,
    gives: 'text',
    help: 'join(a, b, …) one after the other; what is not known is left out',
    takesUnknown: true,
    work: (args) =>
      args
        .filter((one) => one !== null)
        .map(text)
        .join(''),
  },
  length: {
    parameters: ['text'],
    gives: 'number',
    help: 'length(text): how many characters',
    work: ([value]) => Array.from(text(value)).length,
  },
  lower: {
    parameters: ['text'],
    gives: 'text',
    help: 'lower(text): in small letters',
    work: ([value]) => text(value).toLowerCase(),
  },
  contains: {
    parameters: ['text', 'text'],
    gives: 'yes-no',
    help: 'contains(text, words): whether the words stand in it, large or small',
    work: ([whole, part]) => text(whole).toLowerCase().includes(text(part).toLowerCase()),
  },
  place: {
    parameters: ['list', 'text'],
    gives: 'number',
    help: 'place({ranking}, code): which place it was given, from 1; not known when none',
    work: ([ranking, code]) => {
      const found = list(ranking).indexOf(text(code));
      return found < 0 ? null : found + 1;
    },
  },
  today: {
    parameters: [],
    gives: 'text',
    help: 'today(): the day of answering, 2026-03-09',
    work: (_, today) => today,
  },
  age: {
    parameters: ['text'],
    gives: 'number',
    help: 'age({date}): whole years from that day to the day of answering',
    work: ([born], today) => yearsBetween(text(born), today),
  },
  days: {
    parameters: ['text', 'text'],
    gives: 'number',
    help: 'days(from, to): how many days lie between two dates',
    work: ([from, to]) => finite(Math.round((dayOf(to) - dayOf(from)) / DAY_MS)),
  },
};
