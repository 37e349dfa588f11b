import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('people on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  test('somebody is known since the day of the first thing that was said of them, though it was told later', async () => {
    const { store, study, at } = await plantRows(engine.database);
    const { kysely } = engine.database;
    const { workspaceId } = study;
    const add = async (publicId: string) =>
      (
        await kysely
          .insertInto('people')
          .values({ workspaceId, publicId, createdAt: at })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    const [told, silent] = [await add('told'), await add('silent')];
    for (const recordedAt of ['2026-01-05T08:00:00.000Z', '2026-01-01T08:00:00.000Z', '2030-01-01T00:00:00.000Z'])
      await kysely
        .insertInto('attributes')
        .values({
          workspaceId,
          personId: told,
          name: 'plan',
          family: 'other',
          value: '"pro"',
          source: 'shop',
          recordedAt,
        })
        .execute();
    const since = await store.people.knownSince(workspaceId);
    expect(since.get(told)).toBe('2026-01-01T08:00:00.000Z');
    expect(since.get(silent)).toBe(at);
  });
});
