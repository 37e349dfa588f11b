import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitLatentClasses, type LatentClassOptions, latentClassProbabilities } from '../../src/stats/latent-class.ts';
import { mulberry32, normalDeviate, type Random, shuffled } from '../../src/stats/random.ts';

type Row = (number | null)[];

const draw = (probabilities: readonly number[], random: Random): number => {
  let rest = random();
  for (const [level, p] of probabilities.entries()) {
    rest -= p;
    if (rest < 0) return level;
  }
  return probabilities.length - 1;
};

/** Two classes, 60 and 40 in 100, on four items with two, three, three and four levels. */
const ANSWERS = [
  [
    [0.9, 0.1],
    [0.2, 0.8],
  ],
  [
    [0.7, 0.2, 0.1],
    [0.1, 0.2, 0.7],
  ],
  [
    [0.1, 0.8, 0.1],
    [0.6, 0.1, 0.3],
  ],
  [
    [0.7, 0.1, 0.1, 0.1],
    [0.1, 0.1, 0.2, 0.6],
  ],
];
function population(n: number, seed: number, missing = 0): { rows: Row[]; truth: number[] } {
  const random = mulberry32(seed);
  const truth = Array.from({ length: n }, () => (random() < 0.6 ? 0 : 1));
  const rows = truth.map((c) =>
    ANSWERS.map((item, j) => {
      const answer = draw(item[c]!, random);
      return j > 0 && random() < missing ? null : answer;
    }),
  );
  return { rows, truth };
}

const run = (rows: readonly Row[], options: Partial<LatentClassOptions> = {}) =>
  fitLatentClasses(rows, { k: 2, random: mulberry32(1), starts: 10, ...options });

test('classes come out with the sizes and answers they were drawn with', () => {
  const { rows, truth } = population(4000, 1);
  const found = run(rows);
  expect(found.shares[0]).toBeCloseTo(0.6, 1);
  for (const [item, byClass] of ANSWERS.entries()) {
    for (const [c, levels] of byClass.entries()) {
      for (const [level, p] of levels.entries()) {
        expect(Math.abs(found.answerProbabilities[item]![c]![level]! - p)).toBeLessThan(0.04);
      }
    }
  }
  expect(found.labels.filter((label, i) => label === truth[i]).length / rows.length).toBeGreaterThan(0.9);
  expect(found).toMatchObject({ converged: true, shareOfStartsAtBest: 1, warnings: [] });
});

test('answers missing at random leave the likelihood, and their rows stay', () => {
  const { rows, truth } = population(4000, 2, 0.3);
  const found = run(rows);
  expect(found.labels).toHaveLength(4000);
  expect(found.shares[0]).toBeCloseTo(0.6, 1);
  expect(found.labels.filter((label, i) => label === truth[i]).length / rows.length).toBeGreaterThan(0.85);
  expect(found.fit).toBeNull();
});

test('one class has the shares of the answers, and what follows from them', () => {
  const rows: Row[] = [
    [0, 0],
    [0, 1],
    [0, 1],
    [1, 1],
  ];
  const found = run(rows, { k: 1, pseudoCount: 0 });
  expect(found.answerProbabilities).toEqual([[[0.75, 0.25]], [[0.25, 0.75]]]);
  const likelihood = 3 * Math.log(0.75) + Math.log(0.25);
  expect(found.logLikelihood).toBeCloseTo(2 * likelihood, 10);
  expect(found).toMatchObject({ parameters: 2, degreesOfFreedom: 1, entropyR2: null, coefficients: null });
  // Expected 0.75, 2.25, 0.25 and, for the pattern nobody gave, 0.75.
  const expected = [0.75, 2.25, 0.75];
  const g2 = 2 * (Math.log(1 / 0.75) + 2 * Math.log(2 / 2.25) + Math.log(1 / 0.75));
  const x2 = (0.25 ** 2 / 0.75) * 2 + 0.25 ** 2 / 2.25 + (4 - expected.reduce((sum, one) => sum + one, 0));
  expect(found.fit?.g2).toBeCloseTo(g2, 10);
  expect(found.fit?.x2).toBeCloseTo(x2, 10);
});

