import { expect, test } from 'vitest';
import { association, raoScottDesignEffect } from '../../src/stats/association.ts';
import { mulberry32 } from '../../src/stats/random.ts';

test('a table of independence has a corrected V of 0, although V itself never is', () => {
  const random = mulberry32(4);
  let [plain, corrected] = [0, 0];
  for (let run = 0; run < 50; run++) {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let i = 0; i < 80; i++) counts[Math.floor(random() * 4)]![Math.floor(random() * 4)]! += 1;
    const found = association(counts)!;
    plain += found.cramersV / 50;
    corrected += found.cramersVCorrected / 50;
  }
  expect(plain).toBeGreaterThan(0.15);
  expect(corrected).toBeLessThan(plain / 2);
});

test('one answer that tells the segment for certain has V, U and lambda of 1', () => {
  const found = association([
    [40, 0],
    [0, 60],
  ])!;
  expect(found.cramersV).toBeCloseTo(1, 12);
  expect(found.uRowsGivenColumns).toBeCloseTo(1, 12);
  expect(found.lambdaRowsGivenColumns).toBeCloseTo(1, 12);
});

test('rows and columns of nobody change nothing', () => {
  const plain = association([
    [30, 10],
    [20, 40],
  ])!;
  const padded = association([
    [30, 0, 10],
    [0, 0, 0],
    [20, 0, 40],
  ])!;
  expect(padded).toMatchObject({ chiSquare: plain.chiSquare, df: 1, cramersVCorrected: plain.cramersVCorrected });
  expect(association([[5, 5]])).toBeNull();
  expect(association([])).toBeNull();
  expect(() => association([[1, 2], [3]])).toThrow(RangeError);
});

test('weights of one size cost nothing, and weights that know nothing of the answers cost what Kish says', () => {
  const cells = [
    [30, 10],
    [20, 40],
  ];
  const double = cells.map((row) => row.map((count) => 2 * count));
  const squares = cells.map((row) => row.map((count) => 4 * count));
  expect(raoScottDesignEffect(double, squares, 100)).toBeCloseTo(1, 12);
  // Half of each cell weighs 0.5, the other half 1.5: the mean is 1 and the mean square 1.25.
  expect(
    raoScottDesignEffect(
      cells,
      cells.map((row) => row.map((count) => 1.25 * count)),
      100,
    ),
  ).toBeCloseTo(1.25, 12);
});

test('the test of a weighted table without association finds one in about 5% of draws, which the plain one overshoots', () => {
  const random = mulberry32(11);
  let [corrected, plain] = [0, 0];
  const runs = 1500;
  for (let run = 0; run < runs; run++) {
    const weights = [0, 1].map(() => [0, 0, 0]);
    const squares = [0, 1].map(() => [0, 0, 0]);
    for (let i = 0; i < 300; i++) {
      const [row, column] = [Math.floor(random() * 2), Math.floor(random() * 3)];
      const weight = random() < 0.2 ? 4 : 0.5;
      weights[row]![column]! += weight;
      squares[row]![column]! += weight ** 2;
    }
    const total = weights.flat().reduce((sum, weight) => sum + weight, 0);
    const counts = weights.map((row) => row.map((weight) => (weight * 300) / total));
    const designEffect = raoScottDesignEffect(weights, squares, 300)!;
    if (association(counts, { designEffect })!.p < 0.05) corrected += 1 / runs;
    if (association(counts)!.p < 0.05) plain += 1 / runs;
  }
  expect(plain).toBeGreaterThan(0.15);
  expect(corrected).toBeGreaterThan(0.03);
  expect(corrected).toBeLessThan(0.07);
});
