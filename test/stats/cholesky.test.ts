import { expect, test } from 'vitest';
import { choleskyFactor, choleskyInverse, choleskyLogDeterminant, choleskySolve } from '../../src/stats/cholesky.ts';

// 4 2 1 / 2 5 3 / 1 3 6 has the determinant 67.
const MATRIX = Object.freeze([4, 2, 1, 2, 5, 3, 1, 3, 6]);

test('a system solved gives back its right side', () => {
  const x = choleskySolve(choleskyFactor(Float64Array.from(MATRIX), 3)!, Float64Array.of(11, 21, 25), 3);
  [1, 2, 3].forEach((value, i) => expect(x[i]).toBeCloseTo(value, 12));
});

test('the inverse times the matrix is the identity', () => {
  const inverse = choleskyInverse(choleskyFactor(Float64Array.from(MATRIX), 3)!, 3);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      let cell = 0;
      for (let k = 0; k < 3; k++) cell += inverse[row * 3 + k]! * MATRIX[k * 3 + column]!;
      expect(cell).toBeCloseTo(row === column ? 1 : 0, 12);
    }
  }
});

test('the determinant is the one worked out by hand', () => {
  const factor = choleskyFactor(Float64Array.from(MATRIX), 3)!;
  expect(Math.exp(choleskyLogDeterminant(factor, 3))).toBeCloseTo(67, 9);
});

test('a matrix that is not positive definite has no factor', () => {
  expect(choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  expect(choleskyFactor(Float64Array.of(0), 1)).toBeNull();
});
