import { expect, test } from 'vitest';
import { scaleReliability } from '../../src/scales/scale-reliability.ts';
import { standardisedAlpha } from '../../src/scales/standardised-alpha.ts';

const rows = [
  [2, 3, 3],
  [4, 4, 5],
  [1, 2, 1],
  [5, 5, 4],
];

test('everything about a scale comes from the complete respondents', () => {
  const found = scaleReliability([...rows, [1, null, 5]]);
  expect(found).toEqual(scaleReliability(rows));
  expect(found.respondents).toBe(4);
  expect(found.items).toBe(3);
  expect(found.mean).toBeCloseTo(39 / 12, 12);
});

test('where all totals are equal there is no alpha, no interval and no error of measurement', () => {
  expect(
    scaleReliability([
      [1, 3],
      [2, 2],
      [3, 1],
    ]),
  ).toMatchObject({ alpha: null, alphaInterval: null, standardErrorOfMeasurement: null, standardDeviation: 0 });
});

test('an item that does not vary leaves standardised alpha unknown', () => {
  expect(
    standardisedAlpha([
      [1, 3],
      [2, 3],
    ]),
  ).toBeNull();
});

test('two items that oppose each other wholly have no standardised alpha', () => {
  expect(
    standardisedAlpha([
      [1, 3],
      [2, 2],
      [3, 1],
    ]),
  ).toBeNull();
});

test('standardised alpha does not mind the unit of an item', () => {
  const tenfold = rows.map(([a, b, c]) => [a! * 10, b!, c!]);
  expect(standardisedAlpha(tenfold)).toBeCloseTo(standardisedAlpha(rows)!, 12);
});
