import { expect, test } from 'vitest';
import { divideShares, drawAmount, drawCode, drawCount, drawWhole } from '../../src/demo/draw.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const draws = <Drawn>(count: number, draw: () => Drawn): Drawn[] => Array.from({ length: count }, draw);

test('codes come up as often as they weigh, and those without weight never', () => {
  const random = mulberry32(1);
  const drawn = draws(4000, () => drawCode({ often: 3, seldom: 1, never: 0 }, random));
  const often = drawn.filter((code) => code === 'often').length / drawn.length;
  expect(Math.abs(often - 0.75)).toBeLessThan(0.03);
  expect(drawn).not.toContain('never');
  expect(() => drawCode({ never: 0 }, random)).toThrow(RangeError);
});

test('whole numbers reach both of their ends', () => {
  const random = mulberry32(2);
  expect(new Set(draws(200, () => drawWhole(3, 5, random)))).toEqual(new Set([3, 4, 5]));
});

test('counts have the mean they were given', () => {
  const random = mulberry32(3);
  const counts = draws(4000, () => drawCount(2.5, random));
  expect(Math.abs(counts.reduce((a, b) => a + b, 0) / counts.length - 2.5)).toBeLessThan(0.1);
  expect(drawCount(0, random)).toBe(0);
});

test('half of all amounts lie above the median', () => {
  const random = mulberry32(4);
  const above = draws(4000, () => drawAmount(120, 0.5, random)).filter((amount) => amount > 120).length;
  expect(Math.abs(above / 4000 - 0.5)).toBeLessThan(0.03);
});

test('shares divide everybody, and nobody twice', () => {
  expect(divideShares({ a: 1, b: 1, c: 1 }, 10)).toEqual({ a: 4, b: 3, c: 3 });
  expect(divideShares({ a: 0.28, b: 0.27, c: 0.27, d: 0.18 }, 400)).toEqual({ a: 112, b: 108, c: 108, d: 72 });
  expect(divideShares({ a: 1 }, 0)).toEqual({ a: 0 });
  expect(() => divideShares({}, 3)).toThrow(RangeError);
});
