import { expect, test } from 'vitest';
import { groupCommit } from '../../src/store/group-commit.ts';

const settings = { most: 10, weigh: () => 1, isPassing: (error: unknown) => (error as Error).message === 'passing' };

test('what comes in while a commit is under way goes together into the next, in its order', async () => {
  const groups: number[][] = [];
  const { add, idle } = groupCommit<number, number>(settings, async (items) => {
    groups.push([...items]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return items.map((item) => item * 2);
  });
  const first = [add(1), add(2)];
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const rest = Array.from({ length: 12 }, (_, at) => add(at + 3));
  expect(await Promise.all([...first, ...rest])).toEqual(Array.from({ length: 14 }, (_, at) => (at + 1) * 2));
  await idle();
  expect(groups).toEqual([
    [1, 2],
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    [13, 14],
  ]);
});

test('a bad item fails alone, and what has passed by the second time fails nobody', async () => {
  let tries = 0;
  const { add } = groupCommit<string, string>(settings, async (items) => {
    tries += 1;
    if (tries === 1) throw new Error('passing');
    if (items.includes('bad')) throw new Error('bad');
    return [...items];
  });
  const outcome = await Promise.allSettled([add('a'), add('bad'), add('b')]);
  expect(outcome.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(tries).toBe(5);
});
