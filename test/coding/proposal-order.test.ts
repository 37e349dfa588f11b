import { expect, test } from 'vitest';
import { orderProposals } from '../../src/coding/proposal-order.ts';

const candidates = Array.from({ length: 100 }, (_, row) => ({ row, probability: row / 100 }));

test('the nearest to the threshold and the surest come by turns', () => {
  const order = orderProposals(candidates, 0.5).map(({ row }) => row);
  expect(order.slice(0, 6)).toEqual([50, 99, 49, 98, 51, 97]);
});

test('every yes is proposed once, and of the others only those that are near', () => {
  const order = orderProposals(candidates, 0.5);
  expect(new Set(order.map(({ row }) => row)).size).toBe(order.length);
  expect(order.filter(({ isYes }) => isYes)).toHaveLength(50);
  const nearly = order.filter(({ isYes }) => !isYes).map(({ row }) => row);
  expect(nearly.length).toBeGreaterThan(0);
  expect(Math.min(...nearly)).toBeGreaterThanOrEqual(39);
});

test('with nothing to propose the list is empty', () => {
  expect(orderProposals([], 0.5)).toEqual([]);
});
