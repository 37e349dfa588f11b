import { expect, test } from 'vitest';
import { themePairs } from '../../src/themes/theme-pairs.ts';

const speaking = (id: string, ...themes: string[]) => ({
  id,
  themes: themes.map((theme) => ({ theme, confidence: 0.9 })),
});
const many = (n: number, prefix: string, ...themes: string[]) =>
  Array.from({ length: n }, (_, index) => speaking(`${prefix}${index}`, ...themes));

test('pairs are counted on answers that speak of anything, with their lift', () => {
  const { pairs, n, several } = themePairs([
    ...many(10, 'a', 'rent', 'noise'),
    ...many(30, 'b', 'rent'),
    ...many(10, 'c', 'noise'),
    ...many(50, 'd', 'school'),
    ...many(20, 'e'),
    ...many(4, 'f', 'rent', 'school'),
  ]);
  expect([n, several]).toEqual([104, 14]);
  expect(pairs).toMatchObject([{ themes: ['noise', 'rent'], both: 10, first: 20, second: 44 }]);
  expect(pairs[0]?.lift?.lift).toBeCloseTo(10 / 104 / ((20 / 104) * (44 / 104)), 10);
});
