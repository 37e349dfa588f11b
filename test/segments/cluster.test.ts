import { expect, test } from 'vitest';
import { clusterRespondents } from '../../src/segments/cluster.ts';
import { buildFeatures } from '../../src/segments/features.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

/** Thirty calm and poor, twenty restless and rich, and one in between who did not say how rich. */
function people(): { calm: number; income: number | null }[] {
  const random = mulberry32(4);
  const some = (count: number, calm: number, income: number) =>
    Array.from({ length: count }, () => ({
      calm: calm + 0.3 * normalDeviate(random),
      income: income + 100 * normalDeviate(random),
    }));
  return [...some(20, 2, 4000), { calm: 3, income: null }, ...some(30, 5, 1500)];
}

const featuresOf = (respondents: ReturnType<typeof people>) =>
  buildFeatures([
    { name: 'calm', values: respondents.map(({ calm }) => calm) },
    { name: 'income', values: respondents.map(({ income }) => income) },
  ]);
const cluster = (respondents: ReturnType<typeof people>, seed = 1) =>
  clusterRespondents(featuresOf(respondents), { k: 2, starts: 10, random: mulberry32(seed) });

test('groups are found, the largest first, with centres in the unit of each measure', () => {
  const found = cluster(people());
  expect(found.segments.map(({ size }) => size)).toEqual([30, 20]);
  expect(found.segments[0]!.centre['calm']).toBeCloseTo(5, 0.5);
  expect(found.segments[0]!.centre['income']! / 1500).toBeCloseTo(1, 1);
  expect(found.segments[1]!.standardisedCentre['income']).toBeGreaterThan(1);
  expect(found.shareExplained).toBeGreaterThan(0.9);
  expect(found.converged).toBe(true);
});

test('shares are of those who were grouped, and come with an interval', () => {
  const [first, second] = cluster(people()).segments;
  expect(first!.share.share).toBe(0.6);
  expect(first!.share.low).toBeCloseTo(0.4618, 4);
  expect(first!.share.share + second!.share.share).toBe(1);
});

test('every respondent has a label, null for who lacks a measure', () => {
  const { labels } = cluster(people());
  expect(labels).toHaveLength(51);
  expect(labels[20]).toBeNull();
  expect(labels.filter((label) => label === 0)).toHaveLength(30);
});

test('the same seed gives the same digits, and shuffled respondents keep their segments', () => {
  const respondents = people();
  const order = shuffled([...respondents.keys()], mulberry32(2));
  const straight = cluster(respondents);
  expect(cluster(respondents)).toEqual(straight);
  expect(cluster(order.map((i) => respondents[i]!)).labels).toEqual(order.map((i) => straight.labels[i]));
});

test('one segment, or more than there are different respondents, is refused with a sentence', () => {
  const features = buildFeatures([{ name: 'a', values: [1, 1, 1, 1, 1, 2, 2, 2, 2, 2] }]);
  const random = mulberry32(1);
  expect(() => clusterRespondents(features, { k: 1, random })).toThrow('a whole number from 2 up');
  expect(() => clusterRespondents(features, { k: 3, random })).toThrow('only 2 different patterns');
  expect(clusterRespondents(features, { k: 2, random }).segments.map(({ size }) => size)).toEqual([5, 5]);
});
