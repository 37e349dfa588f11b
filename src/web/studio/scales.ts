import type { Request } from 'express';
import { showNumber } from '../../charts/numerals.ts';
import { Problem } from '../../model/problem.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { showDate } from '../../render/helpers.ts';
import type { Run } from '../../store/analyses.ts';
import type { FactorSettings, InstrumentReport, ScaleReport, ScoresResult } from '../../workers/tasks/scores.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { instrumentReportView } from './instrument-report-view.ts';
import { runAddress } from './runs.ts';
import { digits, provisionalNotice, scaleView, withInterval, wordingsOf } from './scale-report-view.ts';
import { surveyNames } from './surveys.ts';

/** A result that an earlier version of Verbatim kept has fewer figures: it is scored again before it is shown. */
const isWhole = (result: Partial<ScoresResult>): result is ScoresResult => result.instruments !== undefined;

type Scoring = { run: Run; result: ScoresResult | null };

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

/** Scale scores, and how well each scale and each instrument measures. */
export function scaleDoor(door: Doorway, house: House): void {
  const { store, analysis, instruments } = house.verbatim;
  const at = (study: EnteredStudy) => `${studyAddress(study)}/scales`;

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

  /** The run that the address asks for, else the newest one. */
  async function scoringOf(study: EnteredStudy, req: Request): Promise<Scoring | null> {
    const asked = queryOf(req, 'run');
    const run = asked
      ? await store.analyses.findRun(study.id, asked)
      : await store.analyses.latestDone(study.id, 'scores');
    if (asked && run?.kind !== 'scores') throw new Problem('not-found', 'There is no such run in this study');
    if (!run) return null;
    const result = run.state === 'done' ? (JSON.parse(run.result ?? '{}') as Partial<ScoresResult>) : null;
    return { run, result: result && isWhole(result) ? result : null };
  }

  /** The survey as it was scored. */
  async function definitionOf(study: EnteredStudy, run: Run): Promise<SurveyDefinition> {
    const survey = await store.surveys.findById(study.id, run.surveyId ?? 0);
    const { surveyVersion } = JSON.parse(run.inputCut) as { surveyVersion?: number };
    const versions = await store.surveys.versionsOf(run.surveyId ?? 0);
    const found = versions.find(({ number }) => number === surveyVersion);
    if (!survey || !found) throw new Problem('not-found', 'The survey of this scoring is not there any more');
    return (await store.surveys.version(found.id)).definition;
  }

  /** Scales by themselves in one table, and the facets of each in a table of its own. */
  function overviewTables(study: EnteredStudy, { run, result }: Scoring) {
    const scales = result?.scales ?? [];
    const parentOf = ({ instrument, partOf }: ScaleReport) =>
      partOf === null ? undefined : scales.find(({ scale }) => scale === `${instrument}.${partOf}`);
    const number = (text: string) => ({ text, href: null, isNumber: true });
    const tableOf = (caption: string, own: readonly ScaleReport[]) => ({
      caption,
      isCaptionHidden: true,
      isStacked: true,
      columns: [
        { label: 'Scale', isNumber: false },
        { label: 'Scored', isNumber: true },
        { label: 'Mean', isNumber: true },
        { label: 'SD', isNumber: true },
        { label: 'Alpha (95% interval)', isNumber: true },
        { label: 'Omega (95% interval)', isNumber: true },
        { label: 'Items', isNumber: false },
      ],
      rows: own.map((scale) => ({
        cells: [
          {
            text: scale.name,
            href: `${at(study)}/${scale.scale}?run=${run.publicId}`,
            isNumber: false,
          },
          number(showNumber(scale.n)),
          number(digits(scale.mean)),
          number(digits(scale.standardDeviation)),
          number(
            scale.reliability
              ? withInterval(scale.reliability.alpha, scale.reliability.alphaInterval)
              : (scale.reliabilityReason ?? '–'),
          ),
          number(scale.omega ? withInterval(scale.omega.omega, scale.omega.interval) : '–'),
          {
            text: `${scale.items.length}${scale.reversed && scale.reversed.suspects.length > 0 ? ', one or more look the wrong way round' : ''}`,
            href: null,
            isNumber: false,
          },
        ],
      })),
    });
    const facets = Map.groupBy(scales, (scale) => parentOf(scale));
    return {
      table: tableOf('Scales with mean and reliability', facets.get(undefined) ?? []),
      facets: scales.flatMap((scale) => {
        const own = facets.get(scale);
        if (!own) return [];
        const suspects = own.filter(({ reversed }) => reversed && reversed.suspects.length > 0).length;
        return [
          {
            name: scale.name,
            text: `${own.length} ${own.length === 1 ? 'facet' : 'facets'}${suspects > 0 ? `; items of ${suspects} look the wrong way round` : ''}`,
            table: tableOf(`Facets of ${scale.name}`, own),
          },
        ];
      }),
    };
  }

  door.get('/studio/:study/scales', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const surveys = await scorable(study);
    const names = surveyNames(surveys.map(({ survey }) => survey));
    const scoring = await scoringOf(study, req);
    const result = scoring?.result ?? null;
    const others = (await store.analyses.scorings(study.id)).filter(({ id }) => id !== scoring?.run.id);
    const told = scoring?.run.surveyId ? await store.toldScores.told(scoring.run.surveyId) : null;
    await showPage(house, visit, res, 'scales', 'studio/scales', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Scales',
        result
          ? `Scored for ${result.n.toLocaleString('en-GB')} responses on ${showDate(scoring?.run.finishedAt ?? '')}.`
          : null,
        [{ label: 'Instruments', href: `${studyAddress(study)}/instruments`, isPrimary: false }],
      ),
      mayRun: study.role !== 'viewer',
      action: `${at(study)}/score`,
      surveys: surveys.map(({ survey, instruments: own }) => ({
        publicId: survey.publicId,
        title: names.get(survey.id),
        scales: own.reduce((sum, instrument) => sum + instrument.scales.length, 0),
      })),
      isEmpty: surveys.length === 0,
      empty: {
        title: 'No scales yet',
        text: 'A survey’s instruments name its scales, their items and which are reversed. Put an instrument into a survey and publish it.',
        action: { label: 'Choose an instrument', href: `${studyAddress(study)}/instruments` },
      },
      hasResult: result !== null,
      since:
        scoring && result
          ? sinceNotice(await store.analyses.sinceScores(scoring.run), study.role !== 'viewer')
          : scoring?.run.state === 'done'
            ? {
                kind: 'info',
                title: 'Score again to see the whole report',
                text: 'These scores were made by an earlier version, which kept fewer figures.',
                links: study.role === 'viewer' ? [] : [{ label: 'Score again', href: '#score' }],
              }
            : null,
      provisional: (result?.instruments ?? []).map(provisionalNotice).filter((one) => one !== null),
      instruments: (result?.instruments ?? []).map((one) => ({
        name: one.name,
        href: `${at(study)}/instrument/${one.code}?run=${scoring?.run.publicId}`,
        text: [
          `version ${one.version}`,
          ...(one.isCircumplex ? ['its circle, and pairs'] : ['factors']),
          'straight-lining, acquiescence',
        ].join('; '),
      })),
      others: others.flatMap((run) => {
        const title = names.get(run.surveyId ?? 0);
        return title ? [{ title, href: `${at(study)}?run=${run.publicId}`, text: showDate(run.finishedAt ?? '') }] : [];
      }),
      told: told ? `${showNumber(told.people)} people, last on ${showDate(told.toldAt, true)} UTC` : null,
      ...(scoring ? overviewTables(study, scoring) : { table: null, facets: [] }),
    });
  });

  door.post('/studio/:study/scales/score', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const survey = await store.surveys.find(visit.study.id, field(form, 'survey'));
    if (!survey)
      throw new Problem('invalid', 'Choose a survey', {
        errors: [{ pointer: '#/survey', detail: 'Choose one of the surveys listed' }],
      });
    const run = await analysis.score(visit.study, survey, { userId: visit.user.id }, factorsIn(form));
    res.redirect(303, runAddress(visit.study, run));
  });

  /** What the report of an instrument or a scale stands on. */
  async function reportOf({ study }: StudyVisit, req: Request) {
    const scoring = await scoringOf(study, req);
    if (!scoring?.result)
      throw new Problem('not-found', 'There is no such report', { detail: 'Score the survey’s scales first' });
    const { run, result } = scoring;
    const survey = await store.surveys.findById(study.id, run.surveyId ?? 0);
    if (!survey) throw new Problem('not-found', 'The survey of this scoring is not there any more');
    return { run, result, survey, definition: await definitionOf(study, run) };
  }
  const crumbs = (study: EnteredStudy, run: Run, ...more: { label: string; href: string }[]) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Scales', href: `${at(study)}?run=${run.publicId}` },
    ...more,
  ];
  const instrumentAddress = (study: EnteredStudy, run: Run, { code }: InstrumentReport) =>
    `${at(study)}/instrument/${code}?run=${run.publicId}`;

  door.get('/studio/:study/scales/instrument/:instrument', 'researcher', async (visit, req, res) => {
    const { run, result, survey, definition } = await reportOf(visit, req);
    const report = result.instruments.find(({ code }) => code === req.params['instrument']);
    if (!report) throw new Problem('not-found', 'This scoring has no such instrument');
    const scales = result.scales.filter(({ instrument }) => instrument === report.code);
    await showPage(house, visit, res, 'scales', 'studio/instrument-report', {
      head: head(crumbs(visit.study, run), report.name),
      provisional: provisionalNotice(report),
      ...instrumentReportView(report, scales, result.n, wordingsOf(definition)),
      mayRun: visit.study.role !== 'viewer',
      action: `${at(visit.study)}/score`,
      survey: survey.publicId,
      code: report.code,
    });
  });

  door.get('/studio/:study/scales/:scale', 'researcher', async (visit, req, res) => {
    const { run, result, survey, definition } = await reportOf(visit, req);
    const scale = result.scales.find((one: ScaleReport) => one.scale === req.params['scale']);
    const report = result.instruments.find(({ code }) => code === scale?.instrument);
    if (!scale || !report) throw new Problem('not-found', 'This scoring has no such scale');
    const norms = await instruments.norms(visit.study.workspaceId, report.code);
    const values = norms ? await store.analyses.scoreValues(run.id, scale.scale) : [];
    const turned = queryOf(req, 'turned');
    await showPage(house, visit, res, 'scales', 'studio/scale', {
      head: head(
        crumbs(visit.study, run, { label: report.name, href: instrumentAddress(visit.study, run, report) }),
        scale.name,
      ),
      provisional: provisionalNotice(report),
      turned:
        turned === ''
          ? null
          : {
              kind: 'good',
              title: `The item is turned round in the draft, as version ${turned.slice(0, 60)}`,
              text: `${queryOf(req, 'kept') === '' ? '' : 'The instrument has that version too. '}Publish the survey and score again: what is shown here was scored by the key before.`,
              links: [
                { label: 'To the survey', href: `${studyAddress(visit.study)}/surveys/${survey.publicId}` },
                { label: 'Score again', href: `${at(visit.study)}?run=${run.publicId}#score` },
              ],
            },
      ...scaleView(scale, definition, { norms, values }),
      mayRun: visit.study.role !== 'viewer',
      action: `${at(visit.study)}/turn`,
      run: run.publicId,
      scale: scale.scale,
      normsAt: `${studyAddress(visit.study)}/instruments`,
    });
  });

  door.post('/studio/:study/scales/turn', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const run = await store.analyses.findRun(visit.study.id, field(form, 'run'));
    const survey = run ? await store.surveys.findById(visit.study.id, run.surveyId ?? 0) : null;
    if (!run || !survey) throw new Problem('not-found', 'There is no such scoring in this study');
    const scale = field(form, 'scale');
    const { version, isInstrumentChanged } = await instruments.turnItem(
      visit.study,
      survey,
      { instrument: scale.split('.')[0] ?? '', item: field(form, 'item') },
      { userId: visit.user.id },
    );
    const said = new URLSearchParams({
      run: run.publicId,
      turned: version,
      ...(isInstrumentChanged && { kept: '1' }),
    });
    res.redirect(303, `${at(visit.study)}/${encodeURIComponent(scale)}?${said}`);
  });
}

/** @throws Problem `invalid` for a number of factors that is none */
function factorsIn(form: ReturnType<typeof formOf>): FactorSettings | null {
  const instrument = field(form, 'instrument');
  if (instrument === '') return null;
  const asked = field(form, 'factors').trim();
  if (asked !== '' && !/^[1-9]\d?$/.test(asked))
    throw new Problem('invalid', 'The number of factors does not fit', {
      errors: [
        {
          pointer: '#/factors',
          detail: 'Enter a whole number from 1 to 99, or leave it empty for as many as stand out',
        },
      ],
    });
  return {
    instrument,
    factors: asked === '' ? null : Number(asked),
    method: field(form, 'method') === 'ml' ? 'ml' : 'minres',
    rotation: field(form, 'rotation') === 'varimax' ? 'varimax' : 'promax',
  };
}
