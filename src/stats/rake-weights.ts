import { designEffect } from './design-effect.ts';

/** One thing whose shares among all people are known from elsewhere. */
export type RakingMargin = {
  name: string;
  /** For each respondent the place of the category; null where it is not known. */
  codes: readonly (number | null)[];
  /** Percent of everybody, together 100. */
  categories: readonly { label: string; target: number }[];
};

export type RakingOptions = {
  /** What each respondent counts before, above 0, such as one over the probability of having been asked; 1 unless told. */
  start?: readonly number[];
  /** The smallest and largest weight that is let stand, in mean weights; without it weights are as they come. */
  trim?: { low: number; high: number };
  iterationsMax?: number;
  /** The largest distance of a share from its target, 0 to 1, that counts as met. */
  tolerance?: number;
};

export type RakedWeights = {
  /** One for each respondent; their mean is 1. */
  weights: number[];
  converged: boolean;
  iterations: number;
  /** How many respondents' weights were cut or raised. */
  trimmed: number;
  effectiveN: number;
  designEffect: number;
  efficiency: number;
  smallest: number;
  largest: number;
  /** In percent of those whose category is known: what was wished, what was answered, and what the weights make of it. */
  margins: {
    name: string;
    categories: { label: string; n: number; target: number; before: number; after: number }[];
  }[];
  /** What a reader has to know, in sentences. */
  notes: string[];
};

/** Percentages that are rounded by hand may miss 100 by so much. */
const ROUNDING = 0.1;
const ITERATIONS_MAX = 1000;
const TOLERANCE = 1e-10;
const TRIM_ROUNDS_MAX = 50;
const HALVINGS = 80;

/**
 * Weights that bring the answers to known shares, one margin after the other until all fit (raking, iterative
 * proportional fitting). Whoever's category is not known keeps the weight that the other margins give, and the targets of
 * that margin hold among the rest.
 *
 * @param margins all over the same respondents
 * @returns whether the targets could be met is told in `converged`: margins that contradict each other, and trimming, can
 *   leave a distance, which `margins` shows
 * @throws {RangeError} with a sentence that can be shown to a researcher: no respondents, targets that do not come to 100,
 *   a category with a target that nobody is in, trimming the wrong way round
 * @see Deming and Stephan (1940), Annals of Mathematical Statistics 11(4), 427–444; Battaglia, Hoaglin and Frankel (2009),
 *   Survey Practice 2(5)
 *
 * @example
 * const sex = { name: 'Sex', codes: [0, 0, 0, 1], categories: [{ label: 'F', target: 50 }, { label: 'M', target: 50 }] }
 * rakeWeights([sex]).weights // => [0.66667, 0.66667, 0.66667, 2]
 */
