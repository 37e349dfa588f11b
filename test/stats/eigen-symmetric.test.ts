import { expect, test } from 'vitest';
import { eigenSymmetric } from '../../src/stats/eigen-symmetric.ts';

test('eigenvalues and vectors rebuild the matrix', () => {
  const matrix = [4, 1, -2, 1, 3, 0.5, -2, 0.5, 5];
  const { eigenvalues, eigenvectors } = eigenSymmetric(Float64Array.from(matrix), 3);
  expect([...eigenvalues]).toEqual([...eigenvalues].sort((a, b) => b - a));
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let cell = 0;
      for (let k = 0; k < 3; k++) cell += eigenvectors[row * 3 + k]! * eigenvalues[k]! * eigenvectors[column * 3 + k]!;
      expect(cell).toBeCloseTo(matrix[row * 3 + column]!, 10);
    }
  }
});

test('the eigenvalues of a known matrix are its textbook ones', () => {
  // Second differences of three points: 2 + √2, 2, 2 − √2.
  const { eigenvalues } = eigenSymmetric(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3);
  [2 + Math.SQRT2, 2, 2 - Math.SQRT2].forEach((value, i) => expect(eigenvalues[i]).toBeCloseTo(value, 12));
});
