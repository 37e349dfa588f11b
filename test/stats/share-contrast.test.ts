import { expect, test } from 'vitest';
import { cohensH } from '../../src/stats/cohens-h.ts';
import { shareContrast } from '../../src/stats/share-contrast.ts';
import { shareDifference } from '../../src/stats/share-difference.ts';

test('z is the root of Pearson’s chi-square of the table', () => {
  const [a, b, c, d] = [56, 14, 48, 32];
  const n = a + b + c + d;
  const chiSquare = (n * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d));
  expect(shareContrast({ count: a, total: a + b }, { count: c, total: c + d })?.z).toBeCloseTo(
    Math.sqrt(chiSquare),
    10,
  );
});

test('difference and size are those of the functions that give them alone', () => {
  const first = { count: 9, total: 30 };
  const second = { count: 40, total: 70 };
  const found = shareContrast(first, second);
  expect(found).toMatchObject(shareDifference(first, second)!);
  expect(found?.h).toBe(cohensH(first, second)?.h);
});

test('too few in a corner are not tested, and what all have is not either', () => {
  expect(shareContrast({ count: 1, total: 20 }, { count: 2, total: 20 })).toMatchObject({ p: null });
  expect(shareContrast({ count: 20, total: 20 }, { count: 20, total: 20 })).toMatchObject({ z: null, p: null });
  expect(shareContrast({ count: 0, total: 0 }, { count: 2, total: 20 })).toBeNull();
});
