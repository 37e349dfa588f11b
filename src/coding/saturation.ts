/** Which codes one interview bears; `id` names it. */
export type CodedSubject = { readonly id: string; readonly codes: ReadonlySet<string> };
export type SaturationStep = {
  id: string;
  codes: number;
  /** Codes that no interview before it bore. */
  fresh: number;
  total: number;
  /** What the first so many interviews would have brought on average, in whatever order they had been held. */
  expected: number;
};
export type Saturation = {
  steps: SaturationStep[];
  /** After which interview the rule was met for the first time, counted from 1; null where it has not been. */
  reachedAt: number | null;
  /** New codes of the last run as a share of those of the base; null while there are too few interviews, or no code in the base. */
  newShare: number | null;
  /** How many codes there may be in all, heard or not (Chao2), never below those heard; null for fewer than two interviews. */
  estimated: number | null;
  /** How many more interviews would bring what is heard to 95% of that; 0 where it is there, null where it cannot be told. */
  stillNeeded: number | null;
};
export type StoppingRule = { base: number; run: number; threshold: number };

/** The size of the base, how many further interviews are looked at together, and the most that may be new in them. */
export const STOPPING_RULE: StoppingRule = { base: 4, run: 2, threshold: 0.05 };
const NEARLY_ALL = 0.95;
const FURTHER_MAX = 1000;

/**
 * When interviews cease to bring new codes.
 *
 * The rule: of the interviews after a base, so many in a row are a run; where the codes that a run brings anew are at most
 * a share of those of the base, saturation is reached with that run. The curve as it grew depends on the order, and the
 * expected one (Mao's tau) does not:
 *
 *   expected(k) = Σ over codes of 1 − C(n − n_c, k) / C(n, k),  n_c of n interviews bear code c
 *
 * How many codes there are in all is estimated from those borne by one interview (Q1) and by two (Q2):
 *
 *   Chao2 = S + (n − 1)/n × Q1² / (2 Q2),  with Q1 (Q1 − 1)/2 in the place of the fraction where Q2 is 0
 *
 * and how many more interviews reach 95% of them by Colwell's extrapolation. None of this says that the codes are good.
 *
 * @param subjects in the order they were held
 * @throws {RangeError} for a rule whose base or run is not a whole number of at least 1, or whose threshold is not within 0 to 1
 * @see Guest, Namey and Chen (2020), PLoS ONE 15(5), e0232076; Chao (1987), Biometrics 43(4), 783–791; Colwell et al.
 *   (2012), Journal of Plant Ecology 5(1), 3–21, equations 4, 18
 *
 * @example
 * saturation([{ id: 'a', codes: new Set(['x', 'y']) }, { id: 'b', codes: new Set(['x']) }], { base: 1, run: 1, threshold: 0.05 }).reachedAt // => 2
 */
export function saturation(subjects: readonly CodedSubject[], rule: StoppingRule = STOPPING_RULE): Saturation {
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  if (!isCount(rule.base) || !isCount(rule.run))
    throw new RangeError('saturation requires a base and a run of at least 1');
  if (!(rule.threshold >= 0 && rule.threshold <= 1))
    throw new RangeError('saturation requires a threshold from 0 to 1');
  const n = subjects.length;
  const heard = new Set<string>();
  const bearers = new Map<string, number>();
  const fresh = subjects.map(({ codes }) => {
    let added = 0;
    for (const code of codes) {
      bearers.set(code, (bearers.get(code) ?? 0) + 1);
      if (heard.has(code)) continue;
      heard.add(code);
      added += 1;
    }
    return added;
  });
  let total = 0;
  const missed = [...bearers.values()].map(() => 1);
  const counts = [...bearers.values()];
  const steps = subjects.map(({ id, codes }, index) => {
    total += fresh[index]!;
    // C(n − c, k)/C(n, k) grows from its last: one factor an interview.
    for (const [code, count] of counts.entries()) missed[code]! *= Math.max(0, n - count - index) / (n - index);
    const expected = missed.reduce((sum, part) => sum + 1 - part, 0);
    return { id, codes: codes.size, fresh: fresh[index]!, total, expected };
  });

  const ofBase = fresh.slice(0, rule.base).reduce((sum, count) => sum + count, 0);
  const shareAt = (last: number): number | null =>
    last < rule.base + rule.run || ofBase === 0
      ? null
      : fresh.slice(last - rule.run, last).reduce((sum, count) => sum + count, 0) / ofBase;
  let reachedAt: number | null = null;
  for (let last = rule.base + rule.run; last <= n && reachedAt === null; last += 1) {
    const share = shareAt(last);
    if (share !== null && share <= rule.threshold) reachedAt = last;
  }

  const once = counts.filter((count) => count === 1).length;
  const twice = counts.filter((count) => count === 2).length;
  const unheard = n < 2 ? null : ((n - 1) / n) * (twice > 0 ? (once * once) / (2 * twice) : (once * (once - 1)) / 2);
  return {
    steps,
    reachedAt,
    newShare: shareAt(n),
    estimated: unheard === null ? null : heard.size + unheard,
    stillNeeded: unheard === null || heard.size === 0 ? null : further(heard.size, unheard, once, n),
  };
}

/** S(n + t) = S + f0 × (1 − (1 − Q1/(n f0 + Q1))^t), turned round for t. */
function further(heard: number, unheard: number, once: number, n: number): number | null {
  const wanted = NEARLY_ALL * (heard + unheard);
  if (heard >= wanted) return 0;
  const step = 1 - once / (n * unheard + once);
  if (!(step > 0 && step < 1)) return null;
  const more = Math.ceil(Math.log(1 - (wanted - heard) / unheard) / Math.log(step));
  return Number.isFinite(more) && more <= FURTHER_MAX ? more : null;
}
