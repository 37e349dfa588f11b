import { expect, test } from 'vitest';
import { alphaByDistance } from '../../src/stats/krippendorff-alpha.ts';
import { masiDistance } from '../../src/stats/masi-distance.ts';

const set = (...codes: string[]) => new Set(codes);

test('the distance that NLTK prints', () => {
  expect(masiDistance(new Set([1, 2]), new Set([1, 2, 3, 4]))).toBeCloseTo(0.665, 12);
});

test('0 for the same, none included; 1 for nothing in common; between for an overlap', () => {
  expect(masiDistance(set('a', 'b'), set('b', 'a'))).toBe(0);
  expect(masiDistance(set(), set())).toBe(0);
  expect(masiDistance(set('a'), set('b'))).toBe(1);
  expect(masiDistance(set(), set('b'))).toBe(1);
  expect(masiDistance(set('a', 'b'), set('b', 'c'))).toBeCloseTo(1 - 0.33 / 3, 12);
});

test('alpha of sets: nominal alpha where every set has one code, less harsh where one holds the other', () => {
  const by = { keyOf: (codes: ReadonlySet<string>) => [...codes].sort().join(' '), distance: masiDistance<string> };
  // The two coders of five codes whose nominal alpha is published.
  const a = 'a a b b d c c c e d d a'.split(' ');
  const b = 'b a b b b c c c e d d d'.split(' ');
  expect(
    alphaByDistance(
      a.map((code, i) => [set(code), set(b[i]!)]),
      by,
    ),
  ).toBeCloseTo(155 / 224, 9);
  const within = [
    [set('x', 'y'), set('x')],
    [set('z'), set('z')],
    [set('x'), set('x')],
  ];
  const apart = [
    [set('x', 'y'), set('w')],
    [set('z'), set('z')],
    [set('x'), set('x')],
  ];
  expect(alphaByDistance(within, by)!).toBeGreaterThan(alphaByDistance(apart, by)!);
  expect(alphaByDistance([[set('x'), set('x')]], by)).toBeNull();
});
