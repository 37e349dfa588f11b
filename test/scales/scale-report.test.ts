import { expect, test } from 'vitest';
import { exploreFactors } from '../../src/scales/explore-factors.ts';
import { guttmanLambda } from '../../src/scales/guttman-lambda.ts';
import { keyHash } from '../../src/scales/key-hash.ts';
import { omegaInterval, omegaTotal } from '../../src/scales/omega.ts';
import { acquiescence, isStraightLined, responseStyle } from '../../src/scales/response-style.ts';
import { reversedItems } from '../../src/scales/reversed-items.ts';
import { reliabilityReport } from '../../src/scales/scale-report.ts';
import { scoreScales } from '../../src/scales/score.ts';
import { spearmanBrown } from '../../src/scales/spearman-brown.ts';
import { SCHWARTZ_ORDER, valuesCircle } from '../../src/scales/values-circle.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

const step = (value: number) => Math.min(5, Math.max(1, Math.round(value)));
const oneFactor = (n: number, items: number, seed = 1) => {
  const random = mulberry32(seed);
  return Array.from({ length: n }, () => {
    const level = 3 + normalDeviate(random);
    return Array.from({ length: items }, () => step(level + 0.8 * normalDeviate(random)));
  });
};

test('omega and its interval stay the same when rows are shuffled, and are null where nothing can be said', () => {
  const rows = oneFactor(120, 4);
  const other = shuffled(rows, mulberry32(9));
  expect(omegaTotal(other)).toEqual(omegaTotal(rows));
  const interval = omegaInterval(rows, { random: mulberry32(2), resamples: 100 })!;
  expect(omegaInterval(other, { random: mulberry32(2), resamples: 100 })).toEqual(interval);
  expect(interval.low).toBeLessThan(omegaTotal(rows)!.omega);
  expect(interval.high).toBeGreaterThan(omegaTotal(rows)!.omega);
  expect(omegaTotal(rows.map(([a, b]) => [a!, b!, 3]))).toBeNull();
  expect(omegaTotal(rows.map(([a, b]) => [a!, a!, b!]))).toBeNull();
  expect(() => omegaTotal(rows.map(([a, b]) => [a!, b!]))).toThrow('at least three items');
  expect(guttmanLambda(rows.map(([a]) => [a!, a!])).lambda6).toBeNull();
  expect(spearmanBrown(0.5, 3)).toBeCloseTo(0.75);
});

test('two items that were forgotten to be turned are found together, and a scale split in half says nothing', () => {
  const rows = oneFactor(200, 6);
  expect(reversedItems(rows).suspects).toEqual([]);
  const wrong = rows.map((row) => row.map((score, i) => (i === 1 || i === 4 ? 6 - score : score)));
  const { suspects, alpha, turnedAlpha } = reversedItems(wrong);
  expect(suspects.map(({ item }) => item).sort()).toEqual([1, 4]);
  for (const { itemRest, turnedItemRest } of suspects) {
    expect(itemRest).toBeLessThan(0);
    expect(turnedItemRest).toBeGreaterThan(0.5);
  }
  expect(turnedAlpha!).toBeGreaterThan(alpha!);
  const halves = rows.map((row) => row.map((score, i) => (i < 3 ? 6 - score : score)));
  expect(reversedItems(halves).suspects).toEqual([]);
  // Chance alone is no reason.
  const few = [
    [1, 2, 3],
    [2, 1, 2],
    [3, 3, 1],
    [2, 2, 2],
  ];
  expect(reversedItems(few).suspects).toEqual([]);
});

test('response styles: one answer to everything, and agreeing with opposites', () => {
  expect(isStraightLined([...Array(17).fill(4), 1, 2, 3, 5])).toBe(true);
  expect(isStraightLined([...Array(16).fill(4), 1, 2, 3, 5, 5])).toBe(false);
  expect(isStraightLined([4, 4, 4, 4, 5])).toBe(false);
  const scales = [{ straight: [0, 1], reversed: [2] }];
  expect(acquiescence([5, 5, 5], scales, 3)).toBe(2);
  expect(acquiescence([5, 5, 1], scales, 3)).toBe(0);
  expect(acquiescence([5, 5, null], scales, 3)).toBeNull();
  expect(responseStyle([], scales, 3)).toEqual({ judged: 0, straightLining: null, acquiescence: null });
});

test('sums, catch items and centring of reversed keys are scored exactly', () => {
  const ranges = Object.fromEntries(['a', 'b', 'c', 'see'].map((item) => [item, { min: 0, max: 6 }]));
  const sum = { centring: 'none' as const, scales: [{ code: 's', items: ['a', 'b', '-c'], score: 'sum' as const }] };
  expect(scoreScales(sum, ranges, { a: 1, b: 2, c: 6 }).scores['s']).toBeCloseTo(3);
  expect(scoreScales(sum, ranges, { a: 1, b: 2 }).scores['s']).toBeNull();

  const caught = { ...sum, catches: [{ item: 'see', most: 2 }] };
  expect(scoreScales(caught, ranges, { a: 1, b: 2, c: 6, see: 3 })).toMatchObject({
    scores: { s: null },
    isCaught: true,
  });
  expect(scoreScales(caught, ranges, { a: 1, b: 2, c: 6, see: 2 }).isCaught).toBe(false);
  expect(scoreScales(caught, ranges, { a: 1, b: 2, c: 6 }).isCaught).toBe(false);

  // All items turned: the same as if the answers had run the other way.
  const turned = {
    centring: 'person-mean' as const,
    scales: [
      { code: 'x', items: ['-a', '-b'] },
      { code: 'y', items: ['-c'] },
    ],
  };
  const plain = {
    centring: 'person-mean' as const,
    scales: [
      { code: 'x', items: ['a', 'b'] },
      { code: 'y', items: ['c'] },
    ],
  };
  expect(scoreScales(turned, ranges, { a: 1, b: 3, c: 5 }).scores).toEqual(
    scoreScales(plain, ranges, { a: 5, b: 3, c: 1 }).scores,
  );
});