export function rakeWeights(margins: readonly RakingMargin[], options: RakingOptions = {}): RakedWeights {
  const { start, trim, iterationsMax = ITERATIONS_MAX, tolerance = TOLERANCE } = options;
  const n = margins[0]?.codes.length ?? 0;
  if (start && (start.length !== n || !start.every((weight) => weight > 0 && Number.isFinite(weight))))
    throw new RangeError('Weighting can only begin from one weight above 0 for each respondent');
  const counts = checkMargins(margins, n);
  if (trim && !(trim.low >= 0 && trim.low < 1 && trim.high > 1))
    throw new RangeError('Trimming needs a smallest weight below 1 and a largest weight above 1');
  const notes: string[] = [];
  const targets = margins.map(({ categories }) => {
    const all = categories.reduce((sum, { target }) => sum + target, 0);
    return categories.map(({ target }) => target / all);
  });

  // People who are alike in every margin, and begin alike, get the same weight: a pattern for each, in an order that the
  // file does not decide.
  const patternOf =
    margins.length === 0 ? [] : Array.from({ length: n }, (_, i) => margins.map(({ codes }) => codes[i] ?? -1));
  const keys = patternOf.map((codes, i) => `${codes.join(' ')} ${start?.[i] ?? 1}`);
  const distinct = [...new Map(keys.map((key, i) => [key, i]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const place = new Map(distinct.map(([key], index) => [key, index]));
  const patterns = distinct.map(([, i]) => patternOf[i]!);
  const sizes = new Float64Array(patterns.length);
  for (const key of keys) sizes[place.get(key)!]! += 1;

  const weights = Float64Array.from(distinct, ([, i]) => start?.[i] ?? 1);
  let [iterations, converged] = [0, false];
  const trimmedPatterns = new Set<number>();
  for (let round = 0; round < (trim ? TRIM_ROUNDS_MAX : 1); round++) {
    const fitted = fitMargins(patterns, sizes, weights, targets, iterationsMax, tolerance);
    iterations += fitted.iterations;
    converged = fitted.converged;
    if (!trim) break;
    const cut = trimWeights(weights, sizes, n, trim);
    for (const pattern of cut) trimmedPatterns.add(pattern);
    if (cut.length === 0) break;
    converged = false;
  }
  if (!trim) rescale(weights, sizes, n);

  const after = sharesOf(patterns, sizes, weights, targets);
  if (trim && !converged) converged = distance(after, targets) < Math.max(tolerance, 1e-6);
  if (!converged)
    notes.push(
      trimmedPatterns.size > 0
        ? 'With weights kept between these ends the targets cannot all be met. The shares after weighting show how near they come'
        : 'The targets cannot all be met at once, because some combinations of categories have nobody. Merge small categories, or leave a margin out',
    );
  const missing = margins.filter(({ codes }) => codes.some((code) => code === null));
  for (const { name, codes } of missing)
    notes.push(
      `${codes.filter((code) => code === null).length} of ${n} have no “${name}”: they are weighted by the other margins only`,
    );
  const perPerson = keys.map((key) => weights[place.get(key)!]!);
  const zero = perPerson.filter((weight) => weight === 0).length;
  if (zero > 0) notes.push(`${zero} of ${n} are in a category with target 0 and no longer count`);
  const effect = designEffect(perPerson);
  if (effect === null)
    throw new RangeError('With these targets nobody would count: give at least one category with people a target');
  const before = sharesOf(patterns, sizes, new Float64Array(patterns.length).fill(1), targets);
  return {
    weights: perPerson,
    converged,
    iterations,
    trimmed: [...trimmedPatterns].reduce((sum, pattern) => sum + sizes[pattern]!, 0),
    effectiveN: effect.effectiveN,
    designEffect: effect.designEffect,
    efficiency: effect.efficiency,
    smallest: perPerson.reduce((least, weight) => Math.min(least, weight), Number.POSITIVE_INFINITY),
    largest: perPerson.reduce((most, weight) => Math.max(most, weight), 0),
    margins: margins.map(({ name, categories }, m) => ({
      name,
      categories: categories.map(({ label }, c) => ({
        label,
        n: counts[m]![c]!,
        target: 100 * targets[m]![c]!,
        before: 100 * before[m]![c]!,
        after: 100 * after[m]![c]!,
      })),
    })),
    notes,
  };
}

/** How many are in each category; throws where weighting cannot begin. */
function checkMargins(margins: readonly RakingMargin[], n: number): number[][] {
  if (n === 0) throw new RangeError('Weighting needs at least one target and one respondent');
  return margins.map(({ name, codes, categories }) => {
    if (codes.length !== n) throw new RangeError(`“${name}” does not cover the same respondents as the other targets`);
    if (categories.some(({ target }) => !(target >= 0 && Number.isFinite(target))))
      throw new RangeError(`The targets of “${name}” must be percentages from 0 to 100`);
    const all = categories.reduce((sum, { target }) => sum + target, 0);
    if (Math.abs(all - 100) > ROUNDING)
      throw new RangeError(`The targets of “${name}” come to ${Number(all.toFixed(2))}, and have to come to 100`);
    const counts = categories.map(() => 0);
    for (const code of codes) {
      if (code === null) continue;
      if (!(Number.isInteger(code) && code >= 0 && code < categories.length))
        throw new RangeError(`“${name}” has respondents in a category that has no target: give each category one`);
      counts[code]! += 1;
    }
    for (const [c, { label, target }] of categories.entries())
      if (target > 0 && counts[c] === 0)
        throw new RangeError(
          `Nobody is in “${label}” of “${name}”, so no weight can bring it to ${target} %. Merge it with another category, or set its target to 0 and share it among the others`,
        );
    return counts;
  });
}

function fitMargins(
  patterns: readonly number[][],
  sizes: Float64Array,
  weights: Float64Array,
  targets: readonly number[][],
  iterationsMax: number,
  tolerance: number,
): { iterations: number; converged: boolean } {
  for (let iteration = 1; iteration <= iterationsMax; iteration++) {
    for (const [m, wanted] of targets.entries()) {
      const sums = new Float64Array(wanted.length);
      let all = 0;
      for (const [p, codes] of patterns.entries()) {
        if (codes[m]! < 0) continue;
        sums[codes[m]!]! += sizes[p]! * weights[p]!;
        all += sizes[p]! * weights[p]!;
      }
      for (const [p, codes] of patterns.entries()) {
        const c = codes[m]!;
        if (c >= 0 && sums[c]! > 0) weights[p]! *= (wanted[c]! * all) / sums[c]!;
      }
    }
    if (distance(sharesOf(patterns, sizes, weights, targets), targets) < tolerance)
      return { iterations: iteration, converged: true };
  }
  return { iterations: iterationsMax, converged: false };
}

function sharesOf(
  patterns: readonly number[][],
  sizes: Float64Array,
  weights: Float64Array,
  targets: readonly number[][],
): number[][] {
  return targets.map((wanted, m) => {
    const sums = wanted.map(() => 0);
    for (const [p, codes] of patterns.entries()) if (codes[m]! >= 0) sums[codes[m]!]! += sizes[p]! * weights[p]!;
    const all = sums.reduce((total, sum) => total + sum, 0);
    return sums.map((sum) => (all > 0 ? sum / all : 0));
  });
}

const distance = (shares: readonly number[][], targets: readonly number[][]): number =>
  shares.reduce(
    (most, own, m) => own.reduce((worst, share, c) => Math.max(worst, Math.abs(share - targets[m]![c]!)), most),
    0,
  );

function rescale(weights: Float64Array, sizes: Float64Array, n: number): void {
  const all = weights.reduce((sum, weight, p) => sum + weight * sizes[p]!, 0);
  if (all > 0) for (const p of weights.keys()) weights[p]! *= n / all;
}

/**
 * Cuts weights at the ends so that their mean stays 1: they are scaled by what makes the cut ones come to it. Weights of 0
 * are of categories with target 0, and stay.
 *
 * @returns the patterns whose weights lay beyond the ends
 */
function trimWeights(
  weights: Float64Array,
  sizes: Float64Array,
  n: number,
  { low, high }: { low: number; high: number },
): number[] {
  rescale(weights, sizes, n);
  const within = (weight: number) => (weight === 0 ? 0 : Math.min(high, Math.max(low, weight)));
  const sumAt = (scale: number) => weights.reduce((sum, weight, p) => sum + sizes[p]! * within(scale * weight), 0);
  let [least, most] = [0, 1];
  for (let doubling = 0; doubling < HALVINGS && sumAt(most) < n; doubling++) [least, most] = [most, 2 * most];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (least + most) / 2;
    if (sumAt(middle) < n) least = middle;
    else most = middle;
  }
  const cut: number[] = [];
  for (const [p, weight] of weights.entries()) {
    const scaled = most * weight;
    if (weight > 0 && (scaled < low * (1 - 1e-9) || scaled > high * (1 + 1e-9))) cut.push(p);
  }
  if (cut.length > 0) for (const [p, weight] of weights.entries()) weights[p] = within(most * weight);
  return cut;
}
