import { expect, test } from 'vitest';
import { bitsSet, overlapOf, segmentBits } from '../../src/segments/overlap.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const random = mulberry32(3);
const drawn = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 3));

test.each([0, 1, 31, 32, 33, 1_000])('of %d people what bits count is what counting one by one does', (length) => {
  const [a, b] = [drawn(length), drawn(length)];
  const rows = Array.from(a.keys()).filter((row) => a[row] !== 2 && b[row] !== 2);
  expect(overlapOf(segmentBits(a), segmentBits(b))).toEqual({
    base: rows.length,
    first: rows.filter((row) => a[row] === 1).length,
    second: rows.filter((row) => b[row] === 1).length,
    both: rows.filter((row) => a[row] === 1 && b[row] === 1).length,
  });
});

test('the order of people makes no difference', () => {
  const [a, b] = [drawn(500), drawn(500)];
  const order = Array.from(a.keys()).sort(() => random() - 0.5);
  const moved = (verdicts: Uint8Array) => Uint8Array.from(order, (row) => verdicts[row]!);
  expect(overlapOf(segmentBits(moved(a)), segmentBits(moved(b)))).toEqual(overlapOf(segmentBits(a), segmentBits(b)));
});

test('segments of other people are refused', () => {
  expect(() => overlapOf(segmentBits(drawn(10)), segmentBits(drawn(100)))).toThrow(RangeError);
});

test('every bit of a word counts, the sign’s among them', () => {
  expect([0, 1, -1, 0x80000000, 0x55555555].map(bitsSet)).toEqual([0, 1, 32, 1, 16]);
});
