import { describe, expect, test } from 'vitest';
import {
  type DescribedVariable,
  describeSegments,
  type MeanComparison,
  type ShareComparison,
} from '../../src/segments/describe.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';

const random = mulberry32(12);
const labels = Object.freeze([...Array(40).fill(0), ...Array(60).fill(1), ...Array(5).fill(null)] as (number | null)[]);
const noise = labels.map(() => normalDeviate(random));

const age: DescribedVariable = {
  kind: 'numeric',
  name: 'age',
  values: noise.map((x, i) => 40 + 10 * x + (i < 40 ? 15 : 0)),
};
const calm: DescribedVariable = { kind: 'numeric', name: 'calm', values: noise, isInput: true };
const town: DescribedVariable = {
  kind: 'categorical',
  name: 'town',
  values: labels.map((_, i) => (i < 30 || (i >= 40 && i < 60) ? 'city' : 'land')),
};

const byName = (segment: number, name: string, variables: DescribedVariable[]) =>
  describeSegments(labels, variables)[segment]!.filter((comparison) => comparison.name === name);

test('a mean is set against the mean of the rest, larger effects first', () => {
  const [first] = describeSegments(labels, [town, age]);
  const found = first!.find((comparison) => comparison.kind === 'mean')!;
  expect([found.nHere, found.nRest]).toEqual([40, 60]);
  expect(found.difference!).toBeGreaterThan(8);
  expect(found.low!).toBeGreaterThan(0);
  expect(found.p!).toBeLessThan(0.001);
  expect(found.effectLow!).toBeLessThan(found.effect!);
  const sizes = first!.map(({ effect }) => Math.abs(effect!));
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
});

test('a share is set against the share of the rest, with the residual of its table', () => {
  const city = byName(0, 'town', [town]).find(
    (comparison): comparison is ShareComparison => comparison.kind === 'share' && comparison.code === 'city',
  )!;
  expect(city.here!.share).toBe(0.75);
  expect(city.rest!.share).toBeCloseTo(1 / 3, 12);
  // Observed 30, expected 20 of a 40/60 by 50/50 table of 100: 10 / √(20 × 0.6 × 0.5).
  expect(city.z).toBeCloseTo(10 / Math.sqrt(6), 12);
  expect(city.p).toBeCloseTo(4.456e-5, 7);
  expect(city.effect).toBeCloseTo(2 * Math.asin(Math.sqrt(0.75)) - 2 * Math.asin(Math.sqrt(1 / 3)), 12);
});

test('of two segments one is the mirror of the other', () => {
  const here = byName(0, 'age', [age])[0] as MeanComparison;
  const there = byName(1, 'age', [age])[0] as MeanComparison;
  expect(there.difference).toBeCloseTo(-here.difference!, 10);
  expect(there.p).toBe(here.p);
});

test('what the segments were made from is shown and not tested', () => {
  const found = byName(0, 'calm', [calm, age])[0]!;
  expect(found).toMatchObject({ isInput: true, p: null, adjustedP: null, tooFew: false });
  expect(found.effect).not.toBeNull();
});

test('p values are adjusted over every test of the whole table', () => {
  const all = describeSegments(labels, [town, age, calm]).flat();
  const tested = all.filter(({ p }) => p !== null);
  expect(tested).toHaveLength(6);
  const largest = tested.reduce((a, b) => (b.p! > a.p! ? b : a));
  expect(largest.adjustedP).toBe(largest.p);
  for (const { p, adjustedP } of tested) expect(adjustedP!).toBeGreaterThanOrEqual(p!);
  const least = tested.reduce((a, b) => (b.p! < a.p! ? b : a));
  expect(least.adjustedP!).toBeGreaterThan(least.p!);
});

test('below the base nothing is tested, though it is shown', () => {
  const few = describeSegments(labels, [age], { baseMin: 41 })[0]![0]!;
  expect(few).toMatchObject({ tooFew: true, p: null, adjustedP: null, nHere: 40 });
  expect((few as MeanComparison).meanHere).not.toBeNull();
  expect(describeSegments(labels, [age], { baseMin: 40 })[0]![0]!.tooFew).toBe(false);
});

test('an option that hardly anyone chose is not tested', () => {
  const rare: DescribedVariable = {
    kind: 'categorical',
    name: 'rare',
    values: labels.map((_, i) => (i < 3 ? 'yes' : 'no')),
  };
  for (const comparison of byName(0, 'rare', [rare])) expect(comparison).toMatchObject({ tooFew: true, p: null });
});

test('of several choices each option is counted among those who answered', () => {
  const media: DescribedVariable = {
    kind: 'categorical',
    name: 'media',
    values: labels.map((_, i) => (i === 0 ? null : i % 2 === 0 ? ['radio', 'web'] : ['web'])),
  };
  const found = byName(0, 'media', [media]) as ShareComparison[];
  const web = found.find(({ code }) => code === 'web')!;
  expect(web).toMatchObject({ nHere: 39, nRest: 60, z: null, p: null });
  expect(web.here!.share).toBe(1);
  expect(found.find(({ code }) => code === 'radio')!.here!.share).toBeCloseTo(19 / 39, 12);
});

test('a measure nobody in the segment has, or that never varies, has no effect and comes last', () => {
  const gone: DescribedVariable = {
    kind: 'numeric',
    name: 'gone',
    values: labels.map((label) => (label === 0 ? null : 3)),
  };
  const same: DescribedVariable = { kind: 'numeric', name: 'same', values: labels.map(() => 7) };
  const [first] = describeSegments(labels, [gone, same, age]);
  expect(first!.map(({ name }) => name)).toEqual(['age', 'gone', 'same']);
  expect(first![1]).toMatchObject({ meanHere: null, difference: null, effect: null, p: null, nHere: 0 });
  expect(first![2]).toMatchObject({ difference: 0, effect: null, p: null, low: null });
});

test('the order of the respondents does not matter', () => {
  const turned = describeSegments(labels.toReversed(), [
    { ...town, values: town.values.toReversed() } as DescribedVariable,
  ]);
  expect(turned).toEqual(describeSegments(labels, [town]));
});

test('what is not a number is refused by its name', () => {
  const broken: DescribedVariable = { kind: 'numeric', name: 'age', values: labels.map(() => Number.NaN) };
  expect(() => describeSegments(labels, [broken])).toThrow('age holds something that is not a number');
});

test('no variables, no comparisons', () => {
  expect(describeSegments(labels, [])).toEqual([[], []]);
});

describe('what cannot be compared is refused with a sentence:', () => {
  test.each([
    ['nobody', [], 'at least two of them'],
    ['one segment', [0, 0, null], 'at least two of them'],
    ['an empty segment', [0, 2], 'at least one respondent'],
    ['half a segment', [0, 0.5], 'whole numbers'],
    ['other respondents', [0, 1], 'age does not cover the same respondents'],
  ])('%s', (_, someLabels, message) => {
    expect(() => describeSegments(someLabels, [age])).toThrow(message);
    expect(() => describeSegments(someLabels, [age])).toThrow(RangeError);
  });
});
