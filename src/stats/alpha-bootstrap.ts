import {
  type AlphaMetric,
  alphaOf,
  type Coincidences,
  countCoincidences,
  expectedDisagreement,
  metricDistance,
  type PlaceDistance,
  placeByDistance,
  placesOf,
  summed,
  valuesOf,
} from './krippendorff-alpha.ts';
import type { Random } from './random.ts';

/**
 * Alpha with what chance in the sample leaves open.
 * `below(minimum)` is q, the probability that alpha is below a minimum.
 * `unvaried` is the share of draws in which nothing varied: they count as 0, since they give no ground to rely on codes.
 */
export type AlphaInterval = {
  alpha: number;
  low: number;
  high: number;
  below: (minimum: number) => number;
  unvaried: number;
  /** Things coded by two or more. */
  n: number;
};

export type BootstrapOptions = {
  random: Random;
  /** 2000 unless told. */
  resamples?: number;
  /** How sure the interval is, 0.95 unless told. */
  level?: number;
  /**
   * What is drawn anew: `units` whole things with all that was said of them, which lets expected disagreement vary as
   * well; `pairs` single pairs of values against a fixed expectation, as Krippendorff's macros do, which is too sure where
   * more than two coders code the same things, since their pairs hang together.
   */
  draw?: 'units' | 'pairs';
};

/**
 * The bootstrap of Krippendorff's alpha: an interval, and how likely it is that alpha lies below a minimum. The order of
 * things and of coders makes no difference.
 *
 * @param units as `krippendorffAlpha` takes them
 * @returns null where alpha is
 * @throws {RangeError} as `krippendorffAlpha`
 * @see Hayes and Krippendorff (2007), Communication Methods and Measures 1, 77–89; Zapf, Castell, Morawietz and Karch
 *   (2016), BMC Medical Research Methodology 16:93, on drawing whole things
 *
 * @example
 * const units = [[0, 1], [1, 1], [0, 0], [0, 0], [0, 1], [0, 0], [1, 1], [1, 1], [0, 0], [1, 1]];
 * bootstrapAlpha(units, 'nominal', { random: () => 0.5 }).alpha // => 0.62
 */
export function bootstrapAlpha(
  units: readonly (readonly (number | null)[])[],
  metric: AlphaMetric,
  options: BootstrapOptions,
): AlphaInterval | null {
  const values = valuesOf(units, metric);
  const distanceWith = (totals: ArrayLike<number>) => metricDistance(values, totals, metric);
  return bootstrap(placesOf(units, values), values.length, distanceWith, options);
}

/** The same for values that are no numbers, as `alphaByDistance` takes them. */
export function bootstrapAlphaByDistance<Value>(
  units: readonly (readonly (Value | null)[])[],
  by: { keyOf: (value: Value) => string; distance: (a: Value, b: Value) => number },
  options: BootstrapOptions,
): AlphaInterval | null {
  const { places, size, distance } = placeByDistance(units, by);
  return bootstrap(places, size, () => distance, options);
}

/**
 * The same for values that hang together, such as those of all characters of one text: what is drawn is whole groups.
 *
 * @param groups the coincidences within each
 */
export function bootstrapAlphaOfGroups(
  groups: readonly Coincidences[],
  distance: PlaceDistance,
  options: Omit<BootstrapOptions, 'draw'>,
): AlphaInterval | null {
  const size = groups[0]?.size ?? 0;
  const cells = groups.filter(({ n }) => n > 0).map((group) => group.cells);
  return resample(cells, size, () => distance, drawGroups, options);
}

function bootstrap(
  units: readonly (readonly number[])[],
  size: number,
  distanceWith: DistanceWith,
  { draw = 'units', ...options }: BootstrapOptions,
): AlphaInterval | null {
  const pairable = units.filter((unit) => unit.length >= 2);
  const cells = pairable.map((unit) => countCoincidences([unit], size).cells);
  const pairs = pairable.reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  return resample(cells, size, distanceWith, draw === 'units' ? drawGroups : drawPairs(pairs), options);
}

type DistanceWith = (totals: ArrayLike<number>) => PlaceDistance;
type Draw = (
  groups: readonly Float64Array[],
  size: number,
  distanceWith: DistanceWith,
  random: Random,
) => () => number | null;

function resample(
  groups: readonly Float64Array[],
  size: number,
  distanceWith: DistanceWith,
  draw: Draw,
  { random, resamples = 2000, level = 0.95 }: Omit<BootstrapOptions, 'draw'>,
): AlphaInterval | null {
  const whole = sumOf(groups, size);
  const alpha = alphaOf(whole, distanceWith(whole.totals));
  if (alpha === null) return null;
  const drawn = new Float64Array(resamples);
  const next = draw(groups, size, distanceWith, random);
  let unvaried = 0;
  for (let turn = 0; turn < resamples; turn += 1) {
    const found = next();
    if (found === null) unvaried += 1;
    drawn[turn] = found ?? 0;
  }
  drawn.sort();
  const at = (share: number) => drawn[Math.min(resamples - 1, Math.floor(share * resamples))]!;
  return {
    alpha,
    low: at((1 - level) / 2),
    high: at((1 + level) / 2),
    below: (minimum) => drawn.reduce((count, one) => count + (one < minimum ? 1 : 0), 0) / resamples,
    unvaried: unvaried / resamples,
    n: groups.length,
  };
}

function sumOf(groups: readonly Float64Array[], size: number): Coincidences {
  const cells = new Float64Array(size * size);
  for (const group of groups) for (let cell = 0; cell < cells.length; cell += 1) cells[cell]! += group[cell]!;
  return summed(cells, size);
}

/** Groups that were coded alike are the same to a draw, so only how often each kind of them comes is counted. */
const drawGroups: Draw = (groups, size, distanceWith, random) => {
  const kinds = new Map<string, { cells: Float64Array; count: number }>();
  for (const cells of groups) {
    const key = cells.join();
    kinds.set(key, { cells, count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  const ordered = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
  const kindAt = Int32Array.from(ordered.flatMap(({ count }, kind) => Array<number>(count).fill(kind)));
  const filled = ordered.map(({ cells }) => [...cells.entries()].filter(([, value]) => value > 0));
  return () => {
    const times = new Int32Array(ordered.length);
    for (let i = 0; i < kindAt.length; i += 1) times[kindAt[Math.floor(random() * kindAt.length)]!]! += 1;
    const cells = new Float64Array(size * size);
    for (const [kind, count] of times.entries())
      if (count > 0) for (const [cell, value] of filled[kind]!) cells[cell]! += value * count;
    const found = summed(cells, size);
    return alphaOf(found, distanceWith(found.totals));
  };
};

const drawPairs =
  (pairs: number): Draw =>
  (groups, size, distanceWith, random) => {
    const whole = sumOf(groups, size);
    const distance = distanceWith(whole.totals);
    const expected = expectedDisagreement(whole, distance);
    const upTo: number[] = [];
    const apart: number[] = [];
    let sum = 0;
    for (let c = 0; c < size; c += 1)
      for (let k = 0; k < size; k += 1) {
        sum += whole.cells[c * size + k]! / whole.n;
        upTo.push(sum);
        apart.push(distance(c, k));
      }
    return () => {
      let seen = 0;
      for (let pair = 0; pair < pairs; pair += 1) {
        const at = random();
        let cell = 0;
        while (cell < upTo.length - 1 && upTo[cell]! <= at) cell += 1;
        seen += apart[cell]!;
      }
      return 1 - seen / pairs / expected;
    };
  };
