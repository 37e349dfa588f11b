import type { Request, Response } from 'express';
import {
  BEFORE_DAYS,
  type BeforeForm,
  type BeforeQuestion,
  CONTROLS,
  OUTCOME_DAYS,
  PROPERTY_TESTS,
} from '../../model/before-question.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Comparison } from '../../store/comparisons.ts';
import { EVENT_NAMES_MAX } from '../../store/population-facts.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { beforeView, outcomeWords } from './before-view.ts';
import { comparisonAddress, comparisonOf, isUnderway, showCount } from './comparison-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

const FIELDS = ['event', 'property', 'op', 'value', 'period', 'days', 'controls', 'seed'] as const;
const TESTS: Record<(typeof PROPERTY_TESTS)[number], string> = {
  is: 'is',
  isNot: 'is not',
  contains: 'contains',
  gte: 'is at least',
  lte: 'is at most',
};
const STATES: Record<string, string> = {
  queued: 'waiting',
  running: 'going',
  done: 'done',
  failed: 'not possible',
  cancelled: 'cancelled',
};
const USUAL = { op: 'is', period: '90', days: '14', controls: '4', seed: '1' };

/** The form, filled in as a comparison was asked for. */
export function askAgainAddress(
  study: { publicId: string },
  { settings, seed }: Pick<Comparison, 'settings' | 'seed'>,
): string {
  const { event, where, period, days, controls } = JSON.parse(settings) as BeforeQuestion;
  const [condition] = where;
  const asked: Record<(typeof FIELDS)[number], string> = {
    event,
    property: condition?.property ?? '',
    op: condition?.op ?? 'is',
    value: String(condition?.value ?? ''),
    period: String(period),
    days: String(days),
    controls: String(controls),
    seed: String(seed),
  };
  return `${studyAddress(study)}/before/new?${new URLSearchParams(asked)}`;
}

