import { foldRows } from '../../stats/distinct-rows.ts';
import { bestPartition, squaredDistance } from '../../stats/k-means.ts';
import { type Engine, evenly, NO_LIKELIHOOD } from './engine.ts';
import { placeRows } from './memberships.ts';

const SETTLING_ROUNDS = 3;
const MOVING_ROUNDS = 100;
const FITTED_MOST = 20_000;
/** Over more people than were fitted, centres follow everybody for so many rounds. */
const FOLLOWING_ROUNDS = 10;

const startsFor = (people: number): number => (people <= 1_000 ? 100 : people <= 5_000 ? 30 : 10);

export const kMeansEngine: Engine = {
  reads: 'rows',
  group(rows, { p, k, random, starts, weights = null }) {
    const sample = evenly(rows, p, FITTED_MOST);
    const points = foldRows(sample, p);
    if (weights) weigh(points, evenly(weights, 1, FITTED_MOST));
    if (points.count < k)
      throw new RangeError(
        `There are only ${points.count} different patterns of answers, which is too few for ${k} segments`,
      );
    const begun = starts ?? startsFor(sample.length / p);
    const best = bestPartition(points, {
      k,
      random,
      starts: begun,
      settlingMax: SETTLING_ROUNDS,
      movingMax: MOVING_ROUNDS,
    });
    const { labels, centres } =
      sample === rows
        ? { labels: points.distinctOf.map((distinct) => best.labels[distinct]!), centres: best.centres }
        : follow(rows, p, best.centres, weights);
    let within = 0;
    for (const [row, c] of labels.entries())
      within += (weights?.[row] ?? 1) * squaredDistance(rows, row, centres, c, p);
    return {
      labels,
      model: { kind: 'centres', centres: asLists(centres, p) },
      starts: begun,
      shareOfStartsAtBest: best.atBest / begun,
      converged: best.converged,
      objective: { name: 'within sum of squares', value: within, ...NO_LIKELIHOOD },
    };
  },
};

const asLists = (centres: Float64Array, p: number): number[][] =>
  Array.from({ length: centres.length / p }, (_, c) => Array.from(centres.subarray(c * p, (c + 1) * p)));

/** Patterns of answers count as much as the people who gave them. */
function weigh({ distinctOf, weights }: ReturnType<typeof foldRows>, counts: Float64Array): void {
  weights.fill(0);
  for (const [row, pattern] of distinctOf.entries()) weights[pattern]! += counts[row]!;
}

/** Everybody with the nearest centre, and centres with everybody, for some rounds. */
function follow(
  rows: Float64Array,
  p: number,
  from: Float64Array,
  weights: Float64Array | null,
): { labels: Int32Array; centres: Float64Array } {
  const nearest = (centres: Float64Array) => placeRows({ kind: 'centres', centres: asLists(centres, p) }, rows, p);
  let centres = from;
  let labels = nearest(centres);
  for (let round = 0; round < FOLLOWING_ROUNDS; round++) {
    const sums = new Float64Array(centres.length);
    const sizes = new Float64Array(centres.length / p);
    for (const [row, c] of labels.entries()) sizes[c]! += weights?.[row] ?? 1;
    for (const [row, c] of labels.entries()) {
      const counts = weights?.[row] ?? 1;
      for (let j = 0; j < p; j++) sums[c * p + j]! += (counts * rows[row * p + j]!) / sizes[c]!;
    }
    const before = centres;
    centres = sums.map((value, at) => (sizes[Math.floor(at / p)]! > 0 ? value : before[at]!));
    const next = nearest(centres);
    const isSettled = next.every((c, row) => c === labels[row]);
    labels = next;
    if (isSettled) break;
  }
  return { labels, centres };
}
