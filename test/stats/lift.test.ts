import { expect, test } from 'vitest';
import { lift } from '../../src/stats/lift.ts';
import { mulberry32 } from '../../src/stats/random.ts';

test('independent things have a lift of 1, and its variance is that of independence', () => {
  const found = lift({ both: 20, first: 100, second: 200, total: 1000 });
  expect(found?.lift).toBeCloseTo(1, 12);
  const error = Math.log(found!.high) / 1.959964;
  expect(error ** 2).toBeCloseTo((0.9 * 0.8) / (0.1 * 0.2 * 1000), 6);
});

test('the interval holds the truth about as often as it says', () => {
  const random = mulberry32(7);
  const [p12, p10, p01] = [0.12, 0.08, 0.18];
  const truth = p12 / ((p12 + p10) * (p12 + p01));
  let held = 0;
  for (let round = 0; round < 400; round += 1) {
    let [both, first, second] = [0, 0, 0];
    for (let person = 0; person < 400; person += 1) {
      const drawn = random();
      if (drawn < p12) both += 1;
      if (drawn < p12 + p10) first += 1;
      if (drawn < p12 || (drawn >= p12 + p10 && drawn < p12 + p10 + p01)) second += 1;
    }
    const found = lift({ both, first, second, total: 400 });
    if (found && found.low <= truth && truth <= found.high) held += 1;
  }
  expect(held / 400).toBeGreaterThan(0.92);
  expect(held / 400).toBeLessThan(0.98);
});

test('nobody in both is a lift of 0 with an upper end; nobody in one is none', () => {
  const found = lift({ both: 0, first: 50, second: 60, total: 500 });
  expect(found).toMatchObject({ lift: 0, low: 0 });
  expect(found?.high).toBeGreaterThan(0);
  expect(lift({ both: 0, first: 0, second: 60, total: 500 })).toBeNull();
  expect(() => lift({ both: 70, first: 50, second: 60, total: 500 })).toThrow(RangeError);
});
