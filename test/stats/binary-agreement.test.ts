import { expect, test } from 'vitest';
import { binaryAgreement } from '../../src/stats/binary-agreement.ts';
import { gwetsAc1 } from '../../src/stats/gwets-ac1.ts';
import { mulberry32 } from '../../src/stats/random.ts';

test('Gwet’s three codes: share alike and AC1', () => {
  const found = gwetsAc1([
    [75, 1, 4],
    [5, 4, 1],
    [0, 0, 10],
  ])!;
  expect(found.value).toBeCloseTo(0.86757, 6);
  expect(found.n).toBe(100);
});

test('the paradox of prevalence: kappa falls below 0 where nearly all is alike, AC1 does not', () => {
  const found = binaryAgreement({ both: 118, firstOnly: 5, secondOnly: 2, neither: 0 })!;
  expect(found.kappa?.kappa).toBeCloseTo(-0.023392, 6);
  expect(found.ac1.value).toBeCloseTo(0.940776, 6);
});

test('the same with fewer: PABAK, prevalence and bias', () => {
  const found = binaryAgreement({ both: 95, firstOnly: 4, secondOnly: 1, neither: 0 })!;
  expect(found.kappa?.kappa).toBeCloseTo(-0.01626, 5);
  expect(found.pabak.value).toBeCloseTo(0.9, 12);
  expect(found.prevalence).toBeCloseTo(0.95, 12);
  expect(found.bias).toBeCloseTo(0.03, 12);
});

test('ten segments of two coders agree on six', () => {
  const found = binaryAgreement({ both: 1, firstOnly: 1, secondOnly: 3, neither: 5 })!;
  expect(found.observed.share).toBeCloseTo(0.6, 12);
  expect(found.kappa?.kappa).toBeCloseTo(1 / 11, 12);
});

test('a thousand characters marked by two coders, agreement by characters: 85%, and kappa by who marked them', () => {
  const uneven = binaryAgreement({ both: 50, firstOnly: 150, secondOnly: 0, neither: 800 })!;
  const even = binaryAgreement({ both: 50, firstOnly: 75, secondOnly: 75, neither: 800 })!;
  expect(uneven.observed.share).toBeCloseTo(0.85, 12);
  expect(even.observed.share).toBeCloseTo(0.85, 12);
  expect(uneven.kappa?.kappa).toBeCloseTo(8 / 23, 12);
  expect(even.kappa?.kappa).toBeCloseTo(11 / 35, 12);
});

test('where nothing varies kappa is none, and what is not corrected for margins stands', () => {
  const found = binaryAgreement({ both: 10, firstOnly: 0, secondOnly: 0, neither: 0 })!;
  expect(found.kappa).toBeNull();
  expect(found.pabak.value).toBe(1);
  expect(found.ac1.value).toBe(1);
  expect(binaryAgreement({ both: 6, firstOnly: 4, secondOnly: 0, neither: 0 })!.kappa?.kappa).toBe(0);
  expect(binaryAgreement({ both: 0, firstOnly: 0, secondOnly: 0, neither: 0 })).toBeNull();
});

test('AC1’s interval holds its promise: about 95 of 100 samples cover the AC1 they come from', () => {
  const shares = [0.75, 0.1, 0.08, 0.07];
  const truth = gwetsAc1([
    [75, 10],
    [8, 7],
  ])!.value;
  const random = mulberry32(5);
  let covered = 0;
  for (let turn = 0; turn < 500; turn += 1) {
    const cells = [0, 0, 0, 0];
    for (let i = 0; i < 150; i += 1) {
      const at = random();
      let cell = 0;
      for (let sum = shares[0]!; at > sum && cell < 3; sum += shares[cell]!) cell += 1;
      cells[cell]! += 1;
    }
    const found = gwetsAc1([cells.slice(0, 2), cells.slice(2)])!;
    covered += Number(found.low <= truth && truth <= found.high);
  }
  expect(covered / 500).toBeGreaterThan(0.925);
  expect(covered / 500).toBeLessThan(0.975);
});
