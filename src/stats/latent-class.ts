import { compareRows } from './distinct-rows.ts';
import { type Climbed, climb } from './latent-class/accelerate.ts';
import { logMemberships, membershipEntries, type Problem } from './latent-class/em.ts';
import { inverseDesign } from './latent-class/membership-logit.ts';
import { type Codes, foldPatterns, type Patterns } from './latent-class/patterns.ts';
import { membershipEntropy } from './membership-entropy.ts';
import type { Random } from './random.ts';

export type LatentClassOptions = {
  k: number;
  random: Random;
  /** How many levels each item has; its largest code and one unless told. */
  levels?: readonly number[];
  /** For each row what may say which class it is in, such as age; rows × covariates, none missing. */
  covariates?: readonly (readonly number[])[];
  /** How much each row counts; once unless given. */
  weights?: readonly number[];
  /**
   * Pretended answers to each item, spread evenly over classes and levels: keeps probabilities off 0 and 1 where there are
   * few rows. 1 unless told; 0 gives the most likely classes as they are.
   */
  pseudoCount?: number;
  /** How many times to begin; 30 rounds tell which fifth of them is worth finishing. 50 unless told. */
  starts?: number;
  /** The most rounds a finished start may take. 10,000 unless told. */
  roundsMax?: number;
  /** A start has come to rest when a round gains no more than this share of the log-likelihood. 1e-12 unless told. */
  tolerance?: number;
};

/** k classes of people who answer alike, the largest first. */
export type LatentClasses = {
  k: number;
  /** For each row, the class it is most likely in. */
  labels: number[];
  /** Rows by their most likely class. */
  sizes: number[];
  /** Share of the classes, by weight, as the model has them: rows that could be in several count in each. */
  shares: number[];
  /** Rows × k: how likely each row is in each class. */
  probabilities: number[][];
  /** Items × classes × levels: how likely each answer is in each class. */
  answerProbabilities: number[][][];
  /** Classes × (1 + covariates), against the first class, whose own are 0; the constant comes first. Null without covariates. */
  coefficients: number[][] | null;
  logLikelihood: number;
  parameters: number;
  /** Smaller is better in both. `bic` counts the sum of the weights as the number of rows. */
  aic: number;
  bic: number;
  /** How far the patterns of answers are from what the classes expect; null with missing answers, covariates or weights. */
  fit: { g2: number; x2: number } | null;
  /** What is left to test the fit with; below 0 the classes cannot be told from others that fit as well. */
  degreesOfFreedom: number;
  /** 1 when every row is surely in its class, 0 when nothing is known; null for one class. */
  entropyR2: number | null;
  /** Of the starts that were finished, how many ended here. */
  shareOfStartsAtBest: number;
  converged: boolean;
  /** What makes the classes doubtful, in plain sentences; empty when nothing does. */
  warnings: string[];
  model: LatentClassModel;
};

/** What places a later row. */
export type LatentClassModel = {
  shares: number[];
  answerProbabilities: number[][][];
  coefficients: number[][] | null;
};

const FIRST_ROUNDS = 30;
const SHARE_FINISHED = 0.2;
/** Log-likelihoods that differ by less than this are the same. */
const SAME = 1e-4;
/** Class shares further apart than this, from equally likely fits, are other classes. */
const SHARE_DIFFERS = 0.01;
/** A probability this near to 0 or 1 is at the edge of what is possible. */
const EDGE = 1e-4;
/** A standardised coefficient beyond this has run away. */
const COEFFICIENT_LARGE = 10;

