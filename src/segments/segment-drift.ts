import { adjustP } from '../stats/adjust-p.ts';
import { association } from '../stats/association.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { cohensKappa, type KappaInterval } from '../stats/cohens-kappa.ts';
import { type ShareDifference, shareDifference } from '../stats/share-difference.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** Somebody who was placed later: when, and the place of their segment; null for in none. */
export type LaterPlaced = { at: string; segment: number | null };

export type DriftTest = {
  chiSquare: number;
  df: number;
  p: number;
  /** Cramér's V as between two groups of one size, less what chance gives; 0 to 1. */
  v: number;
};
/** Later people over a stretch of time, held against the base. Categories are the segments, and last whoever is in none. */
export type DriftWindow = {
  n: number;
  shares: ShareInterval[];
  /** Null with fewer than 50 people. */
  test: DriftTest | null;
};
export type ShareDrift = {
  base: { n: number; counts: number[]; shares: ShareInterval[] };
  since: DriftWindow & { counts: number[]; changes: ShareDifference[] };
  /** The newest 90 days, where others came before them. */
  recent: DriftWindow | null;
  /** Adjusted p: by Benjamini and Hochberg, over the months. */
  months: (DriftWindow & { month: string; adjustedP: number | null })[];
};

/** Fewer people say too little of shares. */
export const DRIFT_PEOPLE_LEAST = 50;
/** Changes from here on are large enough to act on. */
export const DRIFT_V_FROM = 0.1;
export const DRIFT_P_BELOW = 0.05;
const RECENT_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * How the shares of segments went since people were grouped.
 *
 * @param base the place of the segment of everybody in the base, null for none
 * @param later people who came since, none of whom is in the base
 * @param k how many segments there are
 * @param now when it is looked at, ISO 8601
 * @returns null when either side has nobody
 *
 * @example
 * shareDrift([0, 0, 1, 1], [{ at: '2026-03-01T00:00:00Z', segment: 0 }], 2, '2026-03-02T00:00:00Z')?.since.changes[0].difference // => 0.5
 */
export function shareDrift(
  base: readonly (number | null)[],
  later: readonly LaterPlaced[],
  k: number,
  now: string,
): ShareDrift | null {
  const baseCounts = countsOf(base, k);
  if (base.length === 0 || later.length === 0) return null;
  const windowOf = (people: readonly LaterPlaced[]): DriftWindow => {
    const counts = countsOf(
      people.map(({ segment }) => segment),
      k,
    );
    return { n: people.length, shares: sharesOf(counts), test: testAgainst(baseCounts, counts) };
  };
  const from = new Date(Date.parse(now) - RECENT_DAYS * DAY_MS).toISOString();
  const recent = later.filter(({ at }) => at >= from);
  const counts = countsOf(
    later.map(({ segment }) => segment),
    k,
  );
  const months = [...Map.groupBy(later, ({ at }) => at.slice(0, 7))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, people]) => ({ month, ...windowOf(people) }));
  const adjusted = benjaminiHochberg(months.map(({ test }) => test?.p ?? null));
  return {
    base: { n: base.length, counts: baseCounts, shares: sharesOf(baseCounts) },
    since: {
      ...windowOf(later),
      counts,
      changes: counts.map(
        (count, place) =>
          shareDifference({ count, total: later.length }, { count: baseCounts[place]!, total: base.length })!,
      ),
    },
    recent: recent.length > 0 && recent.length < later.length ? windowOf(recent) : null,
    months: months.map((month, index) => ({ ...month, adjustedP: adjusted[index] ?? null })),
  };
}

