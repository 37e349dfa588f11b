import { expect, test } from 'vitest';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { drawBlindSample, POSITIVES_WANTED } from '../../src/themes/blind-sample.ts';

const documents = Array.from({ length: 1000 }, (_, index) => {
  const theme = index < 500 ? 'price' : index < 520 ? 'rare' : index < 800 ? 'service' : null;
  return {
    id: `d${String(index).padStart(4, '0')}`,
    themes: theme === null ? [] : [{ theme, confidence: 0.6 + (index % 4) / 10 }],
  };
});

test('each theme gives enough answers for thirty that truly have it, all where it has fewer, and the rest some', () => {
  const { strata, documents: drawn } = drawBlindSample(documents, ['price', 'rare', 'service'], 1);
  expect(strata).toEqual([
    { theme: 'price', size: 500, drawn: 40 },
    { theme: 'rare', size: 20, drawn: 20 },
    { theme: 'service', size: 280, drawn: 40 },
    { theme: null, size: 200, drawn: 60 },
  ]);
  expect(40 * 0.75).toBeGreaterThanOrEqual(POSITIVES_WANTED);
  expect(new Set(drawn.map(({ id }) => id)).size).toBe(160);
});

test('themes that are not checked are part of the rest', () => {
  const { strata } = drawBlindSample(documents, ['service'], 1);
  expect(strata.map(({ size }) => size)).toEqual([280, 720]);
});

test('the same seed draws the same answers in the same order, whatever order they came in', () => {
  const first = drawBlindSample(documents, ['price', 'rare'], 5);
  expect(drawBlindSample(shuffled(documents, mulberry32(3)), ['price', 'rare'], 5)).toEqual(first);
  expect(drawBlindSample(documents, ['price', 'rare'], 6)).not.toEqual(first);
});

test('the order of coding does not tell where the machine put an answer', () => {
  const { documents: drawn } = drawBlindSample(documents, ['price', 'service'], 2);
  const firstHalf = drawn.slice(0, drawn.length / 2);
  for (const stratum of [0, 1, 2]) {
    const all = drawn.filter((one) => one.stratum === stratum).length;
    const early = firstHalf.filter((one) => one.stratum === stratum).length;
    expect(Math.abs(early / all - 0.5)).toBeLessThan(0.25);
  }
});

test('no answers make an empty sample', () => {
  expect(drawBlindSample([], ['price'], 1)).toEqual({
    strata: [
      { theme: 'price', size: 0, drawn: 0 },
      { theme: null, size: 0, drawn: 0 },
    ],
    documents: [],
  });
});

test('answers worded like a theme are a part of their own, of which more is drawn than of the rest', () => {
  const ids = documents.map(({ id }) => id);
  const near = new Map([['rare', ids.slice(800, 900)]]);
  const { strata, documents: drawn } = drawBlindSample(documents, ['rare'], 1, near);
  // As many as the theme has, and sixty at least.
  expect(strata).toEqual([
    { theme: 'rare', size: 20, drawn: 20 },
    { theme: 'rare', isNear: true, size: 60, drawn: 60 },
    { theme: null, size: 920, drawn: 60 },
  ]);
  const ofNear = drawn.filter(({ stratum }) => stratum === 1).map(({ id }) => id);
  expect(ofNear.toSorted()).toEqual(ids.slice(800, 860));
});

test('an answer near several themes is in one part, and none is taken from a smaller theme', () => {
  const ids = documents.map(({ id }) => id);
  const near = new Map([
    ['rare', ids.slice(520, 620)],
    ['service', [...ids.slice(500, 520), ...ids.slice(800, 900)]],
    ['price', ids.slice(520)],
  ]);
  const { strata } = drawBlindSample(documents, ['price', 'rare', 'service'], 1, near);
  expect(strata.reduce((sum, { size }) => sum + size, 0)).toBe(1000);
  expect(strata.find(({ theme, isNear }) => theme === 'rare' && !isNear)).toEqual({
    theme: 'rare',
    size: 20,
    drawn: 20,
  });
  expect(strata.filter(({ isNear }) => isNear).map(({ theme, size }) => [theme, size])).toEqual([
    ['price', 100],
    ['rare', 60],
    ['service', 100],
  ]);
});

test('a handful of near answers stay with the rest', () => {
  const near = new Map([['rare', documents.slice(800, 805).map(({ id }) => id)]]);
  expect(drawBlindSample(documents, ['rare'], 1, near).strata).toHaveLength(2);
});
