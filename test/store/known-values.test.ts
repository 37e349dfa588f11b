import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownValueStore } from '../../src/store/known-values.ts';
import { segmentSizeStore } from '../../src/store/segment-sizes.ts';
import { segmentStore } from '../../src/store/segments.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('what has been told lately on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let known: ReturnType<typeof knownValueStore>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    const { kysely } = engine.database;
    known = knownValueStore(kysely);
    const people = await knowPeople(
      engine.database,
      planted.workspaceId,
      ['ada', 'bea', 'cai'].map((externalId) => ({ externalId })),
      planted.at,
    );
    const row = (person: number, name: string, value: unknown) => ({
      workspaceId: planted.workspaceId,
      personId: people[person]!,
      name,
      family: 'other',
      value: JSON.stringify(value),
      source: 'test',
      recordedAt: planted.at,
    });
    await kysely
      .insertInto('attributes')
      .values([
        ...[0, 1, 2].map((person) => row(person, 'plan', 'free')),
        ...[0, 1].map((person) => row(person, 'plan', 'pro')),
        row(2, 'plan', 'only mine'),
        ...[0, 1].map((person) => row(person, 'plan', 'x'.repeat(61))),
        ...[0, 1].map((person) => row(person, 'plan', 'ada@example.org')),
        ...[0, 1].map((person) => row(person, 'email', 'both')),
        ...[0, 1].map((person) => row(person, 'Phone Number', 'both')),
        ...[0, 1].map((person) => row(person, 'firstName', 'both')),
        row(0, 'topics', ['news', 'sport']),
        row(1, 'topics', ['news']),
        // What one person has told of twice, in different company, is still theirs alone.
        row(2, 'topics', ['my garden', 'sport', 'news']),
        row(2, 'topics', ['my garden']),
        ...[0, 1].map((person) => row(person, 'seats', 12)),
      ])
      .execute();
    await kysely
      .insertInto('events')
      .values([
        {
          seq: 1,
          workspaceId: planted.workspaceId,
          personId: people[0]!,
          kind: 'track',
          name: 'Opened',
          properties: '{"plan":"pro","n":1}',
          context: '{}',
          occurredAt: planted.at,
        },
      ])
      .execute();
  });
  afterAll(() => engine.close());

  test('are values that at least two have, the most frequent first, lists in their parts, and none that is long or reaches somebody', async () => {
    const of = (name: string) => known.ofAttribute(planted.workspaceId, 'person', name);
    expect(await of('plan')).toEqual(['free', 'pro']);
    expect(await of('topics')).toEqual(['news', 'sport']);
    expect(await of('seats')).toEqual(['12']);
    expect(await of('nobody told')).toEqual([]);
  });

  test('are none of an attribute that may say who somebody is, and none of another workspace', async () => {
    for (const name of ['email', 'Phone Number', 'firstName'])
      expect(await known.ofAttribute(planted.workspaceId, 'person', name)).toEqual([]);
    expect(await known.ofAttribute(planted.workspaceId + 1, 'person', 'plan')).toEqual([]);
    expect(await known.ofAttribute(planted.workspaceId, 'company', 'plan')).toEqual([]);
  });

  test('are the properties of the newest events', async () => {
    expect(await known.propertyNames(planted.workspaceId)).toEqual(['n', 'plan']);
    expect(await known.propertyNames(planted.workspaceId + 1)).toEqual([]);
  });

  test('a study’s segments have the size of their last day, those never counted none', async () => {
    const { kysely } = engine.database;
    const sizes = segmentSizeStore(kysely);
    const segments = segmentStore(kysely);
    const add = (name: string) =>
      segments.addDefined(planted.study.id, name, { all: [] }, null, null, planted.at, 'person');
    const [counted, never] = [await add('Counted'), await add('Never')];
    for (const [number, [day, admitted]] of (
      [
        ['2026-03-01', 3],
        ['2026-03-02', 5],
      ] as const
    ).entries())
      await sizes.keep(
        { segmentId: counted.id, day, admitted, unknown: 1, everybody: 9, entered: 0, gone: 0, counterpart: null },
        { number: number + 1, countedAt: planted.at, people: [] },
      );
    const newest = await sizes.newest(planted.study.id);
    expect(newest.get(counted.id)).toMatchObject({ day: '2026-03-02', admitted: 5, everybody: 9 });
    expect(newest.has(never.id)).toBe(false);
    expect(await sizes.newest(planted.study.id + 1)).toEqual(new Map());
  });
});
