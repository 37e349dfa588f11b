import { adjustedRandIndex } from '../stats/adjusted-rand-index.ts';
import { assignPairs } from '../stats/assignment.ts';
import { quantile } from '../stats/quantile.ts';
import type { Random } from '../stats/random.ts';
import type { Engine, EngineModel } from './engines/engine.ts';
import { placeRows } from './engines/memberships.ts';

/** How far a grouping comes back when other people of the same kind are grouped. */
export type Stability = {
  /** The middle adjusted Rand index of pairs of repetitions. */
  ari: number;
  /** For each segment, how much of it comes back: Jaccard's index with the nearest group, on average. */
  jaccard: number[];
  /** For each row and segment, in which share of the repetitions it was in it. Row after row. */
  memberships: Float64Array;
  /** For each segment, its share of the people drawn, in each repetition, each counting as much as they weigh. */
  shares: number[][];
  /** For each of those who are placed afterwards and each segment, in which share of the repetitions they were in it. */
  later: Float64Array;
};

/** The groups of people placed afterwards, by a grouping of the others. */
export type PlaceLater = (model: EngineModel) => Int32Array;

/** A repetition only has to come near its best: with more starts groupings agree more, with fewer less. */
const STARTS = 3;

/**
 * Groups people who were drawn anew, again and again, and asks where everybody would be.
 *
 * @param engine what groups them
 * @param rows all people as the engine reads them, row after row
 * @param draws how many of them a repetition draws, with replacement; all where they are fewer
 * @param labels the grouping that is looked for; without one only `ari` says something
 * @param weights how much each row counts in the shares; all alike without
 * @param isWeighted whether they count as much where groups are fitted
 * @param later places people who are not among the rows
 * @param pairs repetitions come in pairs, whose groupings of everybody are compared
 * @see Dolnicar and Leisch (2010), Marketing Letters 21, 83–101; Hennig (2007), Computational Statistics & Data Analysis
 *   52, 258–271
 */
export function repeatedGroupings(
  engine: Engine,
  rows: Float64Array,
  {
    p,
    k,
    pairs,
    labels,
    weights = null,
    isWeighted = false,
    later = null,
    draws,
    random,
    onPair = () => {},
  }: {
    p: number;
    k: number;
    pairs: number;
    labels: Int32Array | null;
    weights?: Float64Array | null;
    isWeighted?: boolean;
    later?: { count: number; place: PlaceLater } | null;
    draws: number;
    random: Random;
    onPair?: (pair: number) => void;
  },
): Stability {
  const n = rows.length / p;
  const memberships = new Float64Array(labels ? n * k : 0);
  const placedLater = new Float64Array(later ? later.count * k : 0);
  const shares: number[][] = Array.from({ length: k }, () => []);
  const jaccards: number[][] = Array.from({ length: k }, () => []);
  const aris: number[] = [];
  const draw = Math.min(n, draws);
  for (let pair = 0; pair < pairs; pair++) {
    onPair(pair);
    const both = [0, 1].map(() => {
      const { assigned, drawn, model } = oneRepetition(engine, rows, {
        p,
        k,
        draw,
        random,
        weights: isWeighted ? weights : null,
      });
      if (!labels) return assigned;
      // How many of those drawn are in segment a and group b.
      const overlap = Array.from({ length: k }, () => new Array<number>(k).fill(0));
      const sizes = new Array<number>(k).fill(0);
      const groups = new Array<number>(k).fill(0);
      const counted = new Array<number>(k).fill(0);
      let all = 0;
      for (let row = 0; row < n; row++) {
        if (drawn[row] === 0) continue;
        overlap[labels[row]!]![assigned[row]!]! += 1;
        sizes[labels[row]!]! += 1;
        groups[assigned[row]!]! += 1;
        const counts = drawn[row]! * (weights?.[row] ?? 1);
        counted[assigned[row]!]! += counts;
        all += counts;
      }
      const alike = overlap.map((own, a) =>
        own.map((shared, b) => shared / Math.max(1, sizes[a]! + groups[b]! - shared)),
      );
      for (const [a, own] of alike.entries()) jaccards[a]!.push(Math.max(...own));
      const groupOf = assignPairs(alike);
      const segmentOf = new Int32Array(k);
      for (const [segment, group] of groupOf.entries()) {
        segmentOf[group] = segment;
        shares[segment]!.push(counted[group]! / all);
      }
      for (let row = 0; row < n; row++) memberships[row * k + segmentOf[assigned[row]!]!]! += 1 / (2 * pairs);
      for (const [person, group] of later?.place(model).entries() ?? [])
        placedLater[person * k + segmentOf[group]!]! += 1 / (2 * pairs);
      return assigned;
    });
    aris.push(adjustedRandIndex(Array.from(both[0]!), Array.from(both[1]!)) ?? 0);
  }
  return {
    ari: quantile(aris, 0.5) ?? 0,
    jaccard: jaccards.map((own) => (own.length === 0 ? 0 : own.reduce((sum, one) => sum + one, 0) / own.length)),
    memberships,
    shares,
    later: placedLater,
  };
}

/** Groups people drawn with replacement, and puts everybody where they belong in that. */
function oneRepetition(
  engine: Engine,
  rows: Float64Array,
  { p, k, draw, random, weights }: { p: number; k: number; draw: number; random: Random; weights: Float64Array | null },
): { assigned: Int32Array; drawn: Int32Array; model: EngineModel } {
  const n = rows.length / p;
  const sample = new Float64Array(draw * p);
  const drawn = new Int32Array(n);
  const counts = weights && new Float64Array(draw);
  for (let i = 0; i < draw; i++) {
    const row = Math.floor(random() * n);
    drawn[row]! += 1;
    if (counts) counts[i] = weights![row]!;
    sample.set(rows.subarray(row * p, (row + 1) * p), i * p);
  }
  const { model } = engine.group(sample, { p, k, random, starts: STARTS, weights: counts });
  return { assigned: placeRows(model, rows, p), drawn, model };
}
