import { expect, test } from 'vitest';
import { waveTrends } from '../../src/reports/wave-trends.ts';

const share = (...counts: number[]) => ({
  id: 's',
  label: 'S',
  kind: 'share' as const,
  waves: counts.map((count) => ({ count, total: 400 })),
});

test('waves are held against the one before, and the last against the first, all tests adjusted together', () => {
  const [rising, flat] = waveTrends([share(120, 150, 180), share(200, 201, 199)]);
  expect(rising!.steps.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 2],
    [0, 2],
  ]);
  expect(rising!.trend!.slope).toBeCloseTo(0.075, 12);
  expect(rising!.trend!.adjustedP!).toBeGreaterThan(rising!.trend!.p);
  expect(rising!.trend!.adjustedP!).toBeLessThan(0.001);
  expect(flat!.trend!.adjustedP!).toBeGreaterThan(0.5);
});

test('a wave that did not ask is passed over, two waves have no trend, and few people are not tested', () => {
  const moments = (mean: number, n = 100) => ({ n, mean, variance: 1 });
  const row = { id: 'm', label: 'M', kind: 'mean' as const };
  const [gap, few] = waveTrends([
    { ...row, waves: [moments(3), null, moments(4)] },
    { ...row, waves: [moments(3, 20), moments(3), moments(4)] },
  ]);
  expect([gap!.trend, gap!.steps.length, gap!.steps[0]!.difference]).toEqual([null, 1, 1]);
  expect(few!.trend).toBeNull();
  expect(few!.steps[0]).toMatchObject({ p: null, adjustedP: null });
  expect(few!.steps[1]!.p).not.toBeNull();
  expect(() => waveTrends([share(1), share(1, 2)])).toThrow(/same waves/);
});
