import type { Form } from '../../model/answers.ts';
import type { AttributeType } from '../../model/attribute.ts';
import { type RuleOperator, SCORE_FORMS } from '../../model/rule.ts';
import { OPERATORS } from '../../rules/describe-leaf.ts';
import { field, fieldList } from '../form.ts';
import { operatorsFor } from './rule-kinds.ts';
import type { RuleKnown } from './rule-known.ts';

/* What there is to choose from in the forms of conditions, by what people call it. */

export type Choice = { value: string; label: string };

export const named = (list: readonly string[]): Choice[] => list.map((value) => ({ value, label: value }));
export const words = (list: readonly string[]): Choice[] =>
  list.map((value) => ({
    value,
    label: value.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  }));
export const operatorChoices = (list: readonly RuleOperator[]): Choice[] =>
  list.map((value) => ({ value, label: OPERATORS[value] }));

/** What a stored condition names stays to be chosen, also where it is known no longer. */
export const withTyped = (
  list: readonly Choice[],
  typed: readonly string[],
  names: ReadonlyMap<string, string> = new Map(),
): Choice[] => [
  ...list,
  ...typed
    .filter((one) => one !== '' && !list.some(({ value }) => value === one))
    .map((one) => ({ value: one, label: names.get(one) ?? one })),
];

export const answerType = (holds: RuleKnown['answers'][number]['holds'] | undefined): AttributeType | null => {
  if (holds === undefined || holds === 'file' || holds === 'time') return null;
  return holds === 'code' ? 'text' : holds === 'codes' || holds === 'ranking' ? 'list' : holds;
};

export const inSegment = ({ value, label, unit }: RuleKnown['segments'][number]): Choice => ({
  value,
  label: unit === 'company' ? `${label} (companies)` : label,
});
/** Stands before the id of a segmentation where none of its segments is meant. */
export const NONE_OF = 'none:';
export const PEOPLE_MEASURES: readonly Choice[] = [
  { value: 'count', label: 'how many they are' },
  { value: 'share', label: 'their share of its people, in percent' },
];
export const YES_NO: readonly Choice[] = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];
export const MISSING: readonly Choice[] = [
  { value: '', label: 'unknown: they are neither in nor out' },
  { value: 'no', label: 'no: the condition does not hold' },
  { value: 'yes', label: 'yes: the condition holds' },
];
export const MEASURE_CHOICES: readonly Choice[] = [
  { value: 'count', label: 'how often they did it' },
  { value: 'sum', label: 'the sum of a property' },
  { value: 'average', label: 'the average of a property' },
  { value: 'min', label: 'the smallest value of a property' },
  { value: 'max', label: 'the largest value of a property' },
  { value: 'distinct', label: 'the number of different values of a property' },
];
export const SCORE_WORDS: Readonly<Record<(typeof SCORE_FORMS)[number], string>> = {
  raw: 'the score as it is',
  z: 'standard deviations from the mean',
  percentile: 'percentile',
};
export const SCORE_CHOICES: readonly Choice[] = SCORE_FORMS.map((value) => ({ value, label: SCORE_WORDS[value] }));
export const TECHNOLOGY_OPERATORS: readonly RuleOperator[] = [
  ...operatorsFor({ technology: 'browser', op: 'set' }, null, ''),
  'versionAtLeast',
  'versionBelow',
  'lt',
  'lte',
  'gt',
  'gte',
  'between',
];

/** A condition's value as its field takes it: codes to tick one by one, anything else as it was written. */
export function valueChoices(form: Form, known: RuleKnown): string | string[] {
  const subject = field(form, 'subject');
  const lists: Partial<Record<string, readonly { value: string }[]>> = {
    answer: known.answers.find(({ value }) => value === subject)?.options ?? [],
    attribute: known.attributes.some(({ value, type }) => value === subject && type === 'yes-no') ? YES_NO : [],
    company: known.companies.some(({ value, type }) => value === subject && type === 'yes-no') ? YES_NO : [],
  };
  const kind = field(form, 'kind');
  const isTicked = Object.hasOwn(lists, kind) && (lists[kind] ?? []).length > 0;
  const values = fieldList(form, 'value');
  return isTicked
    ? values.flatMap((value) => value.split(';').map((part) => part.trim())).filter((part) => part !== '')
    : values;
}
