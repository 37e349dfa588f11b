import { expect, test } from 'vitest';
import { showDifference, showNumber, showPercent, trimLabel } from '../../src/charts/numerals.ts';

test('numbers are written with commas, a real minus and no more digits than needed', () => {
  expect(showNumber(1234567.8912)).toBe('1,234,567.891');
  expect(showNumber(-3)).toBe('−3');
  expect(showNumber(-0.001, 1)).toBe('0.0');
});

test('what is not finite is a dash', () => {
  expect(showNumber(Number.NaN)).toBe('–');
  expect(showPercent(Number.POSITIVE_INFINITY)).toBe('–');
});

test('a difference that rounds to nothing has no sign', () => {
  expect(showDifference(0.004, 2)).toBe('0.00');
  expect(showDifference(0.006, 2)).toBe('+0.01');
  expect(showDifference(-0.5, 1)).toBe('−0.5');
});

test('labels are cut between characters, never inside one', () => {
  expect(trimLabel('🙂🙃🙂🙃', 3)).toBe('🙂🙃…');
  expect(trimLabel('short', 5)).toBe('short');
});
