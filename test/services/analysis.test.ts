import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findSegments } from '../support/find-segments.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

let house: House;
let planted: Awaited<ReturnType<typeof plantTwoGroups>>;
beforeAll(async () => {
  house = await openHouse();
  planted = await plantTwoGroups();
});
afterAll(() => house[Symbol.asyncDispose]());

/** Sixty people who love the outdoors and speak of the garden, sixty who do not and speak of the train. */
async function plantTwoGroups(order: (rows: string[]) => string[] = (rows) => rows) {
  const { study, survey } = await plantStudy(house.verbatim);
  const garden = [
    'The garden with its flowers and trees',
    'Growing flowers in our garden',
    'A garden full of trees and birds',
    'Planting trees and flowers outside',
  ];
  const train = [
    'The train to work is late again',
    'Late trains on the way to work',
    'Waiting for the train every morning',
    'The morning train was crowded and late',
  ];
  const rows = Array.from({ length: 120 }, (_, n) => {
    const isOut = n % 2 === 0;
    const words = isOut ? garden : train;
    const step = isOut ? 5 - (n % 3 === 0 ? 1 : 0) : 1 + (n % 3 === 0 ? 1 : 0);
    const plan = isOut ? 'Country' : 'Town';
    return `p${n},${plan},${isOut ? 'village' : 'city'},${step},${step},${6 - step},${isOut ? 8 : 3},"${words[n % 4]}, number ${n}."`;
  });
  const csv = `person,attribute plan,city,holds.outdoors,holds.company,holds.quiet,mood,story\n${order(rows).join('\n')}\n`;
  const { imports, store } = house.verbatim;
  const batch = await imports.stage(survey, { name: 'groups.csv', bytes: Buffer.from(csv) }, {}, null);
  const { plan } = await imports.preview(survey, batch);
  await imports.replan(batch, {
    ...plan,
    mayQuote: true,
    columns: plan.columns.map((meaning, index) => (index === 1 ? 'attribute:plan' : meaning)),
  });
  const staged = await store.responses.findBatch(study.id, batch.publicId);
  if (!staged) throw new Error('The batch is gone');
  await imports.commit(survey, staged, false);
  return { study, survey };
}
const finished = async (publicId: string) => {
  await house.verbatim.analysis.idle();
  const run = await house.verbatim.store.analyses.findRun(planted.study.id, publicId);
  if (!run) throw new Error('The run is gone');
  return run;
};

test('a run is recorded with its seed, settings, input and engine before it begins', async () => {
  const { study, survey } = planted;
  const run = await house.verbatim.analysis.findThemes(study, survey, { item: 'story', themes: 2, seed: 42 }, null);
  expect(run).toMatchObject({
    kind: 'themes',
    subject: 'story',
    seed: 42,
    engineVersion: '2',
    settings: '{"themes":2}',
    result: null,
  });
  expect(JSON.parse(run.inputCut)).toEqual({
    surveyVersionId: survey.publishedVersionId,
    filter: 'completed, no tests',
    corrections: [],
  });
  const done = await finished(run.publicId);
  expect(done).toMatchObject({
    state: 'done',
    error: null,
    inputHash: expect.any(String),
    startedAt: expect.any(String),
    finishedAt: expect.any(String),
  });
  expect(JSON.parse(done.result ?? '{}')).toMatchObject({
    n: 120,
    answered: 120,
    broken: 0,
  });
  expect(JSON.parse(done.inputCut)).toMatchObject({ surveyVersion: 1, watermark: expect.any(Number) });
});

test('the same seed finds the same themes, with quotes that are verbatim', async () => {
  const { study, survey } = planted;
  const { analysis, evidence, store } = house.verbatim;
  const find = async () => {
    const run = await finished(
      (await analysis.findThemes(study, survey, { item: 'story', themes: 2, seed: 42 }, null)).publicId,
    );
    return { run, themes: await store.analyses.themesOf(run.id) };
  };
  const [one, two] = [await find(), await find()];
  const said = ({ themes }: typeof one) =>
    themes.map(({ label, size, share, words }) => ({ label, size, share, words }));
  expect(one.themes.length).toBeGreaterThanOrEqual(1);
  expect(said(two)).toEqual(said(one));
  expect(two.run.inputHash).toBe(one.run.inputHash);
  for (const theme of one.themes) {
    const quotes = await evidence.readQuotes(study.id, await store.analyses.quotesOf(theme.id));
    expect(quotes.length).toBeGreaterThan(0);
    expect(quotes.every(({ isVerbatim }) => isVerbatim)).toBe(true);
  }
});

