import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { autoNumber } from '../../src/text/auto-number.ts';
import { consensus } from '../../src/text/consensus.ts';
import { withoutCollapsed } from '../../src/text/fit-themes.ts';
import { crossLabels, labelAgreement, marginsOf } from '../../src/text/label-agreement.ts';
import { fitMember, latentDirections } from '../../src/text/members.ts';
import { randomStream, sampleWithoutRepetition } from '../../src/text/random-streams.ts';
import { plantedCounts } from './planted-counts.ts';

const planted = plantedCounts(180, mulberry32(1));
const topics = Int32Array.from(planted.topics);
const directions = latentDirections(planted.counts, mulberry32(2));

test.each(['directions', 'microThemes', 'bottleneck'] as const)('a member of kind %s finds the topics', (kind) => {
  const labels = fitMember(planted.counts, directions, { kind, themes: 3, random: mulberry32(3) });
  expect(labelAgreement(topics, labels)).toBeGreaterThan(0.8);
});

test('members that err differently agree on the truth', () => {
  const members = [1, 2, 3, 4, 5].map((seed) => {
    const random = mulberry32(seed);
    return topics.map((topic) => (random() < 0.3 ? Math.floor(3 * random()) : (topic + seed) % 3));
  });
  const agreed = consensus(planted.counts, members, { themes: 3, isRefined: false, random: mulberry32(1) });
  const ofBest = Math.max(...members.map((member) => labelAgreement(topics, member)));
  expect(labelAgreement(topics, agreed)).toBeGreaterThan(ofBest);
});

test('a member that heaps most documents together is left out where the others see many themes', () => {
  const even = Int32Array.from({ length: 100 }, (_, i) => i % 10);
  const heaped = Int32Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i % 10));
  expect(withoutCollapsed([even, heaped], ['directions', 'microThemes'])).toEqual([even]);
  expect(withoutCollapsed([heaped, heaped], ['directions', 'microThemes'])).toHaveLength(2);
});

test('the number of topics is found, for long documents too', () => {
  expect(autoNumber(planted.counts, 1)).toEqual({ themes: 3, candidates: [{ themes: 3, stability: null }] });
  const { counts } = planted;
  const long = { ...counts, count: counts.count.map((count) => 4 * count) };
  const { themes, candidates } = autoNumber(long, 1);
  expect(themes).toBe(3);
  expect(candidates.length).toBeGreaterThan(0);
  for (const { stability } of candidates) expect(stability).toBeGreaterThan(0);
});

test('crossed labels add up', () => {
  const table = crossLabels(Int32Array.of(0, 0, 1), Int32Array.of(2, 1, 2));
  expect(table).toEqual({ rows: 2, columns: 3, cells: Float64Array.of(0, 1, 1, 0, 0, 1) });
  expect(marginsOf(table)).toEqual({ ofRows: Float64Array.of(2, 1), ofColumns: Float64Array.of(0, 1, 2), total: 3 });
});

test('streams of one run differ, streams of equal runs do not', () => {
  const first = (seed: number, part: number) => randomStream(seed, part)();
  expect(first(1, 2)).toBe(first(1, 2));
  const numbers = [0, 1, 2, 3].flatMap((seed) => [0, 1, 2, 3].map((part) => first(seed, part)));
  expect(new Set(numbers).size).toBe(16);
});

test('a sample has no repeats and is in order', () => {
  const sample = sampleWithoutRepetition(1000, 100, mulberry32(1));
  expect(new Set(sample).size).toBe(100);
  expect([...sample]).toEqual([...sample].sort((a, b) => a - b));
  expect(sample.every((i) => i >= 0 && i < 1000)).toBe(true);
});
