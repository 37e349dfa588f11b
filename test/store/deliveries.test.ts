import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewDelivery } from '../../src/store/deliveries.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';
import { recordOf } from '../support/records.ts';

const NOTHING = { status: null, answer: null, reason: null, made: [] };

describe.each(engines)('the outbox on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function plant(hooks = 1) {
    const here = await plantRows(engine.database);
    const made = [];
    for (let index = 0; index < hooks; index += 1)
      made.push(
        await here.store.hooks.add(
          {
            studyId: here.study.id,
            kind: 'webhook',
            name: `Hook ${index}`,
            settings: { address: 'https://hooks.example' },
            secret: 'closed',
            events: ['response.completed'],
            surveyId: null,
            madeBy: null,
          },
          here.at,
        ),
      );
    const [first] = made;
    if (!first) throw new Error('There is no hook');
    const about = (hookId: number, more: Partial<NewDelivery> = {}): NewDelivery => ({
      hookId,
      origin: newPublicId(),
      event: 'response.completed',
      subject: null,
      surveyId: here.survey.id,
      personId: null,
      payload: '{"type":"test"}',
      happenedAt: here.at,
      heldBack: null,
      ...more,
    });
    return { ...here, hooks: made, hook: first, about, deliveries: here.store.deliveries };
  }
  /** Takes whatever is due, so that no test meets another's. */
  async function drain({ deliveries, at }: Awaited<ReturnType<typeof plant>>) {
    for (let one = await deliveries.claim(at); one; one = await deliveries.claim(at))
      await deliveries.settle(one.id, 'delivered', NOTHING, at);
  }

  test('one origin is told to a hook once, and to each hook by itself', async () => {
    const here = await plant(2);
    const [first, second] = here.hooks.map(({ id }) => here.about(id, { origin: 'same' }));
    if (!first || !second) throw new Error('There are two');
    expect(await here.deliveries.add([first, second], here.at)).toBe(2);
    expect(await here.deliveries.add([first, second, first], here.at)).toBe(0);
    await drain(here);
  });

  test('each delivery is claimed once, and a hook has one under way at a time', async () => {
    const here = await plant(2);
    await here.deliveries.add(
      here.hooks.flatMap(({ id }) => [here.about(id), here.about(id)]),
      here.at,
    );
    const claimed = (await Promise.all(Array.from({ length: 6 }, () => here.deliveries.claim(here.at)))).flatMap(
      (one) => one ?? [],
    );
    expect(claimed.map(({ hookId }) => hookId).sort()).toEqual(here.hooks.map(({ id }) => id).sort());
    for (const { id } of claimed) await here.deliveries.settle(id, 'delivered', NOTHING, here.at);
    await drain(here);
    expect(await here.deliveries.counts(here.study.id)).toEqual(
      new Map(here.hooks.map(({ id }) => [id, { delivered: 2 }])),
    );
  });

  test('nothing of a paused hook is claimed, nor what is not due', async () => {
    const here = await plant();
    await here.deliveries.add([here.about(here.hook.id)], here.at);
    await here.store.hooks.pause(here.hook.id, 'why', here.at);
    expect(await here.deliveries.claim(here.at)).toBeNull();
    await here.store.hooks.resume(here.hook.id);
    await here.deliveries.postpone(here.hook.id, '2026-03-02T10:00:00.000Z');
    expect(await here.deliveries.claim(here.at)).toBeNull();
    expect((await here.deliveries.claim('2026-03-02T10:00:00.000Z'))?.attempts).toBe(1);
    await drain({ ...here, at: '2026-03-02T10:00:00.000Z' });
  });

  test('the mark moves with what is written, or neither happens', async () => {
    const here = await plant();
    const from = await here.deliveries.mark('outbox');
    const list = [here.about(here.hook.id)];
    const nothing = { list: [], withdrawn: [] };
    expect(await here.deliveries.advance('outbox', from, from + 5, { list, withdrawn: [] }, here.at)).toBe(true);
    // Somebody else was quicker.
    const late = { list: [here.about(here.hook.id)], withdrawn: [] };
    expect(await here.deliveries.advance('outbox', from, from + 9, late, here.at)).toBe(false);
    // A row that cannot be written takes the mark back with it.
    const broken = { list: [here.about(-1)], withdrawn: [] };
    await expect(here.deliveries.advance('outbox', from + 5, from + 9, broken, here.at)).rejects.toThrow();
    expect(await here.deliveries.mark('outbox')).toBe(from + 5);
    expect(await here.deliveries.log(here.hook.id, null, 10)).toHaveLength(1);
    await here.deliveries.advance('outbox', from + 5, from, nothing, here.at);
    await drain(here);
  });

  test('what was withdrawn leaves nothing behind, also where it comes back from being sent', async () => {
    const here = await plant();
    const subject = newPublicId();
    const words = { subject, payload: '{"words":"private"}' };
    await here.deliveries.add(
      [
        here.about(here.hook.id, words),
        here.about(here.hook.id, words),
        here.about(here.hook.id, { ...words, heldBack: 'no consent' }),
        here.about(here.hook.id, { payload: '{"other":1}' }),
      ],
      here.at,
    );
    const inHand = await here.deliveries.claim(here.at);
    expect(await here.deliveries.toldOf(subject)).toEqual([here.hook.id]);
    const from = await here.deliveries.mark('outbox');
    await here.deliveries.advance('outbox', from, from, { list: [], withdrawn: [subject] }, here.at);
    const answered = { status: 200, answer: 'you said private', reason: null, made: ['T-1'] };
    await here.deliveries.settle(inHand?.id ?? 0, 'delivered', answered, here.at);
    const log = await here.deliveries.log(here.hook.id, null, 10);
    expect(JSON.stringify(log)).not.toContain('private');
    expect(log.map(({ state, payload }) => [state, payload])).toEqual([
      ['waiting', '{"other":1}'],
      ['given-up', ''],
      ['delivered', ''],
    ]);
    expect(await here.deliveries.madeFrom(here.hook.id, subject, null)).toEqual(['T-1']);
    expect(await here.deliveries.replay(here.hook.id, log[2]?.publicId ?? '', here.at)).toBe(false);
    await drain(here);
  });

  test('what was settled long ago is emptied, and its line stays', async () => {
    const here = await plant();
    await here.deliveries.add([here.about(here.hook.id)], here.at);
    await drain(here);
    await here.deliveries.emptySettled(here.at);
    expect((await here.deliveries.log(here.hook.id, null, 1))[0]?.payload).not.toBe('');
    await here.deliveries.emptySettled('2026-03-03T00:00:00.000Z');
    expect((await here.deliveries.log(here.hook.id, null, 1))[0]).toMatchObject({ payload: '', state: 'delivered' });
  });

  test('only ends, corrections and withdrawals are looked at, and none of an import', async () => {
    const here = await plant();
    const responseId = newPublicId();
    const from = (await here.deliveries.endings(0, 1e9, 1e6)).at(-1)?.seq ?? 0;
    await engine.responses.append([
      recordOf(responseId, 0, { place: here.place }),
      recordOf(responseId, 1, { place: here.place }),
      recordOf(responseId, 2, { kind: 'completion', page: null, place: here.place }),
    ]);
    await engine.responses.append([recordOf(responseId, 3, { kind: 'correction', place: here.place })]);
    await engine.responses.append([recordOf(responseId, 4, { kind: 'withdrawal', page: null, place: here.place })]);
    const found = await here.deliveries.endings(Number(from), 1e9, 10);
    expect(found.map(({ kind, responseId: id }) => [kind, id])).toEqual([
      ['completion', responseId],
      ['correction', responseId],
      ['withdrawal', responseId],
    ]);
  });

  test('a hook takes its log with it', async () => {
    const here = await plant();
    await here.deliveries.add([here.about(here.hook.id)], here.at);
    await here.store.hooks.remove(here.hook.id);
    expect(await here.deliveries.log(here.hook.id, null, 10)).toEqual([]);
  });
});
