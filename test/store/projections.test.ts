import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seal } from '../../src/coding/seal.ts';
import type { Answers } from '../../src/model/answers.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';
import { recordOf } from '../support/records.ts';

const said = (value: string | number | string[]): Answers[string] => ({ state: 'answered', value });

describe.each(engines)('the projections on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let projections: ReturnType<typeof projector>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    projections = projector(engine.database, textKey, () => new Date('2026-03-05T00:00:00.000Z'));
  });
  afterAll(() => engine.close());

  const record = (id: string, revision: number, more: Parameters<typeof recordOf>[2] = {}) =>
    recordOf(id, revision, { ...more, place: planted.place });
  const catchUp = async () => {
    while ((await projections.projectBatch(3)) > 0);
  };
  const responseOf = async (publicId: string) => {
    const row = await planted.store.responses.find(planted.study.id, publicId);
    if (!row) throw new Error('The response was not projected');
    return row;
  };
  const answersOf = async (publicId: string) =>
    Object.fromEntries(
      (await planted.store.responses.answersIn((await responseOf(publicId)).id)).map(({ item, state, value }) => [
        item,
        { state, value },
      ]),
    );
  const sourcesOf = (publicId: string) => planted.store.notes.sourcesOf(planted.study.id, publicId);
  const complete = async (id: string, story: string) => {
    await engine.responses.append([
      record(id, 0),
      record(id, 1, { page: 1, answers: { city: { state: 'refused' }, topics: said(['news', 'sport']) } }),
      record(id, 2, { page: 3, answers: { age: said(30), story: said(story), word: { state: 'skipped' } } }),
      record(id, 3, { kind: 'completion', page: null }),
    ]);
    await catchUp();
  };

  test('every item has its value and state, words stand in source texts', async () => {
    const id = newPublicId();
    await complete(id, 'We moved 😀.');
    expect(await responseOf(id)).toMatchObject({
      state: 'completed',
      revision: 3,
      lastPage: 3,
      isTest: 0,
      purposes: '["analysis","quotes"]',
      surveyId: planted.survey.id,
    });
    const source = sourceId('answer', id, 'story');
    expect(await answersOf(id)).toEqual({
      city: { state: 'refused', value: null },
      topics: { state: 'answered', value: ['news', 'sport'] },
      'holds.outdoors': { state: 'not_shown', value: null },
      'holds.company': { state: 'not_shown', value: null },
      'holds.quiet': { state: 'not_shown', value: null },
      mood: { state: 'not_shown', value: null },
      age: { state: 'answered', value: 30 },
      story: { state: 'answered', value: { source, version: 2 } },
      word: { state: 'skipped', value: null },
    });
    expect(await sourcesOf(id)).toMatchObject([
      {
        publicId: source,
        version: 2,
        kind: 'answer',
        item: 'story',
        text: 'We moved 😀.',
        textHash: seal(textKey, 'We moved 😀.'),
        erasedAt: null,
      },
    ]);
  });

  test('made again from nothing they come out the same, with the same ids', async () => {
    const id = newPublicId();
    await complete(id, 'The same words.');
    const before = [
      await answersOf(id),
      (await sourcesOf(id)).map(({ publicId, version, text, textHash }) => ({ publicId, version, text, textHash })),
    ];
    await projections.reset();
    expect(await projections.waiting()).toBeGreaterThan(0);
    await catchUp();
    expect(await projections.waiting()).toBe(0);
    expect([
      await answersOf(id),
      (await sourcesOf(id)).map(({ publicId, version, text, textHash }) => ({ publicId, version, text, textHash })),
    ]).toEqual(before);
  });

  test('even when the rows were lost', async () => {
    const id = newPublicId();
    await complete(id, 'Lost and found.');
    const before = [
      await answersOf(id),
      (await sourcesOf(id)).map(({ publicId, version, text }) => ({ publicId, version, text })),
    ];
    const { id: rowId } = await responseOf(id);
    await engine.database.kysely.deleteFrom('answers').where('responseId', '=', rowId).execute();
    await engine.database.kysely.deleteFrom('responses').where('id', '=', rowId).execute();
    await engine.database.kysely.deleteFrom('sourceTexts').where('subjectId', '=', id).execute();
    await projections.reset();
    await catchUp();
    expect([
      await answersOf(id),
      (await sourcesOf(id)).map(({ publicId, version, text }) => ({ publicId, version, text })),
    ]).toEqual(before);
  });

  test('a correction makes a new version of the words, and the old ones stay for whoever points at them', async () => {
    const id = newPublicId();
    await engine.responses.append([
      record(id, 0),
      record(id, 1, { page: 3, answers: { story: said('One.'), age: said(20) } }),
    ]);
    await catchUp();
    await engine.responses.append([
      record(id, 2, { kind: 'correction', page: 3, answers: { story: said('Two.'), age: said(21) } }),
    ]);
    await catchUp();
    expect((await answersOf(id))['story']).toEqual({
      state: 'answered',
      value: { source: sourceId('answer', id, 'story'), version: 2 },
    });
    expect((await sourcesOf(id)).map(({ version, text }) => [version, text]).sort()).toEqual([
      [1, 'One.'],
      [2, 'Two.'],
    ]);
  });

  test('a withdrawal empties the words, keeps their place, and says when consent ended', async () => {
    const id = newPublicId();
    await complete(id, 'Take this away.');
    await engine.responses.append([record(id, 4, { kind: 'withdrawal', page: null })]);
    await catchUp();
    const expectGone = async () => {
      expect((await responseOf(id)).state).toBe('withdrawn');
      expect(await answersOf(id)).toEqual({});
      expect(await sourcesOf(id)).toMatchObject([{ text: '' }]);
      expect((await sourcesOf(id))[0]?.erasedAt).not.toBeNull();
    };
    await expectGone();
    const consent = await engine.database.kysely
      .selectFrom('consents')
      .selectAll()
      .where('subjectId', '=', id)
      .executeTakeFirstOrThrow();
    expect(consent).toMatchObject({
      subjectKind: 'response',
      textVersion: 'v1',
      withdrawnAt: '2026-03-02T09:04:00.000Z',
    });
    await projections.reset();
    await catchUp();
    await expectGone();
  });

  test('what counts is completed, no test, and of no batch that is not complete', async () => {
    const before = (await planted.store.responses.list(planted.survey.id)).length;
    const batch = await planted.store.responses.addBatch(
      {
        studyId: planted.study.id,
        surveyId: planted.survey.id,
        fileName: 'x.csv',
        mapping: {},
        rowCount: 1,
        createdBy: null,
      },
      planted.at,
    );
    const [started, test, imported] = [newPublicId(), newPublicId(), newPublicId()];
    const inBatch = (record: ReturnType<typeof recordOf>) => ({ ...record, batchId: batch.id });
    const asTest = (record: ReturnType<typeof recordOf>) => ({
      ...record,
      envelope: { ...record.envelope, isTest: true },
    });
    const done = (id: string) =>
      record(id, 1, { kind: 'completion', page: 3, answers: { story: said('Brought in.'), mood: said(4) } });
    await engine.responses.append([
      record(started, 0),
      asTest(record(test, 0)),
      asTest(done(test)),
      inBatch(record(imported, 0)),
      inBatch(done(imported)),
    ]);
    await catchUp();
    const counted = async () => (await planted.store.responses.list(planted.survey.id)).length;
    expect(await counted()).toBe(before);
    await planted.store.responses.setBatchState(batch.id, 'complete', planted.at);
    expect(await counted()).toBe(before + 1);
    expect((await planted.store.responses.countBySurvey(planted.study.id)).get(planted.survey.id)?.completed).toBe(
      before + 1,
    );
    expect(
      (await planted.store.responses.tally(planted.survey.id)).filter(
        ({ item, state }) => item === 'mood' && state === 'answered',
      ),
    ).toEqual([{ item: 'mood', state: 'answered', value: 4, count: 1 }]);

    expect(await planted.store.responses.beginUndo(batch.id, planted.at)).toBe(true);
    expect(await planted.store.responses.beginUndo(batch.id, planted.at)).toBe(false);
    while ((await planted.store.responses.clearUndone(batch.id, 1, planted.at)) > 0);
    expect(await planted.store.responses.undoneLeftovers()).toEqual([]);
    expect(await counted()).toBe(before);
    expect(await engine.responses.read(imported)).toEqual([]);
    expect(await planted.store.responses.find(planted.study.id, imported)).toBeNull();
    expect((await sourcesOf(imported)).map(({ text }) => text)).toEqual(['']);
    expect(
      await engine.database.kysely.selectFrom('consents').selectAll().where('subjectId', '=', imported).execute(),
    ).toEqual([]);
    await projections.reset();
    await catchUp();
    expect(await counted()).toBe(before);
  });
});
