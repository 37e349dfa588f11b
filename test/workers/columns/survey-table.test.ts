import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoFiles } from '../../../src/cli/demo/demo-files.ts';
import { demoRows } from '../../../src/cli/demo/demo-rows.ts';
import { movingHouse } from '../../../src/demo/moving-house.ts';
import type { Answers } from '../../../src/model/answers.ts';
import { summariseQuestions } from '../../../src/reports/question-summary.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import { newPublicId } from '../../../src/store/identifiers.ts';
import { projector } from '../../../src/store/projections.ts';
import { buildSurveyTable, type SurveyTable } from '../../../src/workers/columns/survey-table.ts';
import { tableShelf } from '../../../src/workers/columns/table-shelf.ts';
import { engines, type OpenEngine, textKey } from '../../support/engines.ts';
import { openHouse } from '../../support/house.ts';
import { testLimits } from '../../support/limits.ts';
import { plantRows } from '../../support/plant-rows.ts';
import { recordOf } from '../../support/records.ts';
import { smallSurvey } from '../../support/small-survey.ts';

const said = (value: string | number | string[]): Answers[string] => ({ state: 'answered', value });

type Tallies = { item: string; state: string; value: unknown; count: number }[];
/** In one order, words told apart by nobody, and several choices by what was chosen and not in which order. */
const sorted = (tallies: Tallies) =>
  tallies
    .map(({ item, state, value, count }) =>
      JSON.stringify([item, state, Array.isArray(value) ? value.toSorted() : value, count]),
    )
    .sort();

describe.each(engines)('the columns of a survey on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let projections: ReturnType<typeof projector>;
  let table: SurveyTable;
  const survey = () => ({
    id: planted.survey.id,
    versionId: planted.place.surveyVersionId,
    definition: smallSurvey,
  });
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    projections = projector(engine.database, textKey, () => new Date('2026-03-05T00:00:00.000Z'));
  });
  afterAll(() => engine.close());

  const catchUp = async () => {
    while ((await projections.projectBatch(50)) > 0);
  };
  const record = (id: string, revision: number, more: Parameters<typeof recordOf>[2] = {}) =>
    recordOf(id, revision, { ...more, place: { ...planted.place, ...more.place } });
  const answers = (index: number): Answers => ({
    city: index % 7 === 0 ? { state: 'refused' } : said(['city', 'village'][index % 2] ?? 'na'),
    topics: said([['news'], ['sport', 'news'], ['none']][index % 3] ?? []),
    mood: index % 5 === 0 ? { state: 'skipped' } : said(index % 11),
    age: said(index % 4 === 0 ? 20.5 : 16 + index),
    story: said(`Story ${index}`),
  });
  const expectSame = async () => {
    expect(await table.update()).toBe(true);
    const { n, tallies } = table.tally();
    expect(sorted(tallies)).toEqual(sorted(await planted.store.responses.tally(planted.survey.id)));
    expect(n).toBe((await planted.store.responses.list(planted.survey.id)).length);
    return n;
  };

  test('count what the table of answers counts', async () => {
    for (let index = 0; index < 40; index += 1) {
      const id = newPublicId();
      await engine.responses.append([
        record(id, 0),
        record(id, 1, {
          page: index % 9 === 0 ? 1 : 3,
          kind: index % 6 === 0 ? 'page' : 'completion',
          answers: answers(index),
        }),
      ]);
    }
    await catchUp();
    table = await buildSurveyTable(planted.store, survey());
    expect(await expectSame()).toBe(33);
  });

  test('take in what came after, what was finished later, and what was changed or withdrawn', async () => {
    const [later, withdrawn] = [newPublicId(), newPublicId()];
    await engine.responses.append([record(later, 0), record(later, 1, { page: 3, answers: answers(1) })]);
    await engine.responses.append([
      record(withdrawn, 0),
      record(withdrawn, 1, { kind: 'completion', answers: answers(2) }),
    ]);
    await catchUp();
    expect(await expectSame()).toBe(34);
    await engine.responses.append([
      record(later, 2, { kind: 'correction', page: 3, answers: { topics: said([]), age: said(-3.25) } }),
      record(later, 3, { kind: 'completion', page: null }),
    ]);
    await engine.responses.append([record(withdrawn, 2, { kind: 'withdrawal', page: null })]);
    await catchUp();
    expect(await expectSame()).toBe(34);
  });

  test('leave out tests, and batches until they are complete and once they are taken back', async () => {
    const { store, study, at } = planted;
    const batch = await store.responses.addBatch(
      { studyId: study.id, surveyId: planted.survey.id, fileName: 'x.csv', mapping: {}, rowCount: 1, createdBy: null },
      at,
    );
    const [tried, brought] = [newPublicId(), newPublicId()];
    const asTest = (one: ReturnType<typeof recordOf>) => ({ ...one, envelope: { ...one.envelope, isTest: true } });
    await engine.responses.append([
      asTest(record(tried, 0)),
      asTest(record(tried, 1, { kind: 'completion', answers: answers(3) })),
    ]);
    await engine.responses.append([
      record(brought, 0, { place: { batchId: batch.id } }),
      record(brought, 1, { kind: 'completion', answers: answers(4), place: { batchId: batch.id } }),
    ]);
    await catchUp();
    expect(await expectSame()).toBe(34);
    await store.responses.setBatchState(batch.id, 'complete', at);
    expect(await expectSame()).toBe(35);
    await store.responses.beginUndo(batch.id, at);
    expect(await expectSame()).toBe(34);
    while ((await store.responses.clearUndone(batch.id, 10, at)) > 0);
    expect(await table.update(), 'a response is gone without a record of it').toBe(false);
    table = await buildSurveyTable(store, survey());
    expect(await expectSame()).toBe(34);
  });

  test('leave out what a researcher has left out, and take it back in', async () => {
    const [one] = await planted.store.responses.countedIds(planted.survey.id);
    if (one === undefined) throw new Error('No response counts');
    const { kysely } = engine.database;
    await kysely
      .insertInto('leftOut')
      .values({
        responseId: one,
        studyId: planted.study.id,
        surveyId: planted.survey.id,
        reason: 'too quick',
        madeBy: null,
        madeAt: planted.at,
      })
      .execute();
    expect(await expectSame()).toBe(33);
    await kysely.deleteFrom('leftOut').where('responseId', '=', one).execute();
    expect(await expectSame()).toBe(34);
  });

  test('are built again when the projections are', async () => {
    await projections.reset();
    expect(await table.update()).toBe(false);
    await catchUp();
    table = await buildSurveyTable(planted.store, survey());
    expect(await expectSame()).toBe(34);
  });

  test('are kept for the surveys asked about last, as far as the bytes go', async () => {
    const other = await planted.store.surveys.add(
      planted.study.id,
      `other-${newPublicId().toLowerCase()}`,
      smallSurvey,
      planted.at,
    );
    const shelf = tableShelf(planted.store, 1);
    const first = await shelf.take(survey());
    expect(await shelf.take(survey())).toBe(first);
    expect(await shelf.take({ ...survey(), versionId: 99 }), 'another version has other items').not.toBe(first);
    await shelf.take({ ...survey(), id: other.id });
    expect(shelf.kept()).toEqual([other.id]);
  });
});

