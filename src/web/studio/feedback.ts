import type { Request, Response } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { CELL_MIN } from '../../reports/mark-summary.ts';
import type { BulkStep } from '../../services/feedback-desk.ts';
import type { Feedback } from '../../store/feedback.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { feedbackButtonDoor } from './feedback-buttons.ts';
import { readFeedbackFilter } from './feedback-filters.ts';
import { feedbackAddress, feedbackCrumbs } from './feedback-place.ts';
import { itemView, marksTable, pageName, rowView, stateOptions } from './feedback-view.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { ticketsView } from './outgoing-view.ts';

const BASE = '/studio/:study/feedback';
const ONE = `${BASE}/:item`;
const PAGE_ROWS = 50;
const MARKS_SHOWN = 200;

const DONE: Readonly<Record<string, string>> = {
  state: 'The state is changed',
  assign: 'It is taken',
  notes: 'The note is kept',
  'notes/remove': 'The note is removed',
  duplicate: 'It counts with the other from now on',
  'not-duplicate': 'It stands by itself again',
  erase: 'The words are erased',
};

/** What visitors said of their own accord: found by filters, taken, settled, and added up by page and part. */
export function feedbackDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, feedbackDesk } = verbatim;

  async function itemOf(study: EnteredStudy, req: Request): Promise<Feedback> {
    const item = await store.feedback.find(study.id, String(req.params['item']));
    if (!item) throw new Problem('not-found', 'There is no such feedback in this study');
    return item;
  }
  const withQuery = (path: string, query: string) => (query === '' ? path : `${path}?${query}`);
  const noticeOf = (title: string | undefined) =>
    title === undefined ? null : { kind: 'good', title, text: null, links: [] };

  async function showList(
    visit: StudyVisit,
    req: Request,
    res: Response,
    typed: { form: Form; problem: Problem } | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = feedbackAddress(study);
    const read = await readFeedbackFilter(house, study, req);
    const before = Math.trunc(Number(queryOf(req, 'before'))) || null;
    const { rows, next } = await feedbackDesk.list(study, read.filter, before, PAGE_ROWS);
    const count = await store.feedback.count(study.id, read.filter);
    const inState = stateOptions.find(({ value }) => value === read.filter.state)?.label.toLowerCase() ?? '';
    const members = await store.feedback.members(study);
    const names = new Map(members.map(({ id, name }) => [id, name]));
    const alike = new Map(
      (await feedbackDesk.alike(study)).flatMap((group) => group.map((id) => [id, group.length - 1])),
    );
    const changed = queryOf(req, 'changed');
    const isBare =
      count === 0 && !read.isFiltered && (await store.feedback.count(study.id, { withDuplicates: true })) === 0;
    const make = fieldMaker(typed?.form ?? {}, typed?.problem.errors ?? []);
    if (typed) answerRefused(res, typed.problem);
    await showPage(house, visit, res, 'feedback', 'studio/feedback', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Feedback',
        'What visitors say of their own accord, with the button on your pages.',
        [
          { label: 'Marks', href: `${at}/marks`, isPrimary: false },
          { label: 'Translations', href: `${at}/translations`, isPrimary: false },
          { label: 'The button', href: `${at}/button`, isPrimary: false },
        ],
      ),
      at,
      isError: typed !== null,
      summary: typed ? summaryOf(typed.problem, ['state', 'assignee']) : null,
      notice: /^\d{1,4}$/.test(changed) ? noticeOf(`${changed} changed`) : null,
      query: read.query,
      isFiltered: read.isFiltered,
      filters: read.fields,
      faults: read.faults,
      count: `${count.toLocaleString('en-GB')} ${count === 1 ? 'piece' : 'pieces'} of feedback${inState === '' ? '' : `, ${inState}`}`,
      rows: rows.map(({ feedback, others }) =>
        rowView(
          at,
          feedback,
          others,
          read.query,
          names.get(feedback.assigneeId ?? 0) ?? null,
          alike.get(feedback.publicId) ?? 0,
        ),
      ),
      isBare,
      isEmpty: rows.length === 0,
      empty: isBare
        ? {
            title: 'Nobody has said anything yet',
            text: 'Switch the button on for a source, and visitors can say something on every page of the site.',
            action: { label: 'The button', href: `${at}/button` },
          }
        : {
            title: 'Nothing matches',
            text: read.isFiltered
              ? 'Take a filter away to see more.'
              : 'Nothing is open. What was settled is still there.',
            action: { label: 'All feedback', href: `${at}?state=any` },
          },
      pages: [
        ...(before === null ? [] : [{ label: 'Newest', href: withQuery(at, read.query) }]),
        ...(next === null
          ? []
          : [
              {
                label: 'Older',
                href: withQuery(at, [read.query, `before=${next}`].filter((part) => part !== '').join('&')),
              },
            ]),
      ],
      bulk: {
        state: make.select('state', 'Set the state', [{ value: '', label: 'Choose' }, ...stateOptions]),
        assignee: make.select('assignee', 'Give to', [
          { value: '', label: 'Choose' },
          { value: 'nobody', label: 'Nobody' },
          ...members.map(({ publicId, name }) => ({ value: publicId, label: name })),
        ]),
      },
    });
  }
  door.get(BASE, 'researcher', (visit, req, res) => showList(visit, req, res));

  async function assigneeIn(study: EnteredStudy, value: string): Promise<number | null> {
    if (value === 'nobody') return null;
    return (await store.feedback.members(study)).find(({ publicId }) => publicId === value)?.id ?? -1;
  }

  door.post(`${BASE}/bulk`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const query = new URLSearchParams(field(form, 'query')).toString();
    const chosen = fieldList(form, 'chosen');
    const does = field(form, 'does');
    try {
      let step: BulkStep;
      if (does === 'assign') step = { assignee: await assigneeIn(study, field(form, 'assignee')) };
      // The last of a list is the oldest, and what came first is what the others repeat.
      else if (does === 'duplicate') step = { duplicateOf: chosen.at(-1) ?? '' };
      else step = { state: field(form, 'state') };
      const changed = await feedbackDesk.bulk(study, chosen, step);
      res.redirect(
        303,
        withQuery(feedbackAddress(study), [query, `changed=${changed}`].filter((part) => part !== '').join('&')),
      );
    } catch (error) {
      if (!isForForm(error)) throw error;
      const again = { ...req, query: Object.fromEntries(new URLSearchParams(query)) } as Request;
      await showList(visit, again, res, { form, problem: error });
    }
  });

  door.get(`${BASE}/marks`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segments = await store.segments.list(study.id);
    const chosen = segments.find(({ publicId }) => publicId === queryOf(req, 'segment')) ?? null;
    const summary = await feedbackDesk.marks(study, chosen);
    const n = (value: number) => value.toLocaleString('en-GB');
    const make = fieldMaker({ segment: chosen?.publicId ?? '' }, []);
    await showPage(house, visit, res, 'feedback', 'studio/feedback-marks', {
      head: head(
        feedbackCrumbs(study),
        'Marks',
        `${n(summary.marked)} of ${n(summary.feedback)} pieces of feedback mark a part of their page.`,
      ),
      action: `${feedbackAddress(study)}/marks`,
      segmentField: make.select('segment', 'Beside everybody, the people of', [
        { value: '', label: 'No segment' },
        ...segments.map(({ publicId, name }) => ({ value: publicId, label: trimLabel(name, 60) })),
      ]),
      hasSegments: segments.length > 0,
      isUncounted: summary.isUncounted,
      segmentNote:
        chosen && summary.inSegment !== null
          ? `${summary.inSegment < CELL_MIN ? `Fewer than ${CELL_MIN}` : n(summary.inSegment)} pieces come from people of “${chosen.name}”, as of ${showDate(summary.countedAt ?? '', true)} (UTC). Whoever came without an id is in no segment.`
          : '',
      isCut: summary.isCut,
      isMore: summary.parts.length > MARKS_SHOWN,
      table: marksTable(
        feedbackAddress(study),
        summary,
        summary.inSegment === null ? null : trimLabel(chosen?.name ?? '', 30),
        MARKS_SHOWN,
      ),
    });
  });

  door.get(`${BASE}/translations`, 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const at = feedbackAddress(study);
    const found = await store.feedback.translations(study.id);
    const cell = (text: string, href: string | null = null, isNumber = false) => ({ text, href, isNumber });
    await showPage(house, visit, res, 'feedback', 'studio/list', {
      head: head(
        feedbackCrumbs(study),
        'Translations',
        'Where visitors find a translation wrong or odd, by page and language.',
      ),
      isEmpty: found.length === 0,
      empty: {
        title: 'Nothing is said of translations',
        text: 'Visitors choose this category when words read wrong or odd.',
        action: null,
      },
      table: {
        caption: 'Feedback on translations',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Page', isNumber: false },
          { label: 'Language', isNumber: false },
          { label: 'Feedback', isNumber: true },
          { label: 'To be done', isNumber: true },
          { label: 'Newest', isNumber: false },
        ],
        rows: found.map(({ pageKey, locale, count, open, newest }) => ({
          cells: [
            cell(
              pageName(pageKey),
              `${at}?${new URLSearchParams({ category: 'translation', page: pageKey, locale, state: 'any' })}`,
            ),
            cell(locale === '' ? 'not said' : locale),
            cell(count.toLocaleString('en-GB'), null, true),
            cell(open.toLocaleString('en-GB'), null, true),
            cell(showDate(newest)),
          ],
        })),
      },
    });
  });

  feedbackButtonDoor(door, house);

  async function showItem(
    visit: StudyVisit,
    item: Feedback,
    req: Request,
    res: Response,
    typed: { form: Form; problem: Problem } | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = feedbackAddress(study);
    const read = await readFeedbackFilter(house, study, req);
    const members = await store.feedback.members(study);
    const assignee = members.find(({ id }) => id === item.assigneeId);
    const values = typed?.form ?? { state: item.state, assignee: assignee?.publicId ?? 'nobody' };
    const make = fieldMaker(values, typed?.problem.errors ?? []);
    const done = queryOf(req, 'done');
    const isOpen = queryOf(req, 'words') === 'open';
    if (isOpen && item.words !== '')
      await verbatim.masking.viewed({ studyId: study.id, surveyId: null }, item.publicId, '', {
        userId: visit.user.id,
      });
    const withWords = new URLSearchParams(read.query);
    withWords.set('words', 'open');
    if (typed) answerRefused(res, typed.problem);
    await showPage(house, visit, res, 'feedback', 'studio/feedback-item', {
      head: head(feedbackCrumbs(study), `Feedback ${item.publicId.slice(0, 8)}`),
      at: `${at}/${item.publicId}`,
      list: withQuery(at, read.query),
      inList: withQuery('', read.query),
      isError: typed !== null,
      summary: typed ? summaryOf(typed.problem, ['state', 'assignee', 'note', 'of']) : null,
      notice: typed ? null : noticeOf(Object.hasOwn(DONE, done) ? DONE[done] : undefined),
      ...itemView(studyAddress(study), item, await feedbackDesk.detail(study, item), isOpen),
      openQuery: `?${withWords}`,
      tickets: await ticketsView(house, study, 'feedback', item.publicId),
      stateField: make.select('state', 'State', stateOptions, { isRequired: true }),
      assigneeField: make.select(
        'assignee',
        'Taken by',
        [
          { value: 'nobody', label: 'Nobody' },
          ...members.map(({ publicId, name }) => ({ value: publicId, label: name })),
        ],
        { isRequired: true },
      ),
      noteField: make.area('note', 'Note', { rows: 3, isRequired: true }),
      ofField: make.text('of', 'The one it repeats', {
        isRequired: true,
        hint: 'The address of its page, or the code at its end',
      }),
    });
  }
  door.get(ONE, 'researcher', async (visit, req, res) => showItem(visit, await itemOf(visit.study, req), req, res));

  type Act = (visit: StudyVisit, item: Feedback, req: Request) => Promise<void>;
  const act = (path: string, does: Act) =>
    door.post(`${ONE}/${path}`, 'researcher', async (visit, req, res) => {
      const item = await itemOf(visit.study, req);
      try {
        await does(visit, item, req);
        const query = new URLSearchParams(req.originalUrl.split('?')[1] ?? '');
        query.set('done', path.replace('/:note', ''));
        res.redirect(303, `${feedbackAddress(visit.study)}/${item.publicId}?${query}`);
      } catch (error) {
        if (!isForForm(error) || error.errors.length === 0) throw error;
        await showItem(visit, item, req, res, { form: formOf(req), problem: error });
      }
    });
  act('state', (visit, item, req) => feedbackDesk.setState(visit.study, item, field(formOf(req), 'state')));
  act('assign', async (visit, item, req) =>
    feedbackDesk.assign(visit.study, item, await assigneeIn(visit.study, field(formOf(req), 'assignee'))),
  );
  act('notes', (visit, item, req) => feedbackDesk.addNote(item, field(formOf(req), 'note'), { userId: visit.user.id }));
  act('notes/:note/remove', (_visit, item, req) => feedbackDesk.removeNote(item, String(req.params['note'])));
  act('duplicate', (visit, item, req) => feedbackDesk.markDuplicate(visit.study, item, field(formOf(req), 'of')));
  act('not-duplicate', (visit, item) => feedbackDesk.unmarkDuplicate(visit.study, item));
  act('erase', (_visit, item) => feedbackDesk.erase(item));
}