/** What people did, saw and were in the days before they came to an outcome, against others like them who had not. */
export function beforeDoor(door: Doorway, house: House): void {
  const { store, comparisons } = house.verbatim;
  const place = (study: EnteredStudy) => ({ studyId: study.id, kind: 'before' as const, segmentId: null });
  const addressOf = (study: EnteredStudy) => `${studyAddress(study)}/before`;
  const crumbs = (study: EnteredStudy) => [{ label: study.name, href: studyAddress(study) }];

  door.get('/studio/:study/before', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const list = await store.comparisons.list(place(study));
    const mayWrite = study.role !== 'viewer';
    const at = addressOf(study);
    await showPage(house, visit, res, 'before', 'studio/before-list', {
      head: head(
        crumbs(study),
        'What came before',
        'The days before something happened to people, held against the same days of others who were like them and had not come to it.',
        mayWrite ? [{ label: 'Ask about an outcome', href: `${at}/new`, isPrimary: true }] : [],
      ),
      isEmpty: list.length === 0,
      empty: {
        title: 'Nothing asked yet',
        text: 'Choose an event that matters, such as an order or a cancellation, and see what came before it.',
        action: mayWrite ? { label: 'Ask about an outcome', href: `${at}/new` } : null,
      },
      table: {
        caption: 'Asked so far',
        columns: ['Outcome', 'Days before', 'State', 'As of'].map((label, index) => ({
          label,
          isNumber: index === 1,
        })),
        rows: list.map((one) => {
          const settings = JSON.parse(one.settings) as BeforeQuestion;
          return {
            cells: [
              {
                text: outcomeWords(settings),
                href: one.state === 'done' ? `${at}/${one.publicId}` : comparisonAddress(study, one),
                isNumber: false,
              },
              { text: String(settings.days), href: null, isNumber: true },
              { text: STATES[one.state] ?? one.state, href: null, isNumber: false },
              { text: showDate(one.day), href: null, isNumber: false },
            ],
          };
        }),
      },
    });
  });

  async function showAsk(
    visit: StudyVisit,
    res: Response,
    values: Record<string, string | string[]>,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const events = await store.populationFacts.eventNames(study.workspaceId);
    if (events.length === 0)
      throw new Problem('conflict', 'Nothing that people do is known yet', {
        detail: 'Send events first: the page People says how',
      });
    const all =
      events.length < EVENT_NAMES_MAX ? events.length : await store.populationFacts.countEventNames(study.workspaceId);
    const asked = String(values['event'] ?? '');
    const choices = asked === '' || events.includes(asked) ? events : [asked, ...events];
    const days = (list: readonly number[]) => list.map((value) => ({ value: String(value), label: `${value} days` }));
    await showForm(
      house,
      visit,
      res,
      'before',
      {
        head: head(
          [...crumbs(study), { label: 'What came before', href: addressOf(study) }],
          'Ask about an outcome',
          'Each person who came to it is held against others who had not by then, were known since the same month, and had been as active.',
        ),
        action: `${addressOf(study)}/new`,
        fields: (make: ReturnType<typeof fieldMaker>) => [
          make.select(
            'event',
            'The outcome is that somebody did',
            [{ value: '', label: 'Choose an event' }, ...choices.map((value) => ({ value, label: value }))],
            {
              isRequired: true,
              ...(all > events.length && {
                hint: `The ${showCount(events.length)} that happened most often, of ${showCount(all)}`,
              }),
            },
          ),
          make.text('property', 'Only where this property of it', { hint: 'Leave it empty for every such event' }),
          make.select(
            'op',
            'Compared',
            PROPERTY_TESTS.map((value) => ({ value, label: TESTS[value] })),
          ),
          make.text('value', 'With this value'),
          make.select('period', 'It happened in the last', days(OUTCOME_DAYS), { isRequired: true }),
          make.select('days', 'Look at so many days before it', days(BEFORE_DAYS), { isRequired: true }),
          make.select(
            'controls',
            'People to compare each with',
            CONTROLS.map((value) => ({ value: String(value), label: String(value) })),
            { hint: 'More make it surer; beyond four it hardly helps', isRequired: true },
          ),
          make.text('seed', 'Seed', { isShort: true, hint: 'The same seed draws the same people' }),
        ],
        buttons: buttons('Look at what came before', { label: 'Cancel', href: addressOf(study) }),
      },
      values,
      problem,
    );
  }

  door.get('/studio/:study/before/new', 'researcher', async (visit, req, res) => {
    const asked = Object.fromEntries(
      FIELDS.flatMap((name) => (typeof req.query[name] === 'string' ? [[name, req.query[name]]] : [])),
    );
    await showAsk(visit, res, { ...USUAL, ...asked });
  });
  door.post('/studio/:study/before/new', 'researcher', async (visit, req: Request, res) => {
    const form = formOf(req);
    const asked = Object.fromEntries(FIELDS.map((name) => [name, field(form, name)])) as BeforeForm;
    try {
      const comparison = await comparisons.before(visit.study, asked, { userId: visit.user.id });
      res.redirect(303, comparisonAddress(visit.study, comparison));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showAsk(visit, res, asked, error);
    }
  });

  door.get('/studio/:study/before/:comparison', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const comparison = await comparisonOf(house, study, req);
    if (comparison.kind !== 'before') throw new Problem('not-found', 'There is no such comparison in this study');
    if (comparison.state !== 'done' || isUnderway(comparison))
      return res.redirect(303, comparisonAddress(study, comparison));
    const settings = JSON.parse(comparison.settings) as BeforeQuestion;
    await showPage(house, visit, res, 'before', 'studio/before', {
      head: head(
        [...crumbs(study), { label: 'What came before', href: addressOf(study) }],
        `Before ${outcomeWords(settings)}`,
        `The ${settings.days} days before it, in the last ${settings.period} days, as of ${showDate(comparison.day)}.`,
        study.role === 'viewer'
          ? []
          : [{ label: 'Ask again', href: askAgainAddress(study, comparison), isPrimary: false }],
      ),
      ...beforeView(
        { study, mayWrite: study.role !== 'viewer' },
        settings,
        comparison.seed,
        comparisons.resultOf(comparison, 'before'),
      ),
    });
  });
}
