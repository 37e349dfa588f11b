import { expect, test } from 'vitest';
import { krippendorffAlpha } from '../../src/stats/krippendorff-alpha.ts';

/** Coders' rows, a star for what is missing, as things with what each coder said. */
const units = (...coders: string[]): (number | null)[][] => {
  const rows = coders.map((row) => row.trim().split(/\s+/));
  return (rows[0] ?? []).map((_, index) =>
    rows.map((row) => {
      const value = row[index] ?? '*';
      return value === '*' ? null : /\d/.test(value) ? Number(value) : (value.codePointAt(0) ?? 0);
    }),
  );
};

test('the four-coder example with missing values gives the published alpha for each metric', () => {
  const data = units(
    '1 2 3 3 2 1 4 1 2 * * *',
    '1 2 3 3 2 2 4 1 2 5 * 3',
    '* 3 3 3 2 3 4 2 2 5 1 *',
    '1 2 3 3 2 4 4 1 2 5 1 *',
  );
  expect(krippendorffAlpha(data)).toBeCloseTo(113 / 152, 9);
  expect(krippendorffAlpha(data, 'ordinal')).toBeCloseTo(0.815388, 6);
  expect(krippendorffAlpha(data, 'interval')).toBeCloseTo(951 / 1120, 9);
  expect(krippendorffAlpha(data, 'ratio')).toBeCloseTo(0.797403, 6);
});

test('two coders give the published alpha, with two values and with five', () => {
  expect(krippendorffAlpha(units('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0'))).toBeCloseTo(2 / 21, 9);
  expect(krippendorffAlpha(units('a a b b d c c c e d d a', 'b a b b b c c c e d d d'))).toBeCloseTo(155 / 224, 9);
});

test('the order of things and of coders does not matter', () => {
  const data = units('1 2 3 3 2 1', '1 2 * 3 2 2', '* 3 3 3 2 3');
  const turned = data.toReversed().map((unit) => unit.toReversed());
  expect(krippendorffAlpha(turned, 'ordinal')).toBeCloseTo(krippendorffAlpha(data, 'ordinal') ?? Number.NaN, 12);
});

test('there is no alpha where nothing varies or nobody coded twice', () => {
  expect(
    krippendorffAlpha([
      [1, 1],
      [1, 1],
    ]),
  ).toBeNull();
  expect(
    krippendorffAlpha([
      [1, null],
      [null, 2],
    ]),
  ).toBeNull();
  expect(krippendorffAlpha([])).toBeNull();
  expect(() => krippendorffAlpha([[-1, 1]], 'ratio')).toThrow(RangeError);
});
