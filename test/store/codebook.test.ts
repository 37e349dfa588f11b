import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { moveMemos, recodeRows, standingCodings } from '../../src/store/codebook.ts';
import { NO_FILTER } from '../../src/store/response-filter.ts';
import type { Store } from '../../src/store/store.ts';
import { addCoding } from '../support/bare-coding.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T09:00:00.000Z';

describe.each(engines)('the codebook on %s', (_, open) => {
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;

  beforeAll(async () => {
    engine = await open();
    const rows = await plantRows(engine.database);
    store = rows.store;
    studyId = rows.study.id;
  });
  afterAll(() => engine.close());

  const step = <Value>(label: string, make: Parameters<Store['codingJournal']['step']>[2]) =>
    store.codingJournal.step({ studyId, actorId: null, kind: 'test', label }, at, make) as Promise<Value>;

  test('codings move to another code, those on the same words are joined, and undoing parts them again', async () => {
    const from = await store.notes.codeNamed(studyId, 'from', '', at);
    const into = await store.notes.codeNamed(studyId, 'into', '', at);
    const coding = (codeId: number, spanStart: number, direction: string | null = null) =>
      addCoding(store, { studyId, codeId, sourceId: 'text', spanStart, createdAt: at, direction });
    await coding(from.id, 0, 'for');
    await coding(from.id, 1);
    const kept = await coding(into.id, 0);
    const before = [await store.codebook.standing(from.id), await store.codebook.standing(into.id)];
    const done = await step<{ moved: number; joined: number }>('merge', async (write) => {
      await moveMemos(write, studyId, 'code', from.publicId, into.publicId);
      return recodeRows(write, await standingCodings(write.db, from.id), into.id, at, { keep: false });
    });
    expect(done).toEqual({ moved: 1, joined: 1 });
    const standing = await store.codebook.standing(into.id);
    expect(standing).toHaveLength(2);
    // What was said of the one that goes is said of the one that stays.
    expect(standing.find(({ publicId }) => publicId === kept.publicId)?.direction).toBe('for');
    expect((await store.codingJournal.undo(studyId, null, at)).outcome).toBe('done');
    expect([await store.codebook.standing(from.id), await store.codebook.standing(into.id)]).toEqual(before);
  });

  test('codings of second coders that do not count are joined only with their own', async () => {
    const from = await store.notes.codeNamed(studyId, 'blind from', '', at);
    const into = await store.notes.codeNamed(studyId, 'blind into', '', at);
    await addCoding(store, { studyId, codeId: from.id, sourceId: 'text', createdAt: at, counts: 0 });
    await addCoding(store, { studyId, codeId: into.id, sourceId: 'text', createdAt: at });
    await step('merge', async (write) =>
      recodeRows(write, await standingCodings(write.db, from.id), into.id, at, { keep: false }),
    );
    expect((await store.codebook.standing(into.id)).map(({ counts }) => Number(counts)).sort()).toEqual([0, 1]);
  });

  test('every list answers where there is nothing', async () => {
    const words = { responses: { ...NO_FILTER, attribute: { name: 'plan', value: 'pro' } }, words: '50%_!' };
    for (const coded of ['any', 'coded', 'uncoded', { codeId: 1 }] as const) {
      expect(await store.answerGrid.page(1, 'why', { ...words, coded, viewer: 1 }, 0, 50)).toEqual([]);
      expect(await store.answerGrid.frame(1, 'why', { ...words, coded, viewer: 1 })).toEqual({
        answered: 0,
        coded: 0,
        codes: new Map(),
      });
    }
    expect(await store.answerGrid.suggestions(studyId, ['x'], 1)).toEqual([]);
    expect(await store.answerGrid.answers([1], ['plan'])).toEqual([]);
    expect(await store.answerGrid.segmentsOf([1])).toEqual([]);
    expect(await store.codebook.reach(studyId, 1)).toEqual([]);
    expect([...(await store.codebook.beside(studyId, [0]))]).toEqual([]);
    expect(await store.codebook.waitingProposals(1)).toBe(0);
    expect([await store.coder.waiting(studyId, 1, 5, 1), await store.coder.waitingByCode(studyId, 1)]).toEqual([
      [],
      [],
    ]);
    expect(await store.themeCodes.list(studyId)).toEqual([]);
  });
});
