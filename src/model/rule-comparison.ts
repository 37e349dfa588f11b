import { isReadablePattern } from './pattern.ts';
import { type LeafKind, leafKind, type RuleLeaf, RuleOperator, type RuleValue } from './rule.ts';
import { isDateText, isVersionText } from './rule-texts.ts';

/* Which operator fits what is asked for, and which value fits the operator. */

type ValueKind = 'fact' | 'text' | 'number' | 'version' | 'time';

const TEXT_OPERATORS: RuleOperator[] = [
  'is',
  'isNot',
  'in',
  'notIn',
  'contains',
  'notContains',
  'startsWith',
  'endsWith',
  'matches',
  'notMatches',
  'set',
  'notSet',
];
/** What can be asked of each kind of value. An attribute or an answer may hold anything. */
const FITTING: Record<ValueKind, readonly RuleOperator[]> = {
  fact: RuleOperator.options,
  text: TEXT_OPERATORS,
  number: ['is', 'isNot', 'in', 'notIn', 'lt', 'lte', 'gt', 'gte', 'between', 'set', 'notSet'],
  version: ['is', 'isNot', 'in', 'notIn', 'startsWith', 'versionAtLeast', 'versionBelow', 'set', 'notSet'],
  time: ['before', 'after', 'between', 'olderThan', 'newerThan'],
};

/** Null for a leaf that compares nothing. */
function valueKind(kind: LeafKind, leaf: Record<string, unknown>): ValueKind | null {
  switch (kind) {
    case 'attribute':
    case 'answer':
    case 'company':
      return 'fact';
    case 'event':
    case 'score':
    case 'people':
      return 'number';
    case 'moment':
      return 'time';
    case 'page':
    case 'place':
      return 'text';
    case 'technology':
      return leaf['technology'] === 'viewport'
        ? 'number'
        : leaf['technology'] === 'browserVersion' || leaf['technology'] === 'appVersion'
          ? 'version'
          : 'text';
    default:
      return null;
  }
}

/** Which operators a leaf of this kind can have; none for a leaf that compares nothing. */
export function operatorsOf(leaf: RuleLeaf): readonly RuleOperator[] {
  const kind = valueKind(leafKind(leaf), leaf);
  return kind === null ? [] : FITTING[kind];
}

/** Rules of attributes and answers that were stored with these may compare with anything: it comes out as unknown. */
const LENIENT: readonly RuleOperator[] = [
  'is',
  'isNot',
  'in',
  'notIn',
  'contains',
  'lt',
  'lte',
  'gt',
  'gte',
  'set',
  'notSet',
];

/** One sentence when an operator cannot work with a value. */
export function valueError(op: RuleOperator, value: RuleValue | undefined, kind: ValueKind): string | null {
  const isText = (one: unknown) => typeof one === 'string';
  const isNumber = (one: unknown) => typeof one === 'number';
  const parts = Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
  switch (op) {
    case 'set':
    case 'notSet':
      return null;
    case 'is':
    case 'isNot':
      if (kind === 'number') return isNumber(value) ? null : `“${op}” needs a number here`;
      return parts.length > 0 && !parts.some((one) => typeof one === 'object') ? null : `“${op}” needs a value`;
    case 'in':
    case 'notIn':
      if (!Array.isArray(value)) return `“${op}” needs a list`;
      return kind !== 'number' || parts.every(isNumber) ? null : `“${op}” needs a list of numbers here`;
    case 'contains':
    case 'notContains':
    case 'startsWith':
    case 'endsWith':
      return parts.length > 0 && parts.every(isText) ? null : `“${op}” needs a text or a list of texts`;
    case 'matches':
    case 'notMatches':
      if (typeof value !== 'string') return `“${op}” needs a pattern`;
      return isReadablePattern(value) ? null : `“${value}” is no pattern that can be read`;
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return isNumber(value) ? null : `“${op}” needs a number`;
    case 'between': {
      const [low, high] = parts;
      const isPair = parts.length === 2;
      if (isPair && isNumber(low) && isNumber(high) && kind !== 'time')
        return (low as number) <= (high as number) ? null : '“between” needs the smaller number first';
      if (isPair && isText(low) && isText(high) && kind !== 'number')
        return isDateText(low as string) && isDateText(high as string) ? null : '“between” needs two numbers or days';
      return `“between” needs ${kind === 'time' ? 'two days' : kind === 'number' ? 'two numbers' : 'two numbers or days'}`;
    }
    case 'before':
    case 'after':
      return typeof value === 'string' && isDateText(value) ? null : `“${op}” needs a day such as 2026-03-09`;
    case 'olderThan':
    case 'newerThan':
      return typeof value === 'object' && 'amount' in value ? null : `“${op}” needs an amount and a unit of time`;
    case 'anniversary':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 183
        ? null
        : '“anniversary” needs a number of days from 0 to 183';
    case 'hasAny':
    case 'hasAll':
    case 'hasNone':
      return Array.isArray(value) && parts.length > 0 ? null : `“${op}” needs a list`;
    case 'versionAtLeast':
    case 'versionBelow':
      return typeof value === 'string' && isVersionText(value) ? null : `“${op}” needs a version such as 4.12.1`;
  }
}

/** Why the operator or the value of a leaf does not fit what it asks for; null when both do, or it compares nothing. */
export function valueFault(
  leaf: RuleLeaf,
  kind: LeafKind,
): { message: string; advice: string | null; path: PropertyKey[] } | null {
  const holds = valueKind(kind, leaf);
  if (holds === null || !('op' in leaf)) return null;
  if (!FITTING[holds].includes(leaf.op))
    return {
      message: `“${leaf.op}” does not fit ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`,
      advice: `Use one of ${FITTING[holds].join(', ')}`,
      path: ['op'],
    };
  const isStored = (kind === 'attribute' || kind === 'answer') && LENIENT.includes(leaf.op);
  const message = isStored && !isSpan(leaf.value) ? null : valueError(leaf.op, leaf.value, holds);
  return message === null ? null : { message, advice: null, path: ['value'] };
}

const isSpan = (value: RuleValue | undefined): boolean => typeof value === 'object' && !Array.isArray(value);
