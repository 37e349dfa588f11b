import type { Form } from '../../model/answers.ts';
import type { ProblemError } from '../../model/problem.ts';
import { readRound, SERIES_MAX } from '../../model/recruiting.ts';
import type { RoundRow } from '../../store/recruiting.ts';
import type { EnteredStudy } from '../doorway.ts';
import { field, fieldList } from '../form.ts';
import { buttons, type Crumb, type FormPage, head } from './frame.ts';
import { roundAddress } from './recruiting-form.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
const isClock = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** What does not fit in a series. */
export function timesFields(form: Form): ProblemError[] {
  const text = (name: string) => field(form, name);
  const errors: ProblemError[] = [];
  const say = (name: string, detail: string) => errors.push({ pointer: `#/${name}`, detail });
  const [first, last] = [text('firstDay'), text('lastDay')];
  if (!isDay(first)) say('firstDay', 'Enter a day, such as 2026-03-09');
  if (!isDay(last)) say('lastDay', 'Enter a day, such as 2026-03-09');
  if (isDay(first) && isDay(last) && (first > last || Date.parse(last) - Date.parse(first) > 366 * 86_400_000))
    say('lastDay', 'The last day comes after the first, and at most a year after it');
  const days = fieldList(form, 'weekdays');
  if (days.length === 0 || !days.every((day) => /^[1-7]$/.test(day))) say('weekdays', 'Choose one day at least');
  if (!isClock(text('from'))) say('from', 'A time is written 09:30');
  if (!isClock(text('to'))) say('to', 'A time is written 09:30');
  else if (isClock(text('from')) && text('from') >= text('to')) say('to', 'The day ends before it begins');
  if (!/^\d{0,3}$/.test(text('buffer'))) say('buffer', 'Enter whole minutes, at most 999');
  return errors;
}

/** The page on which times are added. */
export function timesPage(study: EnteredStudy, round: RoundRow, crumbs: Crumb[], told: string): FormPage {
  const { timeZone, minutes } = readRound(round.settings);
  return {
    view: 'studio/recruiting-times',
    head: head(
      crumbs,
      'Add times',
      `Times in ${timeZone.replaceAll('_', ' ')}, each of ${minutes} minutes and for one participant.`,
    ),
    action: `${roundAddress(study, round)}/times`,
    fields: (make) => [
      make.text('at', 'Begins', { type: 'datetime-local', isRequired: true }),
      make.text('firstDay', 'First day', { type: 'date', isShort: true, isRequired: true }),
      make.text('lastDay', 'Last day', { type: 'date', isShort: true, isRequired: true }),
      make.boxes(
        'weekdays',
        'On',
        WEEKDAYS.map((label, index) => ({ value: String(index + 1), label })),
        { isRequired: true },
      ),
      make.text('from', 'From', { type: 'time', isShort: true, isRequired: true }),
      make.text('to', 'To', { type: 'time', isShort: true, isRequired: true }),
      make.text('buffer', 'Minutes between two', { type: 'number', isShort: true }),
    ],
    buttons: buttons('Add the series'),
    notice:
      told === ''
        ? null
        : {
            kind: 'good',
            title: told,
            text: null,
            links: [{ label: 'Back to the round', href: roundAddress(study, round) }],
          },
    more: (fields) => ({
      one: fields.slice(0, 1),
      series: fields.slice(1),
      most: SERIES_MAX,
      back: roundAddress(study, round),
    }),
  };
}
