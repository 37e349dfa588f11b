import { adjustedRandIndex } from './adjusted-rand-index.ts';
import { assignPairs } from './assignment.ts';
import { foldRows } from './distinct-rows.ts';

/** One partition for many, the largest group first. */
export type ConsensusPartition = {
  k: number;
  labels: number[];
  sizes: number[];
  /** For each row, in which share of the partitions it is in the group it was given, once groups are matched. */
  agreement: number[];
  /** For each row and group, in which share of the partitions it is there; less than 1 in all where a partition has other groups. */
  memberships: number[][];
  /** The mean adjusted Rand index of the partitions with this one. */
  ari: number;
  /** Whether matching and voting came to rest. */
  converged: boolean;
};

const ROUNDS_MAX = 50;

/**
 * One partition out of several of the same rows, by vote. The partition most like the others begins; the groups of each are
 * matched with its groups so that as many rows as possible coincide, each row goes where most partitions have it, and so
 * again until nothing changes. There is no chance in it; what the groups are called and the order of the rows do not matter,
 * unless a vote is even: then the group that is larger in the partition that begins has it.
 *
 * @param partitions runs, resamples or engines: for each the group of every row, a whole number
 * @param k the number of groups; at least one of the partitions must have it. The most frequent one unless told, of
 *   equally frequent ones the smaller
 * @throws {RangeError} without partitions or rows, for partitions of different length, groups that are not whole numbers,
 *   or when no partition has k groups
 * @see Dimitriadou, Weingessel and Hornik (2002), International Journal of Pattern Recognition and Artificial Intelligence
 *   16, 901–912
 *
 * @example
 * consensusPartition([[0, 0, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 1, 1, 1]]).labels // => [1, 1, 0, 0, 0]
 */
export function consensusPartition(
  partitions: readonly ArrayLike<number>[],
  { k: wanted }: { k?: number } = {},
): ConsensusPartition {
  const n = partitions[0]?.length ?? 0;
  if (n === 0) throw new RangeError('consensusPartition requires at least one partition of at least one row');
  for (const partition of partitions) {
    if (partition.length !== n) throw new RangeError('consensusPartition requires partitions of the same rows');
    for (let i = 0; i < n; i++) {
      if (!Number.isInteger(partition[i])) throw new RangeError('consensusPartition requires whole numbers as groups');
    }
  }
  const members = partitions.map(bySize);
  const groupsOf = members.map((member) => 1 + member.reduce((most, group) => Math.max(most, group), 0));
  const k = wanted ?? mostFrequent(groupsOf);
  const candidates = members.filter((_, at) => groupsOf[at] === k);
  if (candidates.length === 0) throw new RangeError(`None of the partitions has ${k} groups`);

  // Rows that all partitions treat alike are one row with a weight.
  const table = new Float64Array(n * members.length);
  for (const [at, member] of members.entries()) {
    for (let i = 0; i < n; i++) table[i * members.length + at] = member[i]!;
  }
  const { count, width, values, weights, distinctOf } = foldRows(table, members.length);

  const first = mostAlike(candidates, members);
  let labels = new Int32Array(count);
  for (let i = 0; i < n; i++) labels[distinctOf[i]!] = first[i]!;
  let votes = vote(labels);
  let converged = false;
  for (let round = 0; round < ROUNDS_MAX && !converged; round++) {
    const next = labels.map((before, i) => winner(votes, i, before));
    // A group that nobody would be left in stays as it was.
    if (new Set(next).size < k || next.every((group, i) => group === labels[i])) {
      converged = true;
      break;
    }
    labels = next;
    votes = vote(labels);
  }

  const ordered = bySize(Array.from(distinctOf, (distinct) => labels[distinct]!));
  const groupAt = new Array<number>(k).fill(0);
  for (let i = 0; i < n; i++) groupAt[ordered[i]!] = labels[distinctOf[i]!]!;
  const sizes = new Array<number>(k).fill(0);
  for (const group of ordered) sizes[group]! += 1;
  const memberships = Array.from(distinctOf, (i) => groupAt.map((group) => votes[i * k + group]! / width));
  return {
    k,
    labels: ordered,
    sizes,
    agreement: memberships.map((own, i) => own[ordered[i]!]!),
    memberships,
    ari: members.reduce((sum, member) => sum + (adjustedRandIndex(ordered, member) ?? 1), 0) / members.length,
    converged,
  };

  /** How many partitions have each row in each group, their groups matched with `current`. */
  function vote(current: Int32Array): Float64Array {
    const found = new Float64Array(count * k);
    for (let at = 0; at < width; at++) {
      const overlap = Array.from({ length: groupsOf[at]! }, () => new Array<number>(k).fill(0));
      for (let i = 0; i < count; i++) overlap[values[i * width + at]!]![current[i]!]! += weights[i]!;
      const matched = assignPairs(overlap);
      for (let i = 0; i < count; i++) {
        const group = matched[values[i * width + at]!]!;
        if (group >= 0) found[i * k + group]! += 1;
      }
    }
    return found;
  }

  /** The group with most votes; an even vote leaves a row where it is, or gives it to the first. */
  function winner(given: Float64Array, i: number, before: number): number {
    let best = before;
    let most = given[i * k + before]!;
    for (let group = 0; group < k; group++) {
      if (given[i * k + group]! > most) {
        most = given[i * k + group]!;
        best = group;
      }
    }
    return best;
  }
}

/** The same groups as 0, 1, 2, the largest first; of the same size, by their former number. */
function bySize(partition: ArrayLike<number>): number[] {
  const sizes = new Map<number, number>();
  for (let i = 0; i < partition.length; i++) sizes.set(partition[i]!, (sizes.get(partition[i]!) ?? 0) + 1);
  const order = [...sizes].sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || a - b);
  const rankOf = new Map(order.map(([group], rank) => [group, rank]));
  return Array.from(partition, (group) => rankOf.get(group)!);
}

function mostFrequent(groups: readonly number[]): number {
  const timesOf = (k: number) => groups.filter((other) => other === k).length;
  return [...new Set(groups)].sort((a, b) => timesOf(b) - timesOf(a) || a - b)[0]!;
}

/** The candidate with the largest mean adjusted Rand index; of equal ones the first. */
function mostAlike(candidates: readonly number[][], members: readonly number[][]): number[] {
  const likeness = candidates.map((candidate) =>
    members.reduce((sum, member) => sum + (adjustedRandIndex(candidate, member) ?? 1), 0),
  );
  return candidates[likeness.indexOf(Math.max(...likeness))]!;
}
