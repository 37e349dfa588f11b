import type { Form } from '../../model/answers.ts';
import { ADDRESS_MATCHES, type AddressRule, type Moment, type Trigger } from '../../model/moment.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import type { RuleWhere } from '../../model/rule.ts';
import { field, fieldList } from '../form.ts';
import { linesOf, readWhereLines, whereLine } from './where-lines.ts';

/*
 * A moment as a form, and back. What comes in lists is written one a line, so that no script is needed.
 */

export const TRIGGERS: readonly { value: Trigger['on']; label: string; hint: string }[] = [
  { value: 'page', label: 'A page opens', hint: 'As soon as one of the pages below is there' },
  { value: 'event', label: 'Something happens', hint: 'An event of this name is told of, such as Order Completed' },
  { value: 'click', label: 'Something is clicked', hint: 'Named by a selector, by its text, or by both' },
  { value: 'exit', label: 'Somebody is about to leave', hint: 'The pointer goes to the top of the window' },
  { value: 'scroll', label: 'So much was read', hint: 'This share of the page was scrolled through' },
  { value: 'dwell', label: 'Somebody stays', hint: 'So many seconds on the page' },
];

const MATCH_WORDS: Readonly<Record<AddressRule['match'], string>> = {
  simple: 'page',
  is: 'is',
  contains: 'contains',
  startsWith: 'starts',
  endsWith: 'ends',
  matches: 'pattern',
};

const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const DAYS = DAY_NAMES.map((label, index) => ({ value: String(index + 1), label }));

const addressLine = ({ match, value }: AddressRule): string => `${MATCH_WORDS[match]} ${value}`;
export function formFrom(moment: Moment | null): Form {
  const trigger = moment?.trigger ?? { on: 'page' as const };
  return {
    isOn: moment?.isOn ? ['yes'] : [],
    on: trigger.on,
    event: trigger.on === 'event' ? trigger.name : '',
    where: trigger.on === 'event' ? (trigger.where ?? []).map(whereLine).join('\n') : '',
    selector: trigger.on === 'click' ? (trigger.selector ?? '') : '',
    text: trigger.on === 'click' ? (trigger.text ?? '') : '',
    scrolled: trigger.on === 'scroll' ? String(trigger.percent) : '',
    seconds: trigger.on === 'dwell' ? String(trigger.seconds) : '',
    pages: (moment?.pages ?? []).map(addressLine).join('\n'),
    notOn: (moment?.notOn ?? []).map(addressLine).join('\n'),
    delaySeconds: String(moment?.delaySeconds ?? 0),
    cancelOn: (moment?.cancelOn ?? []).join('\n'),
    fromSession: String(moment?.fromSession ?? 1),
    fromPage: String(moment?.fromPage ?? 1),
    days: (moment?.schedule?.days ?? [1, 2, 3, 4, 5, 6, 7]).map(String),
    from: moment?.schedule?.from ?? '',
    to: moment?.schedule?.to ?? '',
    percent: String(moment?.percent ?? 100),
    frequency: moment?.frequency ?? 'once',
    everyDays: moment?.everyDays === undefined ? '' : String(moment.everyDays),
    priority: String(moment?.priority ?? 50),
    shape: moment?.shape ?? 'slide-in',
    place: moment?.place ?? '',
  };
}

/**
 * What a form says, to be checked as a moment; fields that only other triggers ask for are let go.
 *
 * @throws Problem `invalid` for lines that cannot be read, naming their field
 */
