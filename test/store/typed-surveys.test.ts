import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TypingTool } from '../../src/model/typing-tool.ts';
import type { NewPlacement } from '../../src/store/placements.ts';
import { projector } from '../../src/store/projections.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';
import { recordOf } from '../support/records.ts';

const at = '2026-03-02T08:00:00.000Z';
const tool = TypingTool.parse({
  format: 1,
  origin: 'imported',
  items: [{ id: 'mood', name: 'Mood', kind: 'ordinal', options: [], min: 0, max: 10 }],
  questions: [{ id: 'mood', name: 'Mood', workedOutOf: [{ item: 'mood', weight: 1 }], constant: 0 }],
  segments: [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ],
  priors: { kind: 'unknown', shares: null },
  table: { rows: [{ question: 'mood', level: null, weights: [1, -1] }], constants: [0, 10] },
  spread: null,
  unsureBelow: 0.7,
  measured: null,
});

describe.each(engines)('surveys that type whoever answers on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let segmentationId: number;
  const toolOf = async (name: string) =>
    planted.store.typingTools.add(
      { segmentationId, version: 1, runId: null, name, tool: JSON.stringify(tool), seed: null, createdBy: null },
      at,
    );
  const project = async () => {
    const { projectBatch } = projector(engine.database, textKey, () => new Date(at));
    while ((await projectBatch(100)) > 0);
  };
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    const added = await planted.store.segmentations.add(
      {
        studyId: planted.study.id,
        surveyId: planted.survey.id,
        name: 'Groups',
        origin: 'found',
        settings: '{}',
        createdBy: null,
      },
      at,
    );
    segmentationId = Number(added.id);
  });
  afterAll(() => engine.close());

  test('type what ends from then on, once, and nothing stays of what was withdrawn meanwhile', async () => {
    const { store, survey, place, workspaceId, study } = planted;
    const [ada = 0] = await knowPeople(engine.database, workspaceId, [{ externalId: 'ada' }], at);
    const participationId = (await store.people.participate(study.id, [ada], at)).get(ada)!;
    const answer = async (id: string, more = {}) => {
      await engine.responses.append([
        recordOf(id, 0, { place: { ...place, ...more } }),
        recordOf(id, 1, { place: { ...place, ...more }, answers: { mood: { state: 'answered', value: 8 } } }),
        recordOf(id, 2, { kind: 'completion', page: null, place: { ...place, ...more } }),
      ]);
      await project();
    };
    await answer('before');
    const earlier = await toolOf('Earlier');
    const kept = await toolOf('A tool');
    const items = { mood: 'mood' };
    await store.typedSurveys.start({ surveyId: survey.id, toolId: earlier.id, items, by: null }, at);
    await store.typedSurveys.start({ surveyId: survey.id, toolId: kept.id, items, by: null }, at);
    // One tool of a segmentation at a time.
    expect(await store.typedSurveys.active()).toMatchObject([{ toolId: Number(kept.id), items, endedAt: null }]);
    expect(await store.typedSurveys.ofTool(earlier.id)).toMatchObject([{ endedAt: at }]);
    expect(await store.typedSurveys.ofSurvey(survey.id)).toMatchObject([{ name: 'A tool' }]);
    expect(await store.typedSurveys.placeOf(survey.id)).toEqual({ workspaceId, publicId: survey.publicId });

    await answer('hers', { participationId });
    await answer('nobodys');
    const [typed] = await store.typedSurveys.active();
    const upTo = await store.responses.projectedUpTo();
    const { responses, to } = await store.typedSurveys.waiting(typed!, upTo, 100);
    expect(responses.map(({ personId }) => personId)).toEqual([ada, null]);
    expect(to).toBe(upTo);
    const first = await store.typedSurveys.waiting(typed!, upTo, 1);
    expect([first.responses.length, first.to < upTo]).toEqual([1, true]);

    // Hers is withdrawn after it was read.
    await engine.responses.append([
      recordOf('hers', 3, { kind: 'withdrawal', page: null, place: { ...place, participationId } }),
    ]);
    await project();
    const placed = responses.map(
      ({ id, personId }): NewPlacement => ({
        workspaceId,
        personId,
        segmentationId,
        version: 1,
        segment: 'a',
        probability: 0.9,
        probabilities: { a: 0.9, b: 0.1 },
        way: 'tool',
        toolId: kept.id,
        responseId: id,
        inputs: { answers: { mood: 8 } },
        placedAt: at,
      }),
    );
    expect(await store.typedSurveys.note(typed!, to, placed, at)).toBe(true);
    expect(await store.typedSurveys.note(typed!, to, placed, at)).toBe(false);
    expect(await store.placements.history([ada])).toMatchObject([{ segment: null, inputs: {}, withdrawnAt: at }]);
    expect(await store.typedSurveys.typed(kept.id)).toMatchObject([
      { segment: 'a', personId: null, how: 'open', surveyId: Number(survey.id) },
    ]);

    // Typed anew, a response counts by the newest.
    await store.placements.add([{ ...placed[1]!, segment: 'b' }]);
    expect((await store.typedSurveys.typed(kept.id)).map(({ segment }) => segment)).toEqual(['b']);
    await store.typedSurveys.end(typed!.id, null, at);
    expect(await store.typedSurveys.active()).toEqual([]);
  });

  test('a withdrawal empties what the response was typed as with its texts', async () => {
    const { store, place, workspaceId } = planted;
    const [bea = 0] = await knowPeople(engine.database, workspaceId, [{ externalId: 'bea' }], at);
    const participationId = (await store.people.participate(planted.study.id, [bea], at)).get(bea)!;
    const own = { ...place, participationId };
    await engine.responses.append([
      recordOf('beas', 0, { place: own }),
      recordOf('beas', 1, { kind: 'completion', page: null, place: own }),
    ]);
    await project();
    const response = (await store.responses.find(planted.study.id, 'beas'))!;
    await store.placements.add([
      {
        workspaceId,
        personId: bea,
        segmentationId,
        version: 1,
        segment: 'a',
        probability: 0.9,
        way: 'tool',
        responseId: Number(response.id),
        inputs: { answers: { mood: 8 } },
        placedAt: at,
      },
    ]);
    expect(await store.placements.ofPeople([bea])).toHaveLength(1);
    await engine.responses.append([recordOf('beas', 2, { kind: 'withdrawal', page: null, place: own })]);
    await project();
    expect(await store.placements.ofPeople([bea])).toEqual([]);
    expect(await store.placements.history([bea])).toMatchObject([
      { segment: null, probability: null, inputs: {}, withdrawnAt: at },
    ]);
  });
});
