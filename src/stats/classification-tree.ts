import { groupMeans, type Priors, priorsOf } from './linear-discriminant.ts';

/** A node of a tree of yes-or-no questions; one without a split is a leaf. Plain data that can be stored. */
export type TreeNode = {
  /** The group that its rows are taken for. */
  group: number;
  /** How many rows of each group came here. */
  counts: number[];
  /** Rows below `at` go to `below`, the others to `above`. */
  split: { column: number; at: number; below: TreeNode; above: TreeNode } | null;
};

export type TreeOptions = {
  priors?: Priors;
  /** A node with fewer rows is not split. */
  minSplit?: number;
  /** No leaf has fewer rows. */
  minBucket?: number;
  /** A split stays when it takes away more than this share of the root's error for each leaf it adds. */
  complexity?: number;
  /** How many splits lie between the root and a leaf, at most. */
  depthMax?: number;
};

/**
 * A classification tree: grown by the split that makes nodes purest (Gini), then cut back where a branch does not earn its
 * leaves.
 *
 * @param rows rows × columns, nothing missing
 * @param labels the group of each row, 0 to groups − 1
 * @throws {RangeError} for fewer than two groups, or ragged or unfinished rows
 * @see Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees
 *
 * @example
 * const tree = growTree([[1], [2], [5], [6]], [0, 0, 1, 1], { minSplit: 2, minBucket: 1 })
 * tree.split.at // => 3.5
 */
export function growTree(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  { priors = 'sample', minSplit = 20, minBucket = 7, complexity = 0.01, depthMax = 30 }: TreeOptions = {},
): TreeNode {
  const { groups, p, counts } = groupMeans(rows, labels);
  const shares = priorsOf(priors, counts);
  const weights = shares.map((share, group) => share / counts[group]!);
  const grow = (members: readonly number[], depth: number): TreeNode => {
    const own = countsOf(members, labels, groups);
    const node: TreeNode = { group: leadingGroup(own, weights), counts: own, split: null };
    if (members.length < minSplit || depth >= depthMax || own.filter((count) => count > 0).length < 2) return node;
    const best = bestSplit(rows, labels, members, own, weights, p, minBucket);
    if (best === null) return node;
    const below = members.filter((i) => rows[i]![best.column]! < best.at);
    const above = members.filter((i) => rows[i]![best.column]! >= best.at);
    node.split = { ...best, below: grow(below, depth + 1), above: grow(above, depth + 1) };
    return node;
  };
  const root = grow(
    rows.map((_, i) => i),
    0,
  );
  return cutBack(root, complexity * riskOf(root, weights), weights).node;
}

/** The leaf a row comes to. */
export function leafOf(tree: TreeNode, row: readonly number[]): TreeNode {
  let node = tree;
  while (node.split !== null) {
    node = row[node.split.column]! < node.split.at ? node.split.below : node.split.above;
  }
  return node;
}

function bestSplit(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  members: readonly number[],
  own: readonly number[],
  weights: readonly number[],
  p: number,
  minBucket: number,
): { column: number; at: number } | null {
  const groups = own.length;
  let best: { column: number; at: number } | null = null;
  // Gini over a split is the sum over sides of size − (squared shares) / size, so the squares are what is made largest.
  let most = squaresOverSize(own, weights) * (1 + 1e-10);
  for (let column = 0; column < p; column++) {
    const ordered = [...members].sort((a, b) => rows[a]![column]! - rows[b]![column]!);
    const left = new Array<number>(groups).fill(0);
    const right = [...own];
    for (let at = 1; at < ordered.length; at++) {
      const group = labels[ordered[at - 1]!]!;
      left[group]! += 1;
      right[group]! -= 1;
      const before = rows[ordered[at - 1]!]![column]!;
      const after = rows[ordered[at]!]![column]!;
      if (before === after || at < minBucket || ordered.length - at < minBucket) continue;
      const purity = squaresOverSize(left, weights) + squaresOverSize(right, weights);
      if (purity > most * (1 + 1e-12)) {
        most = purity;
        best = { column, at: before + (after - before) / 2 };
      }
    }
  }
  return best;
}

function squaresOverSize(counts: readonly number[], weights: readonly number[]): number {
  let size = 0;
  let squares = 0;
  for (let group = 0; group < counts.length; group++) {
    const mass = counts[group]! * weights[group]!;
    size += mass;
    squares += mass * mass;
  }
  return squares / size;
}

/** Of all ways to cut back, the one with the least error plus price for each leaf; the smallest of equals. */
function cutBack(node: TreeNode, price: number, weights: readonly number[]): { node: TreeNode; cost: number } {
  const alone = riskOf(node, weights) + price;
  if (node.split === null) return { node, cost: alone };
  const below = cutBack(node.split.below, price, weights);
  const above = cutBack(node.split.above, price, weights);
  const cost = below.cost + above.cost;
  if (alone <= cost * (1 + 1e-12)) return { node: { ...node, split: null }, cost: alone };
  return { node: { ...node, split: { ...node.split, below: below.node, above: above.node } }, cost };
}

function riskOf(node: TreeNode, weights: readonly number[]): number {
  return node.counts.reduce((sum, count, group) => sum + (group === node.group ? 0 : count * weights[group]!), 0);
}

function leadingGroup(counts: readonly number[], weights: readonly number[]): number {
  let best = 0;
  counts.forEach((count, group) => {
    if (count * weights[group]! > counts[best]! * weights[best]! * (1 + 1e-12)) best = group;
  });
  return best;
}

function countsOf(members: readonly number[], labels: readonly number[], groups: number): number[] {
  const counts = new Array<number>(groups).fill(0);
  for (const i of members) counts[labels[i]!]! += 1;
  return counts;
}
