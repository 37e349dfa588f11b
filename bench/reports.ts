/**
 * How long a study report takes by how many responses it is of, and by how many pages it has:
 *
 *   node bench/reports.ts [--responses 500,5000,50000] [--times 5]
 *
 * Each house holds a survey with an open question, themes of every answer, segments with everybody in one, and a persona of
 * each. Themes are found in a few answers, so that their quotes are sealed ones, and written down for all: looking for them
 * is measured elsewhere. A report is gathered, then laid out as HTML and as PDF, in a process of its own that has not seen
 * the house before; one of each goes before those that are counted. «Corrected» is gathering for the first time after a
 * researcher has renamed a theme, when every answer is counted anew. Times are of the processor, all threads together; what responses add is told as a multiple of one statement that
 * counts them by state.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import type { ReportForm } from '../src/services/reports.ts';
import type { Run } from '../src/store/analyses.ts';
import type { Study } from '../src/store/studies.ts';
import type { SurveyRow } from '../src/store/surveys.ts';
import { documentOf } from '../src/themes/correction.ts';
import { openVerbatim, type Verbatim } from '../src/verbatim.ts';
import { fullPortrait } from '../test/support/full-portrait.ts';
import { plantResponses, said } from '../test/support/plant-responses.ts';
import { atMost, invalid, medianOf, printGoals, printTable, show } from './support/figures.ts';
import { makeHouse } from './support/house.ts';
import { tenQuestions } from './support/surveys.ts';

const { values } = parseArgs({
  options: {
    responses: { type: 'string', default: '500,5000,50000' },
    times: { type: 'string', default: '5' },
    folder: { type: 'string' },
  },
});
const times = Number(values.times);
const OPEN = 'why';
/** Themes are found in so many answers. */
const READ = 300;
const SEGMENTS = ['Rooted', 'Restless', 'Careful', 'Hurried', 'Content'];
const AT = '2026-03-03T08:00:00.000Z';
/** Pages may take longer to lay out from house to house, since other quotes have other lengths. */
const RATIO_MOST = 2;
const COUNTS_MOST = 40;
const MORE_MEGABYTES_MOST = 64;
const FORM: ReportForm = {
  kind: 'study-report',
  format: 'html',
  audience: 'client',
  persona: '',
  version: '',
  segmentation: '',
  reason: '',
  print: '',
};
type Measured = Record<'gather' | 'html' | 'pdf' | 'corrected' | 'count' | 'before' | 'peak' | 'parts', number>;

/** Answers of eight invented words each, out of twenty topics. */
function answersOf(count: number): string[] {
  let state = 1;
  const random = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % most;
  };
  const word = (n: number): string => {
    const syllables = ['ba', 'ke', 'lo', 'mi', 'nu', 'ra', 'se', 'to', 'vi', 'zu'];
    return [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10, 3].map((at) => syllables[at]).join('');
  };
  return Array.from({ length: count }, () => {
    const topic = random(20);
    return Array.from({ length: 8 }, () => word(random(4) === 0 ? random(1_000) : topic * 50 + random(60))).join(' ');
  });
}

const open = (folder: string) => openVerbatim({ folder, limits: readConfig({}).limits });

async function placeIn({ store }: Verbatim): Promise<{ study: Study; survey: SurveyRow }> {
  const study = await store.studies.findByIdOrName('Bench');
  const survey = study && (await store.surveys.list(study.id))[0];
  return study && survey ? { study, survey } : invalid('The survey is not there');
}