test('the same answers in another order and under other ids give the same themes and segments', async () => {
  const { analysis, store } = house.verbatim;
  const other = await plantTwoGroups((rows) => rows.toReversed());
  const found = async ({ study, survey }: typeof planted) => {
    const themes = await analysis.findThemes(study, survey, { item: 'story', themes: 3, seed: 7 }, null);
    const scales = (survey.draft.instruments ?? []).flatMap(({ code, scales: own }) =>
      own.map((scale) => `${code}.${scale.code}`),
    );
    const { run } = await findSegments(house.verbatim, study, survey, {
      inputs: scales.map((scale) => `scale:${scale}`),
      k: 2,
      seed: 7,
    });
    return {
      themes: (await store.analyses.themesOf(themes.id)).map(({ label, size, repeatability, words }) => [
        label,
        size,
        repeatability,
        words,
      ]),
      segments: JSON.parse(run.result ?? '{}') as unknown,
    };
  };
  const [one, two] = [await found(planted), await found(other)];
  expect(one.themes.length).toBeGreaterThan(0);
  expect(one.segments).toMatchObject({ fit: { k: 2 } });
  expect(two).toEqual(one);
});

test('a run that is cancelled while it waits or works leaves nothing behind', async () => {
  const { study, survey } = planted;
  const { analysis, store } = house.verbatim;
  const working = await analysis.findThemes(study, survey, { item: 'story', themes: 'auto', seed: 1 }, null);
  const waiting = await analysis.score(study, survey, null);
  await analysis.cancel(working);
  await analysis.cancel(waiting);
  for (const run of [working, waiting]) {
    const ended = await finished(run.publicId);
    expect(ended).toMatchObject({ state: 'cancelled', result: null, error: null });
    expect(await store.analyses.themesOf(run.id)).toEqual([]);
    expect(await store.analyses.scoresOf(run.id)).toEqual([]);
  }
  expect(house.reported).toEqual([]);
  // And the next one is done as ever.
  expect((await finished((await analysis.score(study, survey, null)).publicId)).state).toBe('done');
});

test('scores are kept for every response and scale', async () => {
  const { study, survey } = planted;
  const run = await finished((await house.verbatim.analysis.score(study, survey, null)).publicId);
  const scores = await house.verbatim.store.analyses.scoresOf(run.id);
  expect(scores).toHaveLength(240);
  expect(new Set(scores.filter(({ scale }) => scale === 'tiny.open').map(({ value }) => value))).toEqual(
    new Set([1, 2, 4, 5]),
  );
  expect(new Set(scores.filter(({ scale }) => scale === 'tiny.mood').map(({ value }) => value))).toEqual(
    new Set([3, 8]),
  );
});

test('what the data cannot answer is said in words for a person, and reported to nobody', async () => {
  const { study } = planted;
  const { survey } = await plantStudy(house.verbatim);
  const run = await house.verbatim.analysis.score({ ...study, id: survey.studyId }, survey, null);
  await house.verbatim.analysis.idle();
  expect(await house.verbatim.store.analyses.findRunById(run.id)).toMatchObject({
    state: 'failed',
    error: expect.stringContaining('Nobody has completed this survey'),
  });
  expect(house.reported).toEqual([]);
});

test.each([
  [{ item: 'city', themes: 2, seed: 1 }],
  [{ item: 'story', themes: 1, seed: 1 }],
  [{ item: 'story', themes: 2.5, seed: 1 }],
  [{ item: 'story', themes: 2, seed: -1 }],
  [{ item: 'story', themes: 2, seed: 2 ** 31 }],
] as const)('%j is refused before anything is recorded', async (form) => {
  await expect(house.verbatim.analysis.findThemes(planted.study, planted.survey, form, null)).rejects.toMatchObject({
    kind: 'invalid',
  });
});

test('a summary counts every question', async () => {
  const summary = await house.verbatim.analysis.summary(planted.survey);
  expect(summary.n).toBe(120);
  expect(summary.questions[0]?.items[0]).toMatchObject({
    kind: 'choice',
    answered: 120,
    options: [
      { code: 'city', count: 60, share: 0.5 },
      { code: 'village', count: 60 },
      { code: 'na', count: 0 },
    ],
  });
});

