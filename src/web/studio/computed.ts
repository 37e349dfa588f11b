import type { Request, Response } from 'express';
import { histogram } from '../../charts/histogram.ts';
import { showNumber } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { ATTRIBUTE_FAMILIES } from '../../model/attribute.ts';
import { type ComputedDefinition, type ComputedMeasure, MEASURES } from '../../model/computed.ts';
import { Problem } from '../../model/problem.ts';
import { RuleOperator, type RuleValue, type RuleWhere, SPAN_UNITS } from '../../model/rule.ts';
import { OPERATORS } from '../../rules/describe-leaf.ts';
import type { ComputedAttribute } from '../../store/computed.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { FAMILY_NAMES, showMoment } from './person-view.ts';

/** A small workspace is worked out by then, and its page shows the result at once. */
const REFRESH_WAIT_MS = 3000;
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
const QUINTILES_SAID =
  'Buyers are ranked by when they last bought, how often, and for how much; each fifth gets 1 (lowest) to 5. Buyers with equal values share the lower rank.';

/** Attributes that are worked out of events: what they are, when they were last worked out, and how they spread. */
export function computedDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { computed, store } = verbatim;
  const at = ({ study }: StudyVisit) => `${studyAddress(study)}/computed`;
  const crumbs = ({ study }: StudyVisit, ...more: { label: string; href: string }[]) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'People', href: `${studyAddress(study)}/people` },
    ...more,
  ];
  const listCrumb = (visit: StudyVisit) => ({ label: 'Computed attributes', href: at(visit) });

  async function computedOf(visit: StudyVisit, req: Request): Promise<ComputedAttribute> {
    const found = await store.computed.find(visit.study.workspaceId, String(req.params['computed']));
    if (!found) throw new Problem('not-found', 'There is no such computed attribute in this workspace');
    return found;
  }

  door.get('/studio/:study/computed', 'researcher', async (visit, _req, res) => {
    const list = await store.computed.list(visit.study.workspaceId);
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    await showPage(house, visit, res, 'people', 'studio/computed-list', {
      head: head(crumbs(visit), 'Computed attributes', 'What is known of people because of what they did.', [
        { label: 'Define one', href: `${at(visit)}/new`, isPrimary: true },
      ]),
      at: at(visit),
      isGoing: computed.isGoing(visit.study.workspaceId),
      table: {
        caption: 'Computed attributes of this workspace',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Attribute', isNumber: false },
          { label: 'Worked out as', isNumber: false },
          { label: 'People', isNumber: true },
          { label: 'Last refreshed', isNumber: false },
        ],
        rows: list.map(({ name, publicId, definition, summary, refreshedAt, refused }) => ({
          cells: [
            cell(name, `${at(visit)}/${publicId}`),
            cell(definitionWords(definition)),
            { text: showNumber(summary?.people ?? 0), href: null, isNumber: true },
            cell(refused ?? (refreshedAt === null ? 'not yet' : showMoment(refreshedAt))),
          ],
        })),
      },
      isEmpty: list.length === 0,
      empty: {
        title: 'Nothing is computed yet',
        text: 'A computed attribute is, for example, how many orders somebody placed, or what they have spent. Rules can ask for it as for any other.',
        action: { label: 'Define one', href: `${at(visit)}/new` },
      },
    });
  });

  const newPage = (visit: StudyVisit) => ({
    view: 'studio/computed-new',
    head: head(
      crumbs(visit, listCrumb(visit)),
      'Define a computed attribute',
      'Worked out for everybody, of what programs told of them.',
    ),
    action: `${at(visit)}/new`,
    fields: formFields,
    buttons: buttons('Define it', { label: 'Cancel', href: at(visit) }),
  });
  const showNew = (visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) =>
    showForm(house, visit, res, 'people', { ...newPage(visit), more: conditionsIn(form) }, form, problem);

  door.get('/studio/:study/computed/new', 'researcher', (visit, _req, res) =>
    showNew(visit, res, {
      kind: 'measure',
      measure: 'count',
      event: 'Order Completed',
      refund: 'Order Refunded',
      family: 'other',
      unit: 'day',
    }),
  );
  door.post('/studio/:study/computed/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const { publicId } = await computed.define(
        visit.study.workspaceId,
        { name: field(form, 'name'), family: field(form, 'family'), definition: definitionIn(form) },
        { userId: visit.user.id },
      );
      await refreshSoon(visit);
      res.redirect(303, `${at(visit)}/${publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showNew(visit, res, form, error);
    }
  });

  /** A large workspace goes on being worked out while the page says so. */
  async function refreshSoon({ study }: StudyVisit): Promise<void> {
    const done = computed.refresh(study.workspaceId);
    done.catch((error: unknown) => house.log.error({ err: error }, 'computed attributes were not refreshed'));
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, REFRESH_WAIT_MS))]);
  }
  door.post('/studio/:study/computed/refresh', 'researcher', async (visit, _req, res) => {
    await refreshSoon(visit);
    res.redirect(303, at(visit));
  });

  door.get('/studio/:study/computed/:computed', 'researcher', async (visit, req, res) => {
    const one = await computedOf(visit, req);
    const { summary } = one;
    await showPage(house, visit, res, 'people', 'studio/computed', {
      head: head(crumbs(visit, listCrumb(visit)), one.name),
      at: `${at(visit)}/${one.publicId}`,
      refresh: `${at(visit)}/refresh`,
      isGoing: computed.isGoing(visit.study.workspaceId),
      facts: [
        {
          label: 'Last refreshed',
          value: one.refreshedAt === null ? 'not yet' : showMoment(one.refreshedAt),
          note: null,
        },
        { label: 'People with a value', value: showNumber(summary?.people ?? 0), note: null },
      ],
      words: definitionWords(one.definition),
      method: one.definition.kind === 'rfm' ? QUINTILES_SAID : null,
      refused: one.refused,
      leftOut: leftOutWords(one),
      charts: (summary?.distributions ?? [])
        .filter(({ bins }) => bins.length > 0)
        .map(({ attribute, bins }, index) =>
          histogram({ id: `distribution-${index + 1}`, title: attribute, bins, unit: 'people', note: null }),
        ),
    });
  });
  door.post('/studio/:study/computed/:computed/remove', 'researcher', async (visit, req, res) => {
    await computed.remove(await computedOf(visit, req));
    res.redirect(303, at(visit));
  });
}

function formFields(make: ReturnType<typeof fieldMaker>) {
  return [
    make.text('name', 'Name', { isRequired: true, hint: 'Under which rules ask for it, such as orders_30_days' }),
    make.select(
      'family',
      'Family',
      ATTRIBUTE_FAMILIES.map((value) => ({ value, label: FAMILY_NAMES[value] })),
      { isRequired: true },
    ),
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
const conditionsIn = (form: Form) => ({
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

/** What a form says, to be checked by whoever takes it. */
function definitionIn(form: Form): unknown {
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
function definitionWords(definition: ComputedDefinition): string {
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

function leftOutWords({ summary, definition }: ComputedAttribute): string | null {
  if (definition.kind === 'measure' || !summary) return null;
  const { otherCurrency, noAmount } = summary.leftOut;
  const parts = [
    ...(otherCurrency > 0 ? [`${showNumber(otherCurrency)} in another currency than ${definition.currency}`] : []),
    ...(noAmount > 0 ? [`${showNumber(noAmount)} without an amount`] : []),
  ];
  return parts.length === 0 ? null : `Events left out: ${parts.join(', ')}.`;
}
