import { quantile } from '../stats/quantile.ts';
import { mulberry32 } from '../stats/random.ts';
import { stratifiedShare } from '../stats/stratified-share.ts';
import type { ShareInterval } from '../stats/wilson-interval.ts';

/** An answer that was drawn: where the machine put it, and what each person said of it without knowing. */
export type BlindDocument = {
  stratum: number;
  machine: ReadonlySet<string>;
  coders: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Agreement on whether answers have one theme. Null where nothing varies, so that there is nothing to agree on. */
export type Agreement = {
  /** Pairs of codings. */
  n: number;
  /** Pairs in which either said that it has the theme. */
  positives: number;
  kappa: number | null;
  alpha: number | null;
  low: number | null;
  high: number | null;
};

export type ThemeAgreement = {
  theme: string;
  /** Answers coded by at least one person, and those in which one found the theme. */
  coded: number;
  found: number;
  withMachine: Agreement;
  /** Null where no answer was coded by two. */
  betweenPeople: Agreement | null;
  /** Of all that the machine put there, the share that people put there too; of all that people put there, the share found. */
  precision: number | null;
  recall: number | null;
  /** What people's codings say of all answers, with what coding a part of them leaves uncertain. */
  share: ShareInterval | null;
};

const RESAMPLES = 1_000;
/** What sums of weights may be off by, of the whole. */
const ROUNDING = 1e-12;
/** Of pairs: both, the first only, the second only, neither; each by its weight. */
type Table = [both: number, first: number, second: number, neither: number];

/**
 * How well people who did not know where the machine had put answers agree with it, and with each other, theme by theme.
 *
 * Each coded answer stands for as many as its part of the whole holds for each one drawn, so that rare themes, of which
 * more was drawn, do not count for more. Intervals of alpha are percentiles of draws with replacement within each part.
 *
 * @param themes those that were checked
 * @param sizes how many answers each part holds; the parts of `documents` are places in it
 * @param seed for the draws; the same seed gives the same intervals
 * @see Krippendorff (2004), Reliability in content analysis; Cohen (1960); Efron and Tibshirani (1993), chapter 13
 */
export function blindAgreement(
  themes: readonly string[],
  sizes: readonly number[],
  documents: readonly BlindDocument[],
  seed: number,
): ThemeAgreement[] {
  const coded = documents.filter(({ coders }) => coders.size > 0);
  const twice = documents.filter(({ coders }) => coders.size > 1);
  const ofMachine = drawsOf(coded, sizes, seed, ({ coders }) => coders.size);
  const ofPeople = drawsOf(twice, sizes, seed, ({ coders }) => (coders.size * (coders.size - 1)) / 2);
  const parts = sizes.map((size, stratum) => ({ size, own: coded.filter((one) => one.stratum === stratum) }));
  return themes.map((theme) => {
    const has = (codes: ReadonlySet<string>) => codes.has(theme);
    const withMachine = coded.map(({ machine, coders }) =>
      [...coders.values()].map((codes): [boolean, boolean] => [has(codes), has(machine)]),
    );
    const between = twice.map(({ coders }) => pairsOf([...coders.values()].map(has)));
    const [both, people, machine] = tableOf(withMachine, ofMachine.weights);
    const strata = parts.map(({ size, own }) => ({
      size,
      seen: own.map(({ coders }) => [...coders.values()].filter(has).length / coders.size),
    }));
    return {
      theme,
      coded: coded.length,
      found: coded.filter(({ coders }) => [...coders.values()].some(has)).length,
      withMachine: agreementOf(withMachine, ofMachine),
      betweenPeople: twice.length > 0 ? agreementOf(between, ofPeople) : null,
      precision: both + machine > 0 ? both / (both + machine) : null,
      recall: both + people > 0 ? both / (both + people) : null,
      share: stratifiedShare(strata),
    };
  });
}

/** Each answer's weight, how often each draw takes it, and how many pairs by weight a draw comes to. */
type Draws = { weights: Float64Array; counts: Uint16Array[]; totals: number[] };

function drawsOf(
  documents: readonly BlindDocument[],
  sizes: readonly number[],
  seed: number,
  pairsIn: (document: BlindDocument) => number,
): Draws {
  const parts = sizes.map((_, stratum) => documents.flatMap((one, index) => (one.stratum === stratum ? [index] : [])));
  const weights = new Float64Array(documents.length);
  for (const [stratum, those] of parts.entries())
    for (const index of those) weights[index] = sizes[stratum]! / those.length;
  const random = mulberry32(seed);
  const counts = Array.from({ length: RESAMPLES }, () => {
    const count = new Uint16Array(documents.length);
    for (const those of parts)
      for (let draw = 0; draw < those.length; draw += 1) count[those[Math.floor(random() * those.length)]!]! += 1;
    return count;
  });
  const pairs = Float64Array.from(documents, (document, index) => pairsIn(document) * weights[index]!);
  const totals = counts.map((count) => count.reduce((sum, times, index) => sum + times * pairs[index]!, 0));
  return { weights, counts, totals };
}

function agreementOf(pairs: readonly (readonly [boolean, boolean][])[], { weights, counts, totals }: Draws): Agreement {
  const n = pairs.reduce((sum, those) => sum + those.length, 0);
  const table = tableOf(pairs, weights);
  // Most answers speak of other things: those of whom all say so are what is left of the total.
  const speaking = pairs.flatMap((those, index) => {
    const kind = tableOf([those], null);
    return kind[3] < those.length ? [{ index, kind: kind.map((cell) => cell * weights[index]!) }] : [];
  });
  const drawn = counts.flatMap((count, draw) => {
    const sums: Table = [0, 0, 0, 0];
    for (const { index, kind } of speaking)
      for (let cell = 0; cell < 4; cell += 1) sums[cell]! += count[index]! * kind[cell]!;
    const total = totals[draw]!;
    const rest = total - sums.reduce((sum, cell) => sum + cell, 0);
    if (rest > total * ROUNDING) sums[3] += rest;
    return alphaOf(sums, n) ?? [];
  });
  const alpha = alphaOf(table, n);
  return {
    n,
    positives: pairs.flat().filter(([a, b]) => a || b).length,
    kappa: kappaOf(table),
    alpha,
    low: alpha === null ? null : quantile(drawn, 0.025),
    high: alpha === null ? null : quantile(drawn, 0.975),
  };
}

/** @param weights one for each thing; null counts each once */
function tableOf(pairs: readonly (readonly [boolean, boolean][])[], weights: Float64Array | null): Table {
  const table: Table = [0, 0, 0, 0];
  for (const [index, those] of pairs.entries())
    for (const [a, b] of those) table[(a ? 0 : 2) + (b ? 0 : 1)]! += weights?.[index] ?? 1;
  return [table[0], table[1], table[2], table[3]];
}

const pairsOf = (said: readonly boolean[]): [boolean, boolean][] =>
  said.flatMap((a, i) => said.slice(i + 1).map((b): [boolean, boolean] => [a, b]));

/** Krippendorff's alpha of pairs that say yes or no, by weights that are made to sum to the number of pairs. */
function alphaOf([both, first, second, neither]: Table, n: number): number | null {
  const scale = n / (both + first + second + neither);
  const [yes, no] = [(2 * both + first + second) * scale, (2 * neither + first + second) * scale];
  return yes > 0 && no > 0 ? 1 - ((2 * n - 1) * (first + second) * scale) / (yes * no) : null;
}

function kappaOf([both, first, second, neither]: Table): number | null {
  const n = both + first + second + neither;
  const [p, q] = [(both + first) / n, (both + second) / n];
  const expected = p * q + (1 - p) * (1 - q);
  return n > 0 && expected < 1 ? ((both + neither) / n - expected) / (1 - expected) : null;
}
