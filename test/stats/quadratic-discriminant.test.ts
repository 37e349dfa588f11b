import { expect, test } from 'vitest';
import { indexOfLargest } from '../../src/stats/linear-discriminant.ts';
import {
  fitQuadraticDiscriminant,
  leaveOneOutQuadratic,
  quadraticPosteriors,
} from '../../src/stats/quadratic-discriminant.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';

test('groups with one mean are told apart by their spread', () => {
  const random = mulberry32(2);
  const labels = Array.from({ length: 200 }, (_, i) => i % 2);
  const rows = labels.map((group) => [normalDeviate(random) * (group === 0 ? 0.2 : 4)]);
  const model = fitQuadraticDiscriminant(rows, labels);
  expect(indexOfLargest(quadraticPosteriors(model, [0]))).toBe(0);
  expect(indexOfLargest(quadraticPosteriors(model, [3]))).toBe(1);
  const right = leaveOneOutQuadratic(rows, labels).filter((p, i) => indexOfLargest(p) === labels[i]).length;
  expect(right / 200).toBeGreaterThan(0.85);
});

test('a group that does not spread in every direction is refused', () => {
  expect(() =>
    fitQuadraticDiscriminant(
      [
        [1, 2],
        [2, 3],
        [5, 1],
        [6, 2],
      ],
      [0, 0, 1, 1],
    ),
  ).toThrow('more rows in each group');
  expect(() => fitQuadraticDiscriminant([[1], [1], [5], [6]], [0, 0, 1, 1])).toThrow('does not vary');
});
