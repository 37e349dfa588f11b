import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { recordsOf, said } from '../support/plant-responses.ts';
import { plantRows } from '../support/plant-rows.ts';

const IDS = ['a', 'b', 'c'].map((letter) => letter.repeat(22));

describe.each(engines)('vectors of texts, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let sources: { publicId: string; textHash: string }[];
  const settle = async () => {
    const { projectBatch } = projector(engine.database, textKey, () => new Date(planted.at));
    while ((await projectBatch(1_000)) > 0);
  };
  const vectorsOf = (values: number[]) =>
    sources.map(({ publicId, textHash }, index) => ({
      sourceId: publicId,
      textHash,
      sentHash: `sent ${index}`,
      vector: Float32Array.of(...values, index),
    }));
  const find = (maker: string) =>
    planted.store.textVectors.find(
      planted.study.id,
      maker,
      sources.map(({ textHash }) => textHash),
    );

  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    const { study, survey } = planted;
    await engine.responses.append(
      IDS.flatMap((id, index) =>
        recordsOf(
          { study, survey },
          {
            id,
            answers: { story: said(`Story ${index}`) },
            about: {
              consent: {
                textVersion: 'v1',
                language: 'en',
                purposes: index === 0 ? ['analysis'] : ['analysis', 'quotes'],
                givenAt: planted.at,
              },
            },
          },
        ),
      ),
    );
    await settle();
    sources = (await Promise.all(IDS.map((id) => planted.store.notes.sourcesOf(study.id, id)))).flat();
  });
  afterAll(() => engine.close());

  test('vectors come back to the last bit, per maker and study, and are replaced', async () => {
    const { store, study } = planted;
    const kept = vectorsOf([0.1, -1e-20, 3e38]);
    await store.textVectors.keep(study.id, 'm', kept);
    const found = await find('m');
    for (const { textHash, vector } of kept) expect(found.get(textHash)?.vector).toEqual(vector);
    expect((await find('another')).size).toBe(0);
    expect((await store.textVectors.find(study.id + 1, 'm', [kept[0]?.textHash ?? ''])).size).toBe(0);
    await store.textVectors.keep(study.id, 'm', vectorsOf([1]).slice(0, 1));
    expect((await find('m')).get(sources[0]?.textHash ?? '')?.vector).toEqual(Float32Array.of(1, 0));
    await store.textVectors.keep(study.id, 'n', vectorsOf([1]));
    await store.textVectors.forget(study.id, 'n');
    expect([(await find('m')).size, (await find('n')).size]).toEqual([3, 0]);
  });

  test('answers are counted, and those that may leave', async () => {
    const { store, survey } = planted;
    expect(await store.textVectors.count(survey.id, ['story', 'city'])).toEqual({ answers: 3, mayLeave: 2 });
    expect(await store.textVectors.count(survey.id, [])).toEqual({ answers: 0, mayLeave: 0 });
  });

  test('a withdrawal takes what was made of the words, and nothing comes back of a text that is gone', async () => {
    const { store, study, survey } = planted;
    const [start] = recordsOf({ study, survey }, { id: IDS[1] ?? '' });
    if (!start) throw new Error('There is no record');
    await engine.responses.append([{ ...start, revision: 3, kind: 'withdrawal' }]);
    await settle();
    expect([...(await find('m')).keys()].sort()).toEqual([sources[0]?.textHash, sources[2]?.textHash].sort());
    await store.textVectors.keep(study.id, 'm', vectorsOf([1]));
    expect((await find('m')).size).toBe(2);
  });

  test('an import that is taken back takes what was made of its words', async () => {
    const { store, study, survey, at } = planted;
    const { id: batchId } = await engine.database.kysely
      .insertInto('importBatches')
      .values({
        studyId: study.id,
        surveyId: survey.id,
        publicId: newPublicId(),
        fileName: 'rows.csv',
        mapping: '{}',
        rowCount: 1,
        state: 'undone',
        createdBy: null,
        createdAt: at,
        endedAt: null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await engine.database.kysely
      .updateTable('responses')
      .set({ batchId })
      .where('publicId', '=', IDS[2] ?? '')
      .execute();
    expect(await store.responses.clearUndone(batchId, 10, at)).toBe(1);
    expect([...(await find('m')).keys()]).toEqual([sources[0]?.textHash]);
  });

  test('a permission is for one maker, and goes with all that came of it', async () => {
    const { store, study, at } = planted;
    const { allow, allowed, forbid } = store.textVectors;
    expect(await allowed(study.id)).toBeNull();
    await allow(study.id, 'm', null, at);
    await allow(study.id, 'n', null, at);
    expect(await allowed(study.id)).toBe('n');
    await forbid(study.id);
    expect(await allowed(study.id)).toBeNull();
    expect((await find('m')).size).toBe(0);
  });
});
