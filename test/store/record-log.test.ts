import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answers } from '../../src/model/answers.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import type { Intake, PackedMessage } from '../../src/store/intake-log.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';
import { recordOf } from '../support/records.ts';

const answers: Answers = {
  city: { state: 'answered', value: 'village' },
  topics: { state: 'answered', value: ['news', 'sport'] },
  story: { state: 'answered', value: 'So 😀' },
};

describe.each(engines)('the record logs on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  });
  afterAll(() => engine.close());
  const record = (id: string, revision: number, more: Parameters<typeof recordOf>[2] = {}) =>
    recordOf(id, revision, { ...more, place: planted.place });
  const message = (
    messageId: string,
    body: object = { properties: { revenue: 12.5, note: 'So 😀' } },
  ): PackedMessage => [messageId, 'track', 'Order Completed', 'ada', null, JSON.stringify(body), planted.at, null];
  const intake = (...messages: PackedMessage[]): Intake => ({
    workspaceId: planted.workspaceId,
    sourceId: null,
    receivedAt: planted.at,
    messages,
  });

  test('a record is kept as it was given', async () => {
    const id = newPublicId();
    const page = record(id, 1, { page: 1, answers });
    const appended = await engine.responses.append([record(id, 0), page]);
    expect(appended.map(({ outcome }) => outcome)).toEqual(['saved', 'saved']);
    const kept = await engine.responses.read(id);
    expect(kept.map(({ revision }) => revision)).toEqual([0, 1]);
    expect(kept[1]).toMatchObject({ ...page, seq: appended[1]?.outcome === 'saved' ? appended[1].seq : 0 });
    expect(kept[1]?.content.answers).toEqual(answers);
  });

  test('the same again is the same acknowledgement, whatever the order of its keys and the time it came', async () => {
    const id = newPublicId();
    const [first] = await engine.responses.append([record(id, 1, { page: 1, answers })]);
    const again = record(id, 1, { page: 1, answers: Object.fromEntries(Object.entries(answers).reverse()) });
    again.envelope.timings.receivedAt = '2027-01-01T00:00:00.000Z';
    const [second] = await engine.responses.append([again]);
    expect(second).toEqual({ ...first, outcome: 'repeated' });
    expect(await engine.responses.read(id)).toHaveLength(1);
  });

  test('a withdrawal takes along what was said before it, and leaves other responses alone', async () => {
    const [id, other] = [newPublicId(), newPublicId()];
    const page = record(id, 1, { page: 1, answers });
    page.envelope.attributes = { name: 'Ada Fennimoor' };
    page.envelope.country = 'DE';
    await engine.responses.append([record(id, 0), page, record(id, 2, { kind: 'completion', page: null })]);
    await engine.responses.append([record(other, 0), record(other, 1, { page: 1, answers })]);
    const [outcome] = await engine.responses.append([record(id, 3, { kind: 'withdrawal', page: null })]);
    expect(outcome?.outcome).toBe('saved');
    const kept = await engine.responses.read(id);
    expect(kept.map(({ kind }) => kind)).toEqual(['start', 'page', 'completion', 'withdrawal']);
    expect(JSON.stringify(kept)).not.toMatch(/village|So 😀|Fennimoor|"DE"/);
    expect(kept[1]?.envelope.timings).toEqual(page.envelope.timings);
    expect((await engine.responses.read(other))[1]?.content.answers).toEqual(answers);
  });

  test('other words at the same revision are a conflict that shows what is kept', async () => {
    const id = newPublicId();
    await engine.responses.append([record(id, 1, { page: 1, answers })]);
    const [outcome] = await engine.responses.append([
      record(id, 1, { page: 1, answers: { city: { state: 'refused' } } }),
    ]);
    expect(outcome).toMatchObject({ outcome: 'conflict', kept: { responseId: id, revision: 1, content: { answers } } });
    expect((await engine.responses.read(id))[0]?.content.answers).toEqual(answers);
  });

  test('a conflict keeps nothing of its group, before or after it', async () => {
    const [taken, before, after] = [newPublicId(), newPublicId(), newPublicId()];
    await engine.responses.append([record(taken, 0)]);
    const count = await engine.responses.count();
    const outcomes = await engine.responses.append([
      record(before, 0),
      record(taken, 0, { answers }),
      record(after, 0),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['conflict', 'conflict', 'conflict']);
    expect(await engine.responses.count()).toBe(count);
    expect(await engine.responses.read(before)).toEqual([]);
  });

  test('a record that the database refuses takes its group with it, and nobody else', async () => {
    const [good, bad] = [newPublicId(), newPublicId()];
    const nowhere = { ...record(bad, 1), surveyId: 999_999 };
    const [refused, saved] = await Promise.allSettled([
      engine.responses.append([record(bad, 0), nowhere]),
      engine.responses.append([record(good, 0)]),
    ]);
    expect(refused.status).toBe('rejected');
    expect(saved).toMatchObject({ status: 'fulfilled', value: [{ outcome: 'saved' }] });
    expect(await engine.responses.read(bad)).toEqual([]);
    expect(await engine.responses.read(good)).toHaveLength(1);
  });

  test('twenty at once with the same content are one record, saved once', async () => {
    const id = newPublicId();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => engine.responses.append([record(id, 1, { page: 1, answers })])),
    );
    const flat = outcomes.flat();
    expect(flat.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1);
    expect(flat.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(19);
    expect(new Set(flat.map((one) => ('seq' in one ? one.seq : null))).size).toBe(1);
    expect(await engine.responses.read(id)).toHaveLength(1);
  });

  test('twenty at once with other contents are one record and nineteen conflicts', async () => {
    const id = newPublicId();
    const outcomes = (
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          engine.responses.append([record(id, 1, { page: 1, answers: { age: { state: 'answered', value: n } } })]),
        ),
      )
    ).flat();
    expect(outcomes.filter(({ outcome }) => outcome === 'saved')).toHaveLength(1);
    expect(outcomes.filter(({ outcome }) => outcome === 'conflict')).toHaveLength(19);
  });

  test('a scan goes through every record once, in order', async () => {
    const [count, seen] = [await engine.responses.count(), new Set<number>()];
    let after = 0;
    for (
      let part = await engine.responses.scan(after, 7);
      part.length > 0;
      part = await engine.responses.scan(after, 7)
    ) {
      for (const { seq } of part) {
        expect(seq).toBeGreaterThan(after);
        after = seq;
        seen.add(seq);
      }
    }
    expect(seen.size).toBe(count);
  });

  test('nothing appended is nothing kept', async () => {
    const count = await engine.responses.count();
    expect(await engine.responses.append([])).toEqual([]);
    expect(await engine.intake.append(intake())).toEqual([]);
    expect(await engine.responses.count()).toBe(count);
  });

  test('a message is kept once by its id, in its own workspace, as it first came', async () => {
    const other = await plantRows(engine.database);
    expect(await engine.intake.append(intake(message('m1'), message('m2', {}), message('m2', {})))).toEqual([
      true,
      true,
      false,
    ]);
    expect(await engine.intake.append(intake(message('m1', { properties: { revenue: 1 } })))).toEqual([false]);
    expect(await engine.intake.append({ ...intake(message('m1')), workspaceId: other.workspaceId })).toEqual([true]);
    const kept = await engine.intake.scan(0, 100);
    expect(kept).toHaveLength(3);
    expect(kept[0]).toEqual({
      seq: kept[0]?.seq,
      workspaceId: planted.workspaceId,
      proof: null,
      sourceId: null,
      messageId: 'm1',
      kind: 'track',
      name: 'Order Completed',
      userId: 'ada',
      anonymousId: null,
      body: { properties: { revenue: 12.5, note: 'So 😀' } },
      occurredAt: planted.at,
      receivedAt: planted.at,
    });
    expect(await engine.intake.count()).toBe(3);
  });

  test('of dead letters the newest thousand of a source are kept, and a refused intake leaves none', async () => {
    const source = await planted.store.sources.add(
      { workspaceId: planted.workspaceId, name: 'Shop', createdBy: null },
      planted.at,
    );
    const letters = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ reason: `Fault ${from + index}`, body: '{}' }));
    const append = (more: Partial<Intake>) => engine.intake.append({ ...intake(), sourceId: source.id, ...more });
    await append({ deadLetters: letters(0, 900) });
    await append({ deadLetters: letters(900, 150) });
    const count = await engine.intake.count();
    const wrong = [...message('m-wrong')] as unknown as Record<number, string>;
    wrong[1] = 'nothing';
    await expect(
      append({ messages: [message('m-right'), wrong as unknown as PackedMessage], deadLetters: letters(5000, 1) }),
    ).rejects.toThrow();
    expect(await engine.intake.count()).toBe(count);
    expect(await planted.store.sources.countDeadLetters(source.id)).toBe(1000);
    const kept = await planted.store.sources.deadLetters(source.id, 2000);
    expect([kept[0]?.reason, kept.at(-1)?.reason]).toEqual(['Fault 1049', 'Fault 50']);
  });
});