test('more than 32 options, and codes that nobody offers any more, are counted too', async () => {
  const engine = await engines[0]![1]();
  const planted = await plantRows(engine.database);
  const codes = Array.from({ length: 70 }, (_, index) => `o${index}`);
  const definition = structuredClone(smallSurvey);
  const topics = definition.pages[0]?.questions[1];
  if (topics?.kind !== 'multiple') throw new Error('The second question offers several choices');
  topics.options = codes.map((code) => ({ code, text: { en: code } }));
  const sets = [
    ['o0', 'o31'],
    ['o32', 'o69'],
    ['o69', 'gone'],
    ['o0', 'o31'],
    ...codes.map((code) => [code, `${code}-gone`]),
  ];
  for (const set of sets) {
    const id = newPublicId();
    await engine.responses.append([
      recordOf(id, 0, { place: planted.place }),
      recordOf(id, 1, {
        kind: 'completion',
        page: 3,
        answers: { topics: said(set), city: said(set[1] ?? '') },
        place: planted.place,
      }),
    ]);
  }
  const { projectBatch } = projector(engine.database, textKey, () => new Date());
  while ((await projectBatch(100)) > 0);
  const table = await buildSurveyTable(planted.store, {
    id: planted.survey.id,
    versionId: planted.place.surveyVersionId,
    definition,
  });
  expect(sorted(table.tally().tallies)).toEqual(sorted(await planted.store.responses.tally(planted.survey.id)));
  await engine.close();
});

test('the demonstration is counted alike, question by question', async () => {
  await using house = await openHouse({ limits: { importRows: testLimits.importRows } });
  const { verbatim } = house;
  const made = movingHouse({ random: mulberry32(1), now: new Date('2026-05-01T00:00:00Z'), texts: demoFiles.texts() });
  const study = await verbatim.studies.addTo('Moving house', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, demoFiles.survey());
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  await verbatim.imports.loadRows(survey, demoRows(survey.draft, made.responses), 'moving-house');
  const summary = await verbatim.analysis.summary(survey);
  const tallies = await verbatim.store.responses.tally(survey.id);
  expect(summary.n).toBe(made.responses.length);
  const expected = summariseQuestions(survey.draft, tallies, 'en');
  expect(summary.questions.length).toBe(expected.length);
  expect(rounded(summary.questions)).toEqual(rounded(expected));
});

/** Sums of floating point numbers differ in their last digits with the order they are summed in. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'number' ? Number(one.toPrecision(10)) : one)));
