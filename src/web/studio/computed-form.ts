import type { Form } from '../../model/answers.ts';
import { ATTRIBUTE_FAMILIES } from '../../model/attribute.ts';
import { type ComputedDefinition, type ComputedMeasure, MEASURES } from '../../model/computed.ts';
import { RuleOperator, type RuleValue, type RuleWhere, SPAN_UNITS } from '../../model/rule.ts';
import { OPERATORS } from '../../rules/describe-leaf.ts';
import { field } from '../form.ts';
import type { fieldMaker } from './frame.ts';
import { FAMILY_NAMES } from './person-view.ts';

/*
 * A definition of a computed attribute as a form, and back, and in words.
 */

const CONDITIONS = 3;

const MEASURE_WORDS: Readonly<Record<ComputedMeasure, string>> = {
  count: 'how often it happened',
  sum: 'sum of a property',
  average: 'average of a property',
  min: 'smallest value of a property',
  max: 'largest value of a property',
  first: 'first value of a property, or the first time',
  last: 'last value of a property, or the last time',
  'most-frequent': 'most frequent value of a property',
  distinct: 'number of different values of a property',
};
export const QUINTILES_SAID =
  'Buyers are ranked by when they last bought, how often, and for how much; each fifth gets 1 (lowest) to 5. Buyers with equal values share the lower rank.';

/** What a new attribute is asked for. */
export function formFields(make: ReturnType<typeof fieldMaker>) {
  return [
    make.text('name', 'Name', { isRequired: true, hint: 'Under which rules ask for it, such as orders_30_days' }),
    make.select(
      'family',
      'Family',
      ATTRIBUTE_FAMILIES.map((value) => ({ value, label: FAMILY_NAMES[value] })),
      { isRequired: true },
    ),
    ...definitionFields(make),
  ];
}

/** What a definition is asked for, new or changed. */
export function definitionFields(make: ReturnType<typeof fieldMaker>) {
  return [
    make.radios(
      'kind',
      'Worked out as',
      [
        { value: 'measure', label: 'a measure of one kind of event' },
        {
          value: 'rfm',
          label: 'recency, frequency and monetary value of purchases, in quintiles',
          hint: `Three attributes. ${QUINTILES_SAID}`,
        },
        { value: 'lifetime-value', label: 'lifetime value: orders less refunds' },
      ],
      { isRequired: true },
    ),
    make.text('event', 'Event', { isRequired: true, hint: 'What happened; for money, the purchase' }),
    make.select(
      'measure',
      'Measure',
      MEASURES.map((value) => ({ value, label: MEASURE_WORDS[value] })),
      { hint: 'Of a measure only', isRequired: true },
    ),
    make.text('property', 'Property', {
      hint: 'Such as revenue, or cart.total; empty for a count or a time. For money, revenue if empty',
    }),
    make.text('refund', 'Event of a refund', { hint: 'Of a lifetime value only' }),
    make.text('currency', 'Currency', {
      isShort: true,
      hint: 'For money: three letters such as EUR. Events in another are left out and counted',
    }),
    make.text('last', 'Only in the last', { isShort: true, hint: 'Of a measure only; empty for all time' }),
    make.select(
      'unit',
      'Unit',
      SPAN_UNITS.map((value) => ({ value, label: `${value}s` })),
      { isRequired: true },
    ),
  ];
}

/** The lines of conditions as they were sent. */
export const conditionsIn = (form: Form) => ({
  conditions: Array.from({ length: CONDITIONS }, (_, index) => ({
    position: index + 1,
    property: field(form, `where-property-${index + 1}`),
    value: field(form, `where-value-${index + 1}`),
    operators: RuleOperator.options.map((value) => ({
      value,
      label: OPERATORS[value],
      isChosen: value === (field(form, `where-op-${index + 1}`) || 'is'),
    })),
  })),
});

/** A definition as the form takes it. */
export function formOfDefinition(definition: ComputedDefinition): Form {
  const { kind, event } = definition;
  const usual = { measure: 'count', refund: 'Order Refunded', unit: 'day' };
  if (kind !== 'measure') {
    const { property, currency } = definition;
    return { ...usual, kind, event, property, currency, ...('refund' in definition && { refund: definition.refund }) };
  }
  const { measure, property = '', where = [], within } = definition;
  return {
    ...usual,
    kind,
    event,
    measure,
    property,
    ...(within && 'last' in within && { last: String(within.last), unit: within.unit }),
    ...Object.fromEntries(
      where.slice(0, CONDITIONS).flatMap((one, index) => [
        [`where-property-${index + 1}`, one.property],
        [`where-op-${index + 1}`, one.op],
        [`where-value-${index + 1}`, one.value === undefined ? '' : valueText(one.value)],
      ]),
    ),
  };
}

