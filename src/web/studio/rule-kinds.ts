import type { Form } from '../../model/answers.ts';
import type { AttributeType } from '../../model/attribute.ts';
import type { LeafKind, RuleLeaf, RuleOperator, RuleUnit } from '../../model/rule.ts';
import { operatorsOf } from '../../model/rule-comparison.ts';
import { field } from '../form.ts';
import { NO_VALUE } from './rule-values.ts';

/** The kinds of conditions, each with a form. Of an event it asks how often or how much, of a rhythm when it changed. */
export const FORM_KINDS = [
  {
    value: 'attribute',
    label: 'What is known of them',
    hint: 'An attribute: their plan, age, country, lifetime revenue',
  },
  { value: 'company', label: 'What is known of their company', hint: 'Its industry, its size, its plan' },
  { value: 'role', label: 'Their role in a company', hint: 'Decision maker, influencer, user, champion' },
  {
    value: 'people',
    label: 'How many of its people, or which share of them',
    hint: 'All of them, or those who are in a segment of people or have a role',
  },
  {
    value: 'event',
    label: 'How often or how much they did',
    hint: 'The number of an event, or the sum, average, smallest, largest or different values of a property',
  },
  {
    value: 'sequence',
    label: 'What they did one after the other',
    hint: 'First this, then that, perhaps within a span of time',
  },
  { value: 'moment', label: 'When they first or last did something', hint: 'Before or after a day, or so long ago' },
  { value: 'regularly', label: 'What they do regularly', hint: 'In so many of the last days, weeks or months' },
  { value: 'stopped', label: 'What they stopped doing', hint: 'They did it for a while, and then did not any more' },
  { value: 'restarted', label: 'What they do again', hint: 'They do it now, after not doing it for a while' },
  {
    value: 'page',
    label: 'The page they are on',
    hint: 'While a survey is offered; counts go by the page they were on last',
  },
  {
    value: 'technology',
    label: 'What they use',
    hint: 'Device, browser, system, language; counts go by what was last known',
  },
  {
    value: 'place',
    label: 'Where they are just now',
    hint: 'Counts go by where they were last; for where they live ask for an attribute',
  },
  { value: 'survey', label: 'A survey they have seen, started or completed', hint: 'One of this study, or any' },
  { value: 'answer', label: 'What they answered', hint: 'An answer in codes or numbers, the latest they gave' },
  { value: 'score', label: 'Their score on a scale', hint: 'By the newest scoring of the survey that has the scale' },
  {
    value: 'theme',
    label: 'A theme they speak of',
    hint: 'As the latest run over an open question found it, perhaps with a least confidence',
  },
  { value: 'interview', label: 'What they spoke of in interviews', hint: 'A code on passages of their interviews' },
  { value: 'persona', label: 'A persona they are of', hint: 'Who is in the segment that has its face' },
  { value: 'segment', label: 'Another segment they are in', hint: 'One of this study' },
  { value: 'sample', label: 'A share of all people, drawn once', hint: 'The same salt always draws the same ones' },
] as const satisfies readonly { value: LeafKind; label: string; hint: string }[];
export type FormKind = (typeof FORM_KINDS)[number]['value'];

/** How the same kinds are called where a company is asked. */
const OF_COMPANIES: Partial<Record<FormKind, string>> = {
  company: 'What is known of the company',
  people: 'How many of its people, or which share of them',
  event: 'How often or how much its people did',
  sequence: 'What its people did one after the other',
  moment: 'When its people first or last did something',
  regularly: 'What its people do regularly',
  stopped: 'What its people stopped doing',
  restarted: 'What its people do again',
  segment: 'Another segment of companies it is in',
  sample: 'A share of all companies, drawn once',
};

/** The kinds of conditions that can be asked of a person, or of a company. */
export const formKinds = (unit: RuleUnit): { value: FormKind; label: string; hint: string }[] =>
  FORM_KINDS.flatMap((kind) => {
    const label = unit === 'company' ? OF_COMPANIES[kind.value] : kind.value === 'people' ? undefined : kind.label;
    return label === undefined ? [] : [{ ...kind, label }];
  });

/** What a form builds on; people when it does not say. */
export const unitOf = (form: Form): RuleUnit => (field(form, 'ruleUnit') === 'company' ? 'company' : 'person');

const BY_TYPE: Readonly<Record<AttributeType, readonly RuleOperator[]>> = {
  text: ['is', 'isNot', 'in', 'notIn', 'contains', 'notContains', 'startsWith', 'endsWith', 'matches', 'notMatches'],
  number: ['is', 'isNot', 'lt', 'lte', 'gt', 'gte', 'between', 'in', 'notIn'],
  date: ['before', 'after', 'between', 'olderThan', 'newerThan', 'anniversary'],
  'yes-no': ['is', 'isNot'],
  list: ['hasAny', 'hasAll', 'hasNone', 'contains', 'notContains'],
};

/**
 * What may be asked of a value of a type; of one whose type nobody knows, whatever fits the kind of condition.
 *
 * @param now the operator that a condition has already, which stays possible
 */
export function operatorsFor(leaf: RuleLeaf, type: AttributeType | null, now: string): readonly RuleOperator[] {
  const fitting = operatorsOf(leaf);
  if (type === null) return fitting;
  const wanted = [...BY_TYPE[type], ...NO_VALUE];
  return fitting.filter((op) => wanted.includes(op) || op === now).sort((a, b) => rank(wanted, a) - rank(wanted, b));
}
const rank = (list: readonly RuleOperator[], op: RuleOperator): number =>
  (list.indexOf(op) + list.length) % list.length;
