import { expect, test } from 'vitest';
import { kitagawa } from '../../src/stats/kitagawa.ts';

const group = (c1: number, n1: number, c2: number, n2: number) => ({
  first: { count: c1, total: n1 },
  second: { count: c2, total: n2 },
});

test('where only the mix changes, all of the change is mix; where only rates change, all is rate', () => {
  const mix = kitagawa([group(20, 100, 60, 300), group(150, 300, 50, 100)]);
  expect(mix?.rate).toBeCloseTo(0, 12);
  expect(mix?.mix).toBeCloseTo(mix?.change ?? 0, 12);
  const rate = kitagawa([group(80, 100, 67, 100), group(240, 300, 240, 300)]);
  expect(rate?.mix).toBeCloseTo(0, 12);
  // By hand: a quarter of all lost 13 points.
  expect(rate?.rate).toBeCloseTo(-0.13 / 4, 12);
  expect(rate?.groups[0]?.rate).toBeCloseTo(-0.13 / 4, 12);
});

test('rate and mix of three groups add up to the change, with those by hand', () => {
  // p: .5 .3 .2 → .2 .3 .5, r: .1 .2 .4 → .1 .3 .5; R: .19 → .36.
  const found = kitagawa([group(50, 500, 20, 200), group(60, 300, 90, 300), group(80, 200, 250, 500)]);
  expect(found?.change).toBeCloseTo(0.17, 12);
  expect(found?.rate).toBeCloseTo(0.3 * 0.1 + 0.35 * 0.1, 12);
  expect(found?.mix).toBeCloseTo(0.1 * -0.3 + 0.45 * 0.3, 12);
  expect(found?.groups.reduce((sum, { rate, mix }) => sum + rate + mix, 0)).toBeCloseTo(0.17, 12);
});

test('a group that is new is all mix, and an empty side gives nothing', () => {
  const found = kitagawa([group(50, 100, 50, 100), group(0, 0, 10, 100)]);
  expect(found?.groups[1]?.rate).toBe(0);
  expect((found?.rate ?? 0) + (found?.mix ?? 0)).toBeCloseTo(found?.change ?? 0, 12);
  expect(kitagawa([group(0, 0, 1, 2)])).toBeNull();
  expect(() => kitagawa([group(3, 2, 1, 2)])).toThrow(RangeError);
});
