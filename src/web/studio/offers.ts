import type { Response } from 'express';
import { line } from '../../charts/line.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Gate } from '../../rules/offer.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { buttons, type FieldView, fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { DAYS, fieldOfError, formFrom, inputFrom, momentInWords, TRIGGERS } from './moment-form.ts';
import { explained } from './people.ts';
import { surveyAddress, surveyNames, surveyOf, surveyTitle } from './surveys.ts';

const REPLAY_DAYS = 30;

/** What stands in the way of an offer, in words. */
const GATES: Readonly<Record<Gate, string>> = {
  off: 'it is switched off',
  closed: 'the survey is closed',
  site: 'the site of this page is not among those that may show surveys of the study, named below',
  schedule: 'it is not the day or the hour',
  page: 'this is not one of its pages',
  session: 'it waits for a later visit or a later page',
  audience: 'the person is not in its audience',
  'audience-unknown': 'too little is known to say whether the person is in its audience',
  sample: 'the person is not in the sample',
  'opted-out': 'the person asked not to be asked',
  answered: 'the person has answered it',
  frequency: 'it was offered to the person before',
  asking: 'a survey is open on the page',
  'cool-down': 'another survey was offered not long ago',
  budget: 'the person was asked as often as may be',
  priority: 'another survey comes first',
};

/** What a site's pages carry so that surveys and the feedback button show there. */
export const widgetLine = (origin: string, writeKey: string): string =>
  `<script async src="${origin}/widget.js" data-key="${writeKey}"></script>`;

/** When surveys are offered to people on pages, to whom and how often, and why not. */
export function offersDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { offers, store } = verbatim;
  const address = (study: EnteredStudy) => `${studyAddress(study)}/offers`;

  async function showOffers(
    visit: StudyVisit,
    res: Response,
    {
      why,
      origin,
      saved,
      form,
      problem,
    }: {
      why: { person: string; url: string };
      origin: string;
      saved: string;
      form?: Form;
      problem?: Problem;
    },
  ): Promise<void> {
    const { study } = visit;
    const [surveys, counts, limits, origins, sources] = await Promise.all([
      store.surveys.list(study.id),
      store.offers.counts(study.id),
      store.offers.limits(study.workspaceId),
      store.offers.origins(study.id),
      store.sources.list(study.workspaceId),
    ]);
    const names = surveyNames(surveys);
    const moments = new Map(
      await Promise.all(surveys.map(async (survey) => [survey.id, await store.offers.moment(survey.id)] as const)),
    );
    const isAsked = why.person !== '' || why.url !== '';
    const { isKnown, verdicts } = isAsked ? await explainedFor(study, why) : { isKnown: true, verdicts: [] };
    const whyMake = fieldMaker(why, []);
    const values: Form = form ?? {
      coolDownDays: String(limits.coolDownDays),
      most: String(limits.most),
      withinDays: String(limits.withinDays),
      timeZone: limits.timeZone,
      origins: origins.join('\n'),
    };
    await showForm(
      house,
      visit,
      res,
      'offers',
      {
        view: 'studio/offers',
        head: head(
          [{ label: study.name, href: studyAddress(study) }],
          'Offers on pages',
          'A survey can be offered to people while they are on a page: to those its audience admits, at the moment it waits for, and never more often than the limits allow.',
          [{ label: `The last ${REPLAY_DAYS} days again`, href: `${address(study)}/replay`, isPrimary: false }],
        ),
        action: address(study),
        notice: saved === '' ? null : { kind: 'good', title: 'Saved', text: null, links: [] },
        fields: (make: ReturnType<typeof fieldMaker>) => [
          make.area('origins', 'Sites that may show surveys of this study', {
            rows: 3,
            hint: 'One a line, such as https://example.org. On any other site nothing is offered',
          }),
          make.text('coolDownDays', 'Days of peace after an offer of any survey', { isShort: true, isRequired: true }),
          make.text('most', 'Offers to one person, at most', { isShort: true, isRequired: true }),
          make.text('withinDays', 'within so many days', {
            isShort: true,
            isRequired: true,
            hint: 'Letters count as well',
          }),
          make.select(
            'timeZone',
            'Clock of this workspace',
            [...new Set(['UTC', limits.timeZone, ...Intl.supportedValuesOf('timeZone')])]
              .sort()
              .map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
            { hint: 'Days in rules and hours of offers go by it' },
          ),
        ],
        buttons: buttons('Save'),
        more: ([sites, ...limitFields]) => ({
          sites,
          limitFields,
          table: {
            caption: 'Surveys of this study',
            isCaptionHidden: true,
            isStacked: true,
            columns: [
              { label: 'Survey', isNumber: false },
              { label: 'Offered', isNumber: false },
              { label: 'Offers', isNumber: true },
              { label: 'People', isNumber: true },
              { label: 'Closed again', isNumber: true },
            ],
            emptyText: 'There is no survey in this study yet.',
            rows: surveys.map((survey) => {
              const moment = moments.get(survey.id) ?? null;
              const count = counts.get(survey.id);
              const number = (value: number | undefined) => ({
                text: (value ?? 0).toLocaleString('en-GB'),
                href: null,
                isNumber: true,
              });
              return {
                cells: [
                  { text: names.get(survey.id), href: `${surveyAddress(study, survey)}/moment`, isNumber: false },
                  {
                    text:
                      moment === null
                        ? 'by link alone'
                        : survey.publishedVersionId === null
                          ? 'not published yet'
                          : moment.isOn
                            ? momentInWords(moment)
                            : 'switched off',
                    href: null,
                    isNumber: false,
                  },
                  number(count?.offered),
                  number(count?.people),
                  number(count?.dismissed),
                ],
              };
            }),
          },
          lines: sources.flatMap(({ name, writeKey, endedAt }) =>
            endedAt === null ? [{ source: name, line: widgetLine(origin, writeKey) }] : [],
          ),
          sources: `${studyAddress(study)}/sources`,
          why: {
            action: address(study),
            isAsked,
            stranger: isKnown ? '' : why.person,
            verdicts,
            fields: [
              whyMake.text('person', 'Who', {
                hint: 'The id that your programs know them by, or that of their page here; empty for somebody unknown',
              }),
              whyMake.text('url', 'On which page', { hint: 'Its whole address' }),
            ],
          },
        }),
      },
      values,
      problem,
    );
  }

  /** By an id of their own or of a browser, or by the id their page here has. */
  async function explainedFor(study: EnteredStudy, { person, url }: { person: string; url: string }) {
    const known = await store.people.find(study.workspaceId, person);
    const userId = known ? (await store.people.identities([known.id])).get(known.id) : person;
    const who = userId === undefined || userId === '' ? {} : { userId, anonymousId: userId };
    const names = surveyNames(await store.surveys.list(study.id));
    const isKnown =
      userId === undefined || userId === '' || (await store.facts.personBehind(study.workspaceId, who)) !== null;
    const explainedAll = await offers.explain(study.workspaceId, who, url);
    const verdicts = explainedAll
      .filter(({ survey }) => survey.studyId === study.id)
      .map(({ survey, verdict, trace }) => ({
        survey: names.get(survey.surveyId),
        verdict: verdict.gate === null ? 'would be offered' : `not offered: ${GATES[verdict.gate]}`,
        isOffered: verdict.gate === null,
        until: verdict.until === null ? '' : showDate(new Date(verdict.until).toISOString(), true),
        rule: survey.audience?.name ?? null,
        lines: trace ? explained(trace) : [],
      }));
    return { isKnown, verdicts };
  }

  door.get('/studio/:study/offers', 'researcher', async (visit, req, res) => {
    await showOffers(visit, res, {
      why: { person: queryOf(req, 'person').trim(), url: queryOf(req, 'url').trim() },
      origin: publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`,
      saved: queryOf(req, 'saved'),
    });
  });

  door.post('/studio/:study/offers', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const whole = (name: string) => (/^\d{1,4}$/.test(field(form, name)) ? Number(field(form, name)) : Number.NaN);
      await offers.saveLimits(visit.study.workspaceId, {
        coolDownDays: whole('coolDownDays'),
        most: whole('most'),
        withinDays: whole('withinDays'),
        timeZone: field(form, 'timeZone'),
      });
      const lines = field(form, 'origins')
        .split(/\s+/)
        .filter((line) => line !== '');
      await offers.saveOrigins(visit.study, lines);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showOffers(visit, res, {
        why: { person: '', url: '' },
        origin: publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`,
        saved: '',
        form,
        problem: error,
      });
      return;
    }
    res.redirect(303, `${address(visit.study)}?saved=yes`);
  });

  door.get('/studio/:study/offers/replay', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const seen = await offers.replay(study, REPLAY_DAYS);
    const names = new Map(
      [...surveyNames(await store.surveys.list(study.id))].map(([id, name]) => [id, name] as const),
    );
    const rows = await store.offers.surveys(study.workspaceId);
    const nameOf = (publicId: string) => {
      const row = rows.find((one) => one.publicId === publicId);
      return row ? (names.get(row.surveyId) ?? row.slug) : '';
    };
    const cell = (text: string, isNumber = false) => ({ text, href: null, isNumber });
    const count = (value: number) => cell(value.toLocaleString('en-GB'), true);
    await showPage(house, visit, res, 'offers', 'studio/replay', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Offers on pages', href: address(study) },
        ],
        `The last ${REPLAY_DAYS} days again`,
        `What would have been offered at ${seen.moments.toLocaleString('en-GB')} moments of ${seen.people.toLocaleString('en-GB')} people.`,
      ),
      isCut: seen.isCut,
      isEmpty: seen.moments === 0 || seen.surveys.length === 0,
      empty: {
        title: 'There is nothing to live through again',
        text:
          seen.surveys.length === 0
            ? 'No survey of this study is published with a moment that is switched on.'
            : 'No program has told of a page, or of an event that a survey waits for, in these days.',
        action: { label: 'Offers on pages', href: address(study) },
      },
      days: line({
        id: 'offers-per-day',
        title: 'Offers on each day',
        points: seen.days.map(({ day, offers: value }) => ({ label: day, value })),
        unit: 'offers',
        note: null,
      }),
      table: {
        caption: 'By survey',
        isStacked: true,
        columns: [
          { label: 'Survey', isNumber: false },
          { label: 'Offers', isNumber: true },
          { label: 'People', isNumber: true },
          { label: 'What stood in the way most often', isNumber: false },
        ],
        emptyText: '',
        rows: seen.surveys.map(({ survey, offers: made, people, gates }) => ({
          cells: [
            cell(nameOf(survey)),
            count(made),
            count(people),
            cell(
              gates
                .slice(0, 3)
                .map(([gate, times]) => `${GATES[gate]} (${times.toLocaleString('en-GB')})`)
                .join('; ') || 'nothing',
            ),
          ],
        })),
      },
      collisions:
        seen.collisions.length === 0
          ? null
          : {
              caption: 'Moments at which two could have been offered',
              isStacked: true,
              columns: [
                { label: 'Offered', isNumber: false },
                { label: 'Had to wait', isNumber: false },
                { label: 'Times', isNumber: true },
              ],
              emptyText: '',
              rows: seen.collisions.slice(0, 50).map(({ first, second, count: times }) => ({
                cells: [cell(nameOf(first)), cell(nameOf(second)), count(times)],
              })),
            },
    });
  });

  const SURVEY_MOMENT = '/studio/:study/surveys/:survey/moment';

  door.get(SURVEY_MOMENT, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formFrom(await store.offers.moment(survey.id));
    await showMoment(visit, res, survey, form, queryOf(req, 'saved'));
  });

  door.post(SURVEY_MOMENT, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await offers.saveMoment(survey, inputFrom(form));
    } catch (error) {
      if (!isForForm(error)) throw error;
      const errors = error.errors.map((one) => ({ ...one, pointer: `#/${fieldOfError(one.pointer)}` }));
      await showMoment(visit, res, survey, form, '', new Problem(error.kind, error.message, { errors }));
      return;
    }
    res.redirect(303, `${surveyAddress(visit.study, survey)}/moment?saved=yes`);
  });

  async function showMoment(
    visit: StudyVisit,
    res: Response,
    survey: Awaited<ReturnType<typeof surveyOf>>,
    form: Form,
    saved: string,
    problem?: Problem,
  ): Promise<void> {
    const { study } = visit;
    const segment =
      survey.audienceSegmentId === null ? null : await store.segments.findById(study.id, survey.audienceSegmentId);
    const at = surveyAddress(study, survey);
    await showForm(
      house,
      visit,
      res,
      'offers',
      {
        view: 'studio/moment',
        head: head(
          [
            { label: study.name, href: studyAddress(study) },
            { label: surveyTitle(survey), href: at },
          ],
          'When it is offered',
          segment === null
            ? 'To everybody: the survey has no audience. Give it one on its own page.'
            : `To the people of “${segment.name}”.`,
        ),
        action: `${at}/moment`,
        notice:
          saved === ''
            ? null
            : {
                kind: 'good',
                title: 'Saved',
                text: 'It holds from now on.',
                links: [{ label: 'All offers, and why not', href: address(study) }],
              },
        fields: (make: ReturnType<typeof fieldMaker>) => [
          make.boxes('isOn', 'On pages', [{ value: 'yes', label: 'Offer this survey to people on pages' }], {
            isRequired: true,
          }),
          make.radios('on', 'It is offered when', TRIGGERS, { isRequired: true }),
          make.text('event', 'The event', { hint: 'Its exact name' }),
          make.area('where', 'Only when, of its properties', { rows: 2, hint: 'One a line, such as: revenue gte 20' }),
          make.text('selector', 'The element, by a selector', { hint: 'Such as #help or .offer button' }),
          make.text('text', 'The element, by its text'),
          make.text('scrolled', 'The share of the page, in per cent', { isShort: true }),
          make.text('seconds', 'Seconds on the page', { isShort: true }),
          make.area('pages', 'On these pages', {
            rows: 3,
            hint: 'One a line; empty for every page. A plain address looks past https, www, the query and a last slash. Else begin with: is, contains, starts, ends, pattern',
          }),
          make.area('notOn', 'But never on these', { rows: 2, hint: 'The same way' }),
          make.text('delaySeconds', 'Seconds to wait then', { isRequired: true, isShort: true }),
          make.area('cancelOn', 'Unless one of these events comes meanwhile', { rows: 2, hint: 'One a line' }),
          make.text('fromSession', 'From which visit on', { isRequired: true, isShort: true, hint: '1 for the first' }),
          make.text('fromPage', 'From which page of a visit on', { isRequired: true, isShort: true }),
          make.boxes('days', 'Days', DAYS, { isRequired: true }),
          make.text('from', 'From', { type: 'time', isShort: true }),
          make.text('to', 'Until', { type: 'time', isShort: true, hint: 'By the clock of the workspace' }),
          make.text('percent', 'Share of people who are ever asked, in per cent', {
            isRequired: true,
            isShort: true,
            hint: 'Who is among them never changes',
          }),
          make.radios(
            'frequency',
            'One person is asked',
            [
              { value: 'once', label: 'Once, whatever comes of it' },
              { value: 'until-answered', label: 'Until it is answered' },
              { value: 'every', label: 'Again and again' },
            ],
            { isRequired: true },
          ),
          make.text('everyDays', 'with so many days between', { isShort: true }),
          make.text('priority', 'Priority, from 0 to 100', {
            isRequired: true,
            isShort: true,
            hint: 'The higher goes first where several could be offered',
          }),
          make.radios(
            'shape',
            'It opens',
            [
              { value: 'slide-in', label: 'In a corner', hint: 'The page stays in use' },
              { value: 'popup', label: 'In front of the page' },
              { value: 'tab', label: 'As a button that opens it' },
              { value: 'inline', label: 'Within the page' },
            ],
            { isRequired: true },
          ),
          make.text('place', 'Where in the page', { hint: 'A selector of the element it is put into' }),
        ],
        buttons: buttons('Save', { label: 'Back', href: at }),
        more: (fields) => ({ groups: groupsOf(fields, form) }),
      },
      form,
      problem,
    );
  }
}