describe('segments and their personas', () => {
  const found = async () => {
    const { study, survey } = planted;
    const { run } = await findSegments(house.verbatim, study, survey, { inputs: ['scale:tiny.open'], k: 2, seed: 3 });
    return { run, segments: await house.verbatim.store.segmentations.segmentsOf(run.id) };
  };

  test('the two groups that were planted are the two that are found', async () => {
    const { run, segments } = await found();
    expect(run.state).toBe('done');
    const counts = await house.verbatim.store.segments.memberCounts(planted.study.id);
    expect(segments.map(({ id }) => counts.get(id))).toEqual([60, 60]);
  });

  test('a portrait says what sets its segment apart, with quotes from members who agreed', async () => {
    const { study } = planted;
    const { personas, store, evidence } = house.verbatim;
    const { segments } = await found();
    const outdoors = segments.find(({ name }) => name.includes('more openness'));
    if (!outdoors) throw new Error(`No segment is more open: ${segments.map(({ name }) => name).join('; ')}`);
    const persona = await personas.draw(study, outdoors, null, null);
    const [version] = await store.personas.versionsOf(persona.id);
    const portrait = JSON.parse(version?.portrait ?? '{}');
    expect(portrait.size).toMatchObject({ n: 60, base: 120 });
    expect(portrait.quotable).toBe(60);
    const texts: string[] = portrait.claims.map((claim: { text: string }) => claim.text);
    expect(texts).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Openness: higher/), expect.stringMatching(/In a village/)]),
    );
    expect(portrait.claims.find((claim: { text: string }) => claim.text.startsWith('Openness')).status).toBe(
      'described',
    );
    const textsOf = (wanted: string): string[] =>
      portrait.claims.flatMap(({ section, text }: { section: string; text: string }) =>
        section === wanted ? [text] : [],
      );
    // What a workspace knows beside who somebody is tells what they use.
    expect(textsOf('channel')).toEqual(['Plan: Country, most of them']);
    expect(textsOf('who')).toEqual(['Most chose “In a village” (Where do you live?)']);
    const members = await store.segments.members(outdoors.id);
    const responses = await store.responses.list(planted.survey.id);
    const inside = new Set(responses.filter(({ id }) => members.has(id)).map(({ publicId }) => publicId));
    const quotes = await evidence.readQuotes(
      study.id,
      portrait.quotes.map((quote: { span: Parameters<typeof evidence.readQuotes>[1][number] }) => quote.span),
    );
    expect(quotes.length).toBeGreaterThan(0);
    for (const quote of quotes) expect(quote.isVerbatim && inside.has(quote.source.subjectId)).toBe(true);
  });

  test('a persona keeps its name over a new drawing, and every version', async () => {
    const { study } = planted;
    const { personas, store } = house.verbatim;
    const [segment] = (await found()).segments;
    if (!segment) throw new Error('No segment was found');
    const persona = await personas.draw(study, segment, 'Garden Gwen', null);
    await personas.describe(study, persona.publicId, { name: 'Gwen', lede: 'She is outside.' }, null);
    await personas.draw(study, segment, null, null);
    expect((await store.personas.versionsOf(persona.id)).map(({ number, name, lede }) => [number, name, lede])).toEqual(
      [
        [3, 'Gwen', 'She is outside.'],
        [2, 'Gwen', 'She is outside.'],
        [1, 'Garden Gwen', ''],
      ],
    );
    await expect(personas.describe(study, persona.publicId, { name: ' ', lede: '' }, null)).rejects.toMatchObject({
      kind: 'invalid',
    });
  });

  test('nobody, and everybody, is no persona', async () => {
    const { study, survey } = planted;
    const { personas, segments } = house.verbatim;
    const draw = async (value: string) =>
      personas.draw(
        study,
        await segments.define(
          study,
          { name: value, rule: { answer: 'city', op: 'in', value: value.split(',') }, surveyId: survey.id },
          null,
        ),
        null,
        null,
      );
    await expect(draw('na')).rejects.toMatchObject({ kind: 'conflict', detail: expect.stringContaining('Nobody') });
    await expect(draw('city,village')).rejects.toMatchObject({
      kind: 'conflict',
      detail: expect.stringContaining('Everybody'),
    });
    expect(await draw('village')).toHaveProperty('publicId');
  });
});