/**
 * Latent class analysis: k classes in which the answers to different items do not depend on each other, by expectation and
 * maximisation over the patterns of answers. A missing answer leaves the likelihood, and the row stays. The order of the
 * rows does not matter.
 *
 * @param rows respondents × items: codes from 0, null for a missing answer
 * @throws {RangeError} when k is not a whole number from 1 to the number of different rows, for fewer than two rows, a row
 *   without any answer, an item in which all answers are the same, codes that are not whole numbers from 0, covariates that
 *   are missing, do not vary or follow from each other, or weights not above 0
 * @see Goodman (1974), Biometrika 61, 215–231; Linzer and Lewis (2011), Journal of Statistical Software 42(10); Bandeen-Roche,
 *   Miglioretti, Zeger and Rathouz (1997), Journal of the American Statistical Association 92, 1375–1386, for covariates
 *
 * @example
 * let state = 1;
 * const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
 * const rows = [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1], [1, 1, 1], [1, 1, null]];
 * fitLatentClasses(rows, { k: 2, random }).labels // => [0, 0, 0, 0, 1, 1]
 */
export function fitLatentClasses(rows: readonly Codes[], options: LatentClassOptions): LatentClasses {
  const { k, random, pseudoCount = 1, starts = 50, roundsMax = 10_000, tolerance = 1e-12 } = options;
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError('fitLatentClasses requires a whole number of classes, at least one');
  }
  if (!(Number.isInteger(starts) && starts >= 1 && Number.isInteger(roundsMax) && roundsMax >= 1)) {
    throw new RangeError('fitLatentClasses requires at least one start and one round');
  }
  if (!(pseudoCount >= 0 && Number.isFinite(pseudoCount) && tolerance > 0)) {
    throw new RangeError('fitLatentClasses requires a pseudo-count of at least 0 and a tolerance above 0');
  }
  const { levels = null, covariates = null, weights = null } = options;
  const patterns = foldPatterns(rows, { levels, covariates, weights });
  if (k > patterns.count) {
    throw new RangeError(`fitLatentClasses cannot make ${k} classes out of ${patterns.count} different rows`);
  }
  const hasCovariates = covariates !== null && k > 1;
  const problem: Problem = {
    patterns,
    k,
    pseudoCount,
    designInverse: hasCovariates ? inverseDesign(patterns) : null,
  };

  const began = Array.from({ length: k === 1 ? 1 : starts }, () =>
    climb(problem, drawStart(problem, random), { roundsMax: FIRST_ROUNDS, tolerance }),
  );
  const finished = began
    .sort((a, b) => b.objective - a.objective)
    .slice(0, Math.max(1, Math.ceil(starts * SHARE_FINISHED)))
    .map(({ parameters }) => climb(problem, parameters, { roundsMax, tolerance }))
    .sort((a, b) => b.objective - a.objective);
  const best = finished[0]!;
  const atBest = finished.filter((one) => best.objective - one.objective < SAME);

  const parameters = (k - 1) * patterns.covariates + k * patterns.levels.reduce((sum, own) => sum + own - 1, 0);
  const cells = patterns.levels.reduce((product, own) => product * own, 1);
  const degreesOfFreedom = Math.min(cells - 1, patterns.n) - parameters;
  const n = patterns.weights.reduce((sum, weight) => sum + weight, 0);
  const described = describe(problem, best);
  return {
    k,
    ...described,
    logLikelihood: best.logLikelihood,
    parameters,
    aic: 2 * parameters - 2 * best.logLikelihood,
    bic: parameters * Math.log(n) - 2 * best.logLikelihood,
    fit: covariates || weights ? null : fitOf(patterns, described.model),
    degreesOfFreedom,
    shareOfStartsAtBest: atBest.length / finished.length,
    converged: best.converged,
    warnings: warningsOf(problem, best, { atBest, degreesOfFreedom, model: described.model }),
  };
}

/**
 * How likely a later row is in each class; missing answers are passed over.
 *
 * @param row codes from 0, null for a missing answer. One that the model has no level for counts as missing
 * @param covariates of the row, where the model has coefficients for some
 * @throws {RangeError} when the row has not the items of the model, a code that is not a whole number from 0, or not the
 *   covariates of the model
 *
 * @example
 * const model = { shares: [0.5, 0.5], answerProbabilities: [[[0.9, 0.1], [0.2, 0.8]]], coefficients: null };
 * latentClassProbabilities(model, [1]) // => [0.111111, 0.888889]
 */
