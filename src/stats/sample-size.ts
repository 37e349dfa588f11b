import { normalQuantile, normalTwoSidedP } from './distributions.ts';

/*
 * How many answers a survey needs, and what a number of answers is good for. All formulas hold for simple random samples;
 * whoever weights or samples in clusters multiplies by the design effect.
 */

/**
 * How many answers make a share known to within a margin.
 *
 *   n0 = z² p (1 − p) / margin²,  n = n0 / (1 + (n0 − 1) / N) in a population of N
 *
 * @param margin half the width of the interval, above 0 and below 1: 0.05 is five percentage points
 * @param share the share expected, 0 to 1; 0.5 asks for the most answers
 * @param level how sure the interval is, 0.95 unless told
 * @param population how many people there are in all; null when there are very many
 * @returns a whole number, rounded up
 * @throws {RangeError} when something lies outside its range
 * @see Cochran (1977), Sampling Techniques, 3rd ed., section 4.4
 *
 * @example
 * sampleForShare({ margin: 0.05 }) // => 385
 */
export function sampleForShare({
  margin,
  share = 0.5,
  level = 0.95,
  population = null,
}: {
  margin: number;
  share?: number;
  level?: number;
  population?: number | null;
}): number {
  requireBetween(margin, 'margin', 'sampleForShare');
  requireShare(share, 'sampleForShare');
  return forPopulation((quantileFor(level) ** 2 * share * (1 - share)) / margin ** 2, population, 'sampleForShare');
}

/**
 * How many answers make a mean known to within a margin: n0 = (z σ / margin)², with Cochran's correction for a
 * population of known size.
 *
 * @param margin half the width of the interval, in the unit of the values, above 0
 * @param standardDeviation how far values are expected to spread, above 0
 * @param population how many people there are in all; null when there are very many
 * @returns a whole number, rounded up
 * @throws {RangeError} when something lies outside its range
 * @see Cochran (1977), Sampling Techniques, 3rd ed., section 4.6
 *
 * @example
 * sampleForMean({ margin: 2, standardDeviation: 15 }) // => 217
 */
export function sampleForMean({
  margin,
  standardDeviation,
  level = 0.95,
  population = null,
}: {
  margin: number;
  standardDeviation: number;
  level?: number;
  population?: number | null;
}): number {
  requirePositive(margin, 'a margin', 'sampleForMean');
  requirePositive(standardDeviation, 'a standard deviation', 'sampleForMean');
  return forPopulation(((quantileFor(level) * standardDeviation) / margin) ** 2, population, 'sampleForMean');
}

/**
 * The margin that a share is known to with n answers: z √(p (1 − p) / n × (N − n) / (N − 1)).
 *
 * @returns half the width of the interval; 0 when everybody in the population has answered
 * @throws {RangeError} when something lies outside its range, or there are more answers than people
 *
 * @example
 * marginOfShare({ answers: 400 }) // => 0.0489991
 */
export function marginOfShare({
  answers,
  share = 0.5,
  level = 0.95,
  population = null,
}: {
  answers: number;
  share?: number;
  level?: number;
  population?: number | null;
}): number {
  requireShare(share, 'marginOfShare');
  requirePositive(answers, 'answers', 'marginOfShare');
  return (
    quantileFor(level) * Math.sqrt(((share * (1 - share)) / answers) * remainder(answers, population, 'marginOfShare'))
  );
}

/**
 * The margin that a mean is known to with n answers, in the unit of the values. Throws as `marginOfShare` does.
 *
 * @example
 * marginOfMean({ answers: 100, standardDeviation: 15 }) // => 2.93995
 */
export function marginOfMean({
  answers,
  standardDeviation,
  level = 0.95,
  population = null,
}: {
  answers: number;
  standardDeviation: number;
  level?: number;
  population?: number | null;
}): number {
  requirePositive(answers, 'answers', 'marginOfMean');
  requirePositive(standardDeviation, 'a standard deviation', 'marginOfMean');
  return quantileFor(level) * standardDeviation * Math.sqrt(remainder(answers, population, 'marginOfMean') / answers);
}

/**
 * How many answers each of two groups needs so that a difference between their shares is found, two-sided and without
 * correction for continuity.
 *
 *   n = (z(1 − α/2) √(2 p̄ (1 − p̄)) + z(power) √(p1 (1 − p1) + p2 (1 − p2)))² / (p1 − p2)²
 *
 * @param power how surely a true difference of this size is found, 0.8 unless told
 * @returns per group, a whole number, rounded up
 * @throws {RangeError} when something lies outside its range, or the shares are the same
 * @see Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., formula 4.14
 *
 * @example
 * sampleForTwoShares({ first: 0.5, second: 0.6 }) // => 388
 */
export function sampleForTwoShares({
  first,
  second,
  level = 0.95,
  power = 0.8,
}: {
  first: number;
  second: number;
  level?: number;
  power?: number;
}): number {
  requireShare(first, 'sampleForTwoShares');
  requireShare(second, 'sampleForTwoShares');
  requireBetween(power, 'power', 'sampleForTwoShares');
  if (first === second) throw new RangeError('sampleForTwoShares requires two shares that differ');
  const { pooled, apart } = spreads(first, second);
  return wholeUp((quantileFor(level) * pooled + normalQuantile(power) * apart) ** 2 / (first - second) ** 2);
}

