import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { consensusPartition } from '../../src/stats/consensus-partition.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

/** Each partition has every row in its true group but for one in five, and calls the groups as it likes. */
function noisy(truth: readonly number[], times: number, seed: number): number[][] {
  const random = mulberry32(seed);
  return Array.from({ length: times }, () => {
    const names = shuffled([0, 1, 2], random);
    return truth.map((group) => names[random() < 0.2 ? Math.floor(random() * 3) : group]!);
  });
}
const truth = [...Array(30).fill(0), ...Array(20).fill(1), ...Array(10).fill(2)] as number[];

test('many partitions that each err now and then agree on what none of them has', () => {
  const partitions = noisy(truth, 15, 1);
  const found = consensusPartition(partitions);
  expect(found.labels).toEqual(truth);
  expect(found.sizes).toEqual([30, 20, 10]);
  expect(found.converged).toBe(true);
  expect(Math.max(...partitions.map((one) => adjustedRandIndex(one, truth)!))).toBeLessThan(1);
  expect(found.ari).toBeGreaterThan(0.4);
});

test('agreement is the share of partitions that have the row there', () => {
  const found = consensusPartition([
    [0, 0, 1, 1, 1],
    [1, 1, 0, 0, 0],
    [0, 1, 1, 1, 1],
  ]);
  expect(found.agreement.map((one) => Number(one.toFixed(4)))).toEqual([1, 0.6667, 1, 1, 1]);
  expect(found.memberships[1]!.map((one) => Number(one.toFixed(4)))).toEqual([0.3333, 0.6667]);
});

test('partitions that are the same but for names give that one, with full agreement', () => {
  const found = consensusPartition([
    [7, 7, 3, 3, 3],
    [-1, -1, 0, 0, 0],
  ]);
  expect(found).toMatchObject({ labels: [1, 1, 0, 0, 0], agreement: [1, 1, 1, 1, 1], ari: 1 });
});

test('the order of the rows does not matter', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, times) => {
      const partitions = noisy(truth, times, seed);
      const order = shuffled([...truth.keys()], mulberry32(seed + 1));
      const straight = consensusPartition(partitions, { k: 3 });
      const mixed = consensusPartition(
        partitions.map((one) => order.map((i) => one[i]!)),
        { k: 3 },
      );
      expect(mixed.labels).toEqual(order.map((i) => straight.labels[i]));
      expect(mixed.agreement).toEqual(order.map((i) => straight.agreement[i]));
      expect(mixed.ari).toBe(straight.ari);
    }),
    { seed: 4, numRuns: 40 },
  );
});

test('partitions with another number of groups have a say as far as theirs match', () => {
  const found = consensusPartition(
    [
      [0, 0, 0, 1, 1, 1],
      [0, 0, 0, 1, 1, 1],
      [0, 0, 2, 1, 1, 1],
    ],
    { k: 2 },
  );
  expect(found.labels.slice(0, 3)).toEqual([found.labels[0], found.labels[0], found.labels[0]]);
  expect(found.agreement[2]).toBeCloseTo(2 / 3, 12);
  expect(found.memberships[2]!.reduce((sum, one) => sum + one, 0)).toBeCloseTo(2 / 3, 12);
});

test('what cannot be voted on is refused', () => {
  expect(() => consensusPartition([])).toThrow(RangeError);
  expect(() => consensusPartition([[]])).toThrow(RangeError);
  expect(() => consensusPartition([[0, 1], [0]])).toThrow(RangeError);
  expect(() => consensusPartition([[0, Number.NaN]])).toThrow(RangeError);
  expect(() => consensusPartition([[0, 1]], { k: 3 })).toThrow('None of the partitions has 3 groups');
});
