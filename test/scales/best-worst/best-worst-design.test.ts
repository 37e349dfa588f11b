import { expect, test } from 'vitest';
import { bestWorstDesign, suggestTasks } from '../../../src/scales/best-worst/best-worst-design.ts';
import { mulberry32 } from '../../../src/stats/random.ts';

const SHAPES = [
  { items: 30, perTask: 5, tasks: 18, versions: 10 },
  { items: 12, perTask: 4, tasks: 9, versions: 10 },
  { items: 10, perTask: 4, tasks: 7, versions: 3 },
  { items: 5, perTask: 5, tasks: 3, versions: 4 },
  { items: 9, perTask: 2, tasks: 14, versions: 5 },
  { items: 40, perTask: 4, tasks: 5, versions: 8 },
];
const design = (shape: (typeof SHAPES)[number], seed = 1) => bestWorstDesign({ ...shape, random: mulberry32(seed) });

test.each(SHAPES)(
  'no task of $items items by $perTask shows one twice, and each version shows all equally often',
  (shape) => {
    const { sets } = design(shape);
    expect(sets).toHaveLength(shape.versions);
    for (const version of sets) {
      expect(version).toHaveLength(shape.tasks);
      const shown = new Array<number>(shape.items).fill(0);
      for (const task of version) {
        expect(task).toHaveLength(shape.perTask);
        expect(new Set(task).size).toBe(shape.perTask);
        for (const item of task) shown[item]! += 1;
      }
      expect(Math.max(...shown) - Math.min(...shown)).toBeLessThanOrEqual(1);
    }
  },
);

test.each(SHAPES)('the counts of $items items by $perTask are those of its sets', (shape) => {
  const { sets, appearances, pairings, positionCounts, spread } = design(shape);
  const tasks = sets.flat();
  for (let item = 0; item < shape.items; item++) {
    expect(appearances[item]).toBe(tasks.filter((task) => task.includes(item)).length);
    expect(positionCounts[item]).toEqual(
      Array.from({ length: shape.perTask }, (_, place) => tasks.filter((task) => task[place] === item).length),
    );
    for (let other = 0; other < shape.items; other++) {
      const together = tasks.filter((task) => task.includes(item) && task.includes(other)).length;
      expect(pairings[item]![other]).toBe(item === other ? 0 : together);
    }
  }
  const pairs = pairings.flatMap((row, item) => row.filter((_, other) => other > item));
  expect(spread.pairings).toEqual({ min: Math.min(...pairs), max: Math.max(...pairs) });
});

test.each(SHAPES)('every one of $items items stands in each of $perTask places equally often', (shape) => {
  const { positionCounts, appearances } = design(shape);
  for (const row of positionCounts) expect(Math.max(...row) - Math.min(...row)).toBeLessThanOrEqual(1);
  expect(Math.max(...appearances) - Math.min(...appearances)).toBeLessThanOrEqual(1);
});

test.each(SHAPES)('pairs of $items items meet nearly equally often', (shape) => {
  const { spread, isConnected } = design(shape);
  expect(spread.pairings.max - spread.pairings.min).toBeLessThanOrEqual(2);
  expect(isConnected).toBe(true);
});

test('seven items by three in seven tasks come out as the Fano plane, where every pair meets once', () => {
  const { pairings, isBalanced } = design({ items: 7, perTask: 3, tasks: 7, versions: 1 }, 3);
  expect(pairings.flatMap((row, item) => row.slice(item + 1))).toEqual(new Array(21).fill(1));
  expect(isBalanced).toBe(true);
});

test('the same seed gives the same design, another seed another', () => {
  expect(design(SHAPES[1]!, 5)).toEqual(design(SHAPES[1]!, 5));
  expect(design(SHAPES[1]!, 5).sets).not.toEqual(design(SHAPES[1]!, 6).sets);
});

test('tasks that leave items in islands are told apart', () => {
  expect(design({ items: 4, perTask: 2, tasks: 2, versions: 1 })).toMatchObject({ isConnected: false });
});

test('a large design is made while a page opens', () => {
  design(SHAPES[0]!);
  const before = performance.now();
  design(SHAPES[0]!, 2);
  // Measured at 9 ms; the slack is for busy machines.
  expect(performance.now() - before).toBeLessThan(5_000);
});

test('what cannot be is refused', () => {
  const shape = { items: 6, perTask: 3, tasks: 4, versions: 2 };
  expect(() => design({ ...shape, perTask: 1 })).toThrow('bestWorstDesign requires at least two items in a task');
  expect(() => design({ ...shape, perTask: 7 })).toThrow('no more items in a task than there are');
  expect(() => design({ ...shape, tasks: 0 })).toThrow('at least 1 as tasks');
  expect(() => design({ ...shape, versions: 1.5 })).toThrow(RangeError);
  expect(() => design({ ...shape, items: Number.NaN })).toThrow(RangeError);
  expect(() => design({ items: 30, perTask: 3, tasks: 4, versions: 2 })).toThrow('enough tasks');
});

test('tasks enough to show each item three times are suggested', () => {
  expect(suggestTasks(30, 5)).toBe(18);
  expect(suggestTasks(10, 4)).toBe(8);
  expect(() => suggestTasks(3, 4)).toThrow(RangeError);
  expect(() => suggestTasks(3, 1)).toThrow(RangeError);
});
