import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { recordsOf, said } from '../support/plant-responses.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('what is read of a change on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let people: number[];
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    people = await knowPeople(
      engine.database,
      planted.workspaceId,
      ['ada', 'bea'].map((externalId) => ({ externalId })),
      planted.at,
    );
    const event = (seq: number, personId: number, name: string, occurredAt: string) => ({
      seq,
      workspaceId: planted.workspaceId,
      personId,
      kind: 'track',
      name,
      properties: `{"n":${seq}}`,
      context: '{"technology":{"os":"Android"}}',
      occurredAt,
    });
    await engine.database.kysely
      .insertInto('events')
      .values([
        event(1, people[0]!, 'Opened', '2026-03-01T00:00:00.000Z'),
        event(2, people[1]!, 'Opened', '2026-03-02T00:00:00.000Z'),
        event(3, people[1]!, 'Opened', '2026-03-02T00:00:00.000Z'),
        event(4, people[0]!, 'Opened', '2026-03-03T00:00:00.001Z'),
        event(5, people[0]!, 'Sent', '2026-03-02T10:00:00.000Z'),
      ])
      .execute();
  });
  afterAll(() => engine.close());

  const span = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' };

  test('events come with their visit, those at the ends included and those beyond not', async () => {
    const found: string[] = [];
    for await (const { properties, context } of planted.store.changes.events(planted.workspaceId, 'Opened', span)) {
      found.push(properties);
      expect(context).toContain('Android');
    }
    expect(found).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  test('who did anything of some names is found once', async () => {
    const { active } = planted.store.changes;
    expect((await active(planted.workspaceId, ['Opened', 'Sent'], span)).size).toBe(2);
    const later = { ...span, from: '2026-03-02T05:00:00.000Z' };
    expect([...(await active(planted.workspaceId, ['Opened', 'Sent'], later))]).toEqual([people[0]]);
  });

  test('of what was said only current words come, of the time asked for, of those who may be quoted', async () => {
    const { store, study, survey, at } = planted;
    const participations = await store.people.participate(study.id, people, at);
    const consent = (purposes: ('analysis' | 'quotes')[]) => ({
      consent: { textVersion: 'v1', language: 'en', purposes, givenAt: at },
    });
    const answer = (person: number, story: string, startedAt: string, about = {}) =>
      recordsOf(
        { study, survey },
        { id: newPublicId(), answers: { story: said(story), city: said('city') }, startedAt, about },
      ).map((record) => ({ ...record, participationId: participations.get(person) ?? null }));
    await engine.responses.append([
      ...answer(people[0]!, 'The button was hidden', '2026-03-02T08:00:00.000Z'),
      ...answer(people[1]!, 'Not to be quoted', '2026-03-02T08:00:00.000Z', consent(['analysis'])),
      ...answer(people[1]!, 'Long ago', '2026-01-02T08:00:00.000Z'),
    ]);
    const { projectBatch } = projector(engine.database, textKey, () => new Date(at));
    while ((await projectBatch(1_000)) > 0);
    const found = await store.changes.said(study.id, span);
    expect(found.map(({ personId, item, text }) => [Number(personId), item, text])).toEqual([
      [people[0], 'story', 'The button was hidden'],
    ]);
    expect(
      await store.themes.ofSources(
        study.id,
        found.map(({ sourceId }) => sourceId),
      ),
    ).toEqual(new Map());
    expect(await store.themes.ofSources(study.id, [])).toEqual(new Map());
  });
});
