import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seal } from '../../src/coding/seal.ts';
import { newPublicId, sourceId } from '../../src/store/identifiers.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

const AT = '2026-03-02T09:00:00.000Z';

describe.each(engines)('turns of interviews, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  }, 60_000);
  afterAll(() => engine.close());

  /** An interview in which somebody is asked one thing and says another. */
  async function log(purposes: string[], participationId: number | null = null): Promise<string> {
    const { store, study } = planted;
    const publicId = newPublicId();
    const turn = (position: number, speaker: string, text: string) => ({
      studyId: study.id,
      publicId: sourceId('turn', publicId, String(position)),
      version: 1,
      kind: 'turn',
      subjectId: publicId,
      item: String(position),
      position,
      speaker,
      text,
      textHash: seal(textKey, text),
      replaced: 0,
      createdAt: AT,
    });
    await store.notes.addInterview(
      {
        studyId: study.id,
        publicId,
        title: 'A talk',
        participant: 'P07',
        participationId,
        heldOn: '2026-03-02',
        mode: 'by phone',
        guide: '',
        maySpeak: 1,
        createdBy: null,
        createdAt: AT,
      },
      [turn(1, 'Ms A', 'How so?'), turn(2, 'P07', 'It was time.')],
      { purposes, textVersion: '1', language: 'en' },
    );
    return publicId;
  }
  const heard = async () =>
    (await planted.store.interviewTurns.list(planted.study.id)).map(({ interview, position }) => [interview, position]);

  test('are those of participants who agreed to analysis, until they take it back', async () => {
    const { store, study } = planted;
    expect(await heard()).toEqual([]);
    const agreed = await log(['analysis', 'quotes']);
    await log(['quotes']);
    expect(await heard()).toEqual([[agreed, 2]]);
    expect(await store.interviewTurns.count(study.id)).toEqual({ all: 2, agreed: 1 });
    const mark = await store.interviewTurns.mark(study.id);
    const interview = (await store.notes.findInterview(study.id, agreed))!;
    await store.withdrawals.withdraw(interview, { media: 0, codesToRename: [], withdrawnBy: null }, AT);
    expect(await heard()).toEqual([]);
    expect(await store.interviewTurns.count(study.id)).toEqual({ all: 2, agreed: 0 });
    expect(await store.interviewTurns.mark(study.id)).not.toBe(mark);
    const texts = await store.notes.sourcesOf(study.id, agreed);
    expect(texts.map(({ text, erasedAt }) => [text, erasedAt])).toEqual([
      ['', AT],
      ['', AT],
    ]);
  });

  test('of several consents to one interview the latest counts', async () => {
    const publicId = await log(['analysis']);
    await engine.database.kysely
      .insertInto('consents')
      .values({
        studyId: planted.study.id,
        subjectKind: 'interview',
        subjectId: publicId,
        purposes: JSON.stringify(['quotes']),
        textVersion: '2',
        language: 'en',
        givenAt: AT,
        withdrawnAt: null,
      })
      .execute();
    expect(await heard()).toEqual([]);
  });

  test('name the person they were with, and who stands for them', async () => {
    const { store, study, workspaceId } = planted;
    const people = [];
    for (const name of ['a', 'b'])
      people.push(
        (
          await engine.database.kysely
            .insertInto('people')
            .values({ workspaceId, publicId: `person-${name}`, createdAt: AT })
            .returning('id')
            .executeTakeFirstOrThrow()
        ).id,
      );
    const [one, other] = people.map(Number) as [number, number];
    const participation = (await store.people.participate(study.id, [one], AT)).get(one) ?? null;
    const linked = await log(['analysis'], participation);
    const who = async () =>
      (await store.interviewTurns.list(study.id)).flatMap(({ interview, personId, canonicalId }) =>
        interview === linked ? [personId, canonicalId] : [],
      );
    expect(await who()).toEqual([one, one]);
    await engine.database.kysely
      .insertInto('personLinks')
      .values({ personId: one, canonicalId: other, linkedAt: AT })
      .execute();
    expect(await who()).toEqual([one, other]);
    expect(await store.interviewTurns.list(study.id, [other])).toEqual([]);
    expect(await store.interviewTurns.list(study.id, [one])).toHaveLength(1);
    expect(await store.interviewTurns.list(study.id, [])).toEqual([]);
  });
});
