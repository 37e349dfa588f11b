import { expect, test } from 'vitest';
import type { BestWorstAnswer, BestWorstPerson } from '../../../src/scales/best-worst/best-worst-answer.ts';
import { bestWorstDesign } from '../../../src/scales/best-worst/best-worst-design.ts';
import {
  bestWorstLogLikelihood,
  choicesLogLikelihood,
  readChoices,
} from '../../../src/scales/best-worst/best-worst-likelihood.ts';
import type { BestWorstLogit } from '../../../src/scales/best-worst/best-worst-logit.ts';
import { bestWorstLogit } from '../../../src/scales/best-worst/best-worst-logit.ts';
import { bestWorstShares } from '../../../src/scales/best-worst/best-worst-shares.ts';
import { mulberry32, shuffled } from '../../../src/stats/random.ts';
import { simulatePerson } from './simulated-answers.ts';

const answer = (best: number | null, worst: number | null, shown = [0, 1, 2]): BestWorstAnswer => ({
  shown,
  best,
  worst,
});

function estimate(people: readonly BestWorstPerson[], items: number): BestWorstLogit {
  const logit = bestWorstLogit(people, { items });
  if (!logit.isEstimable) throw new Error(logit.message);
  return logit;
}

const TRUTH = [1.2, 0.6, 0.1, -0.3, -0.6, -1];

function crowd(people: number, seed: number): BestWorstPerson[] {
  const random = mulberry32(seed);
  const { sets } = bestWorstDesign({ items: 6, perTask: 4, tasks: 6, versions: 4, random });
  return Array.from({ length: people }, (_, person) => simulatePerson(TRUTH, sets[person % 4]!, random));
}

test('two items have the closed form of a share', () => {
  const people = [...new Array(30).fill([answer(0, 1, [0, 1])]), ...new Array(10).fill([answer(1, 0, [0, 1])])];
  const logit = estimate(people, 2);
  expect(logit.utilities[0]).toBeCloseTo(Math.log(3) / 2, 9);
  expect(logit.utilities[1]).toBeCloseTo(-Math.log(3) / 2, 9);
  // The difference has the variance 1/30 + 1/10; each utility is half of it.
  expect(logit.standardErrors[0]).toBeCloseTo(Math.sqrt(1 / 30 + 1 / 10) / 2, 6);
  expect(logit.clusteredStandardErrors![0]).toBeCloseTo((Math.sqrt(1 / 30 + 1 / 10) / 2) * Math.sqrt(40 / 39), 6);
  expect(logit.logLikelihood).toBeCloseTo(30 * Math.log(0.75) + 10 * Math.log(0.25), 9);
  expect(logit.chanceLogLikelihood).toBeCloseTo(40 * Math.log(0.5), 9);
  expect(logit.pseudoRSquared).toBeCloseTo(1 - logit.logLikelihood / logit.chanceLogLikelihood, 12);
  expect(logit).toMatchObject({ n: 40, choices: 40, converged: true });
});

test('best choices alone from one set have the closed form of their shares', () => {
  const people = [
    ...new Array(5).fill([answer(0, null)]),
    ...new Array(3).fill([answer(1, null)]),
    ...new Array(2).fill([answer(2, null)]),
  ];
  const { utilities, choices } = estimate(people, 3);
  const centre = (Math.log(5) + Math.log(3) + Math.log(2)) / 3;
  expect(choices).toBe(10);
  [5, 3, 2].forEach((count, item) => expect(utilities[item]).toBeCloseTo(Math.log(count) - centre, 8));
});

test('the likelihood is that of a best among all and a worst among the rest', () => {
  const [a, b, c] = [0.7, -0.2, -0.5];
  const best = Math.exp(a) / (Math.exp(a) + Math.exp(b) + Math.exp(c));
  const worst = Math.exp(-c) / (Math.exp(-b) + Math.exp(-c));
  expect(bestWorstLogLikelihood([[answer(0, 2)]], [a, b, c])).toBeCloseTo(Math.log(best * worst), 12);
  const alone = Math.exp(-c) / (Math.exp(-a) + Math.exp(-b) + Math.exp(-c));
  expect(bestWorstLogLikelihood([[answer(null, 2)], [answer(null, null)]], [a, b, c])).toBeCloseTo(Math.log(alone), 12);
});

test('slope and curvature are those of the likelihood, by small differences', () => {
  const choices = readChoices(crowd(5, 1), 6, 'test');
  const at = Float64Array.of(0.4, 0.3, -0.9, 0.1, 0.5, -0.4);
  const slopesAt = (utilities: Float64Array) => {
    const slopes = { gradient: new Float64Array(6), information: new Float64Array(36) };
    choicesLogLikelihood(choices, 0, choices.signs.length, utilities, slopes);
    return slopes;
  };
  const moved = (item: number, by: number) => at.map((utility, i) => (i === item ? utility + by : utility));
  const height = (utilities: Float64Array) => choicesLogLikelihood(choices, 0, choices.signs.length, utilities);
  const { gradient, information } = slopesAt(at);
  const step = 1e-5;
  for (let i = 0; i < 6; i++) {
    expect(gradient[i]).toBeCloseTo((height(moved(i, step)) - height(moved(i, -step))) / (2 * step), 5);
    const up = slopesAt(moved(i, step)).gradient;
    const down = slopesAt(moved(i, -step)).gradient;
    for (let j = 0; j < 6; j++) expect(information[i * 6 + j]).toBeCloseTo((down[j]! - up[j]!) / (2 * step), 5);
  }
});