test('a fingerprint follows the key and not its place in a survey', () => {
  const key = (items: string[], more = {}) => ({ centring: 'none' as const, scales: [{ code: 's', items, ...more }] });
  expect(keyHash(key(['q1.a', '-q1.b']))).toBe(keyHash(key(['a', '-b'])));
  expect(keyHash(key(['a', '-b']))).not.toBe(keyHash(key(['a', 'b'])));
  expect(keyHash(key(['a', '-b']))).toBe(keyHash(key(['a', '-b'], { minimumAnswered: 2 })));
  expect(keyHash(key(['a', '-b']))).not.toBe(keyHash(key(['a', '-b'], { minimumAnswered: 1 })));
  expect(keyHash(key(['x.a', 'y.a']))).not.toBe(keyHash(key(['y.a', 'x.a'])));
});

test('a report of a pair, of one item and of nobody says what it cannot say', () => {
  const ranges = { a: { min: 1, max: 5 }, b: { min: 1, max: 5 } };
  const options = { outOfRange: new Map(), random: mulberry32(1) };
  const pair = reliabilityReport(
    { items: ['a', '-b'] },
    ranges,
    new Map([
      ['a', [1, 2, 4, 5]],
      ['b', [5, 4, 2, 2]],
    ]),
    options,
  );
  expect(pair.spearmanBrown).toBeCloseTo(0.984, 2);
  expect(pair.omegaReason).toBe('omega takes at least three items');
  expect(pair.itemReports[0]?.steps.map(({ count }) => count)).toEqual([1, 1, 0, 1, 1]);
  const alone = reliabilityReport({ items: ['a'] }, ranges, new Map([['a', [1, 2]]]), options);
  expect(alone).toMatchObject({ reliability: null, reliabilityReason: 'one item alone has no alpha' });
  const nobody = reliabilityReport(
    { items: ['a', 'b'] },
    ranges,
    new Map([
      ['a', [null]],
      ['b', [1]],
    ]),
    options,
  );
  expect(nobody.reliabilityReason).toBe('fewer than two people answered every item');
});

/** Centred scores of ten values around a circle, in an order. */
function circleScores(order: readonly number[], n: number, seed: number) {
  const random = mulberry32(seed);
  return Array.from({ length: n }, () => {
    const [x, y] = [normalDeviate(random), normalDeviate(random)];
    return order.map((place) => {
      const angle = (2 * Math.PI * place) / order.length;
      return x * Math.cos(angle) + y * Math.sin(angle) + 0.7 * normalDeviate(random);
    });
  });
}

test('values planted around the circle are found in their order; shuffled ones are not', () => {
  const natural = SCHWARTZ_ORDER.map((_, i) => i);
  const rows = circleScores(natural, 200, 3);
  const found = valuesCircle(rows, SCHWARTZ_ORDER, { random: mulberry32(1), permutations: 499 });
  expect(found).toMatchObject({ n: 200, holds: true, p: 0.002 });
  expect(found.congruence).toBeGreaterThan(0.97);
  expect(
    valuesCircle(shuffled(rows, mulberry32(5)), SCHWARTZ_ORDER, { random: mulberry32(1), permutations: 499 }),
  ).toEqual(found);
  const mixed = circleScores([0, 5, 2, 8, 1, 6, 3, 9, 4, 7], 200, 3);
  expect(valuesCircle(mixed, SCHWARTZ_ORDER, { random: mulberry32(1), permutations: 499 }).holds).toBe(false);
  expect(() => valuesCircle(rows.slice(0, 20), SCHWARTZ_ORDER, { random: mulberry32(1) })).toThrow('there are 20');
});

test('factors are refused with the reason, and do not depend on the order of rows or columns', () => {
  const random = mulberry32(7);
  const rows = Array.from({ length: 250 }, () => {
    const [a, b] = [normalDeviate(random), normalDeviate(random)];
    return Array.from({ length: 6 }, (_, i) => step(3 + (i % 2 ? a : b) + 0.6 * normalDeviate(random)));
  });
  const items = ['a', 'b', 'c', 'd', 'e', 'f'];
  const options = () => ({ random: mulberry32(1), draws: 20 });
  const found = exploreFactors(rows, items, options());
  expect(found).toMatchObject({ factors: 2, isSuggested: true, warnings: [] });
  expect(exploreFactors(shuffled(rows, mulberry32(2)), items, options())).toEqual(found);
  const back = exploreFactors(
    rows.map((row) => row.toReversed()),
    items.toReversed(),
    options(),
  );
  expect(back.loadings.toReversed()).toEqual(found.loadings);

  expect(() => exploreFactors(rows.slice(0, 60), items, options())).toThrow('takes at least 100 people');
  expect(() =>
    exploreFactors(
      rows.map((row) => row.slice(0, 3)),
      ['a', 'b', 'c'],
      options(),
    ),
  ).toThrow('at least four');
  expect(() =>
    exploreFactors(
      rows.map((row) => [...row.slice(1), 3]),
      items,
      options(),
    ),
  ).toThrow('same answer to f');
  expect(() =>
    exploreFactors(
      rows.map((row) => [row[1]!, ...row.slice(1)]),
      items,
      options(),
    ),
  ).toThrow('repeat each other');
  const noise = rows.map((row) => row.map(() => step(3 + normalDeviate(random))));
  expect(() => exploreFactors(noise, items, options())).toThrow(/too little in common|No factor/);
});
