import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { NewPlacement } from '../../src/store/placements.ts';
import { bareResponse } from '../support/bare-response.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T08:00:00.000Z';
const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}T00:00:00.000Z`;

describe.each(engines)('placements of people on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let segmentationId: number;
  let people: number[];
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    planted = await plantRows(engine.database);
    const { store, study, survey, workspaceId } = planted;
    const added = await store.segmentations.add(
      { studyId: study.id, surveyId: survey.id, name: 'Groups', origin: 'found', settings: '{}', createdBy: null },
      at,
    );
    segmentationId = Number(added.id);
    people = await knowPeople(
      engine.database,
      workspaceId,
      ['ada', 'bea', 'cai'].map((externalId) => ({ externalId })),
      at,
    );
  });

  const placed = (personId: number | null, more: Partial<NewPlacement> = {}): NewPlacement => ({
    workspaceId: planted.workspaceId,
    personId,
    segmentationId,
    version: 1,
    segment: 'a',
    probability: 0.9,
    way: 'import',
    placedAt: day(1),
    ...more,
  });

  async function respond(personId: number, state = 'completed'): Promise<{ id: number; publicId: string }> {
    const { store, study, survey, place } = planted;
    const participations = await store.people.participate(study.id, [personId], at);
    const publicId = newPublicId();
    const { id } = await engine.database.kysely
      .insertInto('responses')
      .values({
        studyId: study.id,
        surveyId: survey.id,
        surveyVersionId: place.surveyVersionId,
        publicId,
        participationId: participations.get(personId) ?? null,
        ...bareResponse(at),
        state,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id: Number(id), publicId };
  }

  test('the newest says where somebody stands, in whatever order it was written down, and responses of nobody count for nobody', async () => {
    const { store } = planted;
    const [ada = 0, bea = 0] = people;
    await store.placements.add([
      placed(ada, { segment: 'b', placedAt: day(5), inputs: { list: 'members.csv' } }),
      placed(ada, { placedAt: day(3) }),
      placed(bea, { segment: null, probability: null, placedAt: day(2) }),
      placed(null, { segment: 'b' }),
    ]);
    const current = await store.placements.current(segmentationId);
    expect([...current.keys()].sort((a, b) => a - b)).toEqual([ada, bea]);
    expect(current.get(ada)).toMatchObject({
      segment: 'b',
      by: { placedAt: day(5), way: 'import', version: 1, inputs: { list: 'members.csv' } },
    });
    expect(current.get(bea)).toMatchObject({ segment: null, probability: null });
    expect(await store.placements.ofPeople([bea])).toMatchObject([{ personId: bea, segmentationId, segment: null }]);
    expect((await store.placements.history([ada])).map(({ placedAt }) => placedAt)).toEqual([day(3), day(5)]);
    expect(await store.placements.ofPeople([])).toEqual([]);
  });

  test('somebody who is another today is read as that one', async () => {
    const { store } = planted;
    const [ada = 0, bea = 0] = people;
    await store.placements.add([placed(ada, { placedAt: day(1) }), placed(bea, { segment: 'b', placedAt: day(2) })]);
    await store.people.link(bea, ada, at);
    expect([...(await store.placements.current(segmentationId))]).toMatchObject([[ada, { segment: 'b' }]]);
    expect(await store.placements.ofPeople([ada, bea])).toMatchObject([{ personId: ada, segment: 'b' }]);
  });

  test('a tool moves somebody only by a clear lead', async () => {
    const { store } = planted;
    const [ada = 0] = people;
    const typed = (a: number, placedAt: string) =>
      placed(ada, {
        way: 'tool',
        segment: a > 0.5 ? 'a' : 'b',
        probability: Math.max(a, 1 - a),
        probabilities: { a, b: 1 - a },
        placedAt,
      });
    await store.placements.add([typed(0.9, day(1)), typed(0.45, day(2))]);
    expect((await store.placements.current(segmentationId)).get(ada)).toMatchObject({
      segment: 'a',
      probability: 0.45,
      isKept: true,
    });
    await store.placements.add([typed(0.1, day(3))]);
    expect((await store.placements.current(segmentationId)).get(ada)).toMatchObject({ segment: 'b', isKept: false });
  });

  test('what was withdrawn is emptied and counts no longer; what came before counts again', async () => {
    const { store } = planted;
    const [ada = 0, bea = 0] = people;
    await store.placements.add([
      placed(ada, { placedAt: day(1) }),
      placed(ada, { segment: 'b', way: 'attributes', inputs: { plan: 'pro' }, placedAt: day(2) }),
      placed(bea),
    ]);
    expect(await store.placements.withdraw({ personIds: [ada], way: 'attributes' }, day(9))).toBe(1);
    expect((await store.placements.current(segmentationId)).get(ada)).toMatchObject({ segment: 'a' });
    expect((await store.placements.history([ada])).at(-1)).toMatchObject({
      segment: null,
      probability: null,
      inputs: {},
      withdrawnAt: day(9),
    });
    expect(await store.placements.withdraw({ segmentationId }, day(9))).toBe(2);
    expect((await store.placements.current(segmentationId)).size).toBe(0);
    await expect(store.placements.withdraw({}, day(9))).rejects.toThrow(RangeError);
  });

  test('a placement counts only while its response does, and its person is there', async () => {
    const { store, study, survey } = planted;
    const { kysely } = engine.database;
    const [ada = 0, bea = 0, cai = 0] = people;
    const [one, two] = [await respond(ada), await respond(bea)];
    await store.placements.add([placed(ada, { responseId: one.id }), placed(bea, { responseId: two.id }), placed(cai)]);
    const known = async () => [...(await store.placements.current(segmentationId)).keys()].sort((a, b) => a - b);
    expect(await known()).toEqual([ada, bea, cai]);
    await kysely.updateTable('responses').set({ state: 'withdrawn' }).where('id', '=', one.id).execute();
    await kysely
      .insertInto('leftOut')
      .values({
        responseId: two.publicId,
        studyId: study.id,
        surveyId: survey.id,
        reason: 'a test',
        madeBy: null,
        madeAt: at,
      })
      .execute();
    expect(await known()).toEqual([cai]);
    await kysely.updateTable('people').set({ erasedAt: at }).where('id', '=', cai).execute();
    expect(await known()).toEqual([]);
  });

  test('what rules read is the newer of responses and placements, with the time it was said', async () => {
    const { store, study, survey } = planted;
    const { kysely } = engine.database;
    const [ada = 0, bea = 0, cai = 0] = people;
    const run = await kysely
      .insertInto('runs')
      .values({
        studyId: study.id,
        publicId: newPublicId(),
        kind: 'segments',
        surveyId: survey.id,
        segmentationId,
        subject: 'fit',
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
      .returningAll()
      .executeTakeFirstOrThrow();
    const segment = async (position: number) => {
      const publicId = newPublicId();
      const { id } = await kysely
        .insertInto('segments')
        .values({
          studyId: study.id,
          publicId,
          lineage: publicId,
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
        .returning('id')
        .executeTakeFirstOrThrow();
      return { id, publicId };
    };
    const [a, b] = [await segment(0), await segment(1)];
    await kysely
      .insertInto('segmentationVersions')
      .values({
        segmentationId,
        number: 1,
        runId: run.id,
        label: 'constructive',
        note: '',
        matches: '[]',
        acceptedBy: null,
        acceptedAt: at,
      })
      .execute();
    const { publicId: none } = (await store.segmentations.findById(segmentationId))!;
    const response = await respond(ada);
    await kysely
      .insertInto('segmentMemberships')
      .values({ segmentId: a.id, responseId: response.id, probability: 0.8 })
      .execute();
    const standings = async (personIds: number[] | null) => {
      const found = await store.segmentStandings.of({ segments: [a.publicId, b.publicId], none: [none] }, personIds);
      return Object.fromEntries(
        [a.publicId, b.publicId, none].map((id, at_) => [
          ['a', 'b', 'none'][at_]!,
          Object.fromEntries((found.get(id) ?? []).map(({ personId, probability }) => [personId, probability])),
        ]),
      );
    };
    // Earlier than the response: it does not count. Of a version that is gone, into a segment that is: nor does that.
    await store.placements.add([
      placed(ada, { segment: b.publicId, placedAt: day(1) }),
      placed(bea, { segment: null, probability: 0.5, reason: 'unsure', placedAt: day(5) }),
      placed(cai, { segment: 'gone', version: 0, placedAt: day(5) }),
    ]);
    expect(await standings(null)).toEqual({
      a: { [ada]: 0.8, [bea]: 0 },
      b: { [ada]: 0, [bea]: 0 },
      none: { [ada]: 0, [bea]: 1 },
    });
    await store.placements.add([placed(ada, { segment: b.publicId, probability: 0.7, placedAt: day(20) })]);
    expect(await standings([ada])).toEqual({ a: { [ada]: 0 }, b: { [ada]: 0.7 }, none: { [ada]: 0 } });
    const [said] = (await store.segmentStandings.of({ segments: [b.publicId], none: [] }, [ada])).get(b.publicId)!;
    expect(said!.at).toBe(Date.parse(day(20)));
    expect(await store.segmentStandings.of({ segments: [b.publicId], none: [] }, [])).toEqual(new Map());
  });
});
