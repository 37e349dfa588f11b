import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { bareResponse } from '../support/bare-response.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T08:00:00.000Z';
const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}T00:00:00.000Z`;

describe.each(engines)('people as members of segments on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let people: number[];
  let segmentationId: number;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    planted = await plantRows(engine.database);
    const { store, study, workspaceId } = planted;
    people = await knowPeople(
      engine.database,
      workspaceId,
      ['ada', 'bea', 'cai', 'Dan@People.example'].map((externalId) => ({
        externalId,
        attributes: externalId === 'bea' ? { Email: 'bea@people.example' } : {},
      })),
      at,
    );
    const added = await store.segmentations.add(
      {
        studyId: study.id,
        surveyId: null,
        name: 'Ours',
        origin: 'imported',
        settings: '{"kind":"imported"}',
        createdBy: null,
      },
      at,
    );
    segmentationId = Number(added.id);
  });

  /** A version with these people by segment. */
  async function version(
    cells: Record<string, { person: number; probability?: number; saidAt?: string }[]>,
    acceptedAt: string,
    matches: Record<string, string> = {},
  ) {
    const { store, study, workspaceId } = planted;
    const run = await store.analyses.addRun(
      {
        studyId: study.id,
        kind: 'segments',
        surveyId: null,
        segmentationId,
        subject: 'define',
        engineVersion: '2',
        seed: 1,
        settings: '{}',
        inputCut: '{}',
        createdBy: null,
      },
      at,
    );
    await store.analyses.begin(run.id, at);
    const kept = await store.analyses.saveSegments(
      run,
      '{}',
      'hash',
      Object.entries(cells).map(([name, own], position) => ({
        position,
        name,
        profile: '{}',
        members: [],
        people: own.map(({ person, probability = null, saidAt = null }) => ({
          personId: people[person]!,
          probability,
          saidAt,
        })),
      })),
      at,
    );
    expect(kept).toBe(true);
    const segmentation = (await store.segmentations.findById(segmentationId))!;
    const [before] = await store.segmentations.versions(segmentationId);
    const earlier = before ? await store.segmentations.segmentsOf(before.runId) : [];
    const own = await store.segmentations.segmentsOf(run.id);
    const idIn = (list: typeof own, name: string) => Number(list.find((one) => one.name === name)!.id);
    await store.segmentations.accept(
      segmentation,
      run,
      { label: 'defined', note: '', acceptedBy: null },
      Object.entries(matches).map(([now, then]) => ({
        segmentId: idIn(own, now),
        earlierId: idIn(earlier, then),
        jaccard: 0.8,
        isCarriedOn: true,
      })),
      acceptedAt,
      { workspaceId, way: 'import' },
    );
    return run;
  }
  const standings = async () => {
    const { store } = planted;
    const current = await store.segmentations.current(segmentationId);
    const nameOf = new Map(current.map(({ lineage, publicId, name }) => [lineage ?? publicId, name]));
    const found = await store.placements.current(segmentationId);
    return people.map((id) => {
      const one = found.get(id);
      return one
        ? [one.segment === null ? null : nameOf.get(one.segment), one.probability, one.by.placedAt]
        : 'nobody knows';
    });
  };

  test('accepting places them, with the probability and the time that was told', async () => {
    await version({ A: [{ person: 0, probability: 0.75, saidAt: day(1) }], B: [{ person: 1 }] }, day(10));
    expect(await standings()).toEqual([['A', 0.75, day(1)], ['B', null, day(10)], 'nobody knows', 'nobody knows']);
  });

  test('the next version decides, also where its source is older; whoever it does not name is in none', async () => {
    await version({ A: [{ person: 0 }, { person: 1 }], B: [{ person: 2 }] }, day(10));
    await version({ A2: [{ person: 0, saidAt: day(4) }], B: [{ person: 1, saidAt: day(12) }] }, day(14), {
      A2: 'A',
      B: 'B',
    });
    // A segment that is carried on keeps its name.
    expect(await standings()).toEqual([
      ['A', null, day(14)],
      ['B', null, day(12)],
      [null, null, day(14)],
      'nobody knows',
    ]);
  });

  test('a response counts for a segment by the person who gave it', async () => {
    const { store, study, survey, place } = planted;
    const run = await version({ A: [{ person: 0 }], B: [{ person: 1 }] }, day(10));
    const participations = await store.people.participate(study.id, [people[0]!], at);
    const { id } = await engine.database.kysely
      .insertInto('responses')
      .values({
        studyId: study.id,
        surveyId: survey.id,
        surveyVersionId: place.surveyVersionId,
        publicId: newPublicId(),
        participationId: participations.get(people[0]!) ?? null,
        ...bareResponse(at),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const [a, b] = await store.segmentations.segmentsOf(run.id);
    expect([...(await store.segments.members(a!.id))]).toEqual([Number(id)]);
    expect([...(await store.segments.members(b!.id))]).toEqual([]);
    expect(await store.feedback.peopleFound(b!.id)).toEqual([people[1]]);
    const counts = await store.segments.memberCounts(study.id);
    expect([a, b].map((segment) => counts.get(segment!.id))).toEqual([1, 1]);
  });

  test('ids and addresses name people as they are known today', async () => {
    const { store, workspaceId } = planted;
    expect(await store.segmentImports.byExternalIds(workspaceId, ['ada', 'zoe'])).toEqual(
      new Map([['ada', people[0]]]),
    );
    expect(await store.segmentImports.addresses(workspaceId)).toEqual([
      { personId: people[1], address: 'bea@people.example' },
      { personId: people[3], address: 'Dan@People.example' },
    ]);
  });

  test('whoever is erased is no member any more, and is in no later placement', async () => {
    const run = await version({ A: [{ person: 0 }], B: [{ person: 1 }] }, day(10));
    await engine.database.kysely
      .updateTable('people')
      .set({ erasedAt: day(11) })
      .where('id', '=', people[0]!)
      .execute();
    expect((await standings())[0]).toBe('nobody knows');
    const left = await planted.store.segmentations.peopleOf(run.id);
    expect(left.map(({ personId }) => Number(personId))).toEqual([people[1]]);
  });
});