/** The fields in groups; what only one moment needs is open where it is that moment's, or something in it does not fit. */
function groupsOf(fields: readonly FieldView[], form: Form) {
  const on = field(form, 'on');
  const group = (title: string, names: readonly string[], isNeeded: boolean | null) => {
    const own = fields.filter(({ name }) => names.includes(name));
    return {
      title,
      fields: own,
      isAlways: isNeeded === null,
      isOpen: isNeeded === true || own.some(({ error }) => typeof error === 'string'),
    };
  };
  const isTimed = ['delaySeconds', 'fromSession', 'fromPage'].some((name) => Number(field(form, name) || 0) > 1);
  return [
    group('The moment', ['isOn', 'on'], null),
    group('If something happens', ['event', 'where'], on === 'event'),
    group('If something is clicked', ['selector', 'text'], on === 'click'),
    group('If so much was read', ['scrolled'], on === 'scroll'),
    group('If somebody stays', ['seconds'], on === 'dwell'),
    group('Where', ['pages', 'notOn'], null),
    group(
      'Waiting, visits, days and hours',
      ['delaySeconds', 'cancelOn', 'fromSession', 'fromPage', 'days', 'from', 'to'],
      isTimed || field(form, 'from') !== '' || fieldList(form, 'days').length < 7,
    ),
    group('How often', ['frequency', 'everyDays', 'percent', 'priority'], null),
    group('How it opens', ['shape', 'place'], null),
  ];
}
