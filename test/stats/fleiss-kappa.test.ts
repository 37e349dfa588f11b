import { expect, test } from 'vitest';
import { fleissKappa } from '../../src/stats/fleiss-kappa.ts';

test('ten things and five codes by fourteen raters, as encyclopedias print it', () => {
  const counts = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  expect(fleissKappa(counts)).toBeCloseTo(0.209931, 6);
});

test('thirty patients and five diagnoses by six psychiatrists (Fleiss, 1971)', () => {
  const diagnoses =
    '444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 ' +
    '333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555';
  const counts = diagnoses
    .split(' ')
    .map((said) => ['1', '2', '3', '4', '5'].map((code) => [...said].filter((one) => one === code).length));
  expect(fleissKappa(counts)).toBeCloseTo(0.4302445, 7);
});

test('there is none where everything stands under one code, or where there is nothing', () => {
  expect(
    fleissKappa([
      [3, 0],
      [3, 0],
    ]),
  ).toBeNull();
  expect(fleissKappa([])).toBeNull();
});

test('things coded by different numbers of coders are refused', () => {
  expect(() =>
    fleissKappa([
      [3, 0],
      [2, 0],
    ]),
  ).toThrow(RangeError);
  expect(() => fleissKappa([[1, 0]])).toThrow(RangeError);
});
