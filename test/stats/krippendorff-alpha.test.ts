import { expect, test } from 'vitest';
import { cohensKappa } from '../../src/stats/cohens-kappa.ts';
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

test('the example of encyclopedias, three coders and fifteen things', () => {
  const data = units('* * * * * 3 4 1 2 1 1 3 3 * 3', '1 * 2 1 3 3 4 3 * * * * * * *', '* * 2 1 3 4 4 * 2 1 1 3 3 * 4');
  expect(
    data
      .filter((unit) => unit.filter((value) => value !== null).length >= 2)
      .flat()
      .filter((value) => value !== null),
  ).toHaveLength(26);
  expect(krippendorffAlpha(data)).toBeCloseTo(56 / 81, 9);
  expect(krippendorffAlpha(data, 'interval')).toBeCloseTo(643 / 793, 9);
});

test('what tables of two coders come to', () => {
  const said = (table: number[][]) =>
    table.flatMap((row, a) => row.flatMap((count, b) => Array.from({ length: count }, () => [a, b])));
  expect(
    krippendorffAlpha(
      said([
        [75, 1, 4],
        [5, 4, 1],
        [0, 0, 10],
      ]),
    ),
  ).toBeCloseTo(0.6769, 5);
  expect(
    krippendorffAlpha(
      said([
        [46, 0, 0],
        [6, 32, 6],
        [0, 0, 10],
      ]),
    ),
  ).toBeCloseTo(0.8, 2);
  // Ten segments of two coders.
  expect(krippendorffAlpha(units('1 1 0 0 0 0 0 0 0 0', '0 1 1 0 0 1 0 1 0 0'))).toBeCloseTo(2 / 21, 9);
});

test('a stretch of 24 units cut into pieces, as Krippendorff (1995) digitises it', () => {
  const first = '0 0 1 1 1 1 1 1 1 1 0 0 0 0 1 1 1 1 1 1 0 0 0 0';
  const second = '0 0 0 0 1 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 0 0 0';
  const data = units(first, second);
  const count = (a: number, b: number) => data.filter((unit) => unit[0] === a && unit[1] === b).length;
  const table = [0, 1].map((a) => [0, 1].map((b) => count(a, b)));
  expect(cohensKappa(table)?.kappa).toBeCloseTo(0.3846, 4);
  expect(krippendorffAlpha(data)).toBeCloseTo(0.3286, 4);
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