test('no neighbouring utilities are likelier, and they sum to zero', () => {
  const people = crowd(60, 2);
  const { utilities, logLikelihood } = estimate(people, 6);
  expect(utilities.reduce((sum, utility) => sum + utility, 0)).toBeCloseTo(0, 9);
  expect(bestWorstLogLikelihood(people, utilities)).toBeCloseTo(logLikelihood, 9);
  for (let item = 0; item < 6; item++) {
    for (const by of [-0.01, 0.01]) {
      const other = utilities.map((utility, i) => (i === item ? utility + by : utility));
      expect(bestWorstLogLikelihood(people, other)).toBeLessThan(logLikelihood);
    }
  }
});

test('planted utilities come back within their standard errors', () => {
  const { utilities, standardErrors, clusteredStandardErrors, pseudoRSquared } = estimate(crowd(500, 3), 6);
  utilities.forEach((utility, item) => {
    expect(Math.abs(utility - TRUTH[item]!)).toBeLessThan(4 * standardErrors[item]!);
    expect(standardErrors[item]).toBeLessThan(0.06);
    // All alike, so allowing for persons changes little.
    expect(clusteredStandardErrors![item]! / standardErrors[item]!).toBeCloseTo(1, 0);
  });
  expect(pseudoRSquared).toBeGreaterThan(0.1);
});

test('people who answer everything twice count as one each in the clustered errors', () => {
  const people = crowd(80, 4);
  const once = estimate(people, 6);
  const twice = estimate(
    people.map((person) => [...person, ...person]),
    6,
  );
  once.utilities.forEach((utility, item) => {
    expect(twice.utilities[item]).toBeCloseTo(utility, 8);
    expect(twice.standardErrors[item]).toBeCloseTo(once.standardErrors[item]! / Math.SQRT2, 6);
    expect(twice.clusteredStandardErrors![item]).toBeCloseTo(once.clusteredStandardErrors![item]!, 6);
  });
});

test('the order of people, tasks and items shown does not matter', () => {
  const people = crowd(40, 5);
  const random = mulberry32(9);
  const turned = shuffled(people, random).map((person) =>
    shuffled(person, random).map((one) => ({ ...one, shown: shuffled(one.shown, random) })),
  );
  const one = estimate(people, 6);
  const other = estimate(turned, 6);
  one.utilities.forEach((utility, item) => {
    expect(other.utilities[item]).toBeCloseTo(utility, 9);
    expect(other.standardErrors[item]).toBeCloseTo(one.standardErrors[item]!, 9);
  });
});

test('missing answers leave out their half, and the answers stay as they were', () => {
  const people = crowd(60, 6).map((person) =>
    Object.freeze(person.map((one, task) => Object.freeze(task % 3 === 0 ? { ...one, worst: null } : one))),
  );
  const holes = people.map((person) => [...person, answer(null, null)]);
  expect(estimate(holes, 6).utilities).toEqual(estimate(people, 6).utilities);
  expect(estimate(people, 6).choices).toBe(60 * (2 + 2 + 1 + 2 + 2 + 1));
});

test('what keeps utilities from being finite is said in plain words', () => {
  const refuse = (people: readonly BestWorstPerson[], items: number) => {
    const logit = bestWorstLogit(people, { items });
    if (logit.isEstimable) throw new Error('estimated');
    return logit;
  };
  expect(refuse([[answer(null, null)], []], 3)).toMatchObject({ reason: 'no-choices', n: 0, choices: 0 });
  expect(refuse([[answer(0, 1, [0, 1]), answer(1, 0, [0, 1])]], 3)).toMatchObject({
    reason: 'never-shown',
    items: [2],
  });

  const pair = (a: number, b: number) => [answer(a, b, [a, b]), answer(b, a, [a, b])];
  expect(refuse([[...pair(0, 1), ...pair(2, 3), ...pair(3, 4)]], 5)).toMatchObject({
    reason: 'unconnected',
    items: [0, 1],
  });

  const always = refuse([[answer(0, 1), answer(0, 2), answer(1, 2, [1, 2]), answer(2, 1, [1, 2])]], 3);
  expect(always).toMatchObject({ reason: 'separated', above: [0], items: [0, 1, 2], below: [1, 2] });
  expect(always.message).toContain('separation');
  expect(refuse([[...pair(0, 1), answer(0, 2), answer(1, 2)]], 3)).toMatchObject({ above: [0, 1], below: [2] });
});

test('an item never best can still be placed when it is not always worst', () => {
  const people = [[answer(0, 2), answer(0, 1), answer(1, 0), answer(1, 2), answer(0, 1)]];
  expect(bestWorstLogit(people, { items: 3 })).toMatchObject({ isEstimable: true, converged: true });
});

test('a climb cut short says so', () => {
  expect(bestWorstLogit(crowd(30, 7), { items: 6, iterationsMax: 1 })).toMatchObject({
    converged: false,
    iterations: 1,
  });
  expect(() => bestWorstLogit([], { items: 6, iterationsMax: 0 })).toThrow(RangeError);
});

test('shares sum to a hundred, keep the order and double with the odds', () => {
  const shares = bestWorstShares(TRUTH, 4);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 9);
  expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  expect(bestWorstShares([0, 0, 0, 0], 4)).toEqual([25, 25, 25, 25]);
  // exp(u) / (exp(u) + 3) for utilities of ln 3 and −ln 3: 1/2 and 1/10.
  expect(bestWorstShares([Math.log(3), -Math.log(3)], 4)[0]).toBeCloseTo((100 * 0.5) / 0.6, 9);
  expect(bestWorstShares([900, -900], 4)[0]).toBeCloseTo(100, 9);
  expect(() => bestWorstShares([0, Number.NaN], 4)).toThrow('finite');
  expect(() => bestWorstShares([0, 0], 1)).toThrow(RangeError);
});
