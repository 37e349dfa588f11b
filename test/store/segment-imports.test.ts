import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SegmentImport } from '../../src/store/segment-imports.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T08:00:00.000Z';
const plan = { name: 'Ours', who: 'external' as const, hasHeader: true, columns: ['who' as const, 'segment' as const] };

describe.each(engines)('claims of files on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let batch: SegmentImport;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    batch = await planted.store.segmentImports.add(
      { studyId: planted.study.id, segmentationId: null, fileName: 'ours.csv', plan, rowCount: 2, createdBy: null },
      at,
    );
  });
  afterAll(() => engine.close());

  test('of many who ask at once one gets it, and nobody changes its columns meanwhile', async () => {
    const { segmentImports } = planted.store;
    const claims = await Promise.all(Array.from({ length: 4 }, () => segmentImports.claim(batch.id, at)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await segmentImports.setPlan(batch.id, plan)).toBe(false);
    await segmentImports.release(batch.id);
    expect(await segmentImports.setPlan(batch.id, plan)).toBe(true);
  });

  test('a run that came to nothing gives it back, one that goes on does not', async () => {
    const { segmentImports, segmentations, analyses } = planted.store;
    const made = await segmentations.add(
      { studyId: planted.study.id, surveyId: null, name: 'Ours', origin: 'imported', settings: '{}', createdBy: null },
      at,
    );
    for (const end of [
      (id: number) => analyses.fail(id, 'No', at),
      (id: number) => analyses.cancel(id, at),
      () => analyses.failUnfinished(at),
    ]) {
      expect(await segmentImports.claim(batch.id, at)).toBe(true);
      const run = await analyses.addRun(
        {
          studyId: planted.study.id,
          kind: 'segments',
          surveyId: null,
          segmentationId: made.id,
          subject: 'define',
          engineVersion: '1',
          seed: 1,
          settings: {},
          inputCut: {},
          createdBy: null,
        },
        at,
      );
      await segmentImports.setRun(batch.id, made.id, run.id);
      await segmentImports.releaseUnbegun();
      expect(await segmentImports.claim(batch.id, at)).toBe(false);
      await end(run.id);
    }
    expect(await segmentImports.claim(batch.id, at)).toBe(true);
  });
});
