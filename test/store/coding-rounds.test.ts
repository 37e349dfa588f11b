import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seal } from '../../src/coding/seal.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const AT = '2026-03-02T09:00:00.000Z';

describe.each(engines)('rounds of coding, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  const interview = newPublicId();
  const source = sourceId('turn', interview, '1');
  const coders: number[] = [];
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    const { store, study } = planted;
    await store.notes.addInterview(
      {
        studyId: study.id,
        publicId: interview,
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
          publicId: source,
          version: 1,
          kind: 'turn',
          subjectId: interview,
          item: '1',
          position: 1,
          speaker: 'P07',
          text: 'It was time.',
          textHash: seal(textKey, 'It was time.'),
          replaced: 0,
          createdAt: AT,
        },
      ],
      { purposes: ['analysis'], textVersion: '1', language: 'en' },
    );
    for (const name of ['Ada', 'Bea'])
      coders.push(
        Number(
          (
            await store.accounts.add(
              { email: `${name}@example.org`, name, passwordHash: 'x', isAdmin: false },
              { role: 'researcher', studyId: study.id },
              AT,
            )
          ).id,
        ),
      );
  }, 60_000);
  afterAll(() => engine.close());

  test('a blind round hides its words from whoever codes it, until it is opened, and is opened once', async () => {
    const { store, study } = planted;
    expect((await store.studies.coders(study)).map(({ name }) => name)).toEqual(['Ada', 'Bea']);
    const round = await store.codingRounds.add(
      {
        studyId: study.id,
        name: 'One',
        kind: 'interviews',
        unit: 'turn',
        codes: ['c'],
        drawn: { seed: 1, of: 4, from: 'interviews' },
        minimum: 0.667,
        isBlind: true,
        createdBy: null,
        createdAt: AT,
      },
      [{ sourceId: source, subjectId: interview }],
      coders,
    );
    const [ada, bea] = coders as [number, number];
    expect(await store.codingRounds.find(study.id, round.publicId)).toMatchObject({ minimum: 0.667, isBlind: true });
    expect((await store.codingRounds.blindRoundOf(study.id, interview, ada))?.id).toBe(round.id);
    expect(await store.codingRounds.blindRoundOf(study.id, interview, 999)).toBeNull();
    expect(await store.codingRounds.hiddenSources(study.id, bea)).toEqual(new Set([source]));
    expect(await store.codingRounds.blindNow(study.id)).toEqual(new Set([source]));
    expect((await store.codingRounds.standing(study.id, [source])).map(({ text }) => text)).toEqual(['It was time.']);
    await store.codingRounds.markRead(round.id, ada, [source], AT);
    await store.codingRounds.markRead(round.id, ada, [source], AT);
    expect(await store.codingRounds.reads(round.id)).toEqual([{ userId: ada, sourceId: source }]);
    await store.codingRounds.setDone(round.id, bea, AT);
    expect((await store.codingRounds.coders(round.id)).map(({ doneAt }) => doneAt)).toEqual([null, AT]);
    expect(await store.codingRounds.open(round.id, '{}', AT)).toBe(true);
    expect(await store.codingRounds.open(round.id, '{"late":1}', AT)).toBe(false);
    await store.codingRounds.measure(round.id, '{"a":1}');
    await store.codingRounds.measure(round.id, '{"a":2}');
    const found = await store.codingRounds.find(study.id, round.publicId);
    expect([found?.taken, found?.measured]).toEqual(['{}', '{"a":1}']);
    expect(await store.codingRounds.blindRoundOf(study.id, interview, ada)).toBeNull();
    expect(await store.codingRounds.hiddenSources(study.id, bea)).toEqual(new Set());
    expect(await store.codingRounds.blindNow(study.id)).toEqual(new Set());
  });

  test('own codings are found by coder, code and source; a decision goes and comes with the step that made it', async () => {
    const { store, study } = planted;
    const [ada, bea] = coders as [number, number];
    const round = (await store.codingRounds.list(study.id))[0]!;
    const code = await store.notes.codeNamed(study.id, 'Time', '', AT);
    const head = { studyId: study.id, actorId: ada, kind: 'adjudicate', label: 'Time' };
    await store.codingJournal.step(head, AT, async (write) => {
      for (const [coderId, layer] of [
        [ada, 'human'],
        [bea, 'human'],
        [ada, 'consensus'],
      ] as const)
        await write.insert('codings', {
          studyId: study.id,
          publicId: newPublicId(),
          codeId: code.id,
          sourceId: source,
          sourceVersion: 1,
          spanStart: 0,
          spanEnd: 2,
          spanHash: 'x',
          coderId,
          layer,
          runId: null,
          createdAt: AT,
          removedAt: null,
          counts: 0,
        });
      await write.insert('codingDecisions', {
        studyId: study.id,
        roundId: round.id,
        sourceId: source,
        codeId: code.id,
        choice: 'all',
        coderId: null,
        codings: '["x"]',
        decidedBy: ada,
        decidedAt: AT,
        removedAt: null,
      });
    });
    const of = { coderIds: [bea], codeIds: [Number(code.id)] };
    expect((await store.codingRounds.codings(study.id, [source], of)).map(({ coderId }) => coderId)).toEqual([bea]);
    expect(await store.codingRounds.countByCoder(study.id, [source])).toEqual(
      new Map([
        [ada, 1],
        [bea, 1],
      ]),
    );
    expect(
      (await store.codingRounds.decisions(round.id)).map(({ choice, codings, by }) => [choice, codings, by]),
    ).toEqual([['all', ['x'], 'Ada']]);
    expect(await store.codingRounds.decidedPlaces(study.id)).toEqual(new Set([`${source} ${Number(code.id)}`]));
    expect((await store.codingJournal.lastDecision(study.id, ada))?.label).toBe('Time');
    expect((await store.codingJournal.undo(study.id, ada, AT, null, true)).outcome).toBe('done');
    expect(await store.codingRounds.decisions(round.id)).toEqual([]);
    expect(await store.codingJournal.lastDecision(study.id, ada)).toBeNull();
    expect((await store.codingJournal.redo(study.id, ada, AT)).outcome).toBe('done');
    expect(await store.codingRounds.decisions(round.id)).toHaveLength(1);
  });

  test('a change of method is kept with its reason', async () => {
    const { store, study } = planted;
    await store.studies.changeMethod({
      studyId: study.id,
      method: 'reflexive',
      reason: 'One reader',
      changedBy: coders[0] ?? null,
      changedAt: AT,
    });
    expect((await store.studies.find(study.id))?.method).toBe('reflexive');
    expect(await store.studies.methodChanges(study.id)).toEqual([
      { method: 'reflexive', reason: 'One reader', changedAt: AT, by: 'Ada' },
    ]);
  });
});
