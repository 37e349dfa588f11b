import type { Answer } from '../../src/model/answers.ts';
import { readItemKey } from '../../src/scales/score.ts';
import type { LoadRow } from '../../src/services/imports.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { readCsv, readJson, readNumber, readText } from './read.ts';

/** What the reference says of the five scales. */
export type ExpectedScales = {
  listwise: Record<string, { key: string[]; alpha_raw: number; alpha_feldt_ci95: [number, number] }>;
  scale_scores: { n: Record<string, number>; mean: Record<string, number>; sd: Record<string, number> };
};
export type RealStudy = {
  study: Study;
  /** Answers to the open question as they stand in the file. */
  words: readonly { label: string; text: string }[];
  /** People with items to score. */
  people: number;
  persona: string;
  segmentation: string;
};

const SEGMENTS = 4;
const SEED = 1;
/** Of the professional labels, so many become codes, each of so many answers. */
const CODES = 5;
const PASSAGES_A_CODE = 14;

const answered = (value: number | string | null): Answer =>
  value === null ? { state: 'skipped' } : { state: 'answered', value };
const consent = {
  version: '1',
  text: { en: 'Taking part is up to you.' },
  purposes: [{ code: 'analysis', text: { en: 'My answers may be used' } }],
};
const option = (code: string, text: string) => ({ code, text: { en: text } });

/**
 * A study of real answers, through the services that researchers use: 2,800 people with 25 items, scored and grouped, and
 * 1,930 open answers, with themes and with the codes that professionals gave them; a persona of each.
 */
