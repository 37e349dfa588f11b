import { describe, expect, test } from 'vitest';
import {
  invitationsFor,
  marginOfMean,
  marginOfShare,
  powerOfTwoMeans,
  powerOfTwoShares,
  sampleForMean,
  sampleForShare,
  sampleForTwoMeans,
  sampleForTwoShares,
} from '../../src/stats/sample-size.ts';

describe('against published tables', () => {
  test.each([
    [0.05, 385],
    [0.03, 1068],
    [0.1, 97],
  ])('a margin of %d at 95%% takes %d answers', (margin, n) => expect(sampleForShare({ margin })).toBe(n));

  // Krejcie and Morgan (1970), Educational and Psychological Measurement 30, 607–610, table 1, which rounds to the nearest; here it is always up.
  test.each([
    [100, 80],
    [500, 217],
    [1000, 278],
    [5000, 357],
    [10_000, 370],
  ])('of a population of %d, about %d are enough', (population, n) => {
    const found = sampleForShare({ margin: 0.05, population });
    expect(found - n).toBeGreaterThanOrEqual(0);
    expect(found - n).toBeLessThanOrEqual(1);
  });

  test('of a population of 1000, 278 are enough', () => {
    expect(sampleForShare({ margin: 0.05, population: 1000 })).toBe(278);
  });

  test('two shares of 50% and 60% take 388 in each group, and the power found there is what was asked for', () => {
    expect(sampleForTwoShares({ first: 0.5, second: 0.6 })).toBe(388);
    expect(sampleForTwoShares({ first: 0.6, second: 0.5, power: 0.9 })).toBe(519);
    expect(powerOfTwoShares({ answers: 387.3, first: 0.5, second: 0.6 })).toBeCloseTo(0.8, 3);
  });

  // Cohen (1988), Statistical Power Analysis, table 2.4.1: d = .2, .5, .8 at power .80 take 393, 64 and 26.
  test.each([
    [0.2, 394],
    [0.5, 64],
    [0.8, 26],
  ])('an effect of %d takes %d in each group', (difference, n) => {
    const found = sampleForTwoMeans({ difference, standardDeviation: 1 });
    expect(Math.abs(found - n)).toBeLessThanOrEqual(1);
  });
});

test('margin and sample are each other turned round', () => {
  for (const population of [null, 700]) {
    const answers = sampleForShare({ margin: 0.04, share: 0.3, population });
    expect(marginOfShare({ answers, share: 0.3, population })).toBeLessThanOrEqual(0.04);
    expect(marginOfShare({ answers: answers - 1, share: 0.3, population })).toBeGreaterThan(0.04);
  }
  const answers = sampleForMean({ margin: 1.5, standardDeviation: 12, population: 5000 });
  expect(marginOfMean({ answers, standardDeviation: 12, population: 5000 })).toBeLessThanOrEqual(1.5);
  expect(marginOfMean({ answers: answers - 1, standardDeviation: 12, population: 5000 })).toBeGreaterThan(1.5);
});

test('nobody has to ask more people than there are, and asking all of them leaves no margin', () => {
  expect(sampleForShare({ margin: 0.001, population: 40 })).toBe(40);
  expect(marginOfShare({ answers: 40, population: 40 })).toBe(0);
  expect(marginOfShare({ answers: 1, population: 1 })).toBe(0);
});

test('a share of 0 or 1 that is known beforehand needs one answer', () => {
  expect(sampleForShare({ margin: 0.05, share: 0 })).toBe(1);
});

test('power grows with the answers and with the difference', () => {
  const power = (answers: number, difference: number) => powerOfTwoMeans({ answers, difference, standardDeviation: 1 });
  expect(power(100, 0.3)).toBeGreaterThan(power(50, 0.3));
  expect(power(50, 0.5)).toBeGreaterThan(power(50, 0.3));
  expect(powerOfTwoShares({ answers: 10, first: 0, second: 1 })).toBe(1);
});

test('invitations are whole people', () => {
  expect(invitationsFor(385, 0.3)).toBe(1284);
  expect(invitationsFor(300, 0.3)).toBe(1000);
});

test('a wrong call says what it requires', () => {
  expect(() => sampleForShare({ margin: 0 })).toThrow('sampleForShare requires a margin between 0 and 1');
  expect(() => sampleForShare({ margin: 0.1, population: 0 })).toThrow('population of at least 1');
  expect(() => sampleForTwoShares({ first: 0.5, second: 0.5 })).toThrow('two shares that differ');
  expect(() => marginOfShare({ answers: 50, population: 40 })).toThrow('no more answers than people');
  expect(() => invitationsFor(10, 0)).toThrow('a rate above 0');
});
