import type { Request } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import { FEEDBACK_CATEGORIES, FEEDBACK_STATES } from '../../model/feedback.ts';
import { instantOf } from '../../model/zoned-time.ts';
import type { FeedbackFilter } from '../../store/feedback.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { categoryOptions, pageName, stateOptions } from './feedback-view.ts';
import { type FieldView, fieldMaker } from './frame.ts';

const NAMES = [
  'state',
  'category',
  'assignee',
  'page',
  'locale',
  'device',
  'release',
  'rating',
  'segment',
  'from',
  'until',
  'selector',
  'duplicates',
] as const;
type Name = (typeof NAMES)[number];
type Option = { value: string; label: string };

export type ReadFeedbackFilter = {
  filter: FeedbackFilter;
  /** The filter as the query of an address, without a question mark. */
  query: string;
  fields: FieldView[];
  /** Something other than what is open is asked for. */
  isFiltered: boolean;
  /** What could not be read, in words; such a part is passed over. */
  faults: string[];
};

const plain = (value: string): Option => ({ value, label: value });
const DAY_MS = 86_400_000;

/** Reads the filter that stands in an address, and the form that would ask for it. What is open is shown unless told. */
export async function readFeedbackFilter(house: House, study: EnteredStudy, req: Request): Promise<ReadFeedbackFilter> {
  const { store, feedbackDesk } = house.verbatim;
  const facts = await store.feedback.facts(study.id);
  const members = await store.feedback.members(study);
  const segments = await store.segments.list(study.id);
  const { timeZone } = await store.offers.limits(study.workspaceId);
  const asked = new Map<Name, string>();
  for (const name of NAMES) {
    const value = queryOf(req, name).trim().slice(0, 600);
    if (value !== '') asked.set(name, value);
  }
  const faults: string[] = [];
  const lists: Partial<Record<Name, Option[]>> = {
    state: [{ value: 'any', label: 'Any' }, ...stateOptions],
    category: categoryOptions,
    assignee: [
      { value: 'nobody', label: 'Nobody' },
      ...members.map(({ publicId, name }) => ({ value: publicId, label: name })),
    ],
    page: facts.pages.map((value) => ({ value, label: pageName(value) })),
    locale: facts.locales.map(plain),
    device: facts.devices.map(plain),
    release: facts.releases.map(plain),
    rating: ['1', '2', '3', '4', '5'].map((value) => ({ value, label: `${value} of 5` })),
    segment: segments.map(({ publicId, name }) => ({ value: publicId, label: trimLabel(name, 60) })),
    duplicates: [{ value: 'yes', label: 'Shown as well' }],
  };
  const pass = (name: Name, why: string) => {
    faults.push(`${why}, so it is passed over`);
    asked.delete(name);
  };
  const one = (name: Name): string | undefined => {
    const value = asked.get(name);
    if (value === undefined || lists[name]?.some((option) => option.value === value)) return value;
    pass(name, `There is no ${name} “${trimLabel(value, 40)}” here`);
    return undefined;
  };
  const day = (name: 'from' | 'until', addDays: number): string | undefined => {
    const value = asked.get(name);
    if (value === undefined) return undefined;
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value) && Number.isFinite(Date.parse(value));
    const meant = isDay ? new Date(Date.parse(value) + addDays * DAY_MS).toISOString().slice(0, 10) : '';
    const instant = isDay ? instantOf(`${meant}T00:00`, timeZone) : null;
    if (instant !== null) return instant;
    pass(name, `“${trimLabel(value, 40)}” is no day such as 2026-03-09`);
    return undefined;
  };

  const filter: FeedbackFilter = {};
  const state = one('state') ?? 'open';
  if (state === 'any') filter.state = 'any';
  else filter.state = FEEDBACK_STATES.find((known) => known === state) ?? 'open';
  const assignee = one('assignee');
  const member = members.find(({ publicId }) => publicId === assignee);
  if (assignee === 'nobody') filter.assignee = 'nobody';
  else if (member) filter.assignee = member.id;
  const category = FEEDBACK_CATEGORIES.find((known) => known === one('category'));
  if (category) filter.category = category;
  const texts = {
    page: one('page'),
    locale: one('locale'),
    device: one('device'),
    release: one('release'),
    selector: asked.get('selector'),
    from: day('from', 0),
    until: day('until', 1),
  };
  for (const [name, value] of Object.entries(texts)) if (value !== undefined) Object.assign(filter, { [name]: value });
  const rating = one('rating');
  if (rating !== undefined) filter.rating = Number(rating);
  if (one('duplicates') === 'yes') filter.withDuplicates = true;
  const segment = segments.find(({ publicId }) => publicId === one('segment'));
  if (segment) {
    const of = await feedbackDesk.peopleOf(study, segment);
    if (of) filter.people = of.people;
    else pass('segment', `“${trimLabel(segment.name, 40)}” was not counted yet: open its page once`);
  }

  const make = fieldMaker({ ...Object.fromEntries(asked), state }, []);
  const choice = (name: Name, label: string): FieldView =>
    make.select(name, label, [...(name === 'state' ? [] : [{ value: '', label: 'Any' }]), ...(lists[name] ?? [])]);
  return {
    filter,
    query: new URLSearchParams([...asked]).toString(),
    isFiltered: asked.size > 0,
    faults,
    fields: [
      choice('state', 'State'),
      choice('category', 'Category'),
      choice('assignee', 'Taken by'),
      choice('page', 'Page'),
      choice('locale', 'Language'),
      choice('device', 'Device'),
      choice('release', 'Release'),
      choice('rating', 'Rating'),
      choice('segment', 'Segment'),
      make.text('from', 'From', { type: 'date' }),
      make.text('until', 'Until', { type: 'date' }),
      make.select('duplicates', 'Duplicates', [
        { value: '', label: 'Stand with what they repeat' },
        ...(lists.duplicates ?? []),
      ]),
      ...(asked.has('selector') ? [make.text('selector', 'Part of the page')] : []),
    ],
  };
}
