import { bars } from '../../charts/bars.ts';
import { showPercent } from '../../charts/numerals.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { head, showPage } from './frame.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** How long answering takes, and where people leave. */
export function courseDoor(door: Doorway, house: House): void {
  const { responseDesk } = house.verbatim;

  door.get(`${SURVEY}/responses/course`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const at = surveyAddress(study, survey);
    const course = await responseDesk.course(survey);
    const languages = survey.draft.languages;
    const minutes = (seconds: number) => `${(seconds / 60).toLocaleString('en-GB', { maximumFractionDigits: 1 })} min`;
    const n = (count: number) => count.toLocaleString('en-GB');
    const pages = (course?.pages ?? []).map((page) => {
      const title = page.title === null ? page.code : wordingIn(page.title, languages[0] ?? 'en', languages);
      return { ...page, label: `${page.number}. ${title}${page.part === null ? '' : `, part ${page.part}`}` };
    });
    const leftAt = pages.filter((page) => page.leftShare !== null);
    await showPage(house, visit, res, 'surveys', 'studio/response-course', {
      head: head(surveyCrumbs(study, survey), 'Course', 'How long answering takes, and where people leave.'),
      isEmpty: course === null || course.begun === 0,
      empty: {
        title: 'Nobody has come through yet',
        text: 'Times and pages appear here once responses were sent, or left alone for a day.',
        action: { label: 'The survey', href: at },
      },
      facts: course?.durations
        ? [
            { label: 'Median', value: minutes(course.durations.median), note: 'half took no longer' },
            { label: 'Lower quartile', value: minutes(course.durations.lower), note: null },
            { label: 'Upper quartile', value: minutes(course.durations.upper), note: null },
            { label: 'Completed and timed', value: n(course.durations.n), note: null },
          ]
        : [],
      timesNote: `From the first page to sending, pauses among them; of the latest ${n(course?.durationsMax ?? 0)} at most.`,
      stayed: bars({
        id: 'stayed',
        title: 'Who went on past each page',
        rows: pages.map((page) => ({
          label: page.label,
          share: page.stayedShare?.share ?? 0,
          count: page.came - page.left,
          low: page.stayedShare?.low ?? null,
          high: page.stayedShare?.high ?? null,
          segmentClass: null,
          mark: null,
        })),
        reference: null,
        note: `Of ${n(course?.begun ?? 0)} who began and have come to an end or have left for a day, and were neither withdrawn nor left out: the same as for the break-off of fieldwork. 95% interval.`,
      }),
      left: {
        caption: 'Who left where',
        isStacked: true,
        columns: [
          { label: 'Page', isNumber: false },
          { label: 'Came to it', isNumber: true },
          { label: 'Left there', isNumber: true },
          { label: 'Share', isNumber: true },
          { label: '95% interval', isNumber: true },
        ],
        rows: leftAt.map((page) => ({
          cells: [page.label, n(page.came), n(page.left), ...shareCells(page.leftShare)].map((text, index) => ({
            text,
            href: null,
            isNumber: index > 0,
          })),
        })),
      },
      isShuffled: course?.isShuffled ?? false,
    });
  });
}

const shareCells = (interval: { share: number; low: number; high: number } | null): string[] =>
  interval === null
    ? ['–', '–']
    : [showPercent(interval.share), `${showPercent(interval.low)} to ${showPercent(interval.high)}`];
