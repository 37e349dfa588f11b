import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import type { Problem } from '../../model/problem.ts';
import type { Asked } from '../../model/record.ts';
import { showDate } from '../../render/helpers.ts';
import type { ListedResponse } from '../../services/response-desk.ts';
import type { QualityOverview } from '../../services/response-quality.ts';
import { MATCHES_COUNTED } from '../../store/response-desk.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { bestWorstDoor } from './best-worst.ts';
import { exportDoor } from './exports.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import {
  answerRefused,
  buttons,
  fieldMaker,
  head,
  isForForm,
  PAGE_WAIT_MS,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { nameIn } from './quote-view.ts';
import { oneResponseDoor } from './response.ts';
import { courseDoor } from './response-course.ts';
import { CHECK_NAMES, checkName, readFilter } from './response-filters.ts';
import { askedText, statePills, tookText } from './response-pills.ts';
import { resultsDoor } from './results.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

const PAGE_ROWS = 50;

/** What came in: found by filters, judged, marked, one by one, counted, and as files. */
export function responseDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, responseDesk, responseQuality } = verbatim;
  resultsDoor(door, house);
  bestWorstDoor(door, house);
  exportDoor(door, house);

  type Typed = { form: Form; problem: Problem } | null;
  async function showList(
    visit: StudyVisit,
    survey: SurveyRow,
    req: Request,
    res: Response,
    typed: Typed = null,
  ): Promise<void> {
    const { study } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const at = `${surveyAddress(study, survey)}/responses`;
    const read = await readFilter(house, study, survey, req);
    const before = queryOf(req, 'before');
    const { rows, next } = await responseDesk.list(survey, read.filter, before === '' ? null : before, PAGE_ROWS);
    const numbers = await store.orderNumbers.ofResponses(
      study.id,
      rows.map(({ response }) => response.publicId),
    );
    const count = await store.responseDesk.count(survey.id, read.filter);
    const quality = await responseQuality.overview(survey);
    const isBegun = responseQuality.refresh(survey, quality);
    const tests = await store.responseDesk.tests(survey.id);
    const withQuery = (path: string, query: string) => (query === '' ? path : `${path}?${query}`);
    const paged = (id: string) => withQuery(at, [read.query, `before=${id}`].filter((part) => part !== '').join('&'));
    const make = fieldMaker(typed?.form ?? {}, typed?.problem.errors ?? []);
    if (typed) answerRefused(res, typed.problem);
    const isFiltered = read.active.length > 0;
    await showPage(house, visit, res, 'surveys', 'studio/responses', {
      head: head(surveyCrumbs(study, survey), 'Responses', null, [
        { label: 'Export', href: withQuery(`${at}/export`, read.query), isPrimary: true },
        { label: 'Answers counted', href: `${surveyAddress(study, survey)}/results`, isPrimary: false },
        { label: 'Course', href: `${at}/course`, isPrimary: false },
        { label: 'Personal data', href: `${surveyAddress(study, survey)}/personal-data`, isPrimary: false },
      ]),
      at,
      isError: typed !== null,
      notice: typed ? null : doneNotice(queryOf(req, 'done'), queryOf(req, 'n')),
      summary: typed ? summaryOf(typed.problem, ['name', 'label']) : null,
      query: read.query,
      isFiltered,
      filters: { fields: read.fields, conditions: read.conditions },
      active: read.active.map(({ text, without }) => ({ text, href: withQuery(at, without) })),
      faults: read.faults,
      count:
        count > MATCHES_COUNTED
          ? `More than ${MATCHES_COUNTED.toLocaleString('en-GB')} responses`
          : `${count.toLocaleString('en-GB')} ${count === 1 ? 'response' : 'responses'}`,
      rows: rows.map((row) =>
        rowView(study, row, read.query, nameIn(survey, row.response.publicId, numbers.get(row.response.publicId))),
      ),
      isEmpty: rows.length === 0,
      isBare: rows.length === 0 && !isFiltered && before === '',
      empty: isFiltered
        ? {
            title: 'No response matches',
            text: 'Take a filter away to see more.',
            action: { label: 'All responses', href: at },
          }
        : {
            title: 'No response yet',
            text: 'Send the survey’s address, or import answers.',
            action: { label: 'The survey', href: surveyAddress(study, survey) },
          },
      pages: [
        ...(before === '' ? [] : [{ label: 'Newest', href: withQuery(at, read.query) }]),
        ...(next === null ? [] : [{ label: 'Older', href: paged(next) }]),
      ],
      quality: qualityView(at, quality, isBegun),
      testCount: tests.length,
      views: (await store.responseDesk.views(survey.id)).map(({ name, query, publicId }) => ({
        name,
        href: withQuery(at, query),
        isCurrent: query === read.query,
        remove: `${at}/views/${publicId}/remove`,
      })),
      viewField: make.text('name', 'Name of the view', { isRequired: true }),
      labelField: make.text('label', 'Label', { isRequired: true }),
    });
  }
  door.get(`${SURVEY}/responses`, 'researcher', async (visit, req, res) =>
    showList(visit, await surveyOf(house, visit.study, req), req, res),
  );
  /** A request for the list that a form was posted from. */
  const listOf = (req: Request): Request =>
    ({
      ...req,
      query: Object.fromEntries(new URLSearchParams(field(formOf(req), 'query'))),
    }) as Request;
  /** Does what a form of the list asks for; what does not fit comes back as it was typed. */
  async function fromList(
    visit: StudyVisit,
    req: Request,
    res: Response,
    does: (survey: SurveyRow) => Promise<{ query: string; done: string }>,
  ): Promise<void> {
    const survey = await surveyOf(house, visit.study, req);
    try {
      const { query, done } = await does(survey);
      const told = [query, `done=${done}`].filter((part) => part !== '').join('&');
      res.redirect(303, `${surveyAddress(visit.study, survey)}/responses?${told}`);
    } catch (error) {
      if (!isForForm(error) || error.errors.length === 0) throw error;
      await showList(visit, survey, listOf(req), res, { form: formOf(req), problem: error });
    }
  }

  door.post(`${SURVEY}/responses/views`, 'researcher', (visit, req, res) =>
    fromList(visit, req, res, async (survey) => {
      const form = formOf(req);
      const query = new URLSearchParams(field(form, 'query')).toString();
      await responseDesk.saveView(survey, field(form, 'name'), query, { userId: visit.user.id });
      return { query, done: 'view-kept' };
    }),
  );
  door.post(`${SURVEY}/responses/views/:view/remove`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await responseDesk.removeView(survey, String(req.params['view']));
    res.redirect(303, `${surveyAddress(visit.study, survey)}/responses?done=view-removed`);
  });
  door.post(`${SURVEY}/responses/labels`, 'researcher', (visit, req, res) =>
    fromList(visit, req, res, async (survey) => {
      const { filter, query } = await readFilter(house, visit.study, survey, listOf(req));
      const n = await responseDesk.labelAll(survey, filter, field(formOf(req), 'label'), { userId: visit.user.id });
      return { query, done: `labelled&n=${n}` };
    }),
  );
  /** Waits for a quick look; a long one goes on in the background. */
  door.post(`${SURVEY}/responses/quality`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const look = responseQuality.assess(survey);
    look.catch(() => {});
    await Promise.race([look, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
    res.redirect(303, `${surveyAddress(visit.study, survey)}/responses#quality`);
  });

  door.get(`${SURVEY}/responses/tests`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const at = `${surveyAddress(study, survey)}/responses`;
    const { length } = await store.responseDesk.tests(survey.id);
    await showPage(house, visit, res, 'surveys', 'studio/response-tests', {
      head: head([...surveyCrumbs(study, survey), { label: 'Responses', href: at }], 'Remove test responses'),
      count: length,
      action: `${at}/tests`,
      buttons: { ...buttons('Remove them', { label: 'Keep them', href: at }), isDangerous: true },
      back: at,
      listed: `${at}?state=test`,
    });
  });
  door.post(`${SURVEY}/responses/tests`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await responseDesk.removeTests(survey);
    res.redirect(303, `${surveyAddress(visit.study, survey)}/responses`);
  });

  courseDoor(door, house);
  oneResponseDoor(door, house);
}

