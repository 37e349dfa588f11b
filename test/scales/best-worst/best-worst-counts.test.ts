import { expect, test } from 'vitest';
import type { BestWorstAnswer } from '../../../src/scales/best-worst/best-worst-answer.ts';
import { bestWorstCounts, bestWorstPersonCounts } from '../../../src/scales/best-worst/best-worst-counts.ts';

const answer = (best: number | null, worst: number | null, shown = [0, 1, 2]): BestWorstAnswer => ({
  shown,
  best,
  worst,
});

test('the score is best minus worst by showings', () => {
  const counts = bestWorstCounts(
    [
      [answer(0, 2), answer(0, 1)],
      [answer(2, 0), answer(0, 2, [0, 2])],
    ],
    { items: 3 },
  );
  expect(counts.map(({ shown, best, worst }) => [shown, best, worst])).toEqual([
    [4, 3, 1],
    [3, 0, 1],
    [4, 1, 2],
  ]);
  expect(counts.map(({ score }) => score)).toEqual([0.5, -1 / 3, -0.25]);
});

test('with one showing each, the standard error is that of a mean', () => {
  // Scores of 1, 1, 0 and −1: mean 0.25, sample variance 0.91667.
  const [first] = bestWorstCounts([[answer(0, 1)], [answer(0, 2)], [answer(1, 2)], [answer(1, 0)]], { items: 3 });
  expect(first!.score).toBe(0.25);
  expect(first!.standardError).toBeCloseTo(Math.sqrt(0.9166666667 / 4), 9);
  // t of 3 degrees of freedom at 0.975 is 3.182446.
  expect(first!.interval!.high - 0.25).toBeCloseTo(3.182446 * first!.standardError!, 5);
});

test('somebody who repeats themselves is no further evidence', () => {
  const people = [[answer(0, 1)], [answer(1, 0)], [answer(0, 2)]];
  const twice = people.map((person) => [...person, ...person]);
  const once = bestWorstCounts(people, { items: 3 });
  bestWorstCounts(twice, { items: 3 }).forEach((count, item) => {
    expect(count.standardError).toBeCloseTo(once[item]!.standardError!, 12);
  });
});

test('a task without an answer counts as not shown, and half an answer for the half it gives', () => {
  const counts = bestWorstCounts([[answer(null, null), answer(0, null), answer(0, 1), answer(1, 2)]], { items: 3 });
  expect(counts[0]).toMatchObject({ shown: 3, best: 2, worst: 0, standardError: null });
  expect(counts[0]!.score).toBeCloseTo(2 / 3, 12);
  expect(counts[1]!.score).toBeCloseTo(1 / 3 - 1 / 2, 12);
});

test('items never shown and nobody at all have no score', () => {
  expect(bestWorstCounts([], { items: 2 })).toEqual(
    new Array(2).fill({ shown: 0, best: 0, worst: 0, score: null, standardError: null, interval: null }),
  );
  expect(bestWorstCounts([[answer(0, 1)]], { items: 4 })[3]).toMatchObject({ shown: 0, score: null });
});

test('the order of people and of their tasks does not matter', () => {
  const people = [[answer(0, 2), answer(0, 1)], [answer(2, 0)], [answer(1, 0), answer(0, 2)]];
  const turned = people.map((person) => person.toReversed()).toReversed();
  const counts = bestWorstCounts(people, { items: 3 });
  bestWorstCounts(turned, { items: 3 }).forEach((count, item) => {
    expect(count.score).toBeCloseTo(counts[item]!.score!, 12);
    expect(count.standardError).toBeCloseTo(counts[item]!.standardError!, 12);
  });
});

test('each person has counts of their own', () => {
  const [one, two] = bestWorstPersonCounts([[answer(0, 2), answer(0, 1), answer(1, 0)], []], { items: 3 });
  expect(one![0]).toMatchObject({ shown: 3, best: 2, worst: 1 });
  // 1, 1, −1: sample variance 4/3 over three showings.
  expect(one![0]!.standardError).toBeCloseTo(2 / 3, 12);
  expect(two![0]).toMatchObject({ shown: 0, score: null });
});

test('answers that no task can have given are refused', () => {
  const count = (...answers: BestWorstAnswer[]) => bestWorstCounts([answers], { items: 3 });
  expect(() => count(answer(0, 0))).toThrow('best and worst');
  expect(() => count(answer(2, 0, [0, 1]))).toThrow('not shown');
  expect(() => count(answer(null, null, [0, 3]))).toThrow('counted from 0');
  expect(() => count(answer(null, null, [1, 1]))).toThrow('twice');
  expect(() => count(answer(null, null, [1]))).toThrow('at least two');
  expect(() => bestWorstCounts([], { items: 1 })).toThrow('at least two items');
  expect(() => bestWorstCounts([], { items: 3, level: 1 })).toThrow('level');
});
