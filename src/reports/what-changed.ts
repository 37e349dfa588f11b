import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { type GroupPull, groupPull, type PartedSide } from '../stats/group-pull.ts';
import { type GroupOnSides, kitagawa } from '../stats/kitagawa.ts';
import { rateInteraction } from '../stats/rate-interaction.ts';
import { type ShareDifference, shareDifference } from '../stats/share-difference.ts';

/** Something people differ in: which of its levels each has, −1 where it is not known. */
export type Trait = { label: string; levels: readonly string[]; codes: Int16Array };
/** Everybody on the two sides: which side, whether they have the outcome, and their traits, a place for each person. */
export type TwoSides = { sides: Uint8Array; outcomes: Uint8Array; traits: readonly Trait[] };

/** One level of one trait, by their places. */
export type TraitLevel = { trait: number; level: number };
type Share = { count: number; total: number };

export type ChangeRow = {
  /** One level, or two that have to be there together. */
  parts: TraitLevel[];
  group: { first: Share; second: Share };
  others: { first: Share; second: Share };
  /** How the group's own rate differs between the sides. */
  own: ShareDifference;
  pull: GroupPull;
  /** Of all groups of its kind that were tested: the chance, adjusted, of as much by accident. */
  adjusted: number;
  /** Whether it worked against the change of all. */
  isAgainst: boolean;
  /** The row, by its place, whose people it mostly is: without them nothing of it is left. Null for one that stands by itself. */
  within: number | null;
};

export type WhatChanged = {
  first: Share;
  second: Share;
  difference: ShareDifference | null;
  verdict: 'found' | 'nothing' | 'too-few';
  tested: { singles: number; pairs: number };
  /** Levels with too few people on a side to be tested. */
  tooFew: number;
  /** Those that stand out, the weightiest first. */
  rows: ChangeRow[];
  /** More of them than are listed. */
  more: number;
  /** By trait that a listed row has: how much of the change lies in rates, and how much in who was there. */
  traits: { trait: number; rate: number; mix: number }[];
};

/** Fewer people of a group, or of all others, on a side are not compared. */
export const BASE_MIN = 30;
/** Of the rows that stand out no more than this share is expected to be chance. */
export const FALSE_SHARE = 0.05;
const ROWS_MAX = 40;

/**
 * Which groups a difference of a rate between two sides comes from.
 *
 * A group is a level of a trait, or two levels of two traits together. What it contributes is that of `groupPull`: how
 * much of the difference there would not be, had the group acted as all others did. Groups are in the order of that times
 * the share of all others, since the larger a group, the more of any change it holds without being the reason.
 *
 * Single levels and pairs are a family of tests each, adjusted by Benjamini and Hochberg. A pair is only there when it
 * adds to its parts: besides its contribution, its interaction with time (or variant) must be clear, and the larger of
 * both p counts. A group stands out when its own rate moved the way it pulls, beyond its interval, or when it grew and
 * its size is most of its contribution. What merely held still while others moved does not. Of each row it is found out
 * whether it stands by itself, or is another name for people of a row above it.
 *
 * Only counts go in: the order of people changes nothing, and nothing is drawn by chance.
 *
 * @param onProgress hears how far it is, 0 to 1
 */