async function plant(folder: string, responses: number): Promise<void> {
  const verbatim = await open(folder);
  const { store } = verbatim;
  const place = await placeIn(verbatim);
  const { study, survey } = place;
  const texts = answersOf(responses).map((text) => ({ answers: { [OPEN]: said(text) }, page: 1 }));
  await plantResponses(verbatim, place, texts.slice(0, READ));
  const { id } = await verbatim.analysis.findThemes(study, survey, { item: OPEN, themes: 20, seed: 1 }, null);
  await verbatim.analysis.idle();
  const small = await store.analyses.findRunById(id);
  if (small?.state !== 'done') return invalid('No themes were found');
  // Written down again without what places further answers, which would have to be placed one by one.
  await plantThemes(verbatim, small, await store.themes.answers(survey.id, OPEN));
  await plantResponses(verbatim, place, texts.slice(READ));
  const answers = await store.themes.answers(survey.id, OPEN);
  if (answers.length !== responses) return invalid(`${answers.length} answers are there`);
  await plantThemes(verbatim, small, answers);

  const segmentation = await store.segmentations.add(
    {
      studyId: study.id,
      surveyId: survey.id,
      name: 'Ways to live',
      origin: 'defined',
      settings: '{}',
      createdBy: null,
    },
    AT,
  );
  const run = await begun(verbatim, small, { kind: 'segments', subject: 'define', segmentationId: segmentation.id });
  await store.analyses.saveSegments(
    run,
    '{}',
    '',
    SEGMENTS.map((name, position) => {
      const members = answers
        .filter((_, index) => index % SEGMENTS.length === position)
        .map(({ responseId }) => ({ responseId, probability: null, margin: null }));
      return { position, name, profile: JSON.stringify({ size: members.length }), members };
    }),
    AT,
  );
  await store.segmentations.accept(segmentation, run, { label: 'defined', note: '', acceptedBy: null }, [], AT);
  const [theme] = await store.analyses.themesOf(small.id);
  const spans = (theme ? await store.analyses.quotesOf(theme.id) : []).map(
    ({ sourceId, sourceVersion, spanStart, spanEnd, spanHash }) => ({
      sourceId,
      sourceVersion,
      spanStart,
      spanEnd,
      spanHash,
    }),
  );
  for (const segment of await store.segmentations.segmentsOf(run.id))
    await store.personas.addVersion(
      { studyId: study.id, personaId: null, segmentIds: [segment.id], kind: 'quantified' },
      {
        name: segment.name,
        lede: '',
        portrait: JSON.stringify(fullPortrait(spans)),
        words: '{}',
        note: '',
        createdBy: null,
      },
      AT,
    );
  await verbatim.close();
}

async function begun(
  { store }: Verbatim,
  like: Run,
  more: { kind: 'themes' | 'segments'; subject: string; segmentationId?: number },
): Promise<Run> {
  const { studyId, surveyId, engineVersion } = like;
  const run = await store.analyses.addRun(
    { studyId, surveyId, engineVersion, seed: 1, settings: {}, inputCut: {}, createdBy: null, ...more },
    AT,
  );
  await store.analyses.begin(run.id, AT);
  return run;
}

/** The themes of a small run, as one over all answers would have kept them. */
async function plantThemes(verbatim: Verbatim, small: Run, answers: readonly { document: string }[]): Promise<void> {
  const { store } = verbatim;
  const rows = await store.analyses.themesOf(small.id);
  const run = await begun(verbatim, small, { kind: 'themes', subject: OPEN });
  const themes = [];
  for (const [position, { label, words, share, repeatability, band, id }] of rows.entries())
    themes.push({
      key: String(position),
      ...{ position, label, words, share, repeatability, band, size: Math.round(answers.length / rows.length) },
      quotes: (await store.analyses.quotesOf(id)).map(({ sourceId, sourceVersion, spanStart, spanEnd, spanHash }) => ({
        ...{ sourceId, sourceVersion, spanStart, spanEnd, spanHash },
      })),
    });
  await store.analyses.saveThemes(
    run,
    JSON.stringify({ ...JSON.parse(small.result ?? '{}'), n: answers.length, answered: answers.length, uncoded: 0 }),
    '',
    themes,
    answers.flatMap(({ document }, index) => {
      const place = documentOf(document);
      return place
        ? [
            {
              sourceId: place.sourceId,
              sourceVersion: place.version,
              theme: String(index % rows.length),
              confidence: 0.8,
            },
          ]
        : [];
    }),
    new Date().toISOString(),
  );
}

