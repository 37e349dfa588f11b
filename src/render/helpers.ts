import { showNumber, showPercent } from '../charts/numerals.ts';

/**
 * The helpers views may call. Each writes plain text, which Handlebars escapes like any other. A field that shares a
 * helper's name is written `this.date`, and a helper called with nothing says so rather than print nonsense.
 */

/** What Handlebars hands every helper last: `name=value` pairs, and the two branches when it is a block. */
type Options = { readonly hash: Readonly<Record<string, unknown>> };

/** The helper's own arguments, without the options Handlebars adds at the end. */
function readArguments(helper: string, args: readonly unknown[], least: number): readonly unknown[] {
  const own = args.slice(0, -1);
  if (own.length < least) {
    throw new TypeError(`The ${helper} helper needs a value; write this.${helper} for a field of that name`);
  }
  return own;
}

function readDigits(options: unknown): number | undefined {
  const { digits } = (options as Options).hash;
  return typeof digits === 'number' ? digits : undefined;
}

function number(...args: unknown[]): string {
  const [value] = readArguments('number', args, 1);
  return typeof value === 'number' ? showNumber(value, readDigits(args.at(-1))) : '';
}

function percent(...args: unknown[]): string {
  const [share] = readArguments('percent', args, 1);
  return typeof share === 'number' ? showPercent(share, readDigits(args.at(-1))) : '';
}

/**
 * An ISO 8601 day or instant as a date in UTC, `9 March 2026`; with `time=true` as `9 March 2026, 14:32`.
 *
 * @returns an empty text when it is not a date, so that a missing day leaves a gap rather than an error
 */
export function showDate(value: unknown, withTime = false): string {
  if (typeof value !== 'string') return '';
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return '';
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' });
  return withTime ? `${day.format(instant)}, ${clock.format(instant)}` : day.format(instant);
}

function date(...args: unknown[]): string {
  const [value] = readArguments('date', args, 1);
  return showDate(value, (args.at(-1) as Options).hash['time'] === true);
}

function plural(...args: unknown[]): string {
  const [count, one, many] = readArguments('plural', args, 3);
  if (typeof count !== 'number') return '';
  return `${showNumber(count)} ${count === 1 ? one : many}`;
}

function isPrintable(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Compares as printed, so that a stored `3` and a form's `'3'` are the same answer. */
function eq(...args: unknown[]): boolean {
  const [left, right] = readArguments('eq', args, 2);
  return isPrintable(left) && isPrintable(right) ? String(left) === String(right) : left === right;
}

function join(...args: unknown[]): string {
  const [list, separator] = readArguments('join', args, 1);
  if (!Array.isArray(list)) return '';
  return list.filter(isPrintable).join(typeof separator === 'string' ? separator : ', ');
}

/** As `{{#if}}` takes a value: an empty list is nothing. */
const isSomething = (value: unknown): boolean => Boolean(value) && !(Array.isArray(value) && value.length === 0);

/**
 * Every helper by name:
 *
 * - `{{number n}}` 1,204, `{{number n digits=2}}` 0.50; nothing when it is not a number
 * - `{{percent share}}` 21.4%, `{{percent share digits=0}}` 21%
 * - `{{date at}}` 9 March 2026, `{{date at time=true}}` 9 March 2026, 14:32
 * - `{{plural count 'answer' 'answers'}}` 1 answer, 1,204 answers
 * - `{{#if (eq value ../value)}}`, `{{join list}}`, `{{join list ' · '}}`
 * - `{{#if (or a b)}}`, `{{#if (and a b)}}`
 */
export const helpers = {
  number,
  percent,
  date,
  plural,
  eq,
  join,
  or: (...args: unknown[]): boolean => readArguments('or', args, 1).some(isSomething),
  and: (...args: unknown[]): boolean => readArguments('and', args, 1).every(isSomething),
} as const;