test('pretended answers keep probabilities off 0 and 1', () => {
  const rows: Row[] = [...Array(10).fill([0, 0, 0]), ...Array(6).fill([1, 1, 1]), [0, 1, 0], [1, 1, 0]];
  const bare = run(rows, { pseudoCount: 0 });
  const held = run(rows, { pseudoCount: 1 });
  expect(Math.min(...bare.answerProbabilities.flat(2))).toBeLessThan(1e-4);
  expect(bare.warnings.join(' ')).toMatch(/answer probabilities are at 0 or 1/);
  expect(Math.min(...held.answerProbabilities.flat(2))).toBeGreaterThan(0.01);
  expect(held.logLikelihood).toBeLessThanOrEqual(bare.logLikelihood);
});

test('a weight counts like as many rows', () => {
  const { rows } = population(150, 3);
  const twice = rows.flatMap((row, i) => (i % 3 === 0 ? [row, row] : [row]));
  const weighted = run(rows, { weights: rows.map((_, i) => (i % 3 === 0 ? 2 : 1)) });
  const written = run(twice);
  expect(weighted.logLikelihood).toBeCloseTo(written.logLikelihood, 6);
  expect(weighted.bic).toBeCloseTo(written.bic, 6);
  for (const [c, share] of written.shares.entries()) expect(weighted.shares[c]).toBeCloseTo(share, 5);
});

describe('covariates of membership', () => {
  /** Membership of the second class rises with age, by a logit of −1 + 0.08 × (age − 40). */
  function aged(n: number, seed: number): { rows: Row[]; ages: number[][] } {
    const random = mulberry32(seed);
    const ages = Array.from({ length: n }, () => [40 + 12 * normalDeviate(random), normalDeviate(random)]);
    const rows = ages.map(([age]) => {
      const second = 1 / (1 + Math.exp(1 - 0.08 * (age! - 40)));
      const c = random() < second ? 1 : 0;
      return ANSWERS.map((item) => draw(item[c]!, random));
    });
    return { rows, ages };
  }

  test('their coefficients come near those the classes were drawn with', () => {
    const { rows, ages } = aged(4000, 4);
    const found = run(rows, { covariates: ages });
    expect(found.coefficients![0]).toEqual([0, 0, 0]);
    const [constant, age, noise] = found.coefficients![1]!;
    expect(constant! + 40 * age!).toBeCloseTo(-1, 0);
    expect(Math.abs(age! - 0.08)).toBeLessThan(0.015);
    expect(Math.abs(noise!)).toBeLessThan(0.15);
    expect(found.parameters).toBe(3 + 2 * (1 + 2 + 2 + 3));
    expect(found.converged).toBe(true);
  });

  test('they can only make the answers likelier, and a model without any is one with a constant alone', () => {
    const { rows, ages } = aged(400, 5);
    const without = run(rows, { pseudoCount: 0 });
    const constant = run(rows, { pseudoCount: 0, covariates: rows.map(() => []) });
    expect(run(rows, { pseudoCount: 0, covariates: ages }).logLikelihood).toBeGreaterThan(without.logLikelihood);
    expect(constant.logLikelihood).toBeCloseTo(without.logLikelihood, 6);
    for (const [c, share] of without.shares.entries()) expect(constant.shares[c]).toBeCloseTo(share, 4);
    expect(constant.coefficients![1]![0]).toBeCloseTo(Math.log(without.shares[1]! / without.shares[0]!), 3);
    expect(constant.parameters).toBe(without.parameters);
  });

  test('a later row is placed by its answers and covariates as an equal row was', () => {
    const { rows, ages } = aged(300, 6);
    const { model, probabilities } = run(rows, { covariates: ages, k: 3 });
    for (const i of [0, 100, 200]) {
      const later = latentClassProbabilities(model, rows[i]!, ages[i]);
      for (const [c, p] of later.entries()) expect(p).toBeCloseTo(probabilities[i]![c]!, 6);
    }
    expect(() => latentClassProbabilities(model, rows[0]!)).toThrow(RangeError);
  });

  test('those that do not vary or follow from each other are refused', () => {
    const { rows, ages } = aged(60, 7);
    expect(() => run(rows, { covariates: rows.map(() => [3]) })).toThrow(
      'Covariate 1 has one value only; leave it out',
    );
    expect(() => run(rows, { covariates: ages.map(([age]) => [age!, 2 * age! + 1]) })).toThrow(
      /follow from the others/,
    );
    expect(() => run(rows, { covariates: ages.map(() => [Number.NaN]) })).toThrow(RangeError);
    expect(() => run(rows, { covariates: [] })).toThrow(RangeError);
  });
});

