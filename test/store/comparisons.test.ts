import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('comparisons on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function plant() {
    const { store, study, at } = await plantRows(engine.database);
    const segment = await store.segments.addDefined(study.id, 'A', { attribute: 'plan', op: 'set' }, null, null, at);
    const { comparisons } = store;
    const add = (kind: 'overlap' | 'contrast' | 'before', segmentId: number | null) =>
      comparisons.add(
        { studyId: study.id, kind, segmentId, settings: {}, seed: 0, day: '2026-03-02', createdBy: null },
        at,
      );
    const finish = async (kind: 'overlap' | 'contrast' | 'before', segmentId: number | null, result = '{}') => {
      const comparison = await add(kind, segmentId);
      await comparisons.begin(comparison.id);
      await comparisons.finish(comparison, result, at);
      return comparison;
    };
    return { comparisons, study, segment, at, add, finish };
  }

  test('what was cancelled is not begun, and what is cancelled while it goes keeps no result', async () => {
    const { comparisons, study, segment, at, add } = await plant();
    const waiting = await add('contrast', segment.id);
    expect(await comparisons.cancel(waiting.id, at)).toBe(true);
    expect(await comparisons.begin(waiting.id)).toBe(false);
    const going = await add('contrast', segment.id);
    expect(await comparisons.begin(going.id)).toBe(true);
    await comparisons.progress(going.id, 'Reading', 0.5);
    expect(await comparisons.find(study.id, going.publicId)).toMatchObject({ step: 'Reading', progress: 0.5 });
    expect(await comparisons.cancel(going.id, at)).toBe(true);
    await comparisons.finish(going, '{"late":true}', at);
    expect(await comparisons.findById(going.id)).toMatchObject({ state: 'cancelled', result: null });
    expect(await comparisons.latestDone({ studyId: study.id, kind: 'contrast', segmentId: segment.id })).toBeNull();
  });

  test('those of a segment and those of the study are told apart, the newest first', async () => {
    const { comparisons, study, segment, finish } = await plant();
    const own = await finish('contrast', segment.id);
    const first = await finish('before', null);
    const second = await finish('before', null);
    expect(
      (await comparisons.list({ studyId: study.id, kind: 'before', segmentId: null })).map(({ id }) => id),
    ).toEqual([second.id, first.id]);
    expect((await comparisons.latest({ studyId: study.id, kind: 'contrast', segmentId: segment.id }))?.id).toBe(own.id);
  });

  test('of overlaps only the newest is kept, of others the last twenty', async () => {
    const { comparisons, study, finish } = await plant();
    const overlaps = [await finish('overlap', null), await finish('overlap', null)];
    expect(await comparisons.findById(overlaps[0]!.id)).toBeNull();
    expect(await comparisons.findById(overlaps[1]!.id)).not.toBeNull();
    const all = [];
    for (let one = 0; one < 22; one += 1) all.push(await finish('before', null));
    const kept = await comparisons.list({ studyId: study.id, kind: 'before', segmentId: null });
    expect(kept.map(({ id }) => id)).toEqual(
      all
        .slice(2)
        .map(({ id }) => id)
        .reverse(),
    );
  });

  test('a server that was stopped leaves nothing going; overlaps are begun anew by themselves', async () => {
    const { comparisons, at, segment, add } = await plant();
    const contrast = await add('contrast', segment.id);
    const overlap = await add('overlap', null);
    await comparisons.failUnfinished(at);
    expect(await comparisons.findById(contrast.id)).toMatchObject({ state: 'failed', finishedAt: at });
    expect(await comparisons.findById(overlap.id)).toBeNull();
  });
});
