import type { Form } from '../../model/answers.ts';
import type { AttributeType } from '../../model/attribute.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import {
  leafKind,
  operatorsOf,
  type Rule,
  type RuleLeaf,
  type RuleMeasure,
  type RuleOperator,
  type RuleSpan,
  type RuleUnit,
  type RuleValue,
  type RuleWhere,
  type RuleWindow,
  readRule,
  SPAN_UNITS,
} from '../../model/rule.ts';
import { field, fieldList } from '../form.ts';

/*
 * A condition as a form, and back. What is asked for stands in `subject` where the form depends on it; a span of time is
 * written in words, such as “30 days”, and the parts of a list are separated by semicolons.
 */

/** The kinds of conditions that have a form. Of an event it asks how often or how much, of a rhythm when it changed. */
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
  { value: 'interview', label: 'What they spoke of in interviews', hint: 'A code on passages of their interviews' },
  { value: 'segment', label: 'Another segment they are in', hint: 'One of this study' },
  { value: 'sample', label: 'A share of all people, drawn once', hint: 'The same salt always draws the same ones' },
] as const;
export type FormKind = (typeof FORM_KINDS)[number]['value'];

/** How the same kinds are called where a company is asked. */
const OF_COMPANIES: Partial<Record<FormKind, string>> = {
  company: 'What is known of the company',
  people: 'How many of its people, or which share of them',
  event: 'How often or how much its people did',
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

export const MEASURES = ['count', 'sum', 'average', 'min', 'max', 'distinct'] as const;
const NO_VALUE: readonly RuleOperator[] = ['set', 'notSet'];
const LISTS: readonly RuleOperator[] = ['in', 'notIn', 'hasAny', 'hasAll', 'hasNone'];
const NUMBERS: readonly RuleOperator[] = ['lt', 'lte', 'gt', 'gte', 'anniversary'];
const SPANS: readonly RuleOperator[] = ['olderThan', 'newerThan'];
const SEVERAL: readonly RuleOperator[] = ['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith'];

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

const spanText = ({ amount, unit }: RuleSpan): string => `${amount} ${unit}${amount === 1 ? '' : 's'}`;

function spanOf(text: string): RuleSpan | null {
  const found = /^(\d{1,5})\s*([a-z]+?)s?$/.exec(text.trim().toLowerCase());
  const unit = SPAN_UNITS.find((one) => one === found?.[2]);
  const amount = Number(found?.[1]);
  return unit && amount >= 1 && amount <= 10_000 ? { amount, unit } : null;
}

/**
 * A condition as the fields of its form; null for one that the form cannot say whole, which then stays as it is.
 *
 * @example
 * formFrom({ event: 'Order Completed', op: 'gte', value: 3, within: { last: 30, unit: 'day' } })?.within // => '30 days'
 * @example
 * formFrom({ theme: 'hidden-fees' }) // => null
 */
export function formFrom(leaf: RuleLeaf): Form | null {
  const kind = FORM_KINDS.find(({ value }) => value === leafKind(leaf))?.value;
  if (kind === undefined) return null;
  const form: Form = {
    kind,
    missing: leaf.ifMissing === undefined ? '' : leaf.ifMissing ? 'yes' : 'no',
    ...('op' in leaf ? { op: leaf.op, value: valueFields(leaf.op, leaf.value) } : {}),
    ...('within' in leaf ? windowFields(leaf.within) : {}),
    ...ownFields(leaf),
  };
  const read = tryLeaf({ ...form, ruleUnit: 'people' in leaf ? 'company' : 'person' });
  return read !== null && plainJson(read) === plainJson(leaf) ? form : null;
}

/** A number and its digits, and true and “true”, are compared alike by every operator. */
const plainJson = (leaf: RuleLeaf): string =>
  JSON.stringify(
    Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1)),
    (_, value: unknown) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  );

