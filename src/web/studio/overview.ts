import { line } from '../../charts/line.ts';
import { stack } from '../../charts/stack.ts';
import { type TourStep, tourAddress } from '../../model/tour.ts';
import { readPortrait } from '../../personas/portrait.ts';
import { roughCount } from '../../privacy/cell-words.ts';
import { isTooFew } from '../../privacy/safe-cells.ts';
import { showDate } from '../../render/helpers.ts';
import type { SpanRow } from '../../store/analyses.ts';
import { answersByTheme } from '../../themes/apply-corrections.ts';
import { isOfInterviews } from '../../themes/question.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { roundNotice } from './agreement-place.ts';
import { head, PAGE_WAIT_MS, showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';
import { driftText } from './themes-top.ts';

const many = (n: number, one: string, more: string) => `${n.toLocaleString('en-GB')} ${n === 1 ? one : more}`;

/** A study at a glance, as the way from words to personas, and what needs the researcher next. */
export function overviewDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store } = verbatim;

  door.get('/studio/:study', 'viewer', async (visit, _req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const mayWrite = study.role !== 'viewer';
    const policy = verbatim.cells.policyOf(study, study.role);
    const forWriters = <T>(links: readonly T[]): readonly T[] => (mayWrite ? links : []);
    const [surveys, counts, days, interviews, segments, personas] = await Promise.all([
      store.surveys.list(study.id),
      store.responses.countBySurvey(study.id),
      store.responses.perDay(study.id),
      store.notes.countInterviews(study.id),
      store.segments.list(study.id),
      store.personas.list(study.id),
    ]);
    const completed = [...counts.values()].reduce((sum, count) => sum + count.completed, 0);
    const started = [...counts.values()].reduce((sum, count) => sum + count.started, 0);
    const themeRun = await store.analyses.latestDone(study.id, 'themes');
    const shown = themeRun ? await verbatim.themes.counted(themeRun) : null;
    const themes = shown ? answersByTheme(shown) : [];
    const drift = themeRun ? await verbatim.themes.drift(themeRun) : null;
    const segmentRun = await store.analyses.latestDone(study.id, 'segments');
    const found = segments.filter((segment) => segment.runId !== null && segment.runId === segmentRun?.id);
    const sizes = await store.segments.memberCounts(study.id);
    const grouped = found.reduce((sum, segment) => sum + (sizes.get(segment.id) ?? 0), 0);
    const claims = personas.reduce(
      (sum, { versions: [newest] }) => sum + (newest ? readPortrait(newest.portrait).claims.length : 0),
      0,
    );

    await showPage(house, visit, res, 'overview', 'studio/overview', {
      head: head(
        [{ label: study.workspaceName, href: null }],
        study.name,
        completed + interviews === 0
          ? 'From people’s words to personas: it begins with a survey or an interview.'
          : `From ${roughCount(completed, policy)} ${completed === 1 ? 'response' : 'responses'} and ${many(interviews, 'interview', 'interviews')} to ${many(personas.length, 'persona', 'personas')}.`,
        mayWrite
          ? [
              { label: 'New survey', href: `${at}/surveys/new`, isPrimary: true },
              { label: 'Log an interview', href: `${at}/interviews/new`, isPrimary: false },
            ]
          : [],
      ),
      parts: [
        {
          heading: 'Collect',
          figure: roughCount(completed, policy),
          unit: `${completed === 1 ? 'response' : 'responses'}, ${many(interviews, 'interview', 'interviews')}`,
          lines:
            started > 0 && !isTooFew(started, policy)
              ? [`${many(started, 'response', 'responses')} begun and not sent yet`]
              : [],
          links: [
            { label: 'Surveys', href: `${at}/surveys` },
            ...forWriters([
              { label: 'Privacy notice', href: `${at}/notice` },
              { label: 'Offers', href: `${at}/offers` },
              { label: 'Feedback', href: `${at}/feedback` },
              { label: 'Interviews', href: `${at}/interviews` },
              { label: 'People', href: `${at}/people` },
            ]),
          ],
          quote: null,
          // So few a day could be somebody who is known to have answered then.
          ...(days.length > 1 && !days.some(({ n }) => isTooFew(n, policy))
            ? {
                line: line({
                  id: 'per-day',
                  title: 'Responses per day',
                  points: days.map(({ day, n }) => ({ label: showDate(day), value: n })),
                  unit: 'responses',
                  note: null,
                }),
              }
            : {}),
        },
        {
          heading: 'Understand',
          figure: String(themes.length),
          unit: themeRun
            ? `${themes.length === 1 ? 'theme' : 'themes'} in ${isOfInterviews(themeRun) ? many(shown?.documents.length ?? 0, 'turn of interviews', 'turns of interviews') : many(shown?.documents.length ?? 0, 'answer', 'answers')}`
            : 'themes so far',
          lines: drift && mayWrite ? [driftText(drift)] : [],
          links: [
            { label: 'Themes', href: `${at}/themes` },
            ...forWriters([
              { label: 'Scales', href: `${at}/scales` },
              { label: 'Codebook', href: `${at}/codebook` },
              { label: 'What changed?', href: `${at}/changes` },
            ]),
          ],
          quote:
            themeRun && shown && themes[0] && mayWrite
              ? await firstQuote(study, await store.themes.quotes(themeRun, shown, themes[0].id))
              : null,
        },
        {
          heading: 'Segment',
          figure: String(segments.length),
          unit: segments.length === 1 ? 'segment' : 'segments',
          lines: segmentRun
            ? [`Last run ${showDate(segmentRun.finishedAt ?? segmentRun.createdAt)}, seed ${segmentRun.seed}`]
            : [],
          links: [
            { label: 'Segments', href: `${at}/segments` },
            ...forWriters([
              { label: 'Plays', href: `${at}/plays` },
              { label: 'What came before', href: `${at}/before` },
            ]),
          ],
          quote: null,
          ...(grouped > 0 && !found.some(({ id }) => isTooFew(sizes.get(id) ?? 0, policy))
            ? {
                stack: stack({
                  id: 'segment-shares',
                  title: 'Shares of the segments found',
                  parts: found.map((segment, index) => ({
                    label: segment.name,
                    share: (sizes.get(segment.id) ?? 0) / grouped,
                    count: sizes.get(segment.id) ?? 0,
                    segmentClass: `seg-${(index % 8) + 1}`,
                  })),
                  note: null,
                }),
              }
            : {}),
        },
        {
          heading: 'Share',
          figure: String(personas.length),
          unit: `${personas.length === 1 ? 'persona' : 'personas'}, ${many(claims, 'claim', 'claims')}`,
          lines: [],
          links: [
            { label: 'Personas', href: `${at}/personas` },
            ...(study.role === 'owner'
              ? [
                  { label: 'Members', href: `${at}/members` },
                  { label: 'Smallest cell', href: `${at}/smallest-cell` },
                ]
              : []),
            ...(study.role === 'viewer' ? [] : [{ label: 'How long it is kept', href: `${at}/retention` }]),
          ],
          quote: null,
        },
      ],
      asked: await roundNotice(house, visit),
      tour: tourOf(study),
      steps: mayWrite
        ? (await reviewSteps(study)).concat(
            nextSteps(at, {
              surveys: surveys.length,
              published: surveys.filter((survey) => survey.publishedVersionId !== null).length,
              completed,
              themes: themes.length,
              segments: segments.length,
              personas: personas.length,
            }),
          )
        : [],
    });
  });

  /** Insights and personas that want looking at, and why. */
  async function reviewSteps(study: EnteredStudy): Promise<Step[]> {
    const at = studyAddress(study);
    const stale = (await verbatim.insights.overview(study)).filter(({ needsReview }) => needsReview).length;
    let personas = 0;
    for (const persona of await store.personas.list(study.id))
      if ((await verbatim.personaHealth.healthOf(study, persona)).state !== 'stands') personas += 1;
    const step = (count: number, one: string, more: string, text: string, link: Step['link']): Step[] =>
      count === 0
        ? []
        : [
            {
              title: `${many(count, `${one} needs`, `${more} need`)} review.`,
              text,
              link,
            },
          ];
    return [
      ...step(stale, 'insight', 'insights', WITHDRAWN, { label: 'Insights', href: `${at}/insights` }),
      ...step(personas, 'persona', 'personas', 'Each says what has changed since it was drawn.', {
        label: 'Personas',
        href: `${at}/personas`,
      }),
    ];
  }

  async function firstQuote(study: EnteredStudy, quotes: readonly SpanRow[]) {
    const [read] = await verbatim.evidence.readQuotes(study.id, quotes.slice(0, 1));
    return read?.isVerbatim ? quoteView(read, { study, segmentClass: null }) : null;
  }
}

