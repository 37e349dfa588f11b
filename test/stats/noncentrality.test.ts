import { expect, test } from 'vitest';
import { chiSquareNoncentrality, fNoncentrality } from '../../src/stats/noncentrality.ts';

test('intervals are those that SciPy 1.17.1 finds by turning ncx2 and ncf round', () => {
  const chi = chiSquareNoncentrality(30, 9);
  expect(chi.low).toBeCloseTo(6.035091285459328, 4);
  expect(chi.high).toBeCloseTo(45.95053331459297, 4);
  const f = fNoncentrality(4.846088, 2, 27);
  expect(f.low).toBeCloseTo(0.30009122210576356, 5);
  expect(f.high).toBeCloseTo(25.959340769, 4);
  const large = chiSquareNoncentrality(100_000, 99);
  expect(large.low).toBeCloseTo(98666.55559676621, 1);
  expect(large.high).toBeCloseTo(101145.12824954897, 1);
});

test('what is no surprise begins at 0', () => {
  expect(chiSquareNoncentrality(0, 3)).toEqual({ low: 0, high: 0 });
  expect(chiSquareNoncentrality(4, 3).low).toBe(0);
  expect(fNoncentrality(1, 3, 50).low).toBe(0);
  expect(() => chiSquareNoncentrality(-1, 3)).toThrow(RangeError);
});