/** How much of the processor this process takes from now on. */
function processorMs(): () => number {
  const { user, system } = process.cpuUsage();
  return () => {
    const now = process.cpuUsage();
    return (now.user - user + now.system - system) / 1000;
  };
}

/** Peak memory is that of the process that builds, its threads included. */
async function measure(folder: string): Promise<Measured> {
  const verbatim = await open(folder);
  const { study, survey } = await placeIn(verbatim);
  const before = process.resourceUsage().maxRSS / 1024;
  let parts = 0;
  const once = async (format: string): Promise<number> => {
    const spent = processorMs();
    const { document } = await verbatim.reports.make(study, { ...FORM, format }, null);
    parts = document.blocks.length;
    return spent();
  };
  const timed = async (format: string): Promise<number> => {
    await once(format);
    const took: number[] = [];
    for (let time = 0; time < times; time += 1) took.push(await once(format));
    return medianOf(took);
  };
  // JSON lays nothing out: what it takes is the gathering.
  const [gather, html, pdf] = [await timed('json'), await timed('html'), await timed('pdf')];
  const peak = process.resourceUsage().maxRSS / 1024;
  const [run] = await verbatim.store.analyses.latestThemeRuns(study.id, survey.id);
  const theme = run && (await verbatim.store.analyses.themesOf(run.id))[0];
  if (!run || !theme) return invalid('No themes are there');
  await verbatim.themes.correct(study, run, { kind: 'rename', theme: theme.lineage, label: 'Named by hand' }, null);
  const corrected = await once('json');
  await verbatim.close();
  const database = new DatabaseSync(path.join(folder, 'verbatim.db'), { readOnly: true });
  const statement = database.prepare('select state, count(*) from responses where survey_id = ? group by state');
  const counts = Array.from({ length: 99 }, () => {
    const spent = processorMs();
    statement.all(survey.id);
    return spent();
  });
  database.close();
  return { gather, html, pdf, corrected, count: medianOf(counts), before, peak, parts };
}

async function main(sizes: number[]): Promise<void> {
  const found: (Measured & { responses: number })[] = [];
  for (const responses of sizes) {
    const house = makeHouse();
    try {
      house.publish({
        ...tenQuestions,
        pages: [{ code: 'p', questions: [{ kind: 'text', code: OPEN, text: { en: 'Why?' } }] }],
      });
      const began = performance.now();
      await plant(house.folder, responses);
      console.log(`${responses} planted in ${show((performance.now() - began) / 1000)} s`);
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [
          '--disable-warning=ExperimentalWarning',
          fileURLToPath(import.meta.url),
          ...['--folder', house.folder, '--times', String(times)],
        ],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(stderr);
      found.push({ responses, ...(JSON.parse(stdout) as Measured) });
    } finally {
      house.remove();
    }
  }
  printTable([
    ['responses', 'parts', 'gather ms', 'html ms', 'pdf ms', 'corrected ms', 'one count ms', 'MB', 'of it opened'],
    ...found.map((one) => [
      one.responses.toLocaleString('en-GB'),
      ...[one.parts, one.gather, one.html, one.pdf, one.corrected, one.count, one.peak, one.before].map(show),
    ]),
  ]);
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return invalid('Nothing was measured');
  const beyond = `of ${last.responses} responses ÷ of ${first.responses}`;
  printGoals(
    'reports',
    [
      atMost(`the HTML ${beyond}`, last.html / first.html, RATIO_MOST),
      atMost(`the PDF ${beyond}`, last.pdf / first.pdf, RATIO_MOST),
      atMost('what they add to gathering ÷ one count of them', (last.gather - first.gather) / last.count, COUNTS_MOST),
      atMost('megabytes they add', last.peak - first.peak, MORE_MEGABYTES_MOST),
    ],
    { found },
  );
}

if (values.folder === undefined) await main(values.responses.split(',').map(Number));
else console.log(JSON.stringify(await measure(values.folder)));
