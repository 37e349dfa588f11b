import type { Form } from '../../model/answers.ts';
import {
  type RuleOperator,
  type RuleSpan,
  type RuleValue,
  type RuleWhere,
  type RuleWindow,
  SPAN_UNITS,
} from '../../model/rule.ts';

/*
 * Values as people write them: a span of time in words, such as “30 days”, the parts of a list with semicolons between
 * them, the two ends of a range with “and”.
 */

export const NO_VALUE: readonly RuleOperator[] = ['set', 'notSet'];
export const LISTS: readonly RuleOperator[] = ['in', 'notIn', 'hasAny', 'hasAll', 'hasNone'];
export const NUMBERS: readonly RuleOperator[] = ['lt', 'lte', 'gt', 'gte', 'anniversary'];
export const SPANS: readonly RuleOperator[] = ['olderThan', 'newerThan'];
/** What may be asked for with one value, or with several of which one will do. */
export const SEVERAL: readonly RuleOperator[] = ['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith'];

/** So many conditions on the properties of one event, and so many steps of a sequence, are as many as a rule may have. */
export const ROWS_MAX = 10;

export const spanText = ({ amount, unit }: RuleSpan): string => `${amount} ${unit}${amount === 1 ? '' : 's'}`;

/**
 * A length of time as it was written; null for what is none.
 *
 * @example
 * [spanIn(' 2 Months'), spanIn('a while')] // => [{ amount: 2, unit: 'month' }, null]
 */
export function spanIn(text: string): RuleSpan | null {
  const found = /^(\d{1,5})\s*([a-z]+?)s?$/.exec(text.trim().toLowerCase());
  const unit = SPAN_UNITS.find((one) => one === found?.[2]);
  const amount = Number(found?.[1]);
  return unit && amount >= 1 && amount <= 10_000 ? { amount, unit } : null;
}

export function valueText(op: RuleOperator, value: RuleValue | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join(op === 'between' ? ' and ' : '; ');
  return typeof value === 'object' ? spanText(value as RuleSpan) : String(value);
}

/** The fields for a window of time, of which those for days or the one for a span are filled. */
export function windowFields(window: RuleWindow | undefined): Form {
  if (window === undefined) return {};
  return 'last' in window
    ? { within: spanText({ amount: window.last, unit: window.unit }) }
    : { from: window.from, to: window.to ?? '' };
}

/** What the fields of one condition on a property are called: the first of a form is `where0`, of its second step `step1Where0`. */
export const whereNames = (prefix: string, index: number) => {
  const name = prefix === '' ? `where${index}` : `${prefix}Where${index}`;
  return { property: `${name}Property`, op: `${name}Op`, value: `${name}Value`, missing: `${name}Missing` };
};

export const stepName = (index: number): string => `step${index}`;

/** The fields for conditions on the properties of an event. */
export function whereFields(where: readonly RuleWhere[] | undefined, prefix = ''): Form {
  return Object.fromEntries(
    (where ?? []).flatMap((one, index) => {
      const names = whereNames(prefix, index);
      return [
        [names.property, one.property],
        [names.op, one.op],
        [names.value, valueText(one.op, one.value)],
        [names.missing, one.ifMissing === true ? 'yes' : ''],
      ];
    }),
  );
}
