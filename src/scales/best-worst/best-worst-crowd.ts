import { choleskyFactor, choleskyInverse, choleskyLogDeterminant, choleskySolve } from '../../stats/cholesky.ts';
import type { BestWorstChoices } from './best-worst-likelihood.ts';
import type { ModeRoom, UtilityPrior } from './best-worst-mode.ts';
import { findMode, modeRoom, utilityCovariance } from './best-worst-mode.ts';

/**
 * The crowd that people are drawn from: utilities ~ N(mean, covariance), all summing to zero. A covariance on sum-to-zero
 * has no inverse, so `precision` is that of covariance + tau² J / a (J of ones, a items), which gives the same for
 * anything that sums to zero; `logDeterminant` is of that sum too.
 */
export type Crowd = UtilityPrior & { covariance: Float64Array; logDeterminant: number };

/** A crowd, and how its fit ended. */
export type CrowdFit = { crowd: Crowd; logLikelihood: number; iterations: number; converged: boolean };

/** How far from 0 the crowd's mean may lie before any answer: so wide that it only holds what answers leave open. */
const MEAN_SPREAD = 5;
/** What people are taken to differ by before the first turn, and the least they may differ by, so that it can be inverted. */
const SPREAD_START = 1;
const SPREAD_MIN = 0.01;
/** The fit ends when neither a mean nor a spread moves by more than this, in logits. */
const TOLERANCE = 1e-3;
/** One person's climb: starts from the last turn's mode, so one or two steps do. */
const PERSON_CLIMB = { stepsMax: 50, tolerance: 1e-6 };

/**
 * Estimates the crowd by EM, as `bestWorstPeople` describes.
 *
 * @param people by where they stand in `choices`; each with at least one choice
 */
export function fitCrowd(choices: BestWorstChoices, people: readonly number[], iterationsMax: number): CrowdFit {
  const room = modeRoom(choices.items);
  let crowd = firstCrowd(choices, room);
  const modes = people.map(() => Float64Array.from(crowd.mean));
  let logLikelihood = 0;
  for (let iterations = 1; iterations <= iterationsMax; iterations++) {
    const posterior = findPosteriors(choices, people, crowd, modes, room);
    logLikelihood = posterior.logLikelihood;
    const next = nextCrowd(modes, posterior.covariances, crowd);
    const move = furthestMove(crowd, next);
    crowd = next;
    if (move < TOLERANCE) return { crowd, logLikelihood, iterations, converged: true };
  }
  return { crowd, logLikelihood, iterations: iterationsMax, converged: false };
}

/** How people lie around the mean of an item: the standard deviation, for each item. */
export function crowdSpread({ covariance, mean }: Crowd): number[] {
  return Array.from(mean, (_, i) => Math.sqrt(Math.max(0, covariance[i * mean.length + i]!)));
}

/** The mean under which all choices together are most likely, and people alike in all directions around it. */
function firstCrowd(choices: BestWorstChoices, room: ModeRoom): Crowd {
  const { items } = choices;
  const wide = { mean: new Float64Array(items), precision: diagonal(items, 1 / MEAN_SPREAD ** 2) };
  const climb = { stepsMax: 100, tolerance: 1e-10 };
  const { utilities } = findMode(choices, 0, choices.signs.length, wide, new Float64Array(items), climb, room);
  return makeCrowd(utilities, centred(diagonal(items, SPREAD_START ** 2), items));
}

/** E: moves each person's mode to where this crowd has it; gives the sum of the covariances around them. */
function findPosteriors(
  choices: BestWorstChoices,
  people: readonly number[],
  crowd: Crowd,
  modes: readonly Float64Array[],
  room: ModeRoom,
): { covariances: Float64Array; logLikelihood: number } {
  const { items, peopleStarts } = choices;
  const covariances = new Float64Array(items * items);
  const own = new Float64Array(items * items);
  let logLikelihood = 0;
  for (let i = 0; i < people.length; i++) {
    const from = peopleStarts[people[i]!]!;
    const to = peopleStarts[people[i]! + 1]!;
    const mode = findMode(choices, from, to, crowd, modes[i]!, PERSON_CLIMB, room);
    const factor = mode.factor!;
    utilityCovariance(factor, items, own);
    for (let cell = 0; cell < own.length; cell++) covariances[cell]! += own[cell]!;
    // Laplace: the height of the mode, times the width of the hill relative to the crowd's.
    const width = -choleskyLogDeterminant(factor, items) - crowd.logDeterminant;
    logLikelihood += mode.logLikelihood - distance(mode.utilities, crowd) / 2 + width / 2;
  }
  return { covariances, logLikelihood };
}

