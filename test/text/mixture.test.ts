import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { labelAgreement } from '../../src/text/label-agreement.ts';
import { classify, classifyOne, countMixture, fitMixture } from '../../src/text/mixture.ts';
import { plantedCounts } from './planted-counts.ts';

const { counts, topics } = plantedCounts(150, mulberry32(1));
const mixtureFrom = (seed: number) =>
  fitMixture(counts, { themes: 6, labels: null, samplingSweeps: 12, hardSweeps: 4, random: mulberry32(seed) });

test('themes are found from a random start, and superfluous ones stay nearly empty', () => {
  const { labels } = mixtureFrom(1);
  expect(labelAgreement(Int32Array.from(topics), labels)).toBeGreaterThan(0.8);
});

test('what is counted in the mixture is what the labels say', () => {
  const { labels, mixture } = mixtureFrom(2);
  const counted = countMixture(counts, labels, 6);
  expect(mixture.wordsIn).toEqual(counted.wordsIn);
  expect(mixture.tokensIn).toEqual(counted.tokensIn);
  expect(mixture.documentsIn).toEqual(counted.documentsIn);
});

test('words that every theme uses weigh less than words of one theme', () => {
  const { saliency } = mixtureFrom(3).mixture;
  expect(Math.max(...saliency.subarray(30))).toBeLessThan(Math.min(...saliency.subarray(0, 30)));
});

test('labels to start from are left as they were', () => {
  const labels = Int32Array.from(topics, () => 0);
  fitMixture(counts, { themes: 2, labels, samplingSweeps: 2, hardSweeps: 1, random: mulberry32(1) });
  expect(new Set(labels)).toEqual(new Set([0]));
});

test('one document is placed as it is among many', () => {
  const { mixture } = mixtureFrom(4);
  const { labels, posteriors } = classify(counts, mixture);
  for (let i = 0; i < 20; i++) {
    const [from, to] = [counts.starts[i]!, counts.starts[i + 1]!];
    const one = classifyOne(mixture, counts.word.slice(from, to), counts.count.slice(from, to));
    expect(one.theme).toBe(labels[i]);
    expect(one.posterior).toBeCloseTo(posteriors[i]!, 9);
  }
});

test('the certainty of a given theme is no greater than that of the best', () => {
  const { mixture } = mixtureFrom(5);
  const best = classify(counts, mixture).posteriors;
  const given = classify(counts, mixture, new Int32Array(150)).posteriors;
  expect(given.every((posterior, i) => posterior >= 0 && posterior <= best[i]! + 1e-12)).toBe(true);
});
