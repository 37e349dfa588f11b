import { expect, test } from 'vitest';
import { valueBands } from '../../src/reports/value-bands.ts';

test('bands hold about as many each, and their ends can be asked for by a rule', () => {
  const { bands, codes } = valueBands(Float64Array.from({ length: 100 }, (_, index) => 99 - index));
  expect(bands.map(({ label }) => label)).toEqual(['0 to 24', '25 to 49', '50 to 74', '75 to 99']);
  expect(bands[0]).toMatchObject({ from: null, below: 25 });
  expect(bands[3]).toMatchObject({ from: 75, below: null });
  expect(codes[0]).toBe(3);
  expect(codes[99]).toBe(0);
});

test('equal numbers stay together, few different ones are bands of their own, and what is unknown is in none', () => {
  expect(valueBands(Float64Array.of(3, 1, Number.NaN, 2, 1, 1)).bands.map(({ label }) => label)).toEqual([
    '1',
    '2',
    '3',
  ]);
  expect([...valueBands(Float64Array.of(3, 1, Number.NaN, 2, 1, 1)).codes]).toEqual([2, 0, -1, 1, 0, 0]);
  const mostlyZero = valueBands(Float64Array.from({ length: 80 }, (_, index) => Math.max(0, index - 60)));
  expect(mostlyZero.bands.map(({ label }) => label)).toEqual(['0', '1 to 19']);
  expect(mostlyZero.codes.filter((code) => code === 1)).toHaveLength(19);
  expect(valueBands(new Float64Array(0)).bands).toEqual([]);
});

test('bands of very small numbers are told apart by their names', () => {
  const values = Float64Array.from({ length: 80 }, (_, index) => 0.001 * (1 + (index % 8)));
  const labels = valueBands(values).bands.map(({ label }) => label);
  expect(labels).toEqual(['0.001 to 0.002', '0.003 to 0.004', '0.005 to 0.006', '0.007 to 0.008']);
});