/** The way that a newcomer is led; links lead where a researcher may go, so that nobody else is shown it. */
function tourOf(study: EnteredStudy) {
  if (study.tour === null || study.role === 'viewer') return null;
  const steps = JSON.parse(study.tour) as TourStep[];
  return {
    title: 'Five minutes through this study',
    lede: 'Each step says where to go and what to look for.',
    steps: steps.map(({ links, ...step }) => ({
      ...step,
      links: links.map(({ label, to }) => ({ label, href: tourAddress(studyAddress(study), to) })),
    })),
  };
}

const WITHDRAWN = 'Words that stood there were deleted: see whether what is left still says it.';

type Step = { title: string; text: string; link: { label: string; href: string } };

/** What to do next, from what is not there yet: at most three things. */
function nextSteps(
  at: string,
  have: { surveys: number; published: number; completed: number; themes: number; segments: number; personas: number },
) {
  const steps: Step[] = [];
  if (have.surveys === 0)
    steps.push({
      title: 'Write the first survey.',
      text: 'Start from a template, or import one as JSON.',
      link: { label: 'New survey', href: `${at}/surveys/new` },
    });
  else if (have.published === 0)
    steps.push({
      title: 'Publish the survey.',
      text: 'Publishing freezes a version that answers can be bound to.',
      link: { label: 'Surveys', href: `${at}/surveys` },
    });
  else if (have.completed === 0)
    steps.push({
      title: 'Collect answers.',
      text: 'Send the survey’s address, or import answers you have already.',
      link: { label: 'Surveys', href: `${at}/surveys` },
    });
  if (have.completed > 0 && have.themes === 0)
    steps.push({
      title: 'Find themes in what people wrote.',
      text: 'It takes seconds, and no word leaves this machine.',
      link: { label: 'Themes', href: `${at}/themes` },
    });
  if (have.completed > 0 && have.segments === 0)
    steps.push({
      title: 'Look for segments.',
      text: 'By the scales people answered, or by a rule of your own.',
      link: { label: 'Segments', href: `${at}/segments` },
    });
  if (have.segments > 0 && have.personas === 0)
    steps.push({
      title: 'Give a segment a face.',
      text: 'The portrait writes itself from numbers and real quotes.',
      link: { label: 'Personas', href: `${at}/personas` },
    });
  return steps.slice(0, 3);
}
