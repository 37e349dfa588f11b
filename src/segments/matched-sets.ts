import { randomFor } from '../logic/draw-order.ts';
import { quintileCutoffs, quintileOf } from '../stats/quintiles.ts';

/** Somebody who came to the outcome, when, and those who had not come to it by then and were like them before. */
export type MatchedSet = { row: number; at: number; controls: number[] };
export type MatchedSets = {
  sets: MatchedSet[];
  /** Who came to the outcome and is in no set: not known for long enough before, nobody alike, or left to chance. */
  tooNew: number;
  alone: number;
  notDrawn: number;
};
export type ToMatch = {
  /** An id of each row that stays the same: chance depends on it, and not on the order of rows. */
  ids: readonly string[];
  /** When each row came to the outcome for the first time in the period; NaN for those who did not. */
  outcomes: Float64Array;
  /** Since when each row is known. */
  since: Float64Array;
  /** Everything everybody did, in the order of time. */
  doings: { rows: Uint32Array; at: Float64Array };
  /** The length of what is looked at before the outcome, in days. */
  days: number;
  /** So many controls for each case, at most. */
  controls: number;
  seed: number;
};

/** How active somebody was is told from so many days before those that are looked at. */
export const ACTIVITY_DAYS = 90;
/** Of more cases so many are drawn. */
export const CASES_MAX = 5_000;
const QUINTILES = 5;
const DAY_MS = 86_400_000;

/**
 * Draws controls for cases by risk-set sampling: at the moment at which somebody comes to the outcome, from those who have
 * not come to it by then in the period, were known by the same month, and were as active before. Whoever comes to it later
 * may be a control until then; so the odds ratio over the sets estimates the ratio of rates.
 *
 * Everybody has to be known for all of the days that are looked at. Activity is how much somebody did in the 90 days before
 * these, in fifths of all who could be drawn that day: what is looked at itself must not be matched away.
 *
 * @returns sets in the order of their moments; the same for the same seed, whatever the order of rows
 * @see Lubin and Gail (1984), Biometrics 40(1), 63–75; Rothman, Greenland and Lash (2008), Modern Epidemiology, 3rd ed.,
 *   chapter 8
 */
export function drawMatchedSets({ ids, outcomes, since, doings, days, controls, seed }: ToMatch): MatchedSets {
  const windowMs = days * DAY_MS;
  const all = [...outcomes.entries()].filter(([, at]) => !Number.isNaN(at)).map(([row, at]) => ({ row, at }));
  const old = all.filter(({ row, at }) => since[row]! <= at - windowMs);
  const cases = drawn(old, ids, seed).sort((a, b) => a.at - b.at || (ids[a.row]! < ids[b.row]! ? -1 : 1));
  /** The rows by their ids, so that what is drawn by place does not depend on theirs. */
  const inOrder = Uint32Array.from(ids.keys()).sort((a, b) => (ids[a]! < ids[b]! ? -1 : 1));

  const months = Int32Array.from(since, (at) => monthOf(at));
  const activity = new Uint32Array(ids.length);
  let [entering, leaving] = [0, 0];
  let day = Number.NEGATIVE_INFINITY;
  let strata = new Map<number, number[]>();
  let stratumOf = (_row: number): number => 0;
  const sets: MatchedSet[] = [];
  for (const { row, at } of cases) {
    if (Math.floor(at / DAY_MS) !== day) {
      day = Math.floor(at / DAY_MS);
      const to = (day - days) * DAY_MS;
      const from = to - ACTIVITY_DAYS * DAY_MS;
      for (; entering < doings.rows.length && doings.at[entering]! < to; entering += 1)
        activity[doings.rows[entering]!]! += 1;
      for (; leaving < entering && doings.at[leaving]! < from; leaving += 1) activity[doings.rows[leaving]!]! -= 1;
      const last = (day + 1) * DAY_MS - windowMs;
      const able = inOrder.filter((one) => since[one]! <= last);
      const cutoffs = quintileCutoffs(Float64Array.from(able, (one) => activity[one]!)) ?? [];
      // Many people did as much as others: which fifth that is, is told once.
      const fifths = Uint8Array.from({ length: largest(activity) + 1 }, (_, much) => quintileOf(cutoffs, much));
      stratumOf = (one) => months[one]! * (QUINTILES + 1) + fifths[activity[one]!]!;
      strata = new Map();
      for (const one of able) {
        const stratum = stratumOf(one);
        const others = strata.get(stratum);
        if (others) others.push(one);
        else strata.set(stratum, [one]);
      }
    }
    const isAble = (one: number) => one !== row && since[one]! <= at - windowMs && !(outcomes[one]! <= at);
    const chosen = some(strata.get(stratumOf(row)) ?? [], controls, isAble, randomFor(ids[row]!, `controls ${seed}`));
    if (chosen.length > 0) sets.push({ row, at, controls: chosen });
  }
  return {
    sets,
    tooNew: all.length - old.length,
    alone: cases.length - sets.length,
    notDrawn: old.length - cases.length,
  };
}

const monthOf = (at: number): number => {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

/** All of them, or as many as are looked at, each with the same chance. */
function drawn(cases: { row: number; at: number }[], ids: readonly string[], seed: number) {
  if (cases.length <= CASES_MAX) return cases;
  return cases
    .map((one) => ({ one, lot: randomFor(ids[one.row]!, `case ${seed}`)() }))
    .sort((a, b) => a.lot - b.lot || (ids[a.one.row]! < ids[b.one.row]! ? -1 : 1))
    .slice(0, CASES_MAX)
    .map(({ one }) => one);
}

/**
 * So many of those in a list who are able, each with the same chance: places are drawn without drawing one twice, until
 * there are enough, and only what was moved on the way is kept beside the list.
 */
function some(
  list: readonly number[],
  count: number,
  isAble: (row: number) => boolean,
  random: () => number,
): number[] {
  const moved = new Map<number, number>();
  const chosen: number[] = [];
  for (let at = 0; at < list.length && chosen.length < count; at += 1) {
    const other = at + Math.floor(random() * (list.length - at));
    const drawn = moved.get(other) ?? list[other]!;
    moved.set(other, moved.get(at) ?? list[at]!);
    if (isAble(drawn)) chosen.push(drawn);
  }
  return chosen;
}

function largest(numbers: Uint32Array): number {
  let most = 0;
  for (const number of numbers) if (number > most) most = number;
  return most;
}
