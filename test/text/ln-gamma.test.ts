import { expect, test } from 'vitest';
import { lnGamma } from '../../src/text/ln-gamma.ts';

test('ln Γ agrees with factorials and known values', () => {
  let factorial = 1;
  for (let n = 1; n <= 20; n++) {
    expect(lnGamma(n)).toBeCloseTo(Math.log(factorial), 10);
    factorial *= n;
  }
  expect(lnGamma(0.1)).toBeCloseTo(2.252712651734206, 11);
  expect(lnGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 11);
});
