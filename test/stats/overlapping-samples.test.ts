import { expect, test } from 'vitest';
import { meanDifferenceOf } from '../../src/stats/mean-difference.ts';
import { overlappingMeans, overlappingShares } from '../../src/stats/overlapping-samples.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { shareContrast } from '../../src/stats/share-contrast.ts';

const before = { n: 60, mean: 3, variance: 1.2 };
const after = { n: 50, mean: 3.4, variance: 0.9 };

test('with nobody in both samples the test is Welch’s, and that of two shares', () => {
  const found = overlappingMeans(after, before, { n: 0, correlation: 0.9 })!;
  const welch = meanDifferenceOf(after, before)!;
  for (const part of ['difference', 'low', 'high', 'p'] as const) expect(found[part]).toBeCloseTo(welch[part], 12);
  const [later, earlier] = [
    { count: 40, total: 70 },
    { count: 30, total: 80 },
  ];
  const shares = overlappingShares(later, earlier, { n: 0, correlation: 0.5 })!;
  const contrast = shareContrast(later, earlier)!;
  expect(shares.p).toBeCloseTo(contrast.p!, 12);
  expect(shares.low).toBeCloseTo(contrast.low, 12);
});

test('with everybody in both it is Student’s t of the differences', () => {
  // Differences 1, 0, 2, 1, −1, 1: mean 0.6667, sd 1.0328, t 1.5811 with 5 degrees, p 0.1747.
  const [one, two] = [
    [1, 2, 3, 4, 5, 3],
    [2, 2, 5, 5, 4, 4],
  ];
  const moments = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { n: values.length, mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5 };
  };
  const [first, second] = [moments(one!), moments(two!)];
  const covariance = one!.reduce((sum, value, i) => sum + (value - first.mean) * (two![i]! - second.mean), 0) / 5;
  const found = overlappingMeans(second, first, {
    n: 6,
    correlation: covariance / Math.sqrt(first.variance * second.variance),
  })!;
  expect(found.p).toBeCloseTo(0.1747, 4);
});

test('a fixed seed: under no change about one test in twenty is clear, whatever part of the people is in both', () => {
  const random = mulberry32(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  for (const shared of [0, 40, 80]) {
    let [clearMeans, clearShares] = [0, 0];
    const repeats = 1500;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const pairs = Array.from({ length: shared }, () => {
        const common = normal();
        return [0.8 * common + 0.6 * normal(), 0.8 * common + 0.6 * normal()] as const;
      });
      const lone = () => Array.from({ length: 80 - shared }, normal);
      const [earlier, later] = [
        [...pairs.map(([value]) => value), ...lone()],
        [...pairs.map(([, value]) => value), ...lone()],
      ];
      const moments = (values: number[]) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        return { n: values.length, mean, variance: squares / (values.length - 1) };
      };
      const together = (of: (value: number) => number) => {
        const [xs, ys] = [pairs.map(([x]) => of(x)), pairs.map(([, y]) => of(y))];
        const [x, y] = [moments(xs), moments(ys)];
        const covariance = xs.reduce((sum, value, i) => sum + (value - x.mean) * (ys[i]! - y.mean), 0);
        const spread = Math.sqrt(x.variance * y.variance) * (xs.length - 1);
        return shared === 0 ? 0 : covariance / spread;
      };
      const means = overlappingMeans(moments(later), moments(earlier), {
        n: shared,
        correlation: together((value) => value),
      })!;
      const isHigh = (value: number) => Number(value > 0.3);
      const count = (values: number[]) => ({
        count: values.reduce((sum, value) => sum + isHigh(value), 0),
        total: values.length,
      });
      const shares = overlappingShares(count(later), count(earlier), { n: shared, correlation: together(isHigh) })!;
      clearMeans += Number(means.p! < 0.05);
      clearShares += Number(shares.p! < 0.05);
    }
    for (const clear of [clearMeans, clearShares]) {
      expect(clear / repeats).toBeGreaterThan(0.035);
      expect(clear / repeats).toBeLessThan(0.068);
    }
  }
});

test('an effective base below the number of pairs, equal answers and empty sides end in no figure that is not one', () => {
  expect(overlappingMeans({ ...after, n: 12.5 }, { ...before, n: 9.25 }, { n: 40, correlation: 0.3 })!.p).toBeLessThan(
    1,
  );
  expect(
    overlappingMeans({ n: 5, mean: 3, variance: 0 }, { n: 5, mean: 3, variance: 0 }, { n: 5, correlation: 1 }),
  ).toBeNull();
  expect(overlappingShares({ count: 0, total: 0 }, { count: 1, total: 2 }, { n: 0, correlation: 0 })).toBeNull();
  expect(
    overlappingShares({ count: 50, total: 50 }, { count: 50, total: 50 }, { n: 50, correlation: 1 })!.p,
  ).toBeNull();
});
