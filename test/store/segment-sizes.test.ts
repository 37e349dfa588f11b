import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('sizes of segments on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function plant() {
    const here = await plantRows(engine.database);
    const rule = { attribute: 'plan', op: 'set' };
    const segment = await here.store.segments.addDefined(here.study.id, 'A', rule, null, null, here.at);
    const size = { segmentId: segment.id, unknown: 1, everybody: 9, counterpart: 2 };
    return { ...here, segment, size };
  }

  test('a day adds up who came and went, and two counts that follow the same one are not both kept', async () => {
    const { store, segment, size, at } = await plant();
    const { keep, days, latest } = store.segmentSizes;
    expect(await latest(segment.id)).toBe(null);
    const day = { ...size, day: '2026-03-02' };
    const count = { number: 1, countedAt: at, people: [1, 2] };
    expect(await keep({ ...day, admitted: 2, entered: 0, gone: 0 }, count)).toBe(true);
    const next = { number: 2, countedAt: at, people: [2, 3] };
    expect(await keep({ ...day, admitted: 2, entered: 1, gone: 1 }, next)).toBe(true);
    expect(await keep({ ...day, admitted: 7, entered: 5, gone: 0 }, next)).toBe(false);
    await keep({ ...day, admitted: 3, unknown: 0, entered: 1, gone: 0 }, { ...next, number: 3, people: [2, 3, 4] });
    await keep({ ...day, day: '2026-03-03', admitted: 3, entered: 0, gone: 0 }, { ...next, number: 4 });
    expect(await days(segment.id, 10)).toEqual([
      { ...day, admitted: 3, unknown: 0, entered: 2, gone: 1 },
      { ...day, day: '2026-03-03', admitted: 3, entered: 0, gone: 0 },
    ]);
    expect((await days(segment.id, 1)).map((one) => one.day)).toEqual(['2026-03-03']);
    expect(await latest(segment.id)).toEqual({ number: 4, countedAt: at, people: [2, 3], unknownCompanies: [] });
    expect((await store.segmentSizes.lastDays()).find(({ id }) => id === segment.id)?.day).toBe('2026-03-03');
  });

  test('a pseudonym is found under whoever somebody is today', async () => {
    const { store, study, at } = await plant();
    const [ada = 0, adi = 0, bea = 0] = await knowPeople(
      engine.database,
      study.workspaceId,
      ['ada', 'adi', 'bea'].map((externalId) => ({ externalId })),
      at,
    );
    await store.people.participate(study.id, [adi], at);
    await store.people.link(adi, ada, at);
    const found = await store.segmentSizes.pseudonyms(study.id, [ada, bea]);
    expect([...found.keys()]).toEqual([ada]);
  });

  test('names of events come each once in order, with the properties that the latest have', async () => {
    const { store, study, at } = await plant();
    const [personId = 0] = await knowPeople(engine.database, study.workspaceId, [{ externalId: 'eva' }], at);
    const event = { workspaceId: study.workspaceId, personId, kind: 'track', context: '{}', occurredAt: at };
    await engine.database.kysely
      .insertInto('events')
      .values([
        { ...event, seq: 9001, name: 'Visit', properties: '{"b":1,"a":{"c":2}}' },
        { ...event, seq: 9002, name: 'Order', properties: '{}' },
        { ...event, seq: 9003, name: 'Visit', properties: '{"d":1}' },
      ])
      .execute();
    expect(await store.populationFacts.eventNames(study.workspaceId)).toEqual(['Order', 'Visit']);
    expect(await store.populationFacts.propertyNames(study.workspaceId, 'Visit')).toEqual(['a', 'b', 'd']);
  });
});
