import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T08:00:00.000Z';

describe.each(engines)('bases and weightings on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  });
  afterAll(() => engine.close());

  test('a change is a version beside the others, and a stale one changes nothing', async () => {
    const { store, study, survey } = planted;
    const place = { studyId: study.id, surveyId: survey.id };
    const { sampleDefinitions } = store;
    const id = await sampleDefinitions.add(
      { ...place, kind: 'base' },
      { name: 'First', definition: { ways: ['open'] }, madeBy: null },
      at,
    );
    const first = (await sampleDefinitions.find(survey.id, 'base', id))!;
    expect(first).toMatchObject({ name: 'First', number: 1, version: 1, definition: { ways: ['open'] }, madeBy: null });
    const next = { name: 'Second', definition: { ways: ['list'] }, madeBy: null };
    expect(await sampleDefinitions.change(first.id, 1, next, at)).toBe(true);
    expect(await sampleDefinitions.change(first.id, 1, next, at)).toBe(false);
    expect(await sampleDefinitions.find(survey.id, 'base', id)).toMatchObject({ name: 'Second', number: 2 });
    expect(await sampleDefinitions.find(survey.id, 'base', id, 1)).toMatchObject({
      name: 'First',
      number: 1,
      version: 2,
    });
    expect(await sampleDefinitions.find(survey.id, 'base', id, 3)).toBeNull();
    expect((await sampleDefinitions.versions(first.id)).map(({ number }) => number)).toEqual([2, 1]);
    expect(await sampleDefinitions.find(survey.id, 'weighting', id)).toBeNull();
    expect(await sampleDefinitions.find(survey.id + 1, 'base', id)).toBeNull();
  });

  test('what was removed leaves the list, stays readable, and takes no further version', async () => {
    const { store, study, survey } = planted;
    const { sampleDefinitions } = store;
    const change = { name: 'Census', definition: {}, madeBy: null };
    const id = await sampleDefinitions.add({ studyId: study.id, surveyId: survey.id, kind: 'weighting' }, change, at);
    const kept = (await sampleDefinitions.find(survey.id, 'weighting', id))!;
    expect((await sampleDefinitions.list(survey.id, 'weighting')).map(({ publicId }) => publicId)).toEqual([id]);
    await sampleDefinitions.remove(kept.id, at);
    expect(await sampleDefinitions.list(survey.id, 'weighting')).toEqual([]);
    expect(await sampleDefinitions.find(survey.id, 'weighting', id)).toMatchObject({ removedAt: at });
    expect(await sampleDefinitions.change(kept.id, 1, change, at)).toBe(false);
  });

  test('a survey that nobody answered goes with its bases', async () => {
    const { store, study } = await plantRows(engine.database);
    const [survey] = await store.surveys.list(study.id);
    const change = { name: 'Everybody', definition: {}, madeBy: null };
    await store.sampleDefinitions.add({ studyId: study.id, surveyId: survey!.id, kind: 'base' }, change, at);
    expect(await store.surveys.removeUnanswered(survey!.id)).toBe(true);
    expect(await store.sampleDefinitions.list(survey!.id, 'base')).toEqual([]);
  });
});
