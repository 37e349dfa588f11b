import { expect, test } from 'vitest';
import { codeFigures, macroFigures } from '../../src/coding/code-figures.ts';

const groups = Array.from({ length: 10 }, (_, row) => row);

test('precision, recall, F1 and kappa of ten texts, worked by hand', () => {
  const truth = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
  const decided = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0];
  const found = codeFigures(truth, decided, groups, 1);
  expect(found.confusion).toEqual({ truePositives: 3, falsePositives: 2, falseNegatives: 1, trueNegatives: 4 });
  expect(found.precision?.share).toBeCloseTo(3 / 5, 12);
  expect(found.recall?.share).toBeCloseTo(3 / 4, 12);
  expect(found.f1?.value).toBeCloseTo(2 / 3, 12);
  // Po .7, Pe .4 × .5 + .6 × .5.
  expect(found.kappa?.kappa).toBeCloseTo(0.4, 12);
  expect(found.f1!.low).toBeLessThan(found.f1!.value);
  expect(found.f1!.high).toBeGreaterThan(found.f1!.value);
});

test('what cannot be counted is null and not naught', () => {
  const found = codeFigures([0, 0, 0], [0, 0, 0], [1, 2, 3], 1);
  expect(found).toMatchObject({ n: 3, positives: 0, precision: null, recall: null, f1: null, kappa: null });
});

test('the interval of F1 widens when the texts are all of a few people', () => {
  const truth = Array.from({ length: 80 }, (_, row) => Number(row % 2 === 0));
  const decided = truth.map((one, row) => (row % 40 < 12 ? 1 - one : one));
  const width = (of: number[]) => {
    const { f1 } = codeFigures(truth, decided, of, 1);
    return f1!.high - f1!.low;
  };
  const each = truth.map((_, row) => row);
  const few = truth.map((_, row) => Math.floor(row / 12));
  expect(width(few)).toBeGreaterThan(width(each));
});

test('means over codes: the harmonic mean of mean precision and recall is not the mean of F1', () => {
  const one = codeFigures([1, 1, 0, 0], [1, 1, 0, 0], [1, 2, 3, 4], 1);
  const other = codeFigures([1, 1, 0, 0], [0, 0, 0, 0], [1, 2, 3, 4], 1);
  expect(macroFigures([one, other])).toEqual({ codes: 2, precision: 0.5, recall: 0.5, f1: 0.5, meanF1: 0.5 });
  const half = codeFigures([1, 1, 0, 0], [1, 1, 1, 1], [1, 2, 3, 4], 1);
  const found = macroFigures([half, other]);
  expect(found?.f1).toBeCloseTo((2 * 0.25 * 0.5) / 0.75, 12);
  expect(found?.meanF1).toBeCloseTo(1 / 3, 12);
  expect(macroFigures([])).toBeNull();
});