export function whatChanged(
  { sides, outcomes, traits }: TwoSides,
  onProgress: (done: number) => void = () => {},
): WhatChanged {
  const cells = (codes: Int16Array, levels: number): Int32Array => {
    const counts = new Int32Array((levels + 1) * 4);
    for (let row = 0; row < sides.length; row += 1) {
      const code = codes[row]!;
      counts[(code < 0 ? levels : code) * 4 + sides[row]! * 2 + outcomes[row]!]! += 1;
    }
    return counts;
  };
  const all = groupAt(cells(new Int16Array(sides.length), 1), 0);
  const found: WhatChanged = {
    ...all,
    difference: shareDifference(all.second, all.first),
    verdict: 'too-few',
    tested: { singles: 0, pairs: 0 },
    tooFew: 0,
    rows: [],
    more: 0,
    traits: [],
  };
  const direction = Math.sign(found.difference?.difference ?? 0);
  const tables = traits.map(({ codes, levels }) => cells(codes, levels.length));

  const singles: Candidate[] = [];
  for (const [trait, { levels }] of traits.entries())
    for (let level = 0; level < levels.length; level += 1) {
      const candidate = candidateOf([{ trait, level }], groupAt(tables[trait]!, level), all);
      if (candidate) singles.push(candidate);
      else found.tooFew += 1;
    }

  const pairs: Candidate[] = [];
  const steps = Math.max(1, (traits.length * (traits.length - 1)) / 2);
  let step = 0;
  for (let one = 0; one < traits.length; one += 1)
    for (let other = one + 1; other < traits.length; other += 1) {
      pairs.push(...pairsOf(one, other));
      step += 1;
      if (step % 20 === 0) onProgress(step / steps);
    }

  function pairsOf(one: number, other: number): Candidate[] {
    const [a, b] = [traits[one]!, traits[other]!];
    const width = b.levels.length + 1;
    const joint = new Int32Array((a.levels.length + 1) * width * 4);
    for (let row = 0; row < sides.length; row += 1) {
      const [codeA, codeB] = [a.codes[row]!, b.codes[row]!];
      const cell = (codeA < 0 ? a.levels.length : codeA) * width + (codeB < 0 ? b.levels.length : codeB);
      joint[cell * 4 + sides[row]! * 2 + outcomes[row]!]! += 1;
    }
    const candidates: Candidate[] = [];
    for (let levelA = 0; levelA < a.levels.length; levelA += 1)
      for (let levelB = 0; levelB < b.levels.length; levelB += 1) {
        const both = groupAt(joint, levelA * width + levelB);
        if (!isEnough(both)) continue;
        const onlyA = lessOf(groupAt(tables[one]!, levelA), both);
        const onlyB = lessOf(groupAt(tables[other]!, levelB), both);
        const neither = lessOf(lessOf(lessOf(all, both), onlyA), onlyB);
        if (![onlyA, onlyB, neither].every(isEnough)) continue;
        const candidate = candidateOf(
          [
            { trait: one, level: levelA },
            { trait: other, level: levelB },
          ],
          both,
          all,
        );
        const together = rateInteraction({ both, one: onlyA, other: onlyB, neither });
        if (!candidate || !together) continue;
        const isAlike = Math.sign(together.contrast) === Math.sign(candidate.pull.contribution);
        candidates.push({ ...candidate, p: isAlike ? Math.max(candidate.p, together.p) : 1 });
      }
    return candidates;
  }

  found.tested = { singles: singles.length, pairs: pairs.length };
  if (singles.length === 0) return found;
  const clear = [...clearOf(singles), ...clearOf(pairs)]
    .filter((one) => standsOut(one, direction))
    .sort((x, y) => y.score - x.score || x.p - y.p || compareParts(x.parts, y.parts));
  found.more = Math.max(0, clear.length - ROWS_MAX);
  found.rows = nested(clear.slice(0, ROWS_MAX), direction, { sides, outcomes, traits });
  found.verdict = found.rows.length > 0 ? 'found' : 'nothing';
  const shown = new Set(found.rows.flatMap(({ parts }) => parts.map(({ trait }) => trait)));
  found.traits = [...shown].flatMap((trait) => {
    const levels = Array.from({ length: traits[trait]!.levels.length + 1 }, (_, level) =>
      groupAt(tables[trait]!, level),
    );
    const parts = kitagawa(levels);
    return parts ? [{ trait, rate: parts.rate, mix: parts.mix }] : [];
  });
  onProgress(1);
  return found;
}

type Candidate = Omit<ChangeRow, 'adjusted' | 'within' | 'isAgainst'> & { p: number; score: number };

const groupAt = (counts: Int32Array, cell: number): GroupOnSides => {
  const side = (from: number): Share => ({ count: counts[from + 1]!, total: counts[from]! + counts[from + 1]! });
  return { first: side(cell * 4), second: side(cell * 4 + 2) };
};
const lessOf = (all: GroupOnSides, part: GroupOnSides): GroupOnSides => {
  const side = (name: 'first' | 'second'): Share => ({
    count: all[name].count - part[name].count,
    total: all[name].total - part[name].total,
  });
  return { first: side('first'), second: side('second') };
};
const isEnough = ({ first, second }: GroupOnSides): boolean => first.total >= BASE_MIN && second.total >= BASE_MIN;

