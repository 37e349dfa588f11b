import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { bareResponse } from '../support/bare-response.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T08:00:00.000Z';
const day = (number: number) => `2026-04-${String(number).padStart(2, '0')}T00:00:00.000Z`;

describe.each(engines)('who was in which segment when, and drift, on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function planted() {
    const rows = await plantRows(engine.database);
    const { store, study, survey, workspaceId, place } = rows;
    const { kysely } = engine.database;
    const segmentation = await store.segmentations.add(
      { studyId: study.id, surveyId: survey.id, name: 'Groups', origin: 'found', settings: '{}', createdBy: null },
      at,
    );
    const people = await knowPeople(
      engine.database,
      workspaceId,
      ['ada', 'bea', 'cai', 'dan'].map((name) => ({ externalId: `${name}-${newPublicId()}` })),
      at,
    );
    const participations = await store.people.participate(study.id, people, at);
    const respond = async (personId: number, how = 'open') => {
      const { id } = await kysely
        .insertInto('responses')
        .values({
          studyId: study.id,
          surveyId: survey.id,
          surveyVersionId: place.surveyVersionId,
          publicId: newPublicId(),
          participationId: participations.get(personId) ?? null,
          ...bareResponse(at),
          asked: JSON.stringify({ how }),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return Number(id);
    };
    const solve = async () =>
      store.analyses.addRun(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: 'fit',
          engineVersion: '2',
          seed: 1,
          settings: {},
          inputCut: {},
          createdBy: null,
        },
        at,
      );
    return { ...rows, segmentation, people, respond, solve };
  }

  test('versions and placements of people by who they are today, the oldest first; of others nothing', async () => {
    const { store, segmentation, people, respond, solve, workspaceId } = await planted();
    const [ada = 0, bea = 0, cai = 0, dan = 0] = people;
    const run = await solve();
    await store.analyses.begin(run.id, at);
    await store.analyses.saveSegments(
      run,
      '{}',
      'hash',
      [
        {
          position: 0,
          name: 'First',
          profile: '{}',
          members: [{ responseId: await respond(ada), probability: 0.8, margin: 0.6, isPartial: 0 }],
        },
        {
          position: 1,
          name: 'Second',
          profile: '{}',
          members: [{ responseId: await respond(bea), probability: 0.9, margin: 0.8, isPartial: 0 }],
        },
      ],
      at,
    );
    await store.segmentations.accept(
      segmentation,
      (await store.analyses.findRunById(run.id))!,
      { label: 'constructive', note: '', acceptedBy: null },
      [],
      day(1),
    );
    const [first, second] = await store.segmentations.current(segmentation.id);
    const placed = (personId: number, segment: string | null, placedAt: string) => ({
      workspaceId,
      personId,
      segmentationId: segmentation.id,
      version: 1,
      segment,
      probability: 0.7,
      way: 'import' as const,
      placedAt,
    });
    await store.placements.add([placed(ada, second!.lineage ?? second!.publicId, day(5)), placed(cai, null, day(3))]);
    // Cai turns out to be Ada.
    await store.people.link(cai, ada, at);
    const today = (await store.people.sameAs(ada))[0]!;
    const listed = await store.segmentHistory.people(segmentation.id, { after: 0, limit: 10, among: null });
    expect(listed.map(({ id }) => id).sort((a, b) => a - b)).toEqual([today, bea].sort((a, b) => a - b));
    expect(await store.segmentHistory.people(segmentation.id, { after: 0, limit: 10, among: [dan] })).toEqual([]);
    expect(await store.segmentHistory.people(segmentation.id, { after: bea, limit: 10, among: [bea] })).toEqual([]);
    const facts = await store.segmentHistory.factsOf(segmentation.id, [today]);
    expect(facts.map(({ segment, way, placedAt, personId }) => [segment, way, placedAt, personId])).toEqual([
      [first!.lineage ?? first!.publicId, 'grouped', day(1), today],
      [null, 'import', day(3), today],
      [second!.lineage ?? second!.publicId, 'import', day(5), today],
    ]);
    expect(await store.segmentHistory.factsOf(segmentation.id, [])).toEqual([]);
  });

  test('what a tool said since, with how the response came to be asked; notes, the newest first', async () => {
    const { store, segmentation, people, respond, solve, workspaceId } = await planted();
    const [ada = 0, bea = 0] = people;
    const row = await engine.database.kysely
      .insertInto('typingTools')
      .values({
        segmentationId: segmentation.id,
        publicId: newPublicId(),
        version: 1,
        runId: null,
        name: 'Tool',
        tool: '{}',
        seed: null,
        createdBy: null,
        createdAt: at,
        publishedBy: null,
        publishedAt: at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const toolId = Number(row.id);
    const placed = (personId: number, responseId: number, placedAt: string) => ({
      workspaceId,
      personId,
      segmentationId: segmentation.id,
      version: 1,
      segment: 'a',
      probability: 0.9,
      way: 'tool' as const,
      toolId,
      responseId,
      placedAt,
    });
    const [one, two] = [await respond(ada), await respond(bea, 'rule')];
    await store.placements.add([placed(ada, one, day(1)), placed(bea, two, day(4)), placed(ada, one, day(3))]);
    const asked = { segmentationId: segmentation.id, version: 1, toolId };
    expect(await store.segmentDrift.placedByTool(asked, day(2))).toEqual([
      { personId: ada, responseId: one, segment: 'a', placedAt: day(3), asked: '{"how":"open"}' },
      { personId: bea, responseId: two, segment: 'a', placedAt: day(4), asked: '{"how":"rule"}' },
    ]);
    expect(await store.segmentDrift.placedByTool({ ...asked, version: 2 }, day(2))).toEqual([]);

    const run = await solve();
    const note = { segmentationId: segmentation.id, version: 1, runId: run.id, saidBy: null, saidAt: day(9) } as const;
    await store.segmentDrift.addNote({ ...note, verdict: 'steady', decision: 'keep', note: 'As it was' });
    await store.segmentDrift.addNote({ ...note, verdict: 'shares', decision: 'redo', note: 'Others came' });
    expect((await store.segmentDrift.notes(segmentation.id)).map(({ note: own, run: of }) => [own, of])).toEqual([
      ['Others came', run.publicId],
      ['As it was', run.publicId],
    ]);
  });
});
