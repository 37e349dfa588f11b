import type { Form } from '../../model/answers.ts';
import { PERIODS } from '../../model/rule.ts';
import { field } from '../form.ts';
import type { FieldView } from './frame.ts';
import { type Block, type Make, type OneMore, steps, wheres } from './rule-blocks.ts';
import { type Choice, MEASURE_CHOICES, named, withTyped, words } from './rule-choices.ts';
import type { FormKind } from './rule-kinds.ts';

/** The kinds of conditions that look at what somebody did. */
type EventKind = Extract<FormKind, 'event' | 'sequence' | 'moment' | 'regularly' | 'stopped' | 'restarted'>;
const EVENT_KINDS: readonly string[] = ['event', 'sequence', 'moment', 'regularly', 'stopped', 'restarted'];
export const isEventKind = (kind: FormKind): kind is EventKind => EVENT_KINDS.includes(kind);

/** Where nothing else is said a condition looks at all time: the form says so beside its fields. */
export function windowRow(
  make: Make,
  says = {
    legend: 'Counted over',
    hint: 'All time, as far back as events are kept, where this is left empty. Else a span up to now, such as 30 days or 6 months, or days of the calendar',
  },
): Block {
  return {
    kind: 'row',
    ...says,
    fields: [
      make.text('within', 'In the last', { isShort: true }),
      make.text('from', 'Or from day', { isShort: true, type: 'date' }),
      make.text('to', 'To day', { isShort: true, type: 'date' }),
    ],
  };
}

/**
 * The fields of a condition on events.
 *
 * @param events that are known in the workspace
 * @param properties of the events that are chosen, or of the newest ones
 */
export function eventFields(
  make: Make,
  form: Form,
  kind: EventKind,
  { events, properties, oneMore }: { events: readonly Choice[]; properties: readonly string[]; oneMore: OneMore },
  compare: { how: FieldView | null; value: (hint: string) => FieldView },
): Block[] {
  const only = () => wheres(make, form, properties, oneMore);
  const event = (name = 'event', label = 'Event', isRequired = true) =>
    events.length === 0
      ? make.text(name, label, { isRequired, hint: 'None is known here yet: enter its name as it will be told' })
      : make.select(
          name,
          label,
          [
            { value: '', label: isRequired ? 'choose …' : 'no further step' },
            ...withTyped(events, [field(form, name)]),
          ],
          { isRequired },
        );
  const span = (name: string, label: string, hint: string) =>
    make.text(name, label, { isRequired: true, isShort: true, hint });
  switch (kind) {
    case 'event':
      return [
        make.select('measure', 'What is measured', MEASURE_CHOICES),
        properties.length === 0
          ? make.text('property', 'Of which property', {
              hint: 'Not for how often. Its name as it will be told, such as revenue',
            })
          : make.select(
              'property',
              'Of which property',
              [{ value: '', label: '–' }, ...withTyped(named(properties), [field(form, 'property')])],
              { hint: 'Not for how often' },
            ),
        ...(compare.how ? [compare.how] : []),
        compare.value('A number; two with “and” between them for “is between”'),
        windowRow(make),
        only(),
      ];
    case 'sequence':
      return [
        ...steps(make, form, properties, oneMore, event),
        make.text('span', 'All of it within', {
          isShort: true,
          hint: 'From the first step to the last, such as 14 days. Left empty it may take as long as it takes',
        }),
        windowRow(make),
      ];
    case 'moment':
      return [
        make.radios('moment', 'Which time', words(['first', 'last']), { isRequired: true }),
        event(),
        only(),
        ...(compare.how ? [compare.how] : []),
        compare.value('A day as 2026-03-09, two with “and” between them, or a span as 2 months'),
      ];
    case 'regularly':
      return [
        event(),
        only(),
        {
          kind: 'row',
          legend: 'How regularly',
          hint: 'The current day, week or month is the last of them',
          fields: [
            make.text('atLeast', 'In at least', { isRequired: true, isShort: true }),
            make.text('of', 'Of the last', { isRequired: true, isShort: true }),
            make.select('unit', 'Days, weeks or months', words(PERIODS), { isRequired: true }),
          ],
        },
      ];
    case 'stopped':
      return [
        event(),
        only(),
        span('active', 'They did it in', 'Such as 2 months'),
        span('quiet', 'And then not for', 'Up to now, such as 3 weeks'),
      ];
    case 'restarted':
      return [
        event(),
        only(),
        span('active', 'They did it again in the last', 'Such as 1 week'),
        span('quiet', 'After not doing it for', 'Such as 1 month'),
      ];
  }
}