test('a later row is placed as an equal row was; without answers it has the shares of the classes', () => {
  const { rows } = population(300, 8, 0.2);
  const { model, probabilities, shares } = run(rows);
  for (const [i, row] of rows.slice(0, 30).entries()) {
    const later = latentClassProbabilities(model, row);
    for (const [c, p] of later.entries()) expect(p).toBeCloseTo(probabilities[i]![c]!, 5);
  }
  const nothing = latentClassProbabilities(model, [null, null, null, null]);
  for (const [c, p] of nothing.entries()) expect(p).toBeCloseTo(shares[c]!, 12);
  // An answer the model never heard of says nothing.
  expect(latentClassProbabilities(model, [0, 9, null, null])).toEqual(
    latentClassProbabilities(model, [0, null, null, null]),
  );
});

test('the order of the rows does not matter, to the last digit', () => {
  const answer = (levels: number) => fc.option(fc.integer({ min: 0, max: levels - 1 }), { nil: null, freq: 8 });
  const row = fc.tuple(fc.integer({ min: 0, max: 1 }), answer(2), answer(3), fc.constantFrom(0.5, 1, 1.7));
  fc.assert(
    fc.property(fc.array(row, { minLength: 20, maxLength: 50 }), fc.integer(), (table, seed) => {
      const rows = table.map(([a, b, c]) => [a, b, c]);
      for (const j of [0, 1, 2]) fc.pre(new Set(rows.map((one) => one[j]).filter((x) => x !== null)).size > 1);
      const weights = table.map(([, , , weight]) => weight);
      const order = shuffled([...rows.keys()], mulberry32(seed));
      const options = { starts: 5, levels: [2, 2, 3], roundsMax: 300 };
      const straight = run(rows, { ...options, weights });
      const mixed = run(
        order.map((i) => rows[i]!),
        { ...options, weights: order.map((i) => weights[i]!) },
      );
      expect(mixed.labels).toEqual(order.map((i) => straight.labels[i]));
      expect(mixed.probabilities).toEqual(order.map((i) => straight.probabilities[i]));
      expect({ ...mixed, labels: [], probabilities: [] }).toEqual({ ...straight, labels: [], probabilities: [] });
      expect(straight.probabilities.flat().every(Number.isFinite)).toBe(true);
    }),
    { seed: 9, numRuns: 40 },
  );
});

test('classes that the items cannot tell apart are called doubtful', () => {
  const random = mulberry32(10);
  const rows = Array.from({ length: 200 }, () => Array.from({ length: 3 }, () => Math.floor(random() * 2)));
  const found = run(rows, { k: 3 });
  expect(found.degreesOfFreedom).toBeLessThan(0);
  expect(found.warnings.join(' ')).toMatch(/too few for so many classes/);
});

test('many items do not make the likelihood vanish', () => {
  const random = mulberry32(11);
  const rows = Array.from({ length: 60 }, (_, i) =>
    Array.from({ length: 400 }, () => (random() < (i % 2 === 0 ? 0.8 : 0.2) ? 1 : 0)),
  );
  const found = run(rows);
  expect(found.sizes).toEqual([30, 30]);
  expect(Number.isFinite(found.logLikelihood)).toBe(true);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test('what cannot be fitted is refused with what to do', () => {
  const rows: Row[] = [
    [0, 0],
    [1, 1],
    [0, 1],
  ];
  expect(() =>
    run([
      [0, 1],
      [0, 1],
      [0, 1],
    ]),
  ).toThrow(/Item 1 has fewer than two different answers; leave it out/);
  expect(() => run(rows, { k: 4 })).toThrow('fitLatentClasses cannot make 4 classes out of 3 different rows');
  expect(() => run([...rows, [null, null]])).toThrow('Row 4 has no answer; leave it out');
  expect(() => run([[0, 1]])).toThrow(RangeError);
  expect(() => run([...rows, [0.5, 1]])).toThrow(RangeError);
  expect(() => run([...rows, [Number.NaN, 1]])).toThrow(RangeError);
  expect(() => run([...rows, [-1, 1]])).toThrow(RangeError);
  expect(() => run(rows, { levels: [2, 1] })).toThrow('Item 2 has the code 1, which needs at least 2 levels');
  expect(() => run(rows, { weights: [1, 1, 0] })).toThrow(RangeError);
  expect(() => run(rows, { k: 0 })).toThrow(RangeError);
  expect(() => run(rows, { pseudoCount: -1 })).toThrow(RangeError);
});
