import { describe, expect, test } from 'vitest';
import { buildFeatures } from '../../src/segments/features.ts';

const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

test('columns are put on the same footing', () => {
  const found = buildFeatures([
    { name: 'calm', values: ten },
    { name: 'income', values: ten.map((x) => x * 1000) },
  ]);
  expect(found.names).toEqual(['calm', 'income']);
  expect(found.means).toEqual([5.5, 5500]);
  for (const [a, b] of found.rows as [number, number][]) expect(a).toBeCloseTo(b, 12);
  expect(found.rows.reduce((sum, row) => sum + row[0]! ** 2, 0)).toBeCloseTo(9, 10);
});

test('a respondent with one gap is left out and named', () => {
  const found = buildFeatures([
    { name: 'a', values: [null, ...ten, 3] },
    { name: 'b', values: [5, ...ten.toReversed(), null] },
  ]);
  expect(found.dropped).toEqual([0, 11]);
  expect(found.kept).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(found.rows).toHaveLength(10);
});

test('the order of respondents cannot move even the last digit', () => {
  const values = [0.1, 0.7, 0.3, 1e9, 2.2, 3.1, -4, 5.5, 1e-9, 0.1, 7];
  const straight = buildFeatures([{ name: 'a', values: Object.freeze(values) }]);
  const turned = buildFeatures([{ name: 'a', values: values.toReversed() }]);
  expect(turned.rows.toReversed()).toEqual(straight.rows);
});

describe('what cannot be grouped is refused with a sentence:', () => {
  test.each([
    ['no measures', [], 'Choose at least one measure'],
    [
      'a measure chosen twice',
      [
        { name: 'a', values: ten },
        { name: 'a', values: ten },
      ],
      'a was chosen twice',
    ],
    [
      'other respondents',
      [
        { name: 'a', values: ten },
        { name: 'b', values: [1] },
      ],
      'do not cover the same',
    ],
    ['nobody', [{ name: 'a', values: [] }], 'at least 10 respondents with every measure, and there are 0'],
    ['nine people', [{ name: 'a', values: [null, ...ten.slice(1)] }], 'and there are 9'],
    ['everyone the same', [{ name: 'a', values: ten.map(() => 0.1) }], 'a is the same for everyone'],
    ['what centring leaves', [{ name: 'a', values: ten.map((x) => x * 1e-16) }], 'a is the same for everyone'],
    ['what is no number', [{ name: 'a', values: [Number.NaN, ...ten] }], 'a holds something that is not a number'],
  ])('%s', (_, columns, message) => {
    expect(() => buildFeatures(columns)).toThrow(message);
    expect(() => buildFeatures(columns)).toThrow(RangeError);
  });
});
