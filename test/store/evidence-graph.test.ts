import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyEdits, type Edit, isTouched, mapSpan } from '../../src/coding/offset-map.ts';
import { seal } from '../../src/coding/seal.ts';
import { sliceSpan } from '../../src/coding/spans.ts';
import { StaleCorrection } from '../../src/store/corrections.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import { addCoding } from '../support/bare-coding.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const AT = '2026-03-02T09:00:00.000Z';
const LATER = '2026-03-03T09:00:00.000Z';
const WORDS = '😀 I was stuk in the lift, and nobody came.';

describe.each(engines)('corrections, insights and withdrawals, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  }, 60_000);
  afterAll(() => engine.close());

  async function log() {
    const { store, study } = planted;
    const publicId = newPublicId();
    const interview = await store.notes.addInterview(
      {
        studyId: study.id,
        publicId,
        title: 'A talk',
        participant: 'P07',
        participationId: null,
        heldOn: '2026-03-02',
        mode: 'by phone',
        guide: '',
        maySpeak: 1,
        createdBy: null,
        createdAt: AT,
      },
      [
        {
          studyId: study.id,
          publicId: sourceId('turn', publicId, '1'),
          version: 1,
          kind: 'turn',
          subjectId: publicId,
          item: '1',
          position: 1,
          speaker: 'P07',
          text: WORDS,
          textHash: seal(textKey, WORDS),
          replaced: 0,
          createdAt: AT,
        },
      ],
      { purposes: ['analysis', 'quotes'], textVersion: '1', language: 'en' },
    );
    const [source] = await store.notes.sourcesOf(study.id, publicId);
    return { interview, source: source! };
  }
  const spanOf = (words: string) => {
    const start = [...WORDS.slice(0, WORDS.indexOf(words))].length;
    return { spanStart: start, spanEnd: start + [...words].length, spanHash: seal(textKey, words) };
  };
  const code = async (name: string) =>
    planted.store.notes.codeNamed(planted.study.id, `${name} ${newPublicId()}`, '', AT);
  const correct = (source: Awaited<ReturnType<typeof log>>['source'], edits: Edit[], lost: string[] = []) => {
    const text = applyEdits(source.text, edits);
    return planted.store.corrections.apply(
      {
        source,
        text,
        textHash: seal(textKey, text),
        edits,
        reason: 'Heard again',
        label: 'corrected',
        lost,
        actorId: null,
      },
      (span) => {
        const to = mapSpan(span, edits);
        return to && { spanStart: to.start, spanEnd: to.end, spanHash: seal(textKey, sliceSpan(text, to) ?? '') };
      },
      (span) => isTouched(span, edits),
      LATER,
    );
  };
  const STUCK: Edit[] = [{ start: 8, end: 12, text: 'stuck' }];

  test('a correction takes codings, memos, masks and evidence along, and reads once', async () => {
    const { store, study } = planted;
    const { source } = await log();
    const { id: codeId } = await code('Lift');
    const whole = await addCoding(store, {
      publicId: newPublicId(),
      studyId: study.id,
      codeId,
      sourceId: source.publicId,
      createdAt: AT,
      ...spanOf('stuk in the lift'),
    });
    const after = await addCoding(store, {
      publicId: newPublicId(),
      studyId: study.id,
      codeId,
      sourceId: source.publicId,
      createdAt: AT,
      ...spanOf('nobody came'),
    });
    const insight = await store.insights.add({
      studyId: study.id,
      statement: 'Lifts strand people',
      status: 'standing',
      ownerId: null,
      createdBy: null,
      createdAt: AT,
      changedAt: AT,
    });
    const of = { id: insight.id, studyId: study.id };
    const evidence = (words: string, stance: 'for' | 'against' = 'for') => ({
      sourceId: source.publicId,
      sourceVersion: 1,
      ...spanOf(words),
      codingId: null,
      stance,
    });
    expect(
      await store.insights.addEvidence(
        of,
        [evidence('stuk'), evidence('nobody came', 'against'), evidence('stuk')],
        null,
        AT,
      ),
    ).toBe(2);
    await store.masks.decide(
      {
        studyId: study.id,
        sourceId: source.publicId,
        sourceVersion: 1,
        verdict: 'masked',
        kind: 'place',
        ...place('the lift'),
      },
      null,
      AT,
    );
    await store.masks.decide(
      { studyId: study.id, sourceId: source.publicId, sourceVersion: 1, verdict: 'open', ...place('stuk') },
      null,
      AT,
    );

    expect(await correct(source, STUCK)).toEqual({ version: 2, moved: 1 });
    const [standing, ...others] = await store.notes.sourcesOf(study.id, source.subjectId);
    expect([standing?.version, standing?.text, others]).toEqual([2, WORDS.replace('stuk', 'stuck'), []]);
    expect(
      (await store.interviewTurns.list(study.id)).filter(({ sourceId: id }) => id === source.publicId),
    ).toHaveLength(1);
    expect((await store.coder.texts(study.id)).filter(({ sourceId: id }) => id === source.publicId)).toMatchObject([
      { version: 2 },
    ]);
    const codings = await store.notes.codings(study.id, { sourceIds: [source.publicId] });
    expect(
      codings.map(({ publicId, sourceVersion, spanStart, spanEnd }) => [publicId, sourceVersion, spanStart, spanEnd]),
    ).toEqual([
      [whole.publicId, 2, 8, 25],
      [after.publicId, 2, after.spanStart + 1, after.spanEnd + 1],
    ]);
    expect(
      (await store.insights.evidenceOf(study.id, insight.id)).map(({ sourceVersion, isChanged, stance }) => [
        sourceVersion,
        isChanged,
        stance,
      ]),
    ).toEqual([
      [2, true, 'for'],
      [2, false, 'against'],
    ]);
    // What was called not personal was touched, so it is looked at anew.
    expect(await store.masks.decisionsOf(study.id, [source.publicId])).toMatchObject([
      { sourceVersion: 2, verdict: 'masked', kind: 'place' },
    ]);
    // Steps before it know places of the version before: none of them is taken back.
    expect(await store.codingJournal.next(study.id, null)).toMatchObject({ undo: null, redo: null });
    expect(await store.corrections.patchesOf(study.id, source.publicId)).toMatchObject([
      { fromVersion: 1, toVersion: 2, edits: STUCK, reason: 'Heard again', moved: 1, lost: [] },
    ]);
  });

  test('a second correction of the same version is refused, and leaves nothing behind', async () => {
    const { store, study } = planted;
    const { source } = await log();
    await correct(source, STUCK);
    await expect(correct(source, [{ start: 0, end: 1, text: '' }])).rejects.toThrow(StaleCorrection);
    expect((await store.notes.versionsOf(study.id, source.publicId)).map(({ version }) => version)).toEqual([1, 2]);
  });

  test('a coding whose words go has to be known before it is lost', async () => {
    const { store, study } = planted;
    const { source } = await log();
    const { id: codeId } = await code('Alone');
    const coding = await addCoding(store, {
      publicId: newPublicId(),
      studyId: study.id,
      codeId,
      sourceId: source.publicId,
      createdAt: AT,
      ...spanOf('nobody'),
    });
    const cut = [{ start: coding.spanStart, end: coding.spanEnd, text: '' }];
    await expect(correct(source, cut)).rejects.toThrow('codings');
    expect(await store.notes.findSource(study.id, source.publicId, 2)).toBeNull();
    await correct(source, cut, [coding.publicId]);
    expect(await store.notes.findCoding(study.id, coding.publicId)).toBeNull();
    const [patch] = await store.corrections.patchesOf(study.id, source.publicId);
    expect(await store.corrections.codingsNamed(study.id, patch?.lost ?? [])).toMatchObject([
      { publicId: coding.publicId },
    ]);
  });

  test('a withdrawal empties every version, correction, memo and step, once', async () => {
    const { store, study } = planted;
    const { interview, source } = await log();
    await correct(source, STUCK);
    const memo = await store.codingJournal.step(
      { studyId: study.id, actorId: null, kind: 'memo', label: 'Memo on “stuck in the lift”' },
      AT,
      (write) =>
        write.insert('memos', {
          studyId: study.id,
          publicId: newPublicId(),
          subjectKind: 'interview',
          subjectId: interview.publicId,
          text: 'Said: stuck in the lift',
          createdAt: AT,
          changedAt: AT,
          removedAt: null,
          createdBy: null,
        }),
    );
    const counts = await store.withdrawals.withdraw(
      interview,
      { media: 1, codesToRename: ['x'], withdrawnBy: null },
      LATER,
    );
    expect(counts).toMatchObject({ texts: 2, corrections: 1, memos: 1, media: 1, insights: 0, personas: 0 });
    expect(counts?.steps).toBeGreaterThan(0);
    expect(
      (await store.notes.versionsOf(study.id, source.publicId)).map(({ text, speaker }) => [text, speaker]),
    ).toEqual([
      ['', null],
      ['', null],
    ]);
    expect((await store.corrections.patchesOf(study.id, source.publicId))[0]).toMatchObject({ edits: [], reason: '' });
    const kept = await engine.database.kysely
      .selectFrom('memos')
      .selectAll()
      .where('publicId', '=', memo.publicId)
      .executeTakeFirstOrThrow();
    expect([kept.text, kept.removedAt]).toEqual(['', LATER]);
    const steps = await engine.database.kysely.selectFrom('codingSteps').select(['label', 'changes']).execute();
    expect(JSON.stringify(steps)).not.toContain('stuck in the lift');
    expect(await store.withdrawals.of(study.id, interview.publicId)).toMatchObject({
      withdrawnAt: LATER,
      codesToRename: ['x'],
    });
    expect(
      await store.withdrawals.withdraw(interview, { media: 0, codesToRename: [], withdrawnBy: null }, LATER),
    ).toBeNull();
  });

  test('the consent noted last counts, also where it is less and by the same text, until its last day', async () => {
    const { store, study } = planted;
    const { interview } = await log();
    const note = (purposes: string[], expiresOn: string | null = null) =>
      store.consents.record({
        studyId: study.id,
        interviewId: interview.publicId,
        purposes,
        textVersion: '1',
        language: 'en',
        textHash: null,
        givenOn: '2026-03-02',
        givenHow: 'signed form',
        expiresOn,
        recordedBy: null,
        recordedAt: AT,
      });
    const heard = async () =>
      (await store.interviewTurns.list(study.id)).filter(({ interview: id }) => id === interview.publicId).length;
    expect(await note(['analysis', 'quotes', 'share'])).toBe(true);
    expect(await heard()).toBe(1);
    expect((await store.notes.findInterview(study.id, interview.publicId))?.maySpeak).toBe(1);
    const taught = async () =>
      (await store.coder.texts(study.id)).some(({ subjectId }) => subjectId === interview.publicId);
    expect(await taught()).toBe(true);
    await note(['recording']);
    expect([await heard(), await taught()]).toEqual([0, false]);
    expect((await store.notes.findInterview(study.id, interview.publicId))?.maySpeak).toBe(0);
    await note(['analysis'], '2020-01-01');
    expect(await heard()).toBe(0);
    await note(['analysis'], '2999-01-01');
    expect(await heard()).toBe(1);
    expect((await store.consents.records(study.id, interview.publicId)).map(({ purposes }) => purposes.length)).toEqual(
      [1, 1, 1, 3],
    );
    await store.withdrawals.withdraw(interview, { media: 0, codesToRename: [], withdrawnBy: null }, LATER);
    expect(await note(['analysis'])).toBe(false);
  });

  test('claims of a persona keep their order, move up and go', async () => {
    const { store, study } = planted;
    const personaId = await plantPersona();
    for (const statement of ['One', 'Two']) {
      const { id } = await store.insights.add({
        studyId: study.id,
        statement,
        status: 'standing',
        ownerId: null,
        createdBy: null,
        createdAt: AT,
        changedAt: AT,
      });
      await store.insights.claim(
        { studyId: study.id, personaId, insightId: id, words: statement, createdBy: null },
        AT,
      );
    }
    const words = async () => (await store.insights.claimsOf(study.id, personaId)).map((claim) => claim.words);
    expect(await words()).toEqual(['One', 'Two']);
    const [, second] = await store.insights.claimsOf(study.id, personaId);
    expect(await store.insights.changeClaim(study.id, second!.publicId, 'up', AT)).toBe(true);
    expect(await words()).toEqual(['Two', 'One']);
    expect(await store.insights.changeClaim(study.id, second!.publicId, 'remove', AT)).toBe(true);
    expect(await store.insights.changeClaim(study.id, second!.publicId, 'remove', AT)).toBe(false);
    expect(await words()).toEqual(['One']);
    expect(await store.insights.peopleThere(study.id)).toMatchObject({ interviews: expect.any(Number) });
  });

  const place = (words: string) => {
    const { spanStart, spanEnd } = spanOf(words);
    return { spanStart, spanEnd };
  };

  async function plantPersona(): Promise<number> {
    const { store, study } = planted;
    const segment = await store.segments.addDefined(study.id, 'S', { all: [] }, null, null, AT);
    await store.personas.addVersion(
      { studyId: study.id, segmentIds: [segment.id], personaId: null },
      { name: 'P', lede: '', portrait: '{"quotes":[]}', createdBy: null },
      AT,
    );
    return (await store.personas.ofSegment(segment.id))!.id;
  }
});