export async function realStudy(verbatim: Verbatim, folder: string): Promise<RealStudy> {
  const { analysis, codebook, codings, logs, personas, segmentProfiles, segmentations, segments, store } = verbatim;
  const study = await verbatim.studies.addTo('Real answers', null, null, null);

  const { listwise } = readJson<ExpectedScales>(folder, 'expected/bfi_reliability.json');
  const keys = Object.entries(listwise).map(([scale, { key }]) => ({ scale, key }));
  const items = keys.flatMap(({ key }) => key.map((one) => readItemKey(one).item));
  const rows = readCsv(folder, 'data/bfi.csv');
  const scales = await publish(verbatim, study, {
    format: 1,
    code: 'five',
    title: { en: 'Five scales' },
    languages: ['en'],
    consent,
    pages: [
      {
        code: 'p1',
        questions: [
          {
            kind: 'battery',
            code: 'q',
            text: { en: 'How accurate is this?' },
            steps: { min: 1, max: 6 },
            rows: items.map((item) => option(item, item)),
          },
          {
            kind: 'single',
            code: 'gender',
            text: { en: 'Gender' },
            options: [option('men', 'Male'), option('women', 'Female')],
          },
          { kind: 'number', code: 'age', text: { en: 'Age' } },
        ],
      },
    ],
    instruments: [
      {
        code: 'five',
        version: '1',
        name: { en: 'Five' },
        centring: 'none',
        scales: keys.map(({ scale, key }) => ({
          code: scale,
          name: { en: scale },
          minimumAnswered: 4,
          items: key.map((item) => (item.startsWith('-') ? `-q.${item.slice(1)}` : `q.${item}`)),
        })),
      },
    ],
  });
  await load(
    verbatim,
    scales,
    rows.map((row) => ({
      ...Object.fromEntries(items.map((item) => [`q.${item}`, answered(readNumber(row[item]))])),
      gender: answered(row['gender'] === '1' ? 'men' : 'women'),
      age: answered(readNumber(row['age'])),
    })),
    'bfi.csv',
  );

  const words = readText(folder, 'texts/anes4.tsv')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [label = '', text = ''] = line.split('\t');
      return { label, text };
    });
  const labels = [...Map.groupBy(words, ({ label }) => label)].toSorted((a, b) => b[1].length - a[1].length);
  const open = await publish(verbatim, study, {
    format: 1,
    code: 'words',
    title: { en: 'Words' },
    languages: ['en'],
    consent,
    pages: [
      {
        code: 'p1',
        questions: [
          {
            kind: 'single',
            code: 'coded',
            text: { en: 'How a professional coded it' },
            options: labels.map(([label]) => option(`l${label}`, `Label ${label}`)),
          },
          { kind: 'text', code: 'why', long: true, text: { en: 'What do you think of the candidate?' } },
        ],
      },
    ],
  });
  await load(
    verbatim,
    open,
    words.map(({ label, text }) => ({ coded: answered(`l${label}`), why: answered(text) })),
    'anes4.tsv',
  );
  await logs.settle();

  const added = await segmentations.add(study, scales, 'How people are', null);
  await segmentations.change(study, added, {
    name: added.name,
    settings: { inputs: keys.map(({ scale }) => `scale:five.${scale}`) },
    changedAt: added.changedAt,
  });
  const segmentation = (await store.segmentations.findById(added.id))!;
  const runs = [
    await analysis.score(study, scales, null),
    await analysis.findThemes(study, open, { item: 'why', themes: 'auto', seed: SEED }, null),
    await segmentations.fit(study, segmentation, { k: SEGMENTS, seed: SEED }, null),
  ];
  await analysis.idle();
  for (const { id } of runs) {
    const run = await store.analyses.findRunById(id);
    if (run?.state !== 'done') throw new Error(`The ${run?.kind} run ended ${run?.state}: ${run?.error ?? ''}`);
  }
  const fit = (await store.analyses.findRunById(runs[2]!.id))!;
  await segmentations.accept(segmentation, fit, { note: '' }, null);
  const solution = await segmentProfiles.solutionOf(study, segmentation, null);
  await segmentProfiles.profile(study, segmentation, solution, { survey: scales, outcomes: [], weighting: null }, null);
  await analysis.idle();

  const sources = await sourcesOf(verbatim, open);
  for (const [label, own] of labels.slice(0, CODES)) {
    const code = await codebook.add(
      study,
      { name: `Label ${label}`, definition: `What professionals labelled ${label}.` },
      null,
    );
    for (const { text } of own.slice(0, PASSAGES_A_CODE)) {
      const source = sources.get(text);
      if (!source) throw new Error('An answer of the file is not in the study');
      const passage = { sourceId: source, version: 1, start: null, end: null, words: '' };
      await codings.code(study, passage, { publicId: code.publicId, name: '', definition: '' }, null);
    }
  }

  const [found] = await store.segmentations.segmentsOf(fit.id);
  await personas.draw(study, found!, 'The largest group, under a name that is long enough to need a second line', null);
  const rule = { all: [{ answer: 'coded', op: 'is', value: `l${labels[0]![0]}` }] };
  const spoken = await segments.define(study, { name: `Label ${labels[0]![0]}`, rule, surveyId: open.id }, null);
  const persona = await personas.draw(study, spoken, 'Those who hope for change', null);
  return { study, words, people: rows.length, persona: persona.publicId, segmentation: segmentation.publicId };
}

async function publish({ store, surveys }: Verbatim, study: Study, definition: unknown): Promise<SurveyRow> {
  const draft = await surveys.importJson(study.id, JSON.stringify(definition));
  await surveys.publish(draft, draft.draftRevision, null);
  return (await store.surveys.find(study.id, draft.publicId))!;
}

async function load(
  { imports }: Verbatim,
  survey: SurveyRow,
  rows: Record<string, Answer>[],
  name: string,
): Promise<void> {
  const from = Date.parse('2026-03-02T08:00:00.000Z');
  const at = (seconds: number) => new Date(from + seconds * 1000).toISOString();
  await imports.loadRows(
    survey,
    rows.map(
      (answers, place): LoadRow => ({
        answers,
        person: null,
        attributes: {},
        startedAt: at(60 * place),
        completedAt: at(60 * place + 240),
        language: 'en',
        purposes: ['analysis', 'quotes'],
      }),
    ),
    name,
  );
}

/** The source of one answer with each text. */
async function sourcesOf({ store }: Verbatim, survey: SurveyRow): Promise<Map<string, string>> {
  const ids = (await store.responses.answersOf(survey.id, ['why'])).map(
    ({ value }) => (value as { source: string }).source,
  );
  const found = await store.notes.findSources(survey.studyId, ids);
  return new Map(found.map(({ text, publicId }) => [text, publicId]));
}