function countsOf(segments: readonly (number | null)[], k: number): number[] {
  const counts = new Array<number>(k + 1).fill(0);
  for (const segment of segments) counts[segment ?? k]! += 1;
  return counts;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const sharesOf = (counts: readonly number[]): ShareInterval[] =>
  counts.map((count) => wilsonInterval(count, sum(counts))!);

/**
 * Chi-square of two groups. Cramér's V depends on how unlike their sizes are, so that the same change would look small
 * beside a large base: it is told as between groups of one size, V² = ½ Σ (p − q)² / (p + q). What chance alone gives it,
 * (c − 1) (1/n₁ + 1/n₂) / 4 with c categories, is taken off.
 */
function testAgainst(base: readonly number[], later: readonly number[]): DriftTest | null {
  const [n1, n2] = [sum(base), sum(later)];
  const told = base.flatMap((count, place) => (count + later[place]! > 0 ? [place] : []));
  if (n2 < DRIFT_PEOPLE_LEAST || n1 < DRIFT_PEOPLE_LEAST || told.length < 2) return null;
  const found = association([told.map((place) => base[place]!), told.map((place) => later[place]!)]);
  if (!found) return null;
  const square =
    told.reduce((all, place) => {
      const [p, q] = [base[place]! / n1, later[place]! / n2];
      return all + (p - q) ** 2 / (p + q);
    }, 0) / 2;
  const byChance = ((told.length - 1) * (1 / n1 + 1 / n2)) / 4;
  return {
    chiSquare: found.chiSquare,
    df: told.length - 1,
    p: found.p,
    v: Math.sqrt(Math.max(0, square - byChance)),
  };
}

export type ToolAccuracy = {
  /** Who was asked everything, so that the segment is known. */
  n: number;
  /** Of these, whom the tool put into a segment. */
  told: number;
  unsure: ShareInterval | null;
  /** Of those told, whom it put into the right one. */
  right: ShareInterval | null;
  kappa: KappaInterval | null;
  /** Segment by all answers × segment by the tool, of those told. */
  confusion: number[][];
};

/**
 * How often a typing tool is right about people whose segment is known by everything that was asked.
 *
 * @param pairs the segment by all answers, and by the tool; null where the tool is not sure
 *
 * @example
 * toolAccuracy([{ known: 0, told: 0 }, { known: 1, told: 0 }, { known: 1, told: null }], 2).right?.share // => 0.5
 */
export function toolAccuracy(pairs: readonly { known: number; told: number | null }[], k: number): ToolAccuracy {
  const confusion = Array.from({ length: k }, () => new Array<number>(k).fill(0));
  let [told, right] = [0, 0];
  for (const pair of pairs) {
    if (pair.told === null) continue;
    told += 1;
    if (pair.told === pair.known) right += 1;
    confusion[pair.known]![pair.told]! += 1;
  }
  return {
    n: pairs.length,
    told,
    unsure: wilsonInterval(pairs.length - told, pairs.length),
    right: wilsonInterval(right, told),
    kappa: cohensKappa(confusion),
    confusion,
  };
}

export type DriftVerdict = {
  verdict: 'shares' | 'tool' | 'both' | 'steady' | 'too-few';
  /** The largest p that counts, of the shares: by Holm, over every test that the verdict rests on. */
  tests: {
    of: 'answers' | 'tool';
    window: 'since' | 'recent';
    n: number;
    v: number;
    p: number;
    adjustedP: number;
    isBeyond: boolean;
  }[];
  /** Where the shares hold: by how much one may have moved all the same, as the intervals leave open. */
  unseen: number | null;
  isToolBelow: boolean;
};

/** With fewer people told, how often a tool is right is not judged. */
const TOLD_LEAST = 30;

/**
 * Whether segments or their tool have drifted: shares by V of 0.1 or more that chance explains in fewer than 5% of cases, or
 * an interval of the tool's accuracy that lies wholly below its floor.
 *
 * @param by people as placed by all answers, and as placed by the tool; each held against the base placed the same way
 * @param accuracy null without a tool
 * @param floor the share that the tool has to get right
 */
export function judgeDrift(
  by: { answers: ShareDrift | null; tool: ShareDrift | null },
  accuracy: ToolAccuracy | null,
  floor: number,
): DriftVerdict {
  const looked = (['answers', 'tool'] as const).flatMap((of) =>
    (['since', 'recent'] as const).flatMap((window) => {
      const found = by[of]?.[window];
      return found?.test ? [{ of, window, n: found.n, v: found.test.v, p: found.test.p }] : [];
    }),
  );
  const adjusted = adjustP(
    looked.map(({ p }) => p),
    'holm',
  );
  const tests = looked.map((test, index) => {
    const adjustedP = adjusted[index] ?? 1;
    return { ...test, adjustedP, isBeyond: test.v >= DRIFT_V_FROM && adjustedP < DRIFT_P_BELOW };
  });
  const isShares = tests.some(({ isBeyond }) => isBeyond);
  const isJudged = accuracy !== null && accuracy.told >= TOLD_LEAST && accuracy.right !== null;
  const isToolBelow = isJudged && accuracy.right!.high < floor;
  const open = (['answers', 'tool'] as const).flatMap((of) =>
    by[of]?.since.test ? by[of].since.changes.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]) : [],
  );
  return {
    verdict:
      tests.length === 0 && !isJudged
        ? 'too-few'
        : isShares
          ? isToolBelow
            ? 'both'
            : 'shares'
          : isToolBelow
            ? 'tool'
            : 'steady',
    tests,
    unseen: open.length === 0 ? null : Math.max(...open),
    isToolBelow,
  };
}
