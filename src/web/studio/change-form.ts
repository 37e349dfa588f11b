import type { Form } from '../../model/answers.ts';
import type { ChangeQuestion } from '../../model/change-question.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { field } from '../form.ts';
import type { FieldView, fieldMaker } from './frame.ts';
import { readWhereLines, whereLine } from './where-lines.ts';

/* A question about a change as a form, and back. */

const WHERE_HINT = 'One condition a line, such as: revenue gte 20';

/** Which field holds what a place of the question says. */
const FIELD_OF: Readonly<Record<string, string>> = {
  'outcome/kind': 'kind',
  'outcome/from/event': 'from',
  'outcome/from/where': 'fromWhere',
  'outcome/to/event': 'to',
  'outcome/to/where': 'toWhere',
  'outcome/withinDays': 'withinDays',
  'sides/kind': 'sides',
  'sides/first/from': 'firstFrom',
  'sides/first/to': 'firstTo',
  'sides/second/from': 'secondFrom',
  'sides/second/to': 'secondTo',
  'sides/period/from': 'secondFrom',
  'sides/period/to': 'secondTo',
  'sides/by': 'by',
  'sides/name': 'name',
  'sides/first': 'firstVariant',
  'sides/second': 'secondVariant',
};

/** The pointer of a fault, as the form's field. */
export const fieldOfFault = ({ pointer, detail }: ProblemError): ProblemError => ({
  pointer: `#/${FIELD_OF[pointer.replace(/^#\//, '').replace(/(where)\/.*$/, '$1')] ?? 'kind'}`,
  detail,
});

/**
 * What the form asks, to be checked as a question.
 *
 * @throws Problem `invalid` for conditions that cannot be read
 */
export function questionFrom(form: Form): unknown {
  const errors: ProblemError[] = [];
  const happens = (event: string, where: string) => {
    const { wheres, faults } = readWhereLines(field(form, where));
    errors.push(...faults.map((detail) => ({ pointer: `#/${where}`, detail })));
    return { event: field(form, event), ...(wheres.length > 0 && { where: wheres }) };
  };
  const days = field(form, 'withinDays').trim();
  const period = (name: 'first' | 'second') => ({ from: field(form, `${name}From`), to: field(form, `${name}To`) });
  const isStep = field(form, 'kind') !== 'event';
  const question = {
    outcome: isStep
      ? {
          kind: 'step',
          from: happens('from', 'fromWhere'),
          to: happens('to', 'toWhere'),
          withinDays: /^\d+$/.test(days) ? Number(days) : Number.NaN,
        }
      : { kind: 'event', to: happens('to', 'toWhere') },
    sides:
      field(form, 'sides') === 'variants'
        ? {
            kind: 'variants',
            by: field(form, 'by'),
            name: field(form, 'name'),
            first: field(form, 'firstVariant'),
            second: field(form, 'secondVariant'),
            period: period('second'),
          }
        : { kind: 'periods', first: period('first'), second: period('second') },
  };
  if (errors.length > 0) throw new Problem('invalid', 'This question is not whole yet', { errors });
  return question;
}

/** A question as the form it was asked by, to be asked again with a change. */
export function formOfQuestion({ outcome, sides }: ChangeQuestion): Form {
  const lines = (where: ChangeQuestion['outcome']['to']['where'] = []) => where.map(whereLine).join('\n');
  const second = sides.kind === 'periods' ? sides.second : sides.period;
  return {
    kind: outcome.kind,
    from: outcome.kind === 'step' ? outcome.from.event : '',
    fromWhere: outcome.kind === 'step' ? lines(outcome.from.where) : '',
    to: outcome.to.event,
    toWhere: lines(outcome.to.where),
    withinDays: outcome.kind === 'step' ? String(outcome.withinDays) : '1',
    sides: sides.kind,
    firstFrom: sides.kind === 'periods' ? sides.first.from : '',
    firstTo: sides.kind === 'periods' ? sides.first.to : '',
    secondFrom: second.from,
    secondTo: second.to,
    by: sides.kind === 'variants' ? sides.by : 'attribute',
    name: sides.kind === 'variants' ? sides.name : '',
    firstVariant: sides.kind === 'variants' ? sides.first : '',
    secondVariant: sides.kind === 'variants' ? sides.second : '',
  };
}

/** The fields, under the names of their groups. */
export function questionFields(make: ReturnType<typeof fieldMaker>, events: readonly string[]) {
  const choices = [{ value: '', label: 'Choose an event' }, ...events.map((name) => ({ value: name, label: name }))];
  const day = (name: string, label: string, isRequired = true) =>
    make.text(name, label, { type: 'date', isShort: true, isRequired });
  return {
    rate: [
      make.radios(
        'kind',
        'The rate to look at',
        [
          { value: 'step', label: 'A step: of those who did one thing, who did another after it' },
          { value: 'event', label: 'An event: of those who did anything at all, who did this' },
        ],
        { isRequired: true },
      ),
      make.select('from', 'Of those who did', choices, { hint: 'Only for a step' }),
      make.area('fromWhere', 'Only where, of its properties', { rows: 2, hint: WHERE_HINT }),
      make.select('to', 'Who did', choices, { isRequired: true }),
      make.area('toWhere', 'Only where, of the properties of that', { rows: 2, hint: WHERE_HINT }),
      make.text('withinDays', 'Within so many days', {
        isShort: true,
        hint: 'Only for a step: days of 24 hours, 1 to 90',
      }),
    ],
    sides: [
      make.radios(
        'sides',
        'Compared between',
        [
          { value: 'periods', label: 'Two periods', hint: 'Such as the weeks before and after a release' },
          {
            value: 'variants',
            label: 'Two variants of an experiment',
            hint: 'In one period: the second of those below',
          },
        ],
        { isRequired: true },
      ),
      day('firstFrom', 'First period, first day', false),
      day('firstTo', 'First period, last day', false),
      day('secondFrom', 'Second period, first day'),
      day('secondTo', 'Second period, last day'),
    ],
    variants: [
      make.radios('by', 'The variant is told by', [
        { value: 'attribute', label: 'An attribute of the person' },
        { value: 'property', label: 'A property of the event that begins the step' },
      ]),
      make.text('name', 'Its name', { hint: 'Such as experiment_form' }),
      make.text('firstVariant', 'The first variant', { isShort: true, hint: 'Its value, such as A' }),
      make.text('secondVariant', 'The second variant', { isShort: true }),
    ],
  } satisfies Record<string, FieldView[]>;
}
