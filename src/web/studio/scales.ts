import { showNumber } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { ScaleReport } from '../../workers/tasks/scores.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { runAddress } from './runs.ts';
import { surveyNames } from './surveys.ts';

/** Says how many responses came, went or changed since they were scored; null where none did. */
function sinceNotice({ came, gone, changed }: { came: number; gone: number; changed: number }, mayRun: boolean) {
  const line = (count: number, one: string, many: string) =>
    count === 0 ? [] : [`${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`];
  const lines = [
    ...line(came, 'response came in', 'responses came in'),
    ...line(gone, 'was left out or withdrawn', 'were left out or withdrawn'),
    ...line(changed, 'was corrected', 'were corrected'),
  ];
  if (lines.length === 0) return null;
  return {
    kind: 'info',
    title: 'These scores are out of date',
    text: `Since these scores: ${lines.join('; ')}. Nothing of that is in them.`,
    links: mayRun ? [{ label: 'Score again', href: '#score' }] : [],
  };
}

/** Scale scores and how well the items of each scale hang together. */
export function scaleDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, analysis } = verbatim;

  async function scorable(study: EnteredStudy) {
    const surveys = [];
    for (const survey of await store.surveys.list(study.id)) {
      if (survey.publishedVersionId === null) continue;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      if ((definition.instruments ?? []).length > 0)
        surveys.push({ survey, instruments: definition.instruments ?? [] });
    }
    return surveys;
  }

  door.get('/studio/:study/scales', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const surveys = await scorable(study);
    const names = surveyNames(surveys.map(({ survey }) => survey));
    const asked = queryOf(req, 'run');
    const run = asked
      ? await store.analyses.findRun(study.id, asked)
      : await store.analyses.latestDone(study.id, 'scores');
    if (asked && !run) throw new Problem('not-found', 'There is no such run in this study');
    const result =
      run?.state === 'done'
        ? (JSON.parse(run.result ?? '{"scales":[],"n":0}') as { scales: ScaleReport[]; n: number })
        : null;
    const digits = (value: number | null | undefined) =>
      value === null || value === undefined ? '–' : showNumber(value, 2);
    await showPage(house, visit, res, 'scales', 'studio/scales', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Scales',
        result
          ? `Scored for ${result.n.toLocaleString('en-GB')} responses on ${showDate(run?.finishedAt ?? '')}.`
          : null,
      ),
      mayRun: study.role !== 'viewer',
      action: `${studyAddress(study)}/scales/score`,
      surveys: surveys.map(({ survey, instruments }) => ({
        publicId: survey.publicId,
        title: names.get(survey.id),
        scales: instruments.reduce((sum, instrument) => sum + instrument.scales.length, 0),
      })),
      isEmpty: surveys.length === 0,
      empty: {
        title: 'No scales yet',
        text: 'A survey’s instruments name its scales, their items and which are reversed. Publish a survey that has one, such as the Mini-IPIP template.',
        action: null,
      },
      hasResult: result !== null,
      since: run && result ? sinceNotice(await store.analyses.sinceScores(run), study.role !== 'viewer') : null,
      table: {
        caption: 'Scales with mean and reliability',
        isCaptionHidden: true,
        columns: [
          { label: 'Scale', isNumber: false },
          { label: 'Scored', isNumber: true },
          { label: 'Mean', isNumber: true },
          { label: 'SD', isNumber: true },
          { label: 'Alpha', isNumber: true },
          { label: '95% interval', isNumber: true },
          { label: 'Items', isNumber: false },
        ],
        rows: (result?.scales ?? []).map((scale) => ({
          cells: [
            { text: scale.name, href: null, isNumber: false },
            { text: scale.n.toLocaleString('en-GB'), href: null, isNumber: true },
            { text: digits(scale.mean), href: null, isNumber: true },
            { text: digits(scale.standardDeviation), href: null, isNumber: true },
            { text: digits(scale.reliability?.alpha), href: null, isNumber: true },
            {
              text: scale.reliability?.alphaInterval
                ? `${digits(scale.reliability.alphaInterval.low)} to ${digits(scale.reliability.alphaInterval.high)}`
                : (scale.reliabilityReason ?? '–'),
              href: null,
              isNumber: true,
            },
            {
              text: `${scale.items.join(', ')}${scale.centring === 'person-mean' ? ' (centred within each person)' : ''}`,
              href: null,
              isNumber: false,
            },
          ],
        })),
      },
    });
  });

  door.post('/studio/:study/scales/score', 'researcher', async (visit, req, res) => {
    const survey = await store.surveys.find(visit.study.id, field(formOf(req), 'survey'));
    if (!survey)
      throw new Problem('invalid', 'Choose a survey', {
        errors: [{ pointer: '#/survey', detail: 'Choose one of the surveys listed' }],
      });
    const run = await analysis.score(visit.study, survey, { userId: visit.user.id });
    res.redirect(303, runAddress(visit.study, run));
  });
}