/** A word after what was done, as the address of the list says; null for anything else. */
function doneNotice(done: string, n: string) {
  const count = /^\d{1,6}$/.test(n) ? Number(n) : 0;
  const titles: Record<string, string> = {
    'view-kept': 'The view is kept',
    'view-removed': 'The view is removed',
    labelled: `${count.toLocaleString('en-GB')} ${count === 1 ? 'response has' : 'responses have'} the label`,
  };
  const title = Object.hasOwn(titles, done) ? titles[done] : undefined;
  return title === undefined ? null : { kind: 'good', title, text: null, links: [] };
}

/** @param query of the list, so that the response's page knows what stands beside it */
function rowView(
  study: EnteredStudy,
  { response, labels, flags, leftOut }: ListedResponse,
  query: string,
  name: string,
) {
  return {
    name,
    href: `${studyAddress(study)}/responses/${response.publicId}${query === '' ? '' : `?${query}`}`,
    states: statePills(response.state, response.isTest === 1, leftOut !== null),
    begun: showDate(response.startedAt, true),
    took: tookText(response.startedAt, response.batchId === null ? response.completedAt : null),
    way: [
      response.batchId === null ? askedText(JSON.parse(response.asked) as Asked) : 'imported',
      response.source,
      response.language,
      response.device,
    ]
      .filter((part) => part !== null)
      .join(' · '),
    flags: [...new Set(flags.map(({ sign }) => sign))].map((sign) => ({
      text: checkName(sign),
      tone: 'warn',
      segmentClass: null,
    })),
    isMarked: flags.length + labels.length > 0,
    labels: labels.map((text) => ({ text, tone: null, segmentClass: null })),
  };
}

function qualityView(at: string, quality: QualityOverview, isBegun: boolean) {
  const n = (count: number) => count.toLocaleString('en-GB');
  const shown = quality.checks.filter(({ flagged }) => flagged > 0);
  return {
    isKnown: quality.computedAt !== null,
    isGoing: quality.isGoing || isBegun,
    isStale: quality.isStale && !quality.isGoing && !isBegun,
    note:
      quality.computedAt === null
        ? ''
        : `${n(quality.assessed)} completed responses looked over on ${showDate(quality.computedAt, true)} (UTC); ${n(quality.flagged)} have a flag.`,
    checks: shown.map(({ check, flagged }) => ({
      text: CHECK_NAMES[check],
      count: n(flagged),
      href: `${at}?flag=${check}`,
    })),
    clear: quality.checks
      .filter(({ flagged }) => flagged === 0)
      .map(({ check }) => CHECK_NAMES[check].toLowerCase())
      .join(', '),
    withFlags: `${at}?flag=any`,
    withoutFlags: `${at}?flag=none`,
    action: `${at}/quality`,
  };
}
