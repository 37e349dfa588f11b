import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import type { Interview } from '../../src/store/notes.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { engines, type OpenEngine } from '../support/engines.ts';

const AT = '2026-03-02T09:00:00.000Z';

describe.each(engines)('interviews to come, on %s', (_, open) => {
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;
  let interview: Interview;

  beforeAll(async () => {
    engine = await open();
    store = openStore(engine.database);
    const { kysely } = engine.database;
    const workspace = await kysely
      .insertInto('workspaces')
      .values({ publicId: newPublicId(), name: 'Research', createdAt: AT })
      .returning('id')
      .executeTakeFirstOrThrow();
    const study = await kysely
      .insertInto('studies')
      .values({
        workspaceId: workspace.id,
        publicId: newPublicId(),
        name: 'A study',
        isClosed: 0,
        inventedNotice: null,
        createdAt: AT,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    studyId = Number(study.id);
    const guide = await store.guides.add({
      studyId,
      publicId: newPublicId(),
      version: 1,
      code: null,
      title: 'A guide',
      content: '{}',
      createdBy: null,
      createdAt: AT,
    });
    interview = await store.interviewLog.plan(
      {
        studyId,
        publicId: newPublicId(),
        title: 'Interview with P01',
        participant: 'P01',
        participationId: null,
        heldOn: '',
        mode: 'by video',
        guide: guide.title,
        guideId: guide.id,
        maySpeak: 0,
        state: 'invited',
        createdBy: null,
        createdAt: AT,
      },
      [],
      { state: 'invited', note: '', madeBy: null, madeAt: AT },
    );
  }, 60_000);
  afterAll(() => engine.close());

  test('of two who move an interview at once, one is told that it moved already', async () => {
    const step = { note: '', madeBy: null, madeAt: AT };
    const moved = await store.interviewLog.step(interview, {}, { ...step, state: 'cancelled' });
    expect(moved?.state).toBe('cancelled');
    expect(await store.interviewLog.step(interview, {}, { ...step, state: 'held' })).toBeNull();
    expect((await store.interviewLog.steps(interview.id)).map(({ state }) => state)).toEqual(['invited', 'cancelled']);
  });

  test('of two who save a guide at once, one is told; interviews keep the version they follow', async () => {
    const [guide] = await store.guides.list(studyId);
    if (!guide) throw new Error('The guide is not there');
    const { id: _id, retiredAt: _retired, uses, ...row } = guide;
    expect(uses).toBe(1);
    expect((await store.guides.addVersion({ ...row, version: 2, title: 'Changed' }))?.version).toBe(2);
    expect(await store.guides.addVersion({ ...row, version: 2, title: 'Late' })).toBeNull();
    expect((await store.guides.find(studyId, guide.publicId))?.title).toBe('Changed');
    expect((await store.guides.versions(studyId, guide.publicId)).map(({ version, uses }) => [version, uses])).toEqual([
      [2, 0],
      [1, 1],
    ]);
  });

  test('notes written at the same time have places of their own, and each change is counted', async () => {
    const write = (entry: string) =>
      store.interviewNotes.add(
        interview,
        {
          studyId,
          publicId: sourceId('note', interview.publicId, entry),
          version: 1,
          kind: 'note',
          subjectId: interview.publicId,
          item: entry,
          speaker: null,
          text: entry,
          textHash: 'sealed',
          replaced: 0,
          createdAt: AT,
          startMs: 1500,
        },
        { entry, writtenBy: null, at: AT },
      );
    await Promise.all(['one', 'two', 'three', 'two'].map(write));
    const notes = await store.interviewNotes.list(interview.id);
    expect(notes.map(({ text }) => text).sort()).toEqual(['one', 'three', 'two']);
    expect(notes.every(({ startMs }) => startMs === 1500)).toBe(true);
    const sources = await store.notes.sourcesOf(studyId, interview.publicId);
    expect(sources.map(({ position }) => Number(position)).sort()).toEqual([1, 2, 3]);
    const before = (await store.notes.findInterview(studyId, interview.publicId))?.notesRevision ?? 0;
    await store.interviewNotes.mark({
      interviewId: interview.id,
      question: 'q1',
      atMs: null,
      madeBy: null,
      madeAt: AT,
    });
    await store.interviewNotes.mark({ interviewId: interview.id, question: 'q1', atMs: 7, madeBy: null, madeAt: AT });
    expect(await store.interviewNotes.marks(interview.id)).toMatchObject([{ question: 'q1', atMs: null }]);
    const after = (await store.notes.findInterview(studyId, interview.publicId))?.notesRevision ?? 0;
    expect(Number(after)).toBeGreaterThan(Number(before));
  });

  test('rungs stand from the foot upwards and change places', async () => {
    const add = (text: string) =>
      store.ladderRungs.add({
        studyId,
        publicId: newPublicId(),
        subjectKind: 'interview',
        subjectId: interview.publicId,
        ladder: 1,
        kind: 'attribute',
        codeId: null,
        text,
        sourceId: null,
        sourceVersion: null,
        spanStart: null,
        spanEnd: null,
        mode: 'soft',
        createdBy: null,
        createdAt: AT,
      });
    for (const text of ['fee', 'save', 'security']) await add(text);
    const [fee, save] = await store.ladderRungs.of(studyId, interview.publicId);
    if (!fee || !save) throw new Error('The rungs are not there');
    await store.ladderRungs.swap(fee, save);
    await store.ladderRungs.remove(save.id, AT);
    expect((await store.ladderRungs.list(studyId)).map(({ text }) => text)).toEqual(['fee', 'security']);
  });
});
