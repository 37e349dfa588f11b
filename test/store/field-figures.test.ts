import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('%s', (_name, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  /** A survey with responses, each as told; all else of them is the same. */
  async function plant(responses: readonly Partial<Row>[]) {
    const { store, survey, place } = await plantRows(engine.database);
    const ids: { id: number; publicId: string }[] = [];
    for (const { isLeftOut = false, ...about } of responses) {
      const row = {
        ...place,
        publicId: newPublicId(),
        state: 'completed',
        revision: 2,
        language: 'en',
        isTest: 0,
        asked: '{"how":"open"}',
        attributes: null,
        purposes: '["analysis"]',
        startedAt: '2026-03-02T09:00:00.000Z',
        updatedAt: '2026-03-02T09:10:00.000Z',
        completedAt: '2026-03-02T09:10:00.000Z',
        lastPage: 1,
        lastSeq: 1,
        endCode: null,
        device: null,
        browser: null,
        country: null,
        source: null,
        wave: null,
        ...about,
      };
      const added = await engine.database.kysely
        .insertInto('responses')
        .values(row)
        .returning(['id', 'publicId'])
        .executeTakeFirstOrThrow();
      ids.push({ id: Number(added.id), publicId: added.publicId });
      if (isLeftOut)
        await engine.database.kysely
          .insertInto('leftOut')
          .values({
            responseId: added.publicId,
            studyId: place.studyId,
            surveyId: survey.id,
            reason: 'speeding',
            madeBy: null,
            madeAt: '2026-03-03T09:00:00.000Z',
          })
          .execute();
    }
    return { store, survey, place, ids };
  }
  type Row = {
    state: string;
    isTest: number;
    isLeftOut: boolean;
    asked: string;
    wave: string;
    source: string;
    updatedAt: string;
    completedAt: string | null;
    surveyVersionId: number;
  };

  test('responses that are alike are counted together, and others apart', async () => {
    const { store, survey } = await plant([
      {},
      {},
      { isTest: 1 },
      { isLeftOut: true },
      { wave: 'w', source: 'news' },
      { state: 'started', completedAt: null },
      { state: 'started', completedAt: null, updatedAt: '2026-03-05T09:00:00.000Z' },
    ]);
    const cells = await store.fieldFigures.cells(survey.id, '2026-03-04T00:00:00.000Z');
    expect(cells.reduce((sum, cell) => sum + cell.count, 0)).toBe(7);
    const plain = {
      state: 'completed',
      wave: null,
      source: null,
      isTest: false,
      isLeftOut: false,
      isKnown: false,
      isRecent: false,
    };
    expect(cells).toContainEqual({ ...plain, count: 2 });
    expect(cells).toContainEqual({ ...plain, isTest: true, count: 1 });
    expect(cells).toContainEqual({ ...plain, isLeftOut: true, count: 1 });
    expect(cells).toContainEqual({ ...plain, wave: 'w', source: 'news', count: 1 });
    expect(cells).toContainEqual({ ...plain, state: 'started', count: 1 });
    expect(cells).toContainEqual({ ...plain, state: 'started', isRecent: true, count: 1 });
  });

  test('days and times are of what counts', async () => {
    const { store, survey } = await plant([
      {},
      { completedAt: '2026-03-02T23:59:59.000Z' },
      { completedAt: '2026-03-04T00:00:00.000Z' },
      { completedAt: '2026-03-04T12:00:00.000Z', isTest: 1 },
      { completedAt: '2026-03-05T00:00:00.000Z', isLeftOut: true },
    ]);
    expect(await store.fieldFigures.perDay(survey.id)).toEqual([
      { day: '2026-03-02', count: 2 },
      { day: '2026-03-04', count: 1 },
    ]);
    const latest = await store.fieldFigures.latest(survey.id, null, 2);
    expect(latest.map((one) => one.completedAt)).toEqual(['2026-03-04T00:00:00.000Z', '2026-03-02T23:59:59.000Z']);
    expect(await store.fieldFigures.latest(survey.id, '2026-03-03T00:00:00.000Z', 10)).toHaveLength(1);
  });

  test('answers are counted by wave and value, without words and without what belongs to no wave', async () => {
    const { store, survey, place, ids } = await plant([{ wave: 'a' }, { wave: 'a' }, { wave: 'b' }, {}]);
    for (const [index, { id }] of ids.entries())
      await engine.database.kysely
        .insertInto('answers')
        .values([
          { responseId: id, item: 'city', state: 'answered', value: index === 0 ? '"city"' : '"village"' },
          { responseId: id, item: 'topics', state: 'answered', value: '["news","sport"]' },
          { responseId: id, item: 'story', state: 'answered', value: '{"source":"x","version":1}' },
          { responseId: id, item: 'age', state: 'skipped', value: null },
        ])
        .execute();
    const tallies = await store.fieldFigures.tallyByWave(survey.id);
    const versionId = place.surveyVersionId;
    expect(tallies).toHaveLength(5);
    expect(tallies).toContainEqual({ wave: 'a', versionId, item: 'city', value: 'city', count: 1 });
    expect(tallies).toContainEqual({ wave: 'a', versionId, item: 'topics', value: ['news', 'sport'], count: 2 });
    expect(tallies).toContainEqual({ wave: 'b', versionId, item: 'city', value: 'village', count: 1 });
  });

  test('suppliers’ people come with the ids they have there', async () => {
    const { store, survey } = await plant([
      {},
      { asked: '{"how":"supplier","supplier":"s1","supplierId":"p\\"1"}' },
      { asked: '{"how":"supplier","supplier":"s2","supplierId":"p2"}', isTest: 1, isLeftOut: true },
    ]);
    expect(await store.fieldFigures.supplied(survey.id)).toMatchObject([
      { supplier: 's1', theirId: 'p"1', isTest: false, isLeftOut: false },
      { supplier: 's2', theirId: 'p2', isTest: true, isLeftOut: true },
    ]);
  });
});
