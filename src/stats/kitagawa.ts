/** One group on both sides: how many there are, and how many of them have the outcome. */
export type GroupOnSides = {
  readonly first: { readonly count: number; readonly total: number };
  readonly second: { readonly count: number; readonly total: number };
};
export type Decomposition = {
  /** The rate of the second side less that of the first. */
  change: number;
  /** What comes of groups whose own rate changed. */
  rate: number;
  /** What comes of groups that became a larger or a smaller part. */
  mix: number;
  /** By group. The mix of one says how far its rate lies from everybody's, times how its share changed. */
  groups: { rate: number; mix: number }[];
};

/**
 * Why a rate is another on one side than on the other: because groups act otherwise, or because the groups are of
 * another size. Both parts weigh with the mean of the two sides, so that nothing is left over.
 *
 *   rate of a group = (p1 + p2) / 2 × (r2 − r1),   mix of a group = ((r1 + r2) / 2 − (R1 + R2) / 2) × (p2 − p1)
 *
 * with p a group's share of its side, r its rate and R that of the whole side. A group that is missing from one side has
 * no rate there: it is taken to have that of the other, so that all of its part is mix.
 *
 * @param groups every member of a side is in exactly one of them
 * @returns null when a side is empty
 * @throws {RangeError} when a count does not lie between 0 and its total
 * @see Kitagawa (1955), Journal of the American Statistical Association 50(272), 1168–1194
 *
 * @example
 * const grown = { first: { count: 20, total: 100 }, second: { count: 60, total: 300 } }
 * const worse = { first: { count: 150, total: 300 }, second: { count: 40, total: 100 } }
 * kitagawa([grown, worse]) // => { change: -0.175, rate: -0.05, mix: -0.125, groups: [{ rate: 0, mix: -0.06875 }, { rate: -0.05, mix: -0.05625 }] }
 */
export function kitagawa(groups: readonly GroupOnSides[]): Decomposition | null {
  const sums = { first: { count: 0, total: 0 }, second: { count: 0, total: 0 } };
  for (const group of groups)
    for (const side of ['first', 'second'] as const) {
      const { count, total } = group[side];
      if (!(count >= 0 && count <= total && Number.isFinite(total)))
        throw new RangeError('kitagawa requires counts between 0 and their totals');
      sums[side].count += count;
      sums[side].total += total;
    }
  const { first, second } = sums;
  if (first.total === 0 || second.total === 0) return null;
  const whole = (first.count / first.total + second.count / second.total) / 2;
  const parts = groups.map((group) => {
    const [p1, p2] = [group.first.total / first.total, group.second.total / second.total];
    if (p1 === 0 && p2 === 0) return { rate: 0, mix: 0 };
    const known = p1 === 0 ? group.second : group.first;
    const r1 = known.count / known.total;
    const r2 = p2 === 0 ? r1 : group.second.count / group.second.total;
    return { rate: ((p1 + p2) / 2) * (r2 - r1), mix: ((r1 + r2) / 2 - whole) * (p2 - p1) };
  });
  const sum = (name: 'rate' | 'mix') => parts.reduce((total, part) => total + part[name], 0);
  return {
    change: second.count / second.total - first.count / first.total,
    rate: sum('rate'),
    mix: sum('mix'),
    groups: parts,
  };
}
