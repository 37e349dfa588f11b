import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DerivedDefinition } from '../../src/model/derived-variable.ts';
import { NO_FILTER } from '../../src/store/response-filter.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const box = (boxes: number): DerivedDefinition => ({ kind: 'box', of: 'answer:mood', side: 'top', boxes });

describe.each(engines)('variables and tables of a survey on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  });
  afterAll(() => engine.close());
  const place = () => ({ studyId: planted.study.id, surveyId: planted.survey.id });
  const change = (name: string, boxes: number, note = '') => ({ name, definition: box(boxes), note, madeBy: null });

  test('a change is another version; an older one to start from is refused, and so is what the check refuses', async () => {
    const { store, at } = planted;
    const id = await store.derivedVariables.add(place(), change('Top', 2), () => {}, at);
    const kept = (await store.derivedVariables.find(planted.survey.id, id))!;
    expect(kept).toMatchObject({ version: 1, name: 'Top', definition: box(2) });
    expect(await store.derivedVariables.change(kept, 1, change('Top 1', 1, 'stricter'), () => {}, at)).toBe(true);
    expect(await store.derivedVariables.change(kept, 1, change('Top 3', 3), () => {}, at)).toBe(false);
    const refused = store.derivedVariables.change(
      kept,
      2,
      change('Top 3', 3),
      (others) => {
        expect(others).toEqual([]);
        throw new Error('no');
      },
      at,
    );
    await expect(refused).rejects.toThrow('no');
    expect(await store.derivedVariables.find(planted.survey.id, id)).toMatchObject({ version: 2, name: 'Top 1' });
    expect((await store.derivedVariables.versions(kept.id)).map(({ number, note }) => [number, note])).toEqual([
      [2, 'stricter'],
      [1, ''],
    ]);
    await store.derivedVariables.remove(kept.id, null, at);
    expect(await store.derivedVariables.list(planted.survey.id)).toEqual([]);
    expect(await store.derivedVariables.find(planted.survey.id, id)).toBeNull();
    expect(await store.derivedVariables.versions(kept.id)).toHaveLength(2);
  });

  test('a table is changed from the version it has, and runs may make tables', async () => {
    const { store, at, study, survey } = planted;
    const table = await store.bannerTables.add({ ...place(), name: 'T', settings: '{}', createdBy: null }, at);
    const to = { name: 'U', settings: '{}', changedBy: null };
    expect(await store.bannerTables.change(table, to, at)).toBe(true);
    expect(await store.bannerTables.change(table, to, at)).toBe(false);
    expect((await store.bannerTables.list(survey.id)).map(({ name, version }) => [name, Number(version)])).toEqual([
      ['U', 2],
    ]);
    await store.bannerTables.remove(table.id, at);
    expect(await store.bannerTables.find(survey.id, table.publicId)).toBeNull();
    const run = await store.analyses.addRun(
      {
        studyId: study.id,
        kind: 'tables',
        surveyId: survey.id,
        subject: table.publicId,
        engineVersion: '1',
        seed: 0,
        settings: {},
        inputCut: {},
        createdBy: null,
      },
      at,
    );
    expect(await store.analyses.findRunState(run.id)).toBe('queued');
    expect(await store.responseDesk.ids(survey.id, { ...NO_FILTER, state: 'counted' })).toEqual([]);
    expect(await store.responses.answersOf(survey.id, [])).toEqual([]);
  });
});