export function latentClassProbabilities(
  model: LatentClassModel,
  row: Codes,
  covariates: readonly number[] = [],
): number[] {
  const { shares, answerProbabilities, coefficients } = model;
  if (row.length !== answerProbabilities.length) {
    throw new RangeError('latentClassProbabilities requires a row with the items of the model');
  }
  if (covariates.length !== (coefficients ? coefficients[0]!.length - 1 : 0) || !covariates.every(Number.isFinite)) {
    throw new RangeError('latentClassProbabilities requires the covariates of the model, none missing');
  }
  const logs = shares.map((share, c) => {
    const own = coefficients?.[c];
    if (!own) return Math.log(Math.max(Number.MIN_VALUE, share));
    return covariates.reduce((sum, value, v) => sum + own[v + 1]! * value, own[0]!);
  });
  for (const [item, code] of row.entries()) {
    if (code === null) continue;
    if (!(Number.isInteger(code) && code >= 0)) {
      throw new RangeError('latentClassProbabilities requires codes that are whole numbers from 0, or null');
    }
    for (const [c, own] of answerProbabilities[item]!.entries()) {
      if (own[code] !== undefined) logs[c]! += Math.log(Math.max(Number.MIN_VALUE, own[code]));
    }
  }
  const most = Math.max(...logs);
  const likelihoods = logs.map((log) => Math.exp(log - most));
  const sum = likelihoods.reduce((all, one) => all + one, 0);
  return likelihoods.map((one) => one / sum);
}

/** Equal shares, and answers with probabilities drawn at random. */
function drawStart(problem: Problem, random: Random): Float64Array {
  const { patterns, k, designInverse } = problem;
  const start = membershipEntries(problem);
  const parameters = new Float64Array(start + patterns.levelsInAll * k);
  if (!designInverse) parameters.fill(1 / k, 0, k);
  for (const [item, first] of patterns.firstLevel.entries()) {
    for (let c = 0; c < k; c++) {
      const drawn = Array.from({ length: patterns.levels[item]! }, () => 0.05 + random());
      const sum = drawn.reduce((all, one) => all + one, 0);
      for (const [level, one] of drawn.entries()) parameters[start + (first + level) * k + c] = one / sum;
    }
  }
  return parameters;
}

function sharesOf({ patterns, k }: Problem, { posteriors }: Climbed): number[] {
  const sums = new Array<number>(k).fill(0);
  let total = 0;
  for (let i = 0; i < patterns.count; i++) {
    total += patterns.weights[i]!;
    for (let c = 0; c < k; c++) sums[c]! += patterns.weights[i]! * posteriors[i * k + c]!;
  }
  return sums.map((sum) => sum / total);
}

function describe(problem: Problem, best: Climbed) {
  const { patterns, k } = problem;
  const start = membershipEntries(problem);
  const found = sharesOf(problem, best);
  const answersOf = (c: number) =>
    Array.from({ length: patterns.levelsInAll }, (_, level) => best.parameters[start + level * k + c]!);
  const order = [...found.keys()].sort((a, b) => found[b]! - found[a]! || compareRows(answersOf(a), answersOf(b)));

  const probabilities = Array.from({ length: patterns.count }, (_, i) => order.map((c) => best.posteriors[i * k + c]!));
  const groups = probabilities.map((own) => own.indexOf(Math.max(...own)));
  const labels = Array.from(patterns.patternOf, (i) => groups[i]!);
  const sizes = new Array<number>(k).fill(0);
  for (const label of labels) sizes[label]! += 1;
  const answerProbabilities = patterns.levels.map((levels, item) =>
    order.map((c) => answersOf(c).slice(patterns.firstLevel[item]!, patterns.firstLevel[item]! + levels)),
  );
  const shares = order.map((c) => found[c]!);
  const coefficients = coefficientsOf(problem, best, order);
  return {
    labels,
    sizes,
    shares,
    probabilities: Array.from(patterns.patternOf, (i) => [...probabilities[i]!]),
    answerProbabilities,
    coefficients,
    entropyR2: membershipEntropy(probabilities, patterns.weights),
    model: { shares, answerProbabilities, coefficients },
  };
}

