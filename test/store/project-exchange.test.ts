import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { type Incoming, type ProjectImport, stepKind } from '../../src/store/project-exchange.ts';
import type { Store } from '../../src/store/store.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T09:00:00.000Z';
const later = '2026-03-03T09:00:00.000Z';

describe.each(engines)('what comes in by a file on %s', (_, open) => {
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;
  let draft: ProjectImport;

  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    const rows = await plantRows(engine.database);
    store = rows.store;
    studyId = rows.study.id;
    draft = await store.projectExchange.stage({
      studyId,
      fileName: 'theirs.qdpx',
      format: 'qdpx',
      origin: 'Another program',
      createdBy: null,
      createdAt: at,
      expiresAt: later,
    });
  });

  const interview = newPublicId;
  function incoming(publicId: string): Incoming {
    const source = newPublicId();
    const words = {
      studyId,
      version: 1,
      kind: 'turn',
      subjectId: publicId,
      speaker: 'Ada',
      textHash: 'h',
      replaced: 0,
    };
    const [guid, under] = [newPublicId(), newPublicId()];
    const code = { studyId, definition: '', createdAt: at, retiredAt: null, revives: null };
    return {
      studyId,
      at,
      interviews: [
        {
          interview: {
            studyId,
            publicId,
            title: 'P07',
            participant: 'P07',
            participationId: null,
            heldOn: '2026-03-01',
            mode: 'by phone',
            guide: '',
            maySpeak: 0,
            createdBy: null,
            createdAt: at,
          },
          sources: [{ ...words, publicId: source, item: '1', position: 1, text: 'too dear', createdAt: at }],
          cues: [
            {
              studyId,
              publicId: source,
              version: 1,
              cues: [
                { start: 0, startMs: 0, endMs: null },
                { start: 4, startMs: 900, endMs: null },
              ],
            },
          ],
          purposes: ['analysis'],
          textVersion: 'not known',
        },
      ],
      codes: [
        { ...code, publicId: newPublicId(), guid, name: 'Barriers', parentGuid: null },
        { ...code, publicId: newPublicId(), guid: under, name: 'Price', parentGuid: guid },
      ],
      codeIds: new Map(),
      codings: [
        {
          studyId,
          publicId: newPublicId(),
          codeGuid: under,
          sourceId: source,
          sourceVersion: 1,
          spanStart: 0,
          spanEnd: 3,
          spanHash: 'h',
          coderId: null,
          layer: 'human',
          runId: null,
          createdAt: at,
          removedAt: null,
        },
      ],
      memos: [
        {
          studyId,
          publicId: newPublicId(),
          subjectKind: 'interview',
          subjectId: publicId,
          sourceVersion: null,
          spanStart: null,
          spanEnd: null,
          text: 'Hm',
          guid: null,
          createdBy: null,
          createdAt: at,
          changedAt: at,
          removedAt: null,
        },
      ],
      kept: [{ kind: 'interview', guid: newPublicId(), subjectId: publicId, body: '{}' }],
    };
  }
  const bringIn = (file: Incoming) =>
    store.codingJournal.step({ studyId, actorId: null, kind: stepKind(draft.id), label: 'Import' }, at, (write) =>
      store.projectExchange.bringIn(write, draft, file, { rows: [] }),
    );
  const standing = async () => ({
    interviews: (await store.notes.interviews(studyId)).length,
    codes: (await store.notes.codes(studyId)).map(({ name, parentId }) => [name, parentId !== null]),
    codings: (await store.projectExchange.codings(studyId, null)).length,
    memos: (await store.projectExchange.memos(studyId, null)).length,
    kept: (await store.projectExchange.kept(studyId)).length,
  });
  const NOTHING = { interviews: 0, codes: [], codings: 0, memos: 0, kept: 0 };

  test('comes in once, with its tree, and goes back as a whole', async () => {
    const file = incoming(interview());
    expect(await bringIn(file)).toBe(true);
    const there = {
      interviews: 1,
      codes: [
        ['Barriers', false],
        ['Price', true],
      ],
      codings: 1,
      memos: 1,
      kept: 1,
    };
    expect(await standing()).toEqual(there);
    expect(await bringIn(incoming(interview()))).toBe(false);
    expect(await standing()).toEqual(there);

    await store.projectExchange.noteStep(draft);
    const done = await store.projectExchange.find(studyId, draft.publicId);
    if (!done) throw new Error('The import is not there');
    expect(await store.projectExchange.takeBack(done, later)).toBeNull();
    expect(await standing()).toEqual(NOTHING);
    expect(await store.codingJournal.redo(studyId, null, later)).toEqual({ outcome: 'nothing' });
  });

  test('a file that was only looked at is found once its day is over, and forgotten', async () => {
    expect((await store.projectExchange.expired(at)).map(({ id }) => id)).not.toContain(draft.id);
    expect((await store.projectExchange.expired(later)).map(({ id }) => Number(id))).toContain(Number(draft.id));
    expect(await store.projectExchange.discard(draft.id)).toBe(true);
    expect(await store.projectExchange.find(studyId, draft.publicId)).toBeNull();
    expect(await standing()).toEqual(NOTHING);
  });
});