function candidateOf(parts: TraitLevel[], group: GroupOnSides, all: GroupOnSides): Candidate | null {
  const others = lessOf(all, group);
  if (!isEnough(group) || !isEnough(others)) return null;
  const side = (name: 'first' | 'second'): PartedSide => ({ group: group[name], others: others[name] });
  const pull = groupPull(side('first'), side('second'));
  const own = shareDifference(group.second, group.first);
  if (!pull || !own) return null;
  const share = (group.first.total / all.first.total + group.second.total / all.second.total) / 2;
  return { parts, group, others, own, pull, p: pull.p, score: (1 - share) * Math.abs(pull.contribution) };
}

function clearOf(candidates: readonly Candidate[]): (Candidate & { adjusted: number })[] {
  const adjusted = benjaminiHochberg(candidates.map(({ p }) => p));
  return candidates.flatMap((candidate, index) =>
    adjusted[index]! <= FALSE_SHARE ? [{ ...candidate, adjusted: adjusted[index]! }] : [],
  );
}

/** Whether a group moved by itself, or grew, rather than only having others move around it. */
function standsOut({ pull, own, group, others }: Candidate, direction: number): boolean {
  const sign = Math.sign(pull.contribution);
  if (Math.sign(own.difference) === sign && (own.low > 0 || own.high < 0)) return true;
  const shareOf = (side: 'first' | 'second') => group[side].total / (group[side].total + others[side].total);
  const hasGrown = shareOf('second') > shareOf('first');
  return sign === direction && hasGrown && Math.abs(pull.mix) > Math.abs(pull.rate);
}

const compareParts = (x: readonly TraitLevel[], y: readonly TraitLevel[]): number => {
  const key = (parts: readonly TraitLevel[]) => parts.map(({ trait, level }) => `${trait}.${level}`).join();
  return key(x) < key(y) ? -1 : 1;
};

/** Marks rows of which nothing is left once the people of rows above them are set aside. */
function nested(
  rows: readonly (Candidate & { adjusted: number })[],
  direction: number,
  { sides, outcomes, traits }: TwoSides,
): ChangeRow[] {
  const isIn = (parts: readonly TraitLevel[], row: number): boolean =>
    parts.every(({ trait, level }) => traits[trait]!.codes[row] === level);
  /** Of each person the first row by itself that they are of; −1 for none so far. */
  const heads = new Int16Array(sides.length).fill(-1);
  return rows.map(({ p: _p, score: _score, ...row }, place) => {
    const inside = new Int32Array(4);
    const outside = new Int32Array(4);
    const shared = new Map<number, number>();
    for (let person = 0; person < sides.length; person += 1) {
      const isMember = isIn(row.parts, person);
      const head = heads[person]!;
      if (head >= 0) {
        if (isMember) shared.set(head, (shared.get(head) ?? 0) + 1);
        continue;
      }
      (isMember ? inside : outside)[sides[person]! * 2 + outcomes[person]!]! += 1;
    }
    const [left, rest] = [groupAt(inside, 0), groupAt(outside, 0)];
    const again =
      isEnough(left) && isEnough(rest)
        ? groupPull({ group: left.first, others: rest.first }, { group: left.second, others: rest.second })
        : null;
    const isLeft =
      again !== null && again.p <= FALSE_SHARE && Math.sign(again.contribution) === Math.sign(row.pull.contribution);
    const [most] = [...shared].sort((x, y) => y[1] - x[1] || x[0] - y[0]);
    const within = isLeft || !most ? null : most[0];
    if (within === null)
      for (let person = 0; person < sides.length; person += 1)
        if (heads[person]! < 0 && isIn(row.parts, person)) heads[person] = place;
    return {
      ...row,
      isAgainst: direction !== 0 && Math.sign(row.pull.contribution) !== direction,
      within,
    };
  });
}
