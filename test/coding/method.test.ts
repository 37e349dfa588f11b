import { expect, test } from 'vitest';
import { METHODS, methodShows } from '../../src/coding/method.ts';

test('only a reflexive study hides what counts codes, and each method says what it means', () => {
  expect(METHODS.map(({ method }) => [method, methodShows(method).coefficients])).toEqual([
    ['reliability', true],
    ['codebook', true],
    ['reflexive', false],
  ]);
  expect(Object.values(methodShows('reflexive')).some(Boolean)).toBe(false);
  expect(METHODS.every(({ says }) => says.length > 40)).toBe(true);
});