function tryLeaf(form: Form): RuleLeaf | null {
  try {
    return leafFrom(form);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

function valueFields(op: RuleOperator, value: RuleValue | undefined): string | string[] {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join(op === 'between' ? ' and ' : '; ');
  return typeof value === 'object' ? spanText(value as RuleSpan) : String(value);
}

function windowFields(window: RuleWindow | undefined): Form {
  if (window === undefined) return {};
  return 'last' in window
    ? { within: spanText({ amount: window.last, unit: window.unit }) }
    : { from: window.from, to: window.to ?? '' };
}

function ownFields(leaf: RuleLeaf): Form {
  if ('attribute' in leaf) return { subject: leaf.attribute };
  if ('company' in leaf) return { subject: leaf.company, role: leaf.role ?? '' };
  if ('people' in leaf)
    return { among: segmentIn(leaf.people), role: leaf.role ?? '', peopleMeasure: leaf.measure ?? 'count' };
  if ('role' in leaf) return { role: leaf.role };
  if ('interview' in leaf) return { interview: leaf.interview, atLeast: String(leaf.atLeast ?? 1) };
  if ('answer' in leaf) return { subject: leaf.answer, survey: leaf.survey ?? '' };
  if ('moment' in leaf) return { moment: leaf.moment, event: leaf.event };
  if ('event' in leaf) {
    const [measure, property] =
      leaf.measure === undefined || leaf.measure === 'count' ? ['count', ''] : (Object.entries(leaf.measure)[0] ?? []);
    return { subject: leaf.event, measure: measure ?? '', property: property ?? '', ...whereFields(leaf.where) };
  }
  if ('regularly' in leaf)
    return { event: leaf.regularly, unit: leaf.unit, of: String(leaf.of), atLeast: String(leaf.atLeast) };
  if ('stopped' in leaf || 'restarted' in leaf)
    return {
      event: 'stopped' in leaf ? leaf.stopped : leaf.restarted,
      active: spanText(leaf.active),
      quiet: spanText(leaf.quiet),
    };
  if ('page' in leaf) return { page: leaf.page };
  if ('technology' in leaf) return { technology: leaf.technology };
  if ('place' in leaf) return { place: leaf.place };
  if ('survey' in leaf) return { survey: leaf.survey, did: leaf.did };
  if ('score' in leaf) return { score: leaf.score, as: leaf.as ?? 'raw' };
  if ('segment' in leaf)
    return { segment: leaf.segment, likely: leaf.minProbability === undefined ? '' : String(leaf.minProbability) };
  if ('sample' in leaf) return { sample: String(leaf.sample), salt: leaf.salt };
  return {};
}

/** The segment whose people are counted; empty for all, and for any other rule, which then stays as it is. */
const segmentIn = (rule: Rule): string => ('segment' in rule ? rule.segment : '');

/** One condition on a property; a condition with more than one stays as it is. */
function whereFields(where: readonly RuleWhere[] | undefined): Form {
  const [first] = where ?? [];
  return first
    ? { whereProperty: first.property, whereOp: first.op, whereValue: valueFields(first.op, first.value) }
    : {};
}

/**
 * The condition that a form says, which is a whole one.
 *
 * @throws Problem `invalid` naming every field that does not fit
 */
export function leafFrom(form: Form): RuleLeaf {
  const errors: ProblemError[] = [];
  const fault = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });
  const text = (name: string, detail: string): string => {
    const typed = field(form, name).trim();
    if (typed === '') fault(name, detail);
    return typed;
  };
  const optional = <T>(name: string, value: T | null | undefined | '') =>
    value === undefined || value === null || value === '' ? {} : { [name]: value };
  const number = (name: string, detail: string): number => {
    const typed = field(form, name).trim().replace(',', '.');
    if (!/^-?\d+(\.\d+)?$/.test(typed)) fault(name, detail);
    return Number(typed);
  };
  const span = (name: string): RuleSpan => {
    const found = spanOf(field(form, name));
    if (!found) fault(name, 'Enter a length of time, such as 2 months');
    return found ?? { amount: 1, unit: 'day' };
  };
  const missing = field(form, 'missing');
  const ifMissing = optional('ifMissing', missing === 'yes' ? true : missing === 'no' ? false : null);

  /** @param isNumber the kind of condition compares numbers only, so a list is one of numbers */
  const compared = (isNumber = false, opName = 'op', valueName = 'value') => {
    const op = field(form, opName) as RuleOperator;
    if (op === ('' as string)) fault(opName, 'Choose how to compare');
    if (NO_VALUE.includes(op)) return { op };
    const chosen = fieldList(form, valueName)
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const [typed = ''] = chosen;
    if (chosen.length === 0) {
      fault(valueName, 'Enter what to compare with');
      return { op };
    }
    const parts = chosen.length > 1 ? chosen : typed.split(';').map((one) => one.trim());
    const numeric = (one: string): number => {
      const clean = one.replace(',', '.');
      if (!/^-?\d+(\.\d+)?$/.test(clean)) fault(valueName, `Enter a number: “${one.slice(0, 40)}” is none`);
      return Number(clean);
    };
    if (LISTS.includes(op)) return { op, value: isNumber ? parts.map(numeric) : parts.filter((one) => one !== '') };
    if (SPANS.includes(op)) return { op, value: span(valueName) };
    if (op === 'between') {
      const ends = typed.split(/\s+and\s+|\s*;\s*/);
      if (ends.length !== 2) fault(valueName, 'Enter two numbers or two days with “and” between them');
      const areDays = !isNumber && ends.every((one) => /^\d{4}-\d\d-\d\d/.test(one));
      return { op, value: areDays ? ends : ends.map(numeric) };
    }
    if (NUMBERS.includes(op) || isNumber) return { op, value: numeric(typed) };
    if (SEVERAL.includes(op) && parts.length > 1) return { op, value: parts };
    return { op, value: typed };
  };
  const within = () => {
    const [typed, from, to] = ['within', 'from', 'to'].map((name) => field(form, name).trim());
    if (typed) {
      const { amount, unit } = span('within');
      if (from) fault('from', 'Enter either how long back, or from which day');
      return { within: { last: amount, unit } };
    }
    if (to && !from) fault('from', 'Enter the first day');
    return from ? { within: { from, ...optional('to', to) } } : {};
  };
  const measured = (): { measure?: RuleMeasure } => {
    const measure = MEASURES.find((one) => one === field(form, 'measure')) ?? 'count';
    return measure === 'count'
      ? {}
      : { measure: { [measure]: text('property', 'Enter which property of the event is meant') } as RuleMeasure };
  };
  const where = () => {
    const property = field(form, 'whereProperty').trim();
    return property === '' ? {} : { where: [{ property, ...compared(false, 'whereOp', 'whereValue') }] };
  };
  const event = () => text('event', 'Choose an event');

  const read = (): unknown => {
    switch (field(form, 'kind') as FormKind) {
      case 'attribute':
        return { attribute: field(form, 'subject'), ...compared(), ...ifMissing };
      case 'company':
        return {
          company: field(form, 'subject'),
          ...optional('role', field(form, 'role').trim()),
          ...compared(),
          ...ifMissing,
        };
      case 'people':
        return {
          people: field(form, 'among') === '' ? { all: [] } : { segment: field(form, 'among') },
          ...optional('role', field(form, 'role').trim()),
          ...(field(form, 'peopleMeasure') === 'share' ? { measure: 'share' } : {}),
          ...compared(true),
          ...ifMissing,
        };
      case 'role':
        return { role: text('role', 'Choose a role'), ...ifMissing };
      case 'interview': {
        const atLeast = number('atLeast', 'Enter on how many passages');
        return {
          interview: text('interview', 'Choose a code'),
          ...optional('atLeast', atLeast === 1 ? null : atLeast),
          ...ifMissing,
        };
      }
      case 'answer':
        return {
          answer: field(form, 'subject'),
          ...optional('survey', field(form, 'survey')),
          ...compared(),
          ...ifMissing,
        };
      case 'event':
        return {
          event: field(form, 'subject'),
          ...measured(),
          ...where(),
          ...within(),
          ...compared(true),
          ...ifMissing,
        };
      case 'moment':
        return { moment: field(form, 'moment'), event: event(), ...compared(), ...ifMissing };
      case 'regularly':
        return {
          regularly: event(),
          unit: field(form, 'unit'),
          of: number('of', 'Enter of how many'),
          atLeast: number('atLeast', 'Enter in how many of them'),
          ...ifMissing,
        };
      case 'stopped':
        return { stopped: event(), active: span('active'), quiet: span('quiet'), ...ifMissing };
      case 'restarted':
        return { restarted: event(), active: span('active'), quiet: span('quiet'), ...ifMissing };
      case 'page':
        return { page: field(form, 'page'), ...compared(), ...ifMissing };
      case 'technology':
        return {
          technology: field(form, 'technology'),
          ...compared(field(form, 'technology') === 'viewport'),
          ...ifMissing,
        };
      case 'place':
        return { place: field(form, 'place'), ...compared(), ...ifMissing };
      case 'survey':
        return { survey: text('survey', 'Choose a survey'), did: field(form, 'did'), ...within(), ...ifMissing };
      case 'score': {
        const as = field(form, 'as');
        return {
          score: text('score', 'Choose a scale'),
          ...optional('as', as === 'raw' ? '' : as),
          ...compared(true),
          ...ifMissing,
        };
      }
      case 'segment':
        return {
          segment: text('segment', 'Choose a segment'),
          ...(field(form, 'likely').trim() === ''
            ? {}
            : { minProbability: number('likely', 'Enter a number from 0 to 1') }),
          ...ifMissing,
        };
      case 'sample':
        return {
          sample: number('sample', 'Enter a number from 0 to 100'),
          salt: field(form, 'salt').trim(),
          ...ifMissing,
        };
      default:
        throw new Problem('invalid', 'This condition does not fit', {
          errors: [{ pointer: '#/kind', detail: 'Choose what the condition looks at' }],
        });
    }
  };
  const leaf = read();
  const checked = readRule(leaf, unitOf(form));
  if (errors.length === 0 && 'error' in checked) {
    const [, message = checked.error, place = ''] = /^This is not a rule: (.*) at (\S+)$/.exec(checked.error) ?? [];
    fault(fieldAt(place, form), `This does not fit: ${message}`);
  }
  if (errors.length > 0 || 'error' in checked) throw new Problem('invalid', 'This condition does not fit', { errors });
  return checked.rule as RuleLeaf;
}

/** The form's field for the place in a condition at which it does not read well. */
function fieldAt(place: string, form: Form): string {
  const [first = '', , third = ''] = place.split('.');
  if (first === 'where') return third === 'op' ? 'whereOp' : 'whereValue';
  if (first === 'within') return field(form, 'within') === '' ? 'from' : 'within';
  if (first === 'measure') return 'property';
  if (first === 'minProbability') return 'likely';
  return form[first] === undefined ? 'value' : first;
}
