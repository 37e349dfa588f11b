import { expect, test } from 'vitest';
import { mutualInformation, normalisedMutualInformation } from '../../src/stats/mutual-information.ts';

test('the same partition under other names tells all', () => {
  expect(mutualInformation([1, 1, 2, 2], ['b', 'b', 'a', 'a'])).toEqual({
    mutual: Math.LN2,
    normalised: 1,
    variation: 0,
  });
});

test('crossing partitions tell nothing of each other', () => {
  const found = mutualInformation([1, 1, 2, 2], [1, 2, 1, 2])!;
  expect(found.normalised).toBeCloseTo(0, 12);
  expect(found.variation).toBeCloseTo(2 * Math.LN2, 12);
});

test('one group against one is the same, against several tells nothing; nobody is nothing', () => {
  expect(normalisedMutualInformation([1, 1], ['a', 'a'])).toBe(1);
  expect(normalisedMutualInformation([1, 1], ['a', 'b'])).toBe(0);
  expect(normalisedMutualInformation([], [])).toBeNull();
  expect(() => mutualInformation([1], [])).toThrow(RangeError);
});
