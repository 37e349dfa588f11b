import { expect, test } from 'vitest';
import { fitGower, gowerDistance, type MixedRow } from '../../src/stats/gower.ts';

const rows: MixedRow[] = [
  [20, 1, 0, 1],
  [60, 5, 2, 0],
  [40, 3, 2, null],
];
const scale = fitGower(rows, [{ kind: 'numeric' }, { kind: 'ordinal' }, { kind: 'nominal' }, { kind: 'binary' }]);

test('numbers are compared by their range, steps by their order, codes and choices by being the same', () => {
  expect(gowerDistance(scale, rows[0]!, rows[1]!)).toBe(1);
  // Half the range, one step of two, another code, and one column left out of the mean.
  expect(gowerDistance(scale, rows[0]!, rows[2]!)).toBeCloseTo((0.5 + 0.5 + 1) / 3, 12);
  expect(gowerDistance(scale, rows[1]!, rows[2]!)).toBeCloseTo((0.5 + 0.5 + 0) / 3, 12);
});

test('ordinal answers count by place, not by number', () => {
  const steps = fitGower([[1], [2], [100]], [{ kind: 'ordinal' }]);
  expect(gowerDistance(steps, [1], [2])).toBe(0.5);
  expect(gowerDistance(steps, [2], [100])).toBe(0.5);
});

test('weights say how much a column counts', () => {
  const weighted = fitGower(rows, [
    { kind: 'numeric', weight: 3 },
    { kind: 'ordinal' },
    { kind: 'nominal' },
    { kind: 'binary' },
  ]);
  expect(gowerDistance(weighted, rows[0]!, rows[2]!)).toBeCloseTo((3 * 0.5 + 0.5 + 1) / 5, 12);
});

test('two rows with no column in common have no distance', () => {
  expect(gowerDistance(scale, [1, null, null, null], [null, 1, 0, 1])).toBeNull();
  expect(gowerDistance(scale, [null, null, null, null], rows[0]!)).toBeNull();
});

test('a column that tells nobody apart, a wrong weight and wrong rows are refused', () => {
  expect(() => fitGower([[1], [1], [null]], [{ kind: 'numeric' }])).toThrow(/Column 1 has fewer than two/);
  expect(() => fitGower([[1], [2]], [{ kind: 'numeric', weight: 0 }])).toThrow(RangeError);
  expect(() => fitGower([[1], [2, 3]], [{ kind: 'numeric' }])).toThrow(RangeError);
  expect(() => fitGower([[1], [Number.NaN]], [{ kind: 'numeric' }])).toThrow(RangeError);
  expect(() => fitGower([], [])).toThrow(RangeError);
  expect(() => gowerDistance(scale, [1], [2])).toThrow(RangeError);
});
