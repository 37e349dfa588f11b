import { adjustedRandIndex } from '../stats/adjusted-rand-index.ts';
import { assignPairs } from '../stats/assignment.ts';
import { foldRows } from '../stats/distinct-rows.ts';
import { bestPartition, squaredDistance } from '../stats/k-means.ts';
import { quantile } from '../stats/quantile.ts';
import type { Random } from '../stats/random.ts';

/** How far a grouping comes back when other people of the same kind are grouped. */
export type Stability = {
  /** The middle adjusted Rand index of pairs of repetitions. */
  ari: number;
  /** For each segment, how much of it comes back: Jaccard's index with the nearest group, on average. */
  jaccard: number[];
  /** For each row and segment, in which share of the repetitions it was in it. Row after row. */
  memberships: Float64Array;
  /** For each segment, its share of the people drawn, in each repetition. */
  shares: number[][];
};

const SETTLING_ROUNDS = 3;
const MOVING_ROUNDS = 100;
/** A repetition only has to come near its best. */
const STARTS = 2;

/**
 * Groups people who were drawn anew, again and again, and asks where everybody would be.
 *
 * @param rows all people, made ready, row after row
 * @param drawnFrom how many of them a repetition draws, with replacement
 * @param labels the grouping that is looked for; without one only `ari` says something
 * @param pairs repetitions come in pairs, whose groupings of everybody are compared
 * @see Dolnicar and Leisch (2010), Marketing Letters 21, 83–101; Hennig (2007), Computational Statistics & Data Analysis
 *   52, 258–271
 */
export function repeatedGroupings(
  rows: Float64Array,
  {
    p,
    k,
    pairs,
    labels,
    drawnFrom,
    random,
    onPair = () => {},
  }: {
    p: number;
    k: number;
    pairs: number;
    labels: Int32Array | null;
    drawnFrom: number;
    random: Random;
    onPair?: (pair: number) => void;
  },
): Stability {
  const n = rows.length / p;
  const memberships = new Float64Array(labels ? n * k : 0);
  const shares: number[][] = Array.from({ length: k }, () => []);
  const jaccards: number[][] = Array.from({ length: k }, () => []);
  const aris: number[] = [];
  const draw = Math.min(n, drawnFrom);
  for (let pair = 0; pair < pairs; pair++) {
    onPair(pair);
    const both = [0, 1].map(() => {
      const { assigned, drawn } = oneRepetition(rows, p, k, draw, random);
      if (!labels) return assigned;
      // How many of those drawn are in segment a and group b.
      const overlap = Array.from({ length: k }, () => new Array<number>(k).fill(0));
      const sizes = new Array<number>(k).fill(0);
      const groups = new Array<number>(k).fill(0);
      const times = new Array<number>(k).fill(0);
      for (let row = 0; row < n; row++) {
        if (drawn[row] === 0) continue;
        overlap[labels[row]!]![assigned[row]!]! += 1;
        sizes[labels[row]!]! += 1;
        groups[assigned[row]!]! += 1;
        times[assigned[row]!]! += drawn[row]!;
      }
      const alike = overlap.map((own, a) =>
        own.map((shared, b) => shared / Math.max(1, sizes[a]! + groups[b]! - shared)),
      );
      for (const [a, own] of alike.entries()) jaccards[a]!.push(Math.max(...own));
      const groupOf = assignPairs(alike);
      const segmentOf = new Int32Array(k);
      for (const [segment, group] of groupOf.entries()) {
        segmentOf[group] = segment;
        shares[segment]!.push(times[group]! / draw);
      }
      for (let row = 0; row < n; row++) memberships[row * k + segmentOf[assigned[row]!]!]! += 1 / (2 * pairs);
      return assigned;
    });
    aris.push(adjustedRandIndex(Array.from(both[0]!), Array.from(both[1]!)) ?? 0);
  }
  return {
    ari: quantile(aris, 0.5) ?? 0,
    jaccard: jaccards.map((own) => (own.length === 0 ? 0 : own.reduce((sum, one) => sum + one, 0) / own.length)),
    memberships,
    shares,
  };
}

/** Groups people drawn with replacement, and puts everybody with the nearest centre. */
function oneRepetition(
  rows: Float64Array,
  p: number,
  k: number,
  draw: number,
  random: Random,
): { assigned: Int32Array; drawn: Int32Array } {
  const n = rows.length / p;
  const sample = new Float64Array(draw * p);
  const drawn = new Int32Array(n);
  for (let i = 0; i < draw; i++) {
    const row = Math.floor(random() * n);
    drawn[row]! += 1;
    sample.set(rows.subarray(row * p, (row + 1) * p), i * p);
  }
  const points = foldRows(sample, p);
  const { centres } = bestPartition(points, {
    k: Math.min(k, points.count),
    random,
    starts: STARTS,
    settlingMax: SETTLING_ROUNDS,
    movingMax: MOVING_ROUNDS,
  });
  return { assigned: nearestCentres(rows, p, centres), drawn };
}

/** For each row the nearest of the centres. */
export function nearestCentres(rows: Float64Array, p: number, centres: Float64Array): Int32Array {
  const k = centres.length / p;
  const nearest = new Int32Array(rows.length / p);
  for (let row = 0; row < nearest.length; row++) {
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const distance = squaredDistance(rows, row, centres, c, p);
      if (distance < least) {
        least = distance;
        nearest[row] = c;
      }
    }
  }
  return nearest;
}