/** In the units of the covariates, against the largest class. */
function coefficientsOf({ patterns, k, designInverse }: Problem, { parameters }: Climbed, order: number[]) {
  if (!designInverse) return null;
  const raw = (c: number) => {
    const own = Array.from({ length: patterns.covariates }, (_, v) => (c === 0 ? 0 : parameters[v * (k - 1) + c - 1]!));
    const slopes = patterns.scaling.map(({ deviation }, v) => own[v + 1]! / deviation);
    const constant = patterns.scaling.reduce((sum, { mean }, v) => sum - slopes[v]! * mean, own[0]!);
    return [constant, ...slopes];
  };
  const base = raw(order[0]!);
  return order.map((c) => raw(c).map((value, v) => value - base[v]!));
}

/** Likelihood ratio and Pearson's chi-square of the patterns; those nobody gave count with what was expected of them. */
function fitOf(patterns: Patterns, model: LatentClassModel): LatentClasses['fit'] {
  const { count, items, places, weights, n } = patterns;
  if (places.some((place) => place < 0)) return null;
  let g2 = 0;
  let x2 = 0;
  let expectedSeen = 0;
  for (let i = 0; i < count; i++) {
    let share = 0;
    for (const [c, own] of model.shares.entries()) {
      let likelihood = own;
      for (let j = 0; j < items; j++) {
        likelihood *= model.answerProbabilities[j]![c]![places[i * items + j]! - patterns.firstLevel[j]!]!;
      }
      share += likelihood;
    }
    const expected = n * share;
    // Too many items for the share to be a number above 0: nothing to compare with.
    if (!(expected > 1e-290)) return null;
    expectedSeen += expected;
    g2 += 2 * weights[i]! * Math.log(weights[i]! / expected);
    x2 += (weights[i]! - expected) ** 2 / expected;
  }
  return { g2, x2: x2 + Math.max(0, n - expectedSeen) };
}

function warningsOf(
  problem: Problem,
  best: Climbed,
  { atBest, degreesOfFreedom, model }: { atBest: Climbed[]; degreesOfFreedom: number; model: LatentClassModel },
): string[] {
  const warnings: string[] = [];
  if (!best.converged) warnings.push('The best start did not come to rest; allow more rounds.');
  if (degreesOfFreedom < 0) {
    warnings.push('The items are too few for so many classes: other classes fit the answers as well.');
  }
  const sorted = atBest.map((one) => sharesOf(problem, one).sort((a, b) => b - a));
  const isAmbiguous = sorted.some((shares) =>
    shares.some((share, c) => Math.abs(share - sorted[0]![c]!) > SHARE_DIFFERS),
  );
  if (isAmbiguous) {
    warnings.push(
      'Starts that fit equally well ended with classes of other sizes: the answers do not decide between them.',
    );
  }
  const all = model.answerProbabilities.flat(2);
  const atEdge = all.filter((p) => p < EDGE || p > 1 - EDGE).length;
  if (atEdge > 0 && problem.k > 1) {
    warnings.push(
      `${atEdge} of ${all.length} answer probabilities are at 0 or 1, more sure than the answers can make them.`,
    );
  }
  if (problem.designInverse) {
    const logs = logMemberships(problem, best.parameters);
    const slopes = best.parameters.subarray(problem.k - 1, membershipEntries(problem));
    if (!logs.every(Number.isFinite) || slopes.some((slope) => Math.abs(slope) > COEFFICIENT_LARGE)) {
      warnings.push('A covariate tells some classes apart nearly without fail, so its coefficients have no firm size.');
    }
  }
  return warnings;
}
