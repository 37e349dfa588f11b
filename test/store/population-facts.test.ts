import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('what is known of everybody on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let people: number[];
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    people = await knowPeople(
      engine.database,
      planted.workspaceId,
      ['ada', 'bea', 'cai'].map((externalId) => ({ externalId })),
      planted.at,
    );
  });
  afterAll(() => engine.close());

  test('the events of a name come each once, however many happened at one moment', async () => {
    const { kysely } = engine.database;
    const { workspaceId, store } = planted;
    const other = await plantRows(engine.database);
    const count = 10_050;
    const rows = Array.from({ length: count }, (__, index) => ({
      seq: count - index,
      workspaceId: index === 3 ? other.workspaceId : workspaceId,
      personId: people[index % people.length]!,
      kind: 'track',
      name: index === 4 ? 'Visit' : 'Order',
      properties: `{"n":${index}}`,
      context: '{}',
      // Thousands at one moment, so that a part ends among them.
      occurredAt: `2026-03-0${1 + Math.floor(index / 4_000)}T00:00:00.000Z`,
    }));
    for (let from = 0; from < count; from += 1_000)
      await kysely
        .insertInto('events')
        .values(rows.slice(from, from + 1_000))
        .execute();
    const found: string[] = [];
    for await (const { properties } of store.populationFacts.events(workspaceId, 'Order')) found.push(properties);
    expect(found).toHaveLength(count - 2);
    expect(new Set(found).size).toBe(count - 2);
    expect(found).not.toContain('{"n":4}');
  }, 60_000);

  test('somebody who was merged into another is that other', async () => {
    const { store, workspaceId, at } = planted;
    const [ada = 0, bea = 0] = people;
    await store.people.link(bea, ada, at);
    expect(await store.populationFacts.links(workspaceId)).toEqual(new Map([[bea, ada]]));
  });

  test('a company is known by its latest attributes, and by its name unless one of them says so', async () => {
    const { kysely } = engine.database;
    const { store, workspaceId, at } = planted;
    const [ada = 0] = people;
    const publicId = newPublicId();
    const { id } = await kysely
      .insertInto('companies')
      .values({ workspaceId, publicId, externalId: 'n', name: 'North', createdAt: at })
      .returning('id')
      .executeTakeFirstOrThrow();
    const attribute = {
      workspaceId,
      companyId: id,
      name: 'industry',
      family: 'firmographic',
      source: 'test',
      seq: null,
    };
    await kysely
      .insertInto('companyAttributes')
      .values([
        { ...attribute, value: '"travel"', recordedAt: '2026-03-02T00:00:00.000Z' },
        { ...attribute, value: '"retail"', recordedAt: '2026-03-01T00:00:00.000Z' },
      ])
      .execute();
    await kysely.insertInto('companyMembers').values({ companyId: id, personId: ada, role: 'user' }).execute();
    expect(await store.populationFacts.companies(workspaceId)).toEqual({
      companies: [{ id, publicId, name: 'North' }],
      attributes: new Map([[id, { name: 'North', industry: 'travel' }]]),
      members: [{ companyId: id, personId: ada, role: 'user', roleAt: null }],
    });
  });

  test('segments that were found say how sure they are of whom, and what was done with surveys when', async () => {
    const { kysely } = engine.database;
    const { store, study, survey, place, workspaceId, at } = planted;
    const run = await kysely
      .insertInto('runs')
      .values({
        studyId: study.id,
        publicId: newPublicId(),
        kind: 'segments',
        surveyId: survey.id,
        subject: '',
        engineVersion: '1',
        seed: 1,
        settings: '{}',
        inputCut: '{}',
        inputHash: null,
        state: 'done',
        step: '',
        progress: 1,
        result: null,
        error: null,
        createdBy: null,
        createdAt: at,
        startedAt: at,
        finishedAt: at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const segment = async (position: number) =>
      kysely
        .insertInto('segments')
        .values({
          studyId: study.id,
          publicId: newPublicId(),
          origin: 'found',
          name: `Group ${position}`,
          version: 1,
          runId: run.id,
          surveyId: survey.id,
          rule: null,
          position,
          profile: null,
          createdBy: null,
          createdAt: at,
          removedAt: null,
        })
        .returning(['id', 'publicId'])
        .executeTakeFirstOrThrow();
    const [first, second] = [await segment(1), await segment(2)];
    const participations = await store.people.participate(study.id, people, at);
    const respond = async (person: number, state: string, segmentId: number, probability: number | null) => {
      const { id } = await kysely
        .insertInto('responses')
        .values({
          studyId: study.id,
          surveyId: survey.id,
          surveyVersionId: place.surveyVersionId,
          publicId: newPublicId(),
          participationId: participations.get(person) ?? null,
          batchId: null,
          state,
          revision: 1,
          language: 'en',
          isTest: 0,
          asked: '{}',
          attributes: null,
          purposes: '[]',
          startedAt: '2026-03-02T09:00:00.000Z',
          updatedAt: at,
          completedAt: '2026-03-02T09:05:00.000Z',
          lastPage: 1,
          lastSeq: 1,
          endCode: null,
          device: null,
          browser: null,
          country: null,
          source: null,
          wave: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await kysely.insertInto('segmentMemberships').values({ segmentId, responseId: id, probability }).execute();
    };
    const [ada = 0, bea = 0, cai = 0] = people;
    await respond(ada, 'completed', first.id, 0.6);
    await respond(bea, 'completed', second.id, 0.9);
    await respond(ada, 'completed', first.id, 0.8);
    await respond(ada, 'completed', second.id, 0.7);
    await respond(cai, 'screened_out', first.id, null);
    // Bea is Ada today: what her responses were found in counts as Ada's.
    const lastOf = async (id: string) =>
      new Map(
        ((await store.segmentStandings.of({ segments: [id], none: [] }, null)).get(id) ?? []).map(
          ({ personId, probability }) => [personId, probability],
        ),
      );
    expect(await lastOf(first.publicId)).toEqual(
      new Map([
        [ada, 0.8],
        [cai, 1],
      ]),
    );
    expect(await lastOf(second.publicId)).toEqual(
      new Map([
        [ada, 0.7],
        [cai, 0],
      ]),
    );

    // Alone, each of them is known to be in it as surely.
    const alone = await store.segmentStandings.of({ segments: [first.publicId, second.publicId], none: [] }, [ada]);
    expect(new Map([...alone].map(([id, found]) => [id, found[0]?.probability]))).toEqual(
      new Map([
        [first.publicId, 0.8],
        [second.publicId, 0.7],
      ]),
    );
    const offer = { workspaceId, surveyId: survey.id, shape: 'corner', page: '' };
    await kysely
      .insertInto('offers')
      .values({ ...offer, personId: cai, madeAt: '2026-03-01T00:00:00.000Z', dismissedAt: '2026-03-01T00:01:00.000Z' })
      .execute();
    const deeds = await store.populationFacts.deeds(workspaceId);
    for (const person of people) {
      const alone = await store.facts.deeds([person]);
      const own = deeds
        .filter(({ personId }) => personId === person)
        .map(({ survey: slug, did, at: when }) => ({ survey: slug, did, at: Date.parse(when) }))
        .sort((a, b) => a.at - b.at);
      expect(own).toEqual(alone);
    }
    expect(deeds.filter(({ personId }) => personId === cai).map(({ did }) => did)).toEqual([
      'seen',
      'dismissed',
      'started',
    ]);
  });
});
