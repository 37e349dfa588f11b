import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { engines, type OpenEngine } from '../support/engines.ts';

describe.each(engines)('counts that processes share on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());
  const at = (second: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, second));
  const WINDOW_MS = 60_000;

  test('take as many as there is room for, also when they come all at once', async () => {
    const counts = openStore(engine.database).rateCounts;
    const take = () =>
      counts.take(
        [
          { name: 'a', most: 3 },
          { name: 'all', most: 100 },
        ],
        at(0),
        0,
        WINDOW_MS,
      );
    const taken = await Promise.all(Array.from({ length: 8 }, take));
    expect(taken.filter((until) => until === null)).toHaveLength(3);
    expect(taken.find((until) => until !== null)).toBe(at(60).getTime());
    expect(await counts.take([{ name: 'a', most: 3 }], at(61), at(1).getTime(), WINDOW_MS)).toBeNull();
  });

  test('count under no name when one of them is full, and give back the latest', async () => {
    const counts = openStore(engine.database).rateCounts;
    const take = (...names: string[]) =>
      counts.take(
        names.map((name) => ({ name, most: 1 })),
        at(5),
        at(0).getTime() - 1,
        WINDOW_MS,
      );
    expect(await take('b')).toBeNull();
    expect(await take('b', 'c')).not.toBeNull();
    expect(await take('c')).toBeNull();
    await counts.giveBack('c');
    expect(await take('c')).toBeNull();
    await counts.forget(['b', 'c']);
    expect(await take('b', 'c')).toBeNull();
  });
});
