import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { erasureStore } from '../../src/store/erasures.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { keyTableStore } from '../../src/store/key-table.ts';
import { emptyReach } from '../../src/store/subject-reach.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('erasing on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function plant() {
    const here = await plantRows(engine.database);
    const { kysely } = engine.database;
    const [ann, bo] = await knowPeople(
      engine.database,
      here.study.workspaceId,
      ['ann', 'bo'].map((externalId) => ({ externalId, attributes: { email: `${externalId}@x.example` } })),
      here.at,
    );
    for (const personId of [ann, bo] as number[])
      await kysely
        .insertInto('participations')
        .values({ studyId: here.study.id, personId, pseudonym: newPublicId(), createdAt: here.at })
        .execute();
    return { ...here, ann: Number(ann), bo: Number(bo), erasures: erasureStore(engine.database) };
  }

  test('one person goes with their rows, the other keeps theirs, and the key table knows only whom it can name', async () => {
    const { ann, bo, erasures, study, at } = await plant();
    const keys = keyTableStore(engine.database.kysely);
    expect((await keys.rows(study.id, 0, 10)).map(({ externalIds }) => externalIds)).toEqual([['ann'], ['bo']]);
    const reach = await erasures.reachOfPeople([ann], null);
    expect(await erasures.namesOf(reach)).toEqual(['ann', 'ann@x.example']);
    const told = (await erasures.rows(reach)).filter(({ rows }) => rows.length > 0).map(({ table }) => table);
    expect(told).toEqual(expect.arrayContaining(['people', 'person_identities', 'attributes', 'participations']));
    const before = await erasures.letGoWritten(reach, at);
    const { rows } = await erasures.takeAway(reach, before, at);
    expect(rows).toMatchObject({ person_identities: 1, attributes: 1, participations: 1 });
    expect((await erasures.rows(reach)).filter((one) => one.rows.length > 0).map(({ table }) => table)).toEqual([
      'people',
    ]);
    const other = await erasures.reachOfPeople([bo], null);
    expect(await erasures.namesOf(other)).toEqual(['bo', 'bo@x.example']);
    expect((await keys.rows(study.id, 0, 10)).map(({ externalIds }) => externalIds)).toEqual([['bo']]);
    // Once more does no harm.
    expect((await erasures.takeAway(reach, before, at)).rows).toEqual({});
  });

  test('every statement of the list runs, whatever kinds of ids somebody is known by', async () => {
    const { erasures, at } = await plant();
    const reach = emptyReach();
    for (const key of Object.keys(reach) as (keyof typeof reach)[])
      reach[key] = [/Public$|source/.test(key) ? newPublicId() : 900_000_001];
    expect((await erasures.rows(reach)).flatMap(({ rows }) => rows)).toEqual([]);
    expect(await erasures.forgetNamed(reach, ['100% of_them\\'])).toEqual({ dead_letters: 0, draw_entries: 0 });
    expect(await erasures.audited(reach)).toEqual([]);
    expect(await erasures.standing(reach)).toEqual({ segments: [], personas: [] });
    const counts = await erasures.takeAway(reach, await erasures.letGoWritten(reach, at), at);
    expect(counts).toMatchObject({ insights: 0, memos: 0, written: [] });
  });

  test('what is begun is found again until it is finished, and nothing of it stays but that it was', async () => {
    const { ann, erasures, at } = await plant();
    const reach = await erasures.reachOfPeople([ann], null);
    const publicId = newPublicId();
    const erasure = { publicId, kind: 'person' as const, subject: newPublicId(), begunBy: null, begunAt: at };
    await erasures.begin(erasure, reach);
    await erasures.begin(erasure, reach);
    expect((await erasures.underway()).map((one) => [one.publicId, one.reach])).toEqual([[publicId, reach]]);
    await erasures.finish(publicId, await erasures.letGoWritten(reach, at), at);
    expect(await erasures.underway()).toEqual([]);
    expect((await erasures.done()).has(publicId)).toBe(true);
    expect((await erasures.list())[0]).toMatchObject({ publicId, state: 'done', by: null });
  });
});
