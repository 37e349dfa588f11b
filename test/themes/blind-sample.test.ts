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
