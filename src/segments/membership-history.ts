import { foldPlacements, type Placing, type Standing } from './typing/fold-placements.ts';

/** A person's way through the segments of one segmentation. */
export type MembershipHistory<Fact extends Placing> = {
  /** Where they stood last under each version, by its number. */
  byVersion: Map<number, Standing<Fact>>;
  /** Where they stand by what was told last. */
  last: Standing<Fact>;
  /** Each time they came to stand elsewhere than before. */
  moves: { at: string; from: string | null; to: string | null }[];
};

/**
 * @param facts what versions and placements say of one person
 * @returns null when nothing is known
 *
 * @example
 * const fact = (version, segment) =>
 *   ({ version, segment, probability: 1, probabilities: null, reason: null, placedAt: `2026-0${version}-01`, id: version })
 * membershipHistory([fact(1, 'a'), fact(2, 'b')])?.moves // => [{ at: '2026-02-01', from: 'a', to: 'b' }]
 */
export function membershipHistory<Fact extends Placing & { version: number }>(
  facts: readonly Fact[],
): MembershipHistory<Fact> | null {
  const standings = foldPlacements(facts);
  const last = standings.at(-1);
  if (!last) return null;
  const moves: MembershipHistory<Fact>['moves'] = [];
  for (const [index, { segment, by }] of standings.entries()) {
    const before = standings[index - 1];
    if (before && before.segment !== segment) moves.push({ at: by.placedAt, from: before.segment, to: segment });
  }
  return { byVersion: new Map(standings.map((standing) => [standing.by.version, standing])), last, moves };
}