/** A value as its field takes it. */
const valueText = (value: RuleValue): string =>
  Array.isArray(value) ? value.map(String).join('; ') : typeof value === 'object' ? valueWords(value) : String(value);

/** What a form says, to be checked by whoever takes it. */
export function definitionIn(form: Form): unknown {
  const kind = field(form, 'kind');
  const text = (name: string) => field(form, name).trim();
  const money = { event: text('event'), property: text('property') || 'revenue', currency: text('currency') };
  if (kind === 'rfm') return { kind, ...money };
  if (kind === 'lifetime-value') return { kind, ...money, refund: text('refund') };
  const where = Array.from({ length: CONDITIONS }, (_, index) => conditionIn(form, index + 1)).filter(
    (one) => one !== null,
  );
  const last = text('last');
  return {
    kind,
    measure: text('measure'),
    event: text('event'),
    ...(text('property') && { property: text('property') }),
    ...(where.length > 0 && { where }),
    ...(last !== '' && { within: { last: /^\d+$/.test(last) ? Number(last) : last, unit: text('unit') } }),
  };
}

const LISTS: readonly string[] = ['in', 'notIn', 'hasAny', 'hasAll', 'hasNone', 'between'];
const TEXTS: readonly string[] = ['contains', 'notContains', 'startsWith', 'endsWith', 'matches', 'notMatches'];
const isNumeric = (text: string) => /^-?\d+(\.\d+)?$/.test(text);

/** Null for a line that names no property. */
function conditionIn(form: Form, position: number): RuleWhere | null {
  const property = field(form, `where-property-${position}`).trim();
  if (property === '') return null;
  const op = field(form, `where-op-${position}`) as RuleOperator;
  const typed = field(form, `where-value-${position}`).trim();
  const value = ((): RuleValue | undefined => {
    if (op === 'set' || op === 'notSet') return undefined;
    if (LISTS.includes(op)) {
      const parts = typed
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      return op === 'between' && parts.every(isNumeric) ? parts.map(Number) : parts;
    }
    if (op === 'olderThan' || op === 'newerThan') {
      const [, amount = '', unit = ''] = /^(\d+) (minute|hour|day|week|month|year)s?$/.exec(typed) ?? [];
      return amount === '' ? typed : { amount: Number(amount), unit: unit as (typeof SPAN_UNITS)[number] };
    }
    if (typed === 'true' || typed === 'false') return typed === 'true';
    return isNumeric(typed) && !TEXTS.includes(op) && !op.startsWith('version') ? Number(typed) : typed;
  })();
  return { property, op, ...(value === undefined ? {} : { value }) };
}

/** A definition in words. */
export function definitionWords(definition: ComputedDefinition): string {
  if (definition.kind === 'rfm')
    return `Recency, frequency and monetary value of “${definition.event}” in quintiles, by ${definition.property} in ${definition.currency}`;
  if (definition.kind === 'lifetime-value')
    return `Lifetime value: ${definition.property} of “${definition.event}” less “${definition.refund}”, in ${definition.currency}`;
  const { measure, event, property, where = [], within } = definition;
  const what =
    property === undefined
      ? measure === 'count'
        ? 'count'
        : `${measure} time`
      : `${measure.replace('-', ' ')} of ${property}`;
  const asked = where.map(
    (one) => `${one.property} ${OPERATORS[one.op]}${one.value === undefined ? '' : ` ${valueWords(one.value)}`}`,
  );
  const span =
    within === undefined
      ? ''
      : 'last' in within
        ? `, in the last ${within.last} ${within.unit}${within.last === 1 ? '' : 's'}`
        : `, from ${within.from}${within.to ? ` to ${within.to}` : ''}`;
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} over “${event}”${asked.length > 0 ? ` where ${asked.join(' and ')}` : ''}${span}`;
}

const valueWords = (value: RuleValue): string =>
  Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? `${value.amount} ${value.unit}${value.amount === 1 ? '' : 's'}`
      : String(value);