export function inputFrom(form: Form): Record<string, unknown> {
  const errors: ProblemError[] = [];
  const number = (name: string): number | undefined => {
    const typed = field(form, name).trim().replace(',', '.');
    if (typed === '') return undefined;
    if (!/^-?\d+(\.\d+)?$/.test(typed)) errors.push({ pointer: `#/${name}`, detail: 'Enter a number' });
    return Number(typed);
  };
  const addresses = (name: string): AddressRule[] =>
    linesOf(field(form, name)).map((line) => {
      const [word = '', ...rest] = line.split(' ');
      const match = ADDRESS_MATCHES.find((one) => MATCH_WORDS[one] === word);
      return match && rest.length > 0 ? { match, value: rest.join(' ') } : { match: 'simple', value: line };
    });
  const wheres = (): RuleWhere[] => {
    const { wheres: read, faults } = readWhereLines(field(form, 'where'));
    errors.push(...faults.map((detail) => ({ pointer: '#/where', detail })));
    return read;
  };
  const optional = <T>(name: string, value: T | undefined | '') =>
    value === undefined || value === '' ? {} : { [name]: value };

  const on = field(form, 'on');
  const where = on === 'event' ? wheres() : [];
  const trigger = {
    on,
    ...(on === 'event' ? { name: field(form, 'event'), ...(where.length > 0 ? { where } : {}) } : {}),
    ...(on === 'click'
      ? { ...optional('selector', field(form, 'selector').trim()), ...optional('text', field(form, 'text').trim()) }
      : {}),
    ...(on === 'scroll' ? { percent: number('scrolled') } : {}),
    ...(on === 'dwell' ? { seconds: number('seconds') } : {}),
  };
  const days = fieldList(form, 'days').map(Number);
  const [from, to] = [field(form, 'from'), field(form, 'to')];
  const isAlways = days.length === 7 && from === '' && to === '';
  if (days.length === 0) errors.push({ pointer: '#/days', detail: 'Choose at least one day' });
  const frequency = field(form, 'frequency');
  const shape = field(form, 'shape');
  const input = {
    isOn: fieldList(form, 'isOn').includes('yes'),
    trigger,
    pages: addresses('pages'),
    notOn: addresses('notOn'),
    ...optional('delaySeconds', number('delaySeconds')),
    cancelOn: linesOf(field(form, 'cancelOn')),
    ...optional('fromSession', number('fromSession')),
    ...optional('fromPage', number('fromPage')),
    ...(isAlways ? {} : { schedule: { days, from: from || '00:00', to: to || '23:59' } }),
    ...optional('percent', number('percent')),
    frequency,
    ...(frequency === 'every' ? optional('everyDays', number('everyDays')) : {}),
    ...optional('priority', number('priority')),
    shape,
    ...(shape === 'inline' ? optional('place', field(form, 'place').trim()) : {}),
  };
  if (errors.length > 0) throw new Problem('invalid', 'This moment does not fit', { errors });
  return input;
}

/** The form's field that an error of the moment belongs to. */
export function fieldOfError(pointer: string): string {
  const path = pointer.replace(/^#\//, '').split('/');
  const [first = '', second = ''] = path;
  if (first === 'schedule') return second === 'days' ? 'days' : second || 'from';
  if (first !== 'trigger') return first;
  const own: Record<string, string> = {
    name: 'event',
    percent: 'scrolled',
    seconds: 'seconds',
    where: 'where',
    selector: 'selector',
    text: 'text',
  };
  return own[second] ?? (second === '' ? 'selector' : 'on');
}

/** When a survey is offered, in a few words. */
export function momentInWords({ trigger, pages, delaySeconds }: Moment): string {
  const when =
    trigger.on === 'event'
      ? `when “${trigger.name}” happens`
      : trigger.on === 'click'
        ? `on a click on ${trigger.text === undefined ? trigger.selector : `“${trigger.text}”`}`
        : trigger.on === 'scroll'
          ? `when ${trigger.percent}% of a page was read`
          : trigger.on === 'dwell'
            ? `after ${trigger.seconds} seconds on a page`
            : trigger.on === 'exit'
              ? 'when somebody is about to leave'
              : 'when a page opens';
  const where = pages.length === 0 ? 'any page' : pages.map(addressLine).join(' or ');
  return `${when}, on ${where}${delaySeconds > 0 ? `, ${delaySeconds} seconds later` : ''}`;
}
