import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { jobStore, SILENT_MS } from '../../src/store/jobs.ts';
import { engines, type OpenEngine } from '../support/engines.ts';

const AT = '2026-03-02T09:00:00.000Z';

describe.each(engines)('the list of long work on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  beforeEach(() => engine.database.kysely.deleteFrom('jobs').execute());
  afterAll(() => engine.close());
  const lists = () => ['one', 'other', 'third'].map((name) => jobStore(engine.database, name));
  /** As if nothing had been heard of whoever has them. */
  const silence = () =>
    engine.database.kysely
      .updateTable('jobs')
      .set((eb) => ({ seenAliveAt: eb('seenAliveAt', '-', SILENT_MS + 1) }))
      .execute();

  test('of several who ask at once each gets another piece, the oldest first, and nobody the same', async () => {
    const all = lists();
    for (let subject = 1; subject <= 30; subject += 1) await all[0]!.put('run', subject, AT);
    expect(await all[0]!.waiting()).toBe(30);
    const claimed = await Promise.all(Array.from({ length: 33 }, (_, at) => all[at % 3]!.claim(['run'])));
    const subjects = claimed.flatMap((one) => one?.subjectId ?? []);
    expect(subjects.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    expect(claimed.filter((one) => one === null)).toHaveLength(3);
    expect(await all[0]!.waiting()).toBe(0);
  });

  test('what a silent process had is taken up by another, which the first then hears', async () => {
    const [one, other] = lists();
    await one!.put('run', 1, AT);
    const first = await one!.claim(['run']);
    expect(first?.claims).toBe(1);
    expect(await other!.claim(['run'])).toBeNull();
    expect(await one!.sayAlive(first!)).toBe(true);
    await silence();
    const second = await other!.claim(['run']);
    expect(second).toEqual({ ...first, claims: 2 });
    expect(await one!.sayAlive(first!)).toBe(false);
    // What is no longer its own it cannot take off the list.
    await one!.remove(first!);
    expect(await other!.isThere('run', 1)).toBe(true);
    await other!.remove(second!);
    expect(await other!.isThere('run', 1)).toBe(false);
  });

  test('what is given back waits at once, as if it had never been taken up', async () => {
    const [one, other] = lists();
    await one!.put('run', 1, AT);
    await one!.giveBack((await one!.claim(['run']))!);
    expect((await other!.claim(['run']))?.claims).toBe(1);
  });

  test('a process takes up only what it knows how to do', async () => {
    const [one] = lists();
    await one!.put('something newer', 1, AT);
    expect(await one!.claim(['run', 'report'])).toBeNull();
    expect(await one!.claim([])).toBeNull();
  });
});