/**
 * How many answers each of two groups needs so that a difference between their means is found, two-sided, with Guenther's
 * addition for Student's t.
 *
 *   n = 2 ((z(1 − α/2) + z(power)) σ / δ)² + z(1 − α/2)² / 4
 *
 * @returns per group, a whole number, rounded up
 * @throws {RangeError} when something lies outside its range
 * @see Guenther (1981), The American Statistician 35(4), 243–244
 *
 * @example
 * sampleForTwoMeans({ difference: 0.5, standardDeviation: 1 }) // => 64
 */
export function sampleForTwoMeans({
  difference,
  standardDeviation,
  level = 0.95,
  power = 0.8,
}: {
  difference: number;
  standardDeviation: number;
  level?: number;
  power?: number;
}): number {
  requirePositive(Math.abs(difference), 'a difference', 'sampleForTwoMeans');
  requirePositive(standardDeviation, 'a standard deviation', 'sampleForTwoMeans');
  requireBetween(power, 'power', 'sampleForTwoMeans');
  const z = quantileFor(level);
  return wholeUp(2 * (((z + normalQuantile(power)) * standardDeviation) / difference) ** 2 + z ** 2 / 4);
}

/**
 * How surely a true difference between the shares of two groups is found with n answers in each: the formula of
 * `sampleForTwoShares` turned round.
 *
 * @returns 0 to 1
 * @throws {RangeError} when something lies outside its range
 *
 * @example
 * powerOfTwoShares({ answers: 388, first: 0.5, second: 0.6 }) // => 0.800671
 */
export function powerOfTwoShares({
  answers,
  first,
  second,
  level = 0.95,
}: {
  answers: number;
  first: number;
  second: number;
  level?: number;
}): number {
  requirePositive(answers, 'answers', 'powerOfTwoShares');
  requireShare(first, 'powerOfTwoShares');
  requireShare(second, 'powerOfTwoShares');
  const { pooled, apart } = spreads(first, second);
  if (apart === 0) return first === second ? 0 : 1;
  return normalBelow((Math.abs(first - second) * Math.sqrt(answers) - quantileFor(level) * pooled) / apart);
}

/**
 * How surely a true difference between the means of two groups is found with n answers in each, by the normal
 * distribution; with fewer than ten in a group the truth is a little lower.
 *
 * @returns 0 to 1
 * @throws {RangeError} when something lies outside its range
 *
 * @example
 * powerOfTwoMeans({ answers: 64, difference: 0.5, standardDeviation: 1 }) // => 0.807430
 */
export function powerOfTwoMeans({
  answers,
  difference,
  standardDeviation,
  level = 0.95,
}: {
  answers: number;
  difference: number;
  standardDeviation: number;
  level?: number;
}): number {
  requirePositive(answers, 'answers', 'powerOfTwoMeans');
  requirePositive(standardDeviation, 'a standard deviation', 'powerOfTwoMeans');
  const effect = Math.abs(difference) / standardDeviation;
  return normalBelow(effect * Math.sqrt(answers / 2) - quantileFor(level));
}

/**
 * How many people have to be invited so that enough of them answer.
 *
 * @param responseRate the share of those invited who answer, above 0, at most 1
 * @returns a whole number, rounded up
 * @throws {RangeError} when the rate lies outside its range
 *
 * @example
 * invitationsFor(385, 0.2) // => 1925
 */
export function invitationsFor(answers: number, responseRate: number): number {
  if (!(responseRate > 0 && responseRate <= 1))
    throw new RangeError('invitationsFor requires a rate above 0, at most 1');
  return wholeUp(answers / responseRate);
}

/** Up to the next whole number, but for the last digits of a division that came out even. */
const wholeUp = (value: number): number => Math.ceil(value - 1e-9);
const quantileFor = (level: number): number => normalQuantile((1 + level) / 2);
const normalBelow = (z: number): number => (z < 0 ? normalTwoSidedP(z) / 2 : 1 - normalTwoSidedP(z) / 2);

function spreads(first: number, second: number): { pooled: number; apart: number } {
  const middle = (first + second) / 2;
  return {
    pooled: Math.sqrt(2 * middle * (1 - middle)),
    apart: Math.sqrt(first * (1 - first) + second * (1 - second)),
  };
}

function forPopulation(n0: number, population: number | null, caller: string): number {
  if (population === null) return Math.max(1, wholeUp(n0));
  if (!(population >= 1)) throw new RangeError(`${caller} requires a population of at least 1`);
  return Math.min(Math.floor(population), Math.max(1, wholeUp(n0 / (1 + (n0 - 1) / population))));
}

/** What of the variance is left when part of a population has answered. */
function remainder(answers: number, population: number | null, caller: string): number {
  if (population === null) return 1;
  if (!(population >= answers)) throw new RangeError(`${caller} requires no more answers than people`);
  return population === 1 ? 0 : (population - answers) / (population - 1);
}

function requireShare(value: number, caller: string): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${caller} requires a share from 0 to 1`);
}
function requireBetween(value: number, name: string, caller: string): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${caller} requires a ${name} between 0 and 1`);
}
function requirePositive(value: number, name: string, caller: string): void {
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${caller} requires ${name} above 0`);
}
