import { covarianceMatrix } from './covariance-matrix.ts';
import { distinctRows, foldRows } from './distinct-rows.ts';
import { eigenSymmetric } from './eigen-symmetric.ts';
import { bestPartition } from './k-means.ts';
import { mean } from './mean.ts';
import type { Random } from './random.ts';
import { standardDeviation } from './variance.ts';

export type GapOptions = {
  /** The largest number of groups looked at, fewer than there are distinct rows. */
  groupsMax: number;
  random: Random;
  /** How many tables without groups to compare with. 100 unless told. */
  references?: number;
  /** Whether those fill a box along the directions in which the data vary most, as the authors advise, or along the columns. */
  space?: 'rotated' | 'columns';
  /** Starts of k-means on the data. 50 unless told; each reference has a tenth of them, since only their average counts. */
  starts?: number;
};

export type Gap = {
  perK: {
    k: number;
    /** The natural logarithm of half the squared distances within groups. */
    logWithin: number;
    /** The same where there are no groups, on average. */
    logWithinExpected: number;
    gap: number;
    /** Standard deviation of that average's draws, with its own uncertainty. */
    standardError: number;
  }[];
  /** The number of groups by each of three rules, 1 when there are none. */
  chosen: {
    /** The smallest k whose gap is at least that of k + 1 less its standard error. */
    tibshirani: number;
    /** The smallest k within one standard error of the first peak. */
    firstPeak: number;
    /** The k with the largest gap. */
    largest: number;
  };
};

const REFERENCE_SHARE = 0.1;
const ROUNDS_MAX = 100;
const SETTLING_ROUNDS = 3;

/**
 * The gap statistic: how much smaller the squared distances within k groups are than they would be if the rows were spread
 * evenly over the same room. The order of the rows does not matter.
 *
 * It takes anything that is not evenly spread for groups, skewed or correlated answers among it, so it does not say
 * whether there are segments; it stands beside the test that does.
 *
 * @param rows respondents × columns, on scales that can be compared; no number missing
 * @throws {RangeError} when `groupsMax` is not a whole number from 1 to one fewer than the distinct rows, for fewer than
 *   two references or one start, ragged rows, or a number that is not finite
 * @see Tibshirani, Walther and Hastie (2001), Journal of the Royal Statistical Society B 63, 411–423
 *
 * @example
 * let state = 1;
 * const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
 * const rows = [0, 1, 2, 3, 90, 91, 92, 93].map((x) => [x]);
 * gapStatistic(rows, { groupsMax: 4, random }).chosen.tibshirani // => 2
 */
export function gapStatistic(rows: readonly (readonly number[])[], options: GapOptions): Gap {
  const { groupsMax, random, references = 100, space = 'rotated', starts = 50 } = options;
  if (!(Number.isInteger(groupsMax) && groupsMax >= 1)) {
    throw new RangeError('gapStatistic requires a whole number of groups, at least one');
  }
  if (!(Number.isInteger(references) && references >= 2)) {
    throw new RangeError('gapStatistic requires at least two references');
  }
  if (!(Number.isInteger(starts) && starts >= 1)) throw new RangeError('gapStatistic requires at least one start');
  const points = distinctRows(rows);
  const { count, width, values, weights } = points;
  if (groupsMax >= count) {
    throw new RangeError(`gapStatistic cannot look at ${groupsMax} groups among ${count} distinct rows`);
  }

  const logWithinOf = (table: typeof points, times: number): number[] =>
    Array.from({ length: groupsMax }, (_, at) => {
      const options = { k: at + 1, random, starts: times, settlingMax: SETTLING_ROUNDS, movingMax: ROUNDS_MAX };
      return Math.log(bestPartition(table, options).within / 2);
    });
  const observed = logWithinOf(points, starts);
  if (!observed.every(Number.isFinite))
    throw new RangeError('gapStatistic requires numbers whose squares can be added up');

  const sorted = Array.from({ length: count }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));
  const people = sorted.flatMap((row, i) => new Array<number[]>(weights[i]!).fill(row));
  const box = boxOf(people, space);
  const simulated = Array.from({ length: references }, () => {
    const table = new Float64Array(people.length * width);
    for (let at = 0; at < table.length; at++) {
      const { low, high } = box[at % width]!;
      table[at] = low + (high - low) * random();
    }
    return logWithinOf(foldRows(table, width), Math.ceil(starts * REFERENCE_SHARE));
  });

  const perK = observed.map((logWithin, at) => {
    const draws = simulated.map((one) => one[at]!);
    const logWithinExpected = mean(draws)!;
    const standardError = standardDeviation(draws)! * Math.sqrt(1 + 1 / references);
    return { k: at + 1, logWithin, logWithinExpected, gap: logWithinExpected - logWithin, standardError };
  });
  return { perK, chosen: choose(perK) };
}

/** The range of the data along the columns, or along their principal axes. Distances are the same in both. */
function boxOf(rows: readonly (readonly number[])[], space: 'rotated' | 'columns'): { low: number; high: number }[] {
  const width = rows[0]!.length;
  const axes = space === 'rotated' ? eigenSymmetric(covarianceMatrix(rows), width).eigenvectors : null;
  return Array.from({ length: width }, (_, axis) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      let value = row[axis]!;
      if (axes) {
        value = 0;
        for (let j = 0; j < width; j++) value += row[j]! * axes[j * width + axis]!;
      }
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { low, high };
  });
}

function choose(perK: Gap['perK']): Gap['chosen'] {
  const gaps = perK.map(({ gap }) => gap);
  const errors = perK.map(({ standardError }) => standardError);
  const last = gaps.length - 1;
  const smallest = (holds: (at: number) => boolean) => {
    const found = gaps.findIndex((_, at) => holds(at));
    return (found === -1 ? last : found) + 1;
  };
  const peak = smallest((at) => at === last || gaps[at]! >= gaps[at + 1]!) - 1;
  return {
    tibshirani: smallest((at) => at === last || gaps[at]! >= gaps[at + 1]! - errors[at + 1]!),
    firstPeak: smallest((at) => gaps[at]! >= gaps[peak]! - errors[peak]!),
    largest: smallest((at) => gaps[at]! >= Math.max(...gaps)),
  };
}
