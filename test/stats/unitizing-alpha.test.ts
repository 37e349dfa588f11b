import { describe, expect, test } from 'vitest';
import { type Stretch, unitizingAlpha, unitizingAlphaOfAll } from '../../src/stats/unitizing-alpha.ts';

/** Passages by where they begin and how long they are. */
const at = (from: number, ...passages: [number, number][]): Stretch[] =>
  passages.map(([start, length]) => ({ start: start - from, end: start - from + length }));

describe('Krippendorff (2004), p. 254: a stretch from 150 to 450', () => {
  const c = [at(150, [225, 70], [370, 30]), at(150, [220, 80], [355, 20], [400, 20])];
  const k = [at(150, [180, 60], [300, 50]), at(150, [180, 60], [300, 50])];

  test('one code, with what is seen and what chance gives', () => {
    const found = unitizingAlpha(c, 300);
    expect(found.observed).toBeCloseTo(0.014444, 6);
    expect(found.expected).toBeCloseTo(0.053222, 6);
    expect(found.alpha).toBeCloseTo(0.728599, 6);
    expect(found.units).toBe(5);
  });
  test('a code on which both agree to the letter', () => {
    expect(unitizingAlpha(k, 300).alpha).toBe(1);
  });
  test('both codes together', () => {
    expect(unitizingAlphaOfAll([c, k], 300).alpha).toBeCloseTo(0.858665, 6);
  });
});

describe('Krippendorff (1995), p. 57: four pairs of coders on 24 units', () => {
  const pairs: [string, Stretch[][], number][] = [
    ['A', [at(0, [2, 8], [14, 6]), at(0, [4, 4], [15, 2])], 0.03125],
    ['B', [at(0, [0, 18]), at(0, [0, 2], [2, 1], [3, 1], [4, 1], [5, 1], [6, 3], [9, 1])], 2.26736],
    ['C', [at(0, [2, 6], [10, 2], [14, 4], [20, 2]), at(0, [0, 2], [4, 4], [10, 4], [16, 2], [20, 2])], 0.02777],
    ['D', [at(0, [0, 2], [2, 8], [10, 4], [14, 6], [20, 4]), at(0, [0, 4], [4, 4], [8, 7], [15, 2], [17, 7])], 0.38715],
  ];
  test.each(pairs)('what is seen in %s, whatever the unit of measurement', (_, coders, observed) => {
    expect(unitizingAlpha(coders, 24).observed).toBeCloseTo(observed, 4);
    const finer = coders.map((own) => own.map(({ start, end }) => ({ start: start * 100, end: end * 100 })));
    expect(unitizingAlpha(finer, 2400).observed).toBeCloseTo(observed, 4);
  });
});

test('nothing marked by anybody is nothing to agree on', () => {
  expect(unitizingAlpha([[], []], 100).alpha).toBeNull();
});

test('passages of one coder that overlap count as one, and their order does not matter', () => {
  const other = [{ start: 0, end: 20 }];
  const parts = [
    { start: 8, end: 20 },
    { start: 0, end: 10 },
  ];
  expect(unitizingAlpha([parts, other], 100).alpha).toBe(1);
});

test('what one marks and the other does not is worse the longer it is', () => {
  const base = [{ start: 10, end: 30 }];
  const short = unitizingAlpha([[...base, { start: 50, end: 55 }], base], 100).alpha!;
  const long = unitizingAlpha([[...base, { start: 50, end: 80 }], base], 100).alpha!;
  expect(long).toBeLessThan(short);
});

test('a passage outside what was read, or a single coder, is refused', () => {
  expect(() => unitizingAlpha([[{ start: 0, end: 101 }], []], 100)).toThrow(RangeError);
  expect(() => unitizingAlpha([[{ start: 5, end: 5 }], []], 100)).toThrow(RangeError);
  expect(() => unitizingAlpha([[]], 100)).toThrow(RangeError);
});
