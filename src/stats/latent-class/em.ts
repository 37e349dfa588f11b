import { membershipStep } from './membership-logit.ts';
import type { Patterns } from './patterns.ts';

/**
 * All that describes the classes, as one vector: first what decides membership, which is a share for each class without
 * covariates, else covariates × (k − 1) coefficients against the first class; then levels × k answer probabilities.
 */
export type Parameters = Float64Array;

export type Problem = {
  patterns: Patterns;
  k: number;
  /** Pretended answers, spread evenly over the classes and the levels of each item. */
  pseudoCount: number;
  /** Inverse of the covariates' cross products; null when there are none. */
  designInverse: Float64Array | null;
};

/** How many entries of the vector say who is in which class. */
export function membershipEntries({ patterns, k, designInverse }: Problem): number {
  return designInverse ? patterns.covariates * (k - 1) : k;
}

/** Nothing is less likely than that, so that no logarithm is infinite. */
const PROBABILITY_LEAST = 1e-300;

/** One round of expectation and maximisation. */
export type Round = {
  /** Log-likelihood, with what the pretended answers add to it, at the parameters given. */
  objective: number;
  logLikelihood: number;
};

/**
 * Writes the parameters after one round into `next`, and how likely each pattern is in each class at the parameters given
 * into `posteriors` (patterns × k).
 *
 * @see Linzer and Lewis (2011), Journal of Statistical Software 42(10), section 2
 */
export function emRound(problem: Problem, at: Parameters, next: Parameters, posteriors: Float64Array): Round {
  const { patterns, k, pseudoCount } = problem;
  const { count, items, places, weights } = patterns;
  const start = membershipEntries(problem);
  const logs = new Float64Array(patterns.levelsInAll * k);
  for (let entry = 0; entry < logs.length; entry++) {
    logs[entry] = Math.log(Math.max(PROBABILITY_LEAST, at[start + entry]!));
  }
  const logShares = logMemberships(problem, at);
  const counts = new Float64Array(logs.length);

  let logLikelihood = 0;
  for (let i = 0; i < count; i++) {
    const base = i * k;
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) posteriors[base + c] = logShares.length === k ? logShares[c]! : logShares[base + c]!;
    for (let j = 0; j < items; j++) {
      const place = places[i * items + j]!;
      if (place < 0) continue;
      for (let c = 0, from = place * k; c < k; c++, from++) posteriors[base + c]! += logs[from]!;
    }
    for (let c = 0; c < k; c++) if (posteriors[base + c]! > most) most = posteriors[base + c]!;
    let sum = 0;
    for (let c = 0; c < k; c++) {
      const likelihood = Math.exp(posteriors[base + c]! - most);
      posteriors[base + c] = likelihood;
      sum += likelihood;
    }
    const weight = weights[i]!;
    for (let c = 0; c < k; c++) posteriors[base + c]! /= sum;
    for (let j = 0; j < items; j++) {
      const place = places[i * items + j]!;
      if (place < 0) continue;
      for (let c = 0, to = place * k; c < k; c++, to++) counts[to]! += weight * posteriors[base + c]!;
    }
    logLikelihood += weight * (most + Math.log(sum));
  }

  let prior = 0;
  for (const [item, first] of patterns.firstLevel.entries()) {
    const levels = patterns.levels[item]!;
    const pretended = pseudoCount / (k * levels);
    for (let c = 0; c < k; c++) {
      let total = 0;
      for (let level = first; level < first + levels; level++) total += counts[level * k + c]! + pretended;
      for (let level = first; level < first + levels; level++) {
        const entry = level * k + c;
        if (pretended > 0) prior += pretended * logs[entry]!;
        // A class that nobody is in keeps its answers.
        next[start + entry] = total > 0 ? (counts[entry]! + pretended) / total : at[start + entry]!;
      }
    }
  }
  maximiseMembership(problem, at, next, posteriors);
  return { objective: logLikelihood + prior, logLikelihood };
}

/** Log shares of the classes: k of them, or patterns × k with covariates. */
export function logMemberships(problem: Problem, at: Parameters): Float64Array {
  const { patterns, k, designInverse } = problem;
  if (!designInverse) {
    return Float64Array.from({ length: k }, (_, c) => Math.log(Math.max(PROBABILITY_LEAST, at[c]!)));
  }
  const { count, covariates, design } = patterns;
  const logs = new Float64Array(count * k);
  for (let i = 0; i < count; i++) {
    let most = 0;
    for (let c = 1; c < k; c++) {
      let score = 0;
      for (let v = 0; v < covariates; v++) score += design[i * covariates + v]! * at[v * (k - 1) + c - 1]!;
      logs[i * k + c] = score;
      if (score > most) most = score;
    }
    let sum = 0;
    for (let c = 0; c < k; c++) sum += Math.exp(logs[i * k + c]! - most);
    const total = most + Math.log(sum);
    for (let c = 0; c < k; c++) logs[i * k + c]! -= total;
  }
  return logs;
}

function maximiseMembership(problem: Problem, at: Parameters, next: Parameters, posteriors: Float64Array): void {
  const { patterns, k, designInverse } = problem;
  const { count, weights } = patterns;
  if (designInverse) {
    membershipStep(patterns, { k, designInverse, at, next, posteriors, logShares: logMemberships(problem, at) });
    return;
  }
  next.fill(0, 0, k);
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += weights[i]!;
    for (let c = 0; c < k; c++) next[c]! += weights[i]! * posteriors[i * k + c]!;
  }
  for (let c = 0; c < k; c++) next[c]! /= total;
}
