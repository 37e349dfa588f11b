import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Interview, NewSourceText } from '../../src/store/notes.ts';
import type { Store } from '../../src/store/store.ts';
import { StaleTranscript } from '../../src/store/transcripts.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T09:00:00.000Z';
const later = '2026-03-09T09:00:00.000Z';

describe.each(engines)('transcripts and recordings on %s', (_, open) => {
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;
  let interview: Interview;

  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());
  beforeEach(async () => {
    const rows = await plantRows(engine.database);
    store = rows.store;
    studyId = rows.study.id;
    interview = await store.interviewLog.plan(
      {
        studyId,
        publicId: newPublicId(),
        title: 'Interview with P01',
        participant: 'P01',
        participationId: null,
        heldOn: '',
        mode: 'by video',
        guide: '',
        guideId: null,
        maySpeak: 0,
        state: 'invited',
        createdBy: null,
        createdAt: at,
      },
      [],
      { state: 'invited', note: '', madeBy: null, madeAt: at },
    );
  });

  const turn = (position: number, text: string, isDraft = 0): NewSourceText => ({
    studyId,
    publicId: newPublicId(),
    version: 1,
    kind: 'turn',
    subjectId: interview.publicId,
    item: String(position),
    position,
    speaker: 'P01',
    text,
    textHash: 'h',
    replaced: 0,
    createdAt: at,
    startMs: position * 5_000_000_000,
    endMs: null,
    isDraft,
  });
  const draft = (expiresAt = later) =>
    store.transcripts.addDraft({
      studyId,
      interviewId: interview.id,
      publicId: newPublicId(),
      fileName: 'talk.vtt',
      parsed: '{}',
      choices: '{}',
      isMachine: 1,
      createdBy: null,
      createdAt: at,
      expiresAt,
    });
  const bringIn = (turns: NewSourceText[], { draftId = null as number | null, replaced = 0 } = {}) =>
    store.transcripts.bringIn(
      {
        draftId,
        into: { interview },
        turns,
        cues: turns.map(({ publicId, version }) => ({
          studyId,
          publicId,
          version,
          cues: [
            { start: 0, startMs: 1000, endMs: 2000 },
            { start: 5, startMs: 5_000_000_000, endMs: null },
          ],
        })),
        replaced,
        actorId: null,
      },
      at,
    );
  const cuesOf = async (turns: readonly { publicId: string; version: number }[]) => [
    ...(await store.transcriptCues.of(turns)).values(),
  ];

  test('a draft is brought in once, with its captions, and is gone then', async () => {
    const { id, publicId } = await draft();
    await store.transcripts.choose(id, '{"a":1}');
    expect(await store.transcripts.findDraft(studyId, publicId, at)).toMatchObject({ id, choices: '{"a":1}' });
    await bringIn([turn(1, 'It was too dear', 1)], { draftId: id });
    await expect(bringIn([turn(1, 'again')], { draftId: id, replaced: 1 })).rejects.toThrow(StaleTranscript);
    const turns = await store.transcripts.turnsOf(interview);
    expect(turns.map(({ text, isDraft, startMs }) => [text, isDraft, Number(startMs)])).toEqual([
      ['It was too dear', 1, 5_000_000_000],
    ]);
    expect(await cuesOf(turns)).toEqual([
      [
        { start: 0, startMs: 1000, endMs: 2000 },
        { start: 5, startMs: 5_000_000_000, endMs: null },
      ],
    ]);
    expect(await store.transcripts.markCorrected(interview)).toBe(true);
    expect(await store.transcripts.markCorrected(interview)).toBe(false);
  });

  test('a draft whose time is over is found no more', async () => {
    const { publicId } = await draft(at);
    expect(await store.transcripts.findDraft(studyId, publicId, at)).toBeNull();
    await store.transcripts.forgetExpired(at);
    expect(await store.transcripts.draftsOf(interview.id, '2000-01-01')).toEqual([]);
  });

  test('a draft that was left beside an interview that was withdrawn is swept, and no other comes', async () => {
    const { id, ...left } = await draft();
    await store.withdrawals.withdraw(interview, { media: 0, codesToRename: [], withdrawnBy: null }, at);
    expect(await store.transcripts.draftsOf(interview.id, at)).toEqual([]);
    await expect(draft()).rejects.toThrow('took their consent back');
    // As versions that did not delete drafts with the words left it.
    await engine.database.kysely.insertInto('transcriptDrafts').values(left).execute();
    expect(await store.transcripts.draftsOf(interview.id, at)).toHaveLength(1);
    await store.transcripts.forgetExpired(at);
    expect(await store.transcripts.draftsOf(interview.id, at)).toEqual([]);
  });

  test('captions go with turns whose place others take, and with words that are withdrawn', async () => {
    const first = [turn(1, 'It was too dear')];
    await bringIn(first);
    await expect(bringIn([turn(1, 'Other words')])).rejects.toThrow(StaleTranscript);
    const second = [{ ...turn(1, 'Other words'), item: 'b1' }];
    await bringIn(second, { replaced: 1 });
    expect(await cuesOf(first)).toEqual([]);
    expect(await cuesOf(second)).toHaveLength(1);
    await store.withdrawals.withdraw(interview, { media: 0, codesToRename: [], withdrawnBy: null }, at);
    expect(await cuesOf(second)).toEqual([]);
  });

  test('captions go along with a correction; one whose words went is gone, and the old version has none', async () => {
    await bringIn([turn(1, 'Well, too dear')]);
    const [source] = await store.transcripts.turnsOf(interview);
    if (!source) throw new Error('The turn is not there');
    await store.corrections.apply(
      {
        source,
        text: 'too dear',
        textHash: 'h',
        edits: [{ start: 0, end: 6, text: '' }],
        reason: '',
        label: 'corrected',
        lost: [],
        actorId: null,
      },
      ({ start, end }) => (end <= 6 ? null : { spanStart: Math.max(0, start - 6), spanEnd: end - 6, spanHash: 'h' }),
      () => true,
      later,
    );
    const [corrected] = await store.transcripts.turnsOf(interview);
    expect(corrected?.version).toBe(2);
    expect(await cuesOf([{ ...source, version: 1 }])).toEqual([]);
    expect(await cuesOf([{ ...source, version: 2 }])).toEqual([[{ start: 0, startMs: 5_000_000_000, endMs: null }]]);
  });

  test('a recording is listed until it is erased, large ones by their whole size', async () => {
    const file = await store.media.add({
      studyId,
      interviewId: interview.id,
      publicId: newPublicId(),
      name: 'talk.wav',
      mediaType: 'audio/wav',
      bytes: 5_000_000_000,
      sha256: 'h',
      createdBy: null,
      createdAt: at,
    });
    expect(await store.media.listOf(interview.id)).toMatchObject([{ id: file.id, bytes: 5_000_000_000 }]);
    expect(await store.media.interviewIdOf(interview.publicId)).toBe(Number(interview.id));
    await store.media.markErased(file.id, later);
    expect(await store.media.find(studyId, file.publicId)).toBeNull();
    expect(await store.media.listOf(interview.id)).toEqual([]);
  });
});