/** M: the crowd that people with these modes and covariances most likely come from. */
function nextCrowd(modes: readonly Float64Array[], covariances: Float64Array, crowd: Crowd): Crowd {
  const items = crowd.mean.length;
  const n = modes.length;
  const mean = nextMean(modes, crowd);

  const spread = Float64Array.from(covariances);
  const distanceFromMean = new Float64Array(items);
  for (const mode of modes) {
    for (let i = 0; i < items; i++) distanceFromMean[i] = mode[i]! - mean[i]!;
    for (let i = 0; i < items; i++) {
      for (let j = 0; j < items; j++) spread[i * items + j]! += distanceFromMean[i]! * distanceFromMean[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < items; i++) trace += spread[i * items + i]! / n;
  const alike = centred(diagonal(items, Math.max(SPREAD_MIN ** 2, trace / (items - 1))), items);
  for (let cell = 0; cell < spread.length; cell++) {
    spread[cell] = (spread[cell]! + items * alike[cell]!) / (n + items);
  }
  return makeCrowd(mean, spread);
}

/** The mean of the modes, held by its wide prior: (n P + I / 5²) mu = n P × mean of modes, P the crowd's precision. */
function nextMean(modes: readonly Float64Array[], { mean, precision }: Crowd): Float64Array {
  const items = mean.length;
  const sums = new Float64Array(items);
  for (const mode of modes) for (let i = 0; i < items; i++) sums[i]! += mode[i]!;

  const pull = new Float64Array(items);
  const held = diagonal(items, 1 / MEAN_SPREAD ** 2);
  for (let i = 0; i < items; i++) {
    for (let j = 0; j < items; j++) {
      pull[i]! += precision[i * items + j]! * sums[j]!;
      held[i * items + j]! += modes.length * precision[i * items + j]!;
    }
  }
  return choleskySolve(choleskyFactor(held, items)!, pull, items);
}

function makeCrowd(mean: Float64Array, covariance: Float64Array): Crowd {
  const items = mean.length;
  let trace = 0;
  for (let i = 0; i < items; i++) trace += covariance[i * items + i]!;
  const flat = trace / (items - 1) / items;
  const factor = choleskyFactor(
    covariance.map((cell) => cell + flat),
    items,
  )!;
  return {
    mean,
    covariance,
    precision: choleskyInverse(factor, items),
    logDeterminant: choleskyLogDeterminant(factor, items),
  };
}

/** (u − mean)ᵀ precision (u − mean). */
function distance(utilities: Float64Array, { mean, precision }: Crowd): number {
  const items = mean.length;
  let sum = 0;
  for (let i = 0; i < items; i++) {
    let pull = 0;
    for (let j = 0; j < items; j++) pull += precision[i * items + j]! * (utilities[j]! - mean[j]!);
    sum += (utilities[i]! - mean[i]!) * pull;
  }
  return sum;
}

/** The furthest that a mean or a spread has moved. */
function furthestMove(before: Crowd, after: Crowd): number {
  const spreadBefore = crowdSpread(before);
  const moves = crowdSpread(after).map((spread, i) =>
    Math.max(Math.abs(spread - spreadBefore[i]!), Math.abs(after.mean[i]! - before.mean[i]!)),
  );
  return Math.max(...moves);
}

function diagonal(items: number, value: number): Float64Array {
  const matrix = new Float64Array(items * items);
  for (let i = 0; i < items; i++) matrix[i * items + i] = value;
  return matrix;
}

/** A multiple of the identity, projected onto what sums to zero. */
function centred(identity: Float64Array, items: number): Float64Array {
  const share = identity[0]! / items;
  return identity.map((cell) => cell - share);
}
