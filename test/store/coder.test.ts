import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HUMAN_VALUES } from '../../src/coding/human-values.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Store } from '../../src/store/store.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T09:00:00.000Z';

describe.each(engines)('the coder’s store on %s', (_, open) => {
  let engine: OpenEngine;
  let store: Store;
  let studyId: number;
  let workspaceId: number;
  let surveyId: number;

  beforeAll(async () => {
    engine = await open();
    const rows = await plantRows(engine.database);
    ({ store, workspaceId } = rows);
    studyId = rows.study.id;
    surveyId = rows.survey.id;
  });
  afterAll(() => engine.close());

  async function plantInterview(turns: readonly [speaker: string, text: string][]): Promise<string[]> {
    const subjectId = newPublicId();
    const sources = turns.map(([speaker, text], index) => ({
      studyId,
      publicId: newPublicId(),
      version: 1,
      kind: 'turn' as const,
      subjectId,
      item: String(index + 1),
      position: index + 1,
      speaker,
      text,
      textHash: 'h',
      replaced: 0,
      createdAt: at,
    }));
    await store.notes.addInterview(
      {
        studyId,
        publicId: subjectId,
        title: 't',
        participant: 'P07',
        participationId: null,
        heldOn: '2026-03-01',
        mode: 'in person',
        guide: '',
        maySpeak: 1,
        createdBy: null,
        createdAt: at,
      },
      sources,
      { purposes: ['analysis'], textVersion: 'v', language: 'en' },
    );
    return sources.map(({ publicId }) => publicId);
  }
  const startRun = async () => {
    const run = await store.coder.addRun(
      { studyId, settings: { codes: [] }, engineVersion: '1', seed: 1, createdBy: null },
      at,
    );
    await store.coder.begin(run.id);
    return run;
  };
  const proposal = (codeId: number, sourceId: string, position: number) => ({
    codeId,
    sourceId,
    sourceVersion: 1,
    probability: 0.123456789012345,
    isYes: 1,
    position,
  });
  const coding = { spanStart: 0, spanEnd: 3, spanHash: 'h', direction: 'against' };

  test('a proposal is decided once, and an accepted one is a coding that knows where it came from', async () => {
    const [first = '', second = '', third = ''] = await plantInterview([
      ['P07', 'one'],
      ['P07', 'two'],
      ['Ms A', 'three'],
    ]);
    const code = await store.notes.codeNamed(studyId, 'Price', '', at);
    const run = await startRun();
    const kept = await store.coder.finish(
      run,
      { result: '{}', inputHash: 'x', proposals: [second, first, third].map((one, n) => proposal(code.id, one, n)) },
      [code.id],
      at,
    );
    expect(kept).toBe(true);
    const queue = await store.coder.queue(run.id, code.id, 10, null);
    expect(queue.map(({ sourceId }) => sourceId)).toEqual([second, first, third]);
    expect(queue[0]?.probability).toBeCloseTo(0.123456789012345, 14);

    const [yes, no, later] = queue;
    if (!yes || !no || !later) throw new Error('The queue is too short');
    const decide = () =>
      store.coder.decide(
        [
          { proposal: yes, verdict: 'accepted', coding },
          { proposal: no, verdict: 'rejected', coding: null },
          { proposal: later, verdict: 'skipped', coding: null },
        ],
        null,
        at,
      );
    expect(await decide()).toBe(3);
    // A proposal that was put off may be put off again; the decided ones stay decided.
    expect(await decide()).toBe(1);
    const codings = await store.coder.codings(studyId);
    expect(codings).toHaveLength(1);
    expect(codings[0]).toMatchObject({
      sourceId: second,
      direction: 'against',
      isRemoved: false,
      isForOneCode: true,
      isProposed: true,
    });
    const [standing] = await store.notes.codings(studyId, { codeId: code.id });
    expect((await store.coder.provenance([standing?.id ?? 0])).get(standing?.id ?? 0)).toMatchObject({
      run: run.publicId,
      confirmedAt: at,
    });
    expect(await store.coder.refused(studyId)).toEqual([{ codeId: code.id, sourceId: first, sourceVersion: 1 }]);
    expect((await store.coder.suggested(studyId)).map(({ sourceId }) => sourceId)).toEqual([third]);
    expect(await store.coder.suggested(studyId, [first, second])).toEqual([]);
    expect(await store.coder.codings(studyId, [second])).toHaveLength(1);
    expect(await store.coder.codings(studyId, [first, third])).toEqual([]);

    // A later run takes the place of what nobody decided, and leaves decisions alone.
    const next = await startRun();
    await store.coder.finish(next, { result: '{}', inputHash: 'y', proposals: [] }, [code.id], at);
    expect(await store.coder.suggested(studyId)).toEqual([]);
    expect(await store.coder.refused(studyId)).toHaveLength(1);
  });

  test('a run that was cancelled keeps nothing', async () => {
    const [source = ''] = await plantInterview([['P07', 'cancelled']]);
    const code = await store.notes.codeNamed(studyId, 'Cancelled', '', at);
    const run = await startRun();
    expect(await store.coder.cancel(run.id, at)).toBe(true);
    const kept = await store.coder.finish(
      run,
      { result: '{}', inputHash: 'x', proposals: [proposal(code.id, source, 0)] },
      [code.id],
      at,
    );
    expect(kept).toBe(false);
    expect(await store.coder.queue(run.id, code.id, 10, null)).toEqual([]);
    expect((await store.coder.findRun(studyId, run.publicId))?.state).toBe('cancelled');
  });

  test('what was left running when the server stopped has failed, and says what to do', async () => {
    const run = await startRun();
    await store.coder.failUnfinished(at);
    expect(await store.coder.findRun(studyId, run.publicId)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('Start it again'),
    });
  });

  test('a text is read for a code once, by hand and not by proposal', async () => {
    const [yes = '', no = ''] = await plantInterview([
      ['P07', 'read me'],
      ['P07', 'and me'],
    ]);
    const code = await store.notes.codeNamed(studyId, 'Read', '', at);
    const read = () =>
      store.coder.read(
        { studyId, codeId: code.id },
        [
          { sourceId: yes, sourceVersion: 1, coding },
          { sourceId: no, sourceVersion: 1, coding: null },
        ],
        null,
        at,
      );
    expect(await read()).toBe(2);
    expect(await read()).toBe(0);
    const own = (await store.coder.codings(studyId)).filter(({ codeId }) => codeId === code.id);
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ isForOneCode: true, isProposed: false });
    expect((await store.coder.refused(studyId)).filter(({ codeId }) => codeId === code.id)).toHaveLength(1);
    expect(
      (await store.coder.provenance([(await store.notes.codings(studyId, { codeId: code.id }))[0]?.id ?? 0])).size,
    ).toBe(0);
  });

  test('what was decided on proposals, read for a code, or accepted of a theme is taken back as one step each, and done again', async () => {
    const texts = await plantInterview([
      ['P07', 'one'],
      ['P07', 'two'],
      ['P07', 'three'],
    ]);
    const [one = '', two = '', three = ''] = texts;
    const code = await store.notes.codeNamed(studyId, 'Undone', '', at);
    const run = await startRun();
    await store.coder.finish(
      run,
      { result: '{}', inputHash: 'x', proposals: [one, two].map((source, n) => proposal(code.id, source, n)) },
      [code.id],
      at,
    );
    const queue = await store.coder.queue(run.id, code.id, 10, null);
    const state = async () => ({
      verdicts: (
        await store.coder.findProposals(
          studyId,
          queue.map(({ publicId }) => publicId),
          null,
        )
      ).map(({ verdict, decidedAt }) => [verdict, decidedAt]),
      coded: (await store.notes.codings(studyId, { codeId: code.id })).map(({ sourceId }) => sourceId),
      taught: (await store.coder.codings(studyId)).filter(({ codeId }) => codeId === code.id).length,
      refused: (await store.coder.refused(studyId)).filter(({ codeId }) => codeId === code.id).length,
      waiting: (await store.coder.waiting(studyId, code.id, 10, null)).length,
    });
    const before = await state();
    expect(before).toMatchObject({ coded: [], taught: 0, refused: 0, waiting: 2 });
    const turn = async (way: 'undo' | 'redo') =>
      expect((await store.codingJournal[way](studyId, null, at)).outcome).toBe('done');

    const decisions = [
      { proposal: queue[0]!, verdict: 'accepted' as const, coding },
      { proposal: queue[1]!, verdict: 'rejected' as const, coding: null },
    ];
    // Two at the same moment: each proposal is decided once.
    const both = await Promise.all([store.coder.decide(decisions, null, at), store.coder.decide(decisions, null, at)]);
    expect(both.toSorted()).toEqual([0, 2]);
    const decided = await state();
    expect(decided).toMatchObject({ coded: [one], taught: 1, refused: 1, waiting: 0 });
    await turn('undo');
    expect(await state()).toEqual(before);
    await turn('redo');
    expect(await state()).toEqual(decided);
    await turn('undo');

    await store.coder.read(
      { studyId, codeId: code.id },
      [
        { sourceId: one, sourceVersion: 1, coding },
        { sourceId: three, sourceVersion: 1, coding: null },
      ],
      null,
      at,
    );
    expect(await state()).toMatchObject({ coded: [one], refused: 1, waiting: 2 });
    await turn('undo');
    expect(await state()).toEqual(before);
    await turn('redo');
    expect(await state()).toMatchObject({ coded: [one], refused: 1, waiting: 2 });

    const theRun = await store.analyses.addRun(
      {
        studyId,
        kind: 'themes',
        surveyId,
        subject: 'undone',
        engineVersion: '1',
        seed: 1,
        settings: {},
        inputCut: {},
        createdBy: null,
      },
      at,
    );
    const spans = texts.map((sourceId) => ({ sourceId, sourceVersion: 1, spanStart: 0, spanEnd: 2, spanHash: 'h' }));
    const accepted = await store.themeCodes.accept(
      { studyId, theme: 'undone', runId: theRun.id, code: { name: 'From a theme', definition: '' } },
      spans,
      null,
      at,
    );
    const listed = async () => (await store.themeCodes.list(studyId)).filter(({ theme }) => theme === 'undone').length;
    const put = async () => (await store.notes.codings(studyId, { codeId: accepted.code.id })).length;
    expect([await listed(), await put()]).toEqual([1, 3]);
    await turn('undo');
    expect([await listed(), await put()]).toEqual([0, 0]);
    expect((await store.notes.codeById(accepted.code.id))?.retiredAt).toBe(at);
    await turn('redo');
    expect([await listed(), await put()]).toEqual([1, 3]);
  });

  test('what a theme put under a code was read by nobody: it teaches nothing, and what somebody decides takes its place', async () => {
    const texts = await plantInterview([
      ['P07', 'yes'],
      ['P07', 'no'],
      ['P07', 'unread'],
    ]);
    const [yes = '', no = '', unread = ''] = texts;
    const theRun = await store.analyses.addRun(
      {
        studyId,
        kind: 'themes',
        surveyId,
        subject: 'story',
        engineVersion: '1',
        seed: 1,
        settings: {},
        inputCut: {},
        createdBy: null,
      },
      at,
    );
    const spans = texts.map((sourceId) => ({ sourceId, sourceVersion: 1, spanStart: 0, spanEnd: 2, spanHash: 'h' }));
    const meant = { studyId, theme: 'rain', runId: theRun.id };
    const { code, added } = await store.themeCodes.accept(
      { ...meant, code: { name: 'Rain', definition: 'Wet' } },
      spans,
      null,
      at,
    );
    expect(added).toBe(3);
    const taught = async () => (await store.coder.codings(studyId)).filter(({ codeId }) => codeId === code.id);
    expect(await taught()).toEqual([]);

    await store.coder.read(
      { studyId, codeId: code.id },
      [
        { sourceId: yes, sourceVersion: 1, coding },
        { sourceId: no, sourceVersion: 1, coding: null },
      ],
      null,
      at,
    );
    expect((await taught()).map(({ sourceId }) => sourceId)).toEqual([yes]);
    const shown = (await store.notes.codings(studyId, { codeId: code.id })).map(({ sourceId, layer }) => [
      sourceId,
      layer,
    ]);
    expect(shown).toEqual(
      expect.arrayContaining([
        [yes, 'human'],
        [unread, 'suggested'],
      ]),
    );
    expect(shown).toHaveLength(2);
    // The theme is accepted again: one that is coded by hand is not coded twice.
    expect(await store.themeCodes.accept({ ...meant, code }, spans.slice(0, 1), null, at)).toMatchObject({
      added: 0,
      removed: 1,
    });
  });

  test('texts that were erased are not there to be learned from', async () => {
    const [kept = '', erased = ''] = await plantInterview([
      ['P07', 'kept'],
      ['P07', 'erased'],
    ]);
    await engine.database.kysely
      .updateTable('sourceTexts')
      .set({ text: '', erasedAt: at })
      .where('publicId', '=', erased)
      .execute();
    const ids = (await store.coder.texts(studyId)).map(({ sourceId }) => sourceId);
    expect(ids).toContain(kept);
    expect(ids).not.toContain(erased);
    // Nobody known was interviewed, so nothing is anybody's own.
    expect(await store.coder.texts(studyId, [1, 2])).toEqual([]);
  });

  test('the codes of human values come once, each under its own, and take up a code that was named so', async () => {
    const own = await store.notes.codeNamed(studyId, 'Value: Security', 'mine', at);
    const values = HUMAN_VALUES.map((value) => ({ ...value, name: `Value: ${value.name}` }));
    expect(await store.notes.addHumanValues(studyId, values, at)).toBe(13);
    expect(await store.notes.addHumanValues(studyId, values, at)).toBe(0);
    const codes = (await store.notes.codes(studyId)).filter(({ humanValue }) => humanValue !== null);
    expect(codes).toHaveLength(14);
    const security = codes.find(({ humanValue }) => humanValue === 'security');
    expect(security).toMatchObject({ id: own.id, definition: 'mine' });
    expect(codes.find(({ id }) => Number(id) === Number(security?.parentId))?.humanValue).toBe('conservation');
  });

  test('what is told of people takes the place of what was told before, and can be taken back', async () => {
    const [personId = 0] = await knowPeople(engine.database, workspaceId, [{ externalId: 'told' }], at);
    const tell = (name: string, value: number) =>
      store.toldValues.tell(workspaceId, 'coder:x', [name], [{ personId, name, value }], at);
    await tell('security', 0.4);
    await tell('power', 0.25);
    expect(await store.toldValues.told(workspaceId, 'coder:x')).toEqual([{ name: 'power', people: 1, at }]);
    expect((await store.people.attributesOf(personId)).get('power')).toMatchObject({ value: 0.25, source: 'coder:x' });
    await store.toldValues.untell(workspaceId, 'coder:x', ['power']);
    expect(await store.toldValues.told(workspaceId, 'coder:x')).toEqual([]);
  });
});
