import { expect, test } from 'vitest';
import { membershipEntropy } from '../../src/stats/membership-entropy.ts';

test('sure memberships are 1, equal ones 0, whatever the number of groups', () => {
  expect(
    membershipEntropy([
      [1, 0, 0],
      [0, 1, 0],
    ]),
  ).toBe(1);
  expect(membershipEntropy([[1 / 3, 1 / 3, 1 / 3]])).toBeCloseTo(0, 12);
});

test('a weight counts like as many rows', () => {
  const written = membershipEntropy([
    [0.9, 0.1],
    [0.9, 0.1],
    [0.5, 0.5],
  ]);
  expect(
    membershipEntropy(
      [
        [0.9, 0.1],
        [0.5, 0.5],
      ],
      [2, 1],
    ),
  ).toBeCloseTo(written!, 12);
});

test('one group or nobody leaves nothing to be sure of', () => {
  expect(membershipEntropy([[1], [1]])).toBeNull();
  expect(membershipEntropy([])).toBeNull();
});
