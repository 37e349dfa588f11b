import { quantile } from '../stats/quantile.ts';
import { gammaDeviate, mulberry32, type Random } from '../stats/random.ts';
import type { ShareInterval } from '../stats/wilson-interval.ts';

/** An answer that was drawn: where the machine put it, and what each person said of it without knowing. */
export type BlindDocument = {
  stratum: number;
  machine: ReadonlySet<string>;
  coders: ReadonlyMap<string, ReadonlySet<string>>;
};

/** A figure and its 95% interval. */
export type Interval = { value: number; low: number; high: number };
/**
 * Agreement on whether answers have one theme. Alpha and kappa are the middle of what the codings leave possible; null
 * where nothing varies, so that there is nothing to agree on.
 */
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
  precision: Interval | null;
  recall: Interval | null;
  /**
   * What people's codings say of all answers: the mean of each part by its size, and an interval that counts what coding a
   * part leaves uncertain and that the answers are a sample themselves. Null where nothing of a part was coded.
   */
  share: ShareInterval | null;
};

const DRAWS = 1_000;
/** Half an answer that speaks of the theme and half a one that does not, spread over the parts by size. */
const PRIOR = 0.5;
/** Of pairs: both, the first only, the second only, neither; as shares of one answer, or of many answers summed. */
type Cells = [both: number, first: number, second: number, neither: number];
type Table = Readonly<Cells>;

/**
 * How well people who did not know where the machine had put answers agree with it, and with each other, theme by theme.
 *
 * Each coded answer stands for as many as its part of the whole holds for each one coded, so that rare themes, of which
 * more was drawn, do not count for more. What the answers that nobody coded would come to is drawn a thousand times, part
 * by part, from what was coded there and one more answer that is half and half: so a part of which all coded answers are
 * alike is not taken to be certain, as it is when coded answers alone are drawn again. A part that is coded whole leaves
 * nothing to chance. Alpha, kappa, precision and recall are medians of those draws, since the plain estimate is too good
 * where nothing that was overlooked happened to be drawn.
 *
 * @param themes those that were checked
 * @param sizes how many answers each part holds; the parts of `documents` are places in it
 * @param seed for the draws; the same seed gives the same intervals
 * @see Krippendorff (2004), Reliability in content analysis; Cohen (1960); Lo (1988), A Bayesian bootstrap for a finite
 *   population, Annals of Statistics 16, 1684–1695; Brown, Cai and DasGupta (2001) on the half and half
 */
export function blindAgreement(
  themes: readonly string[],
  sizes: readonly number[],
  documents: readonly BlindDocument[],
  seed: number,
): ThemeAgreement[] {
  const coded = documents.filter(({ coders }) => coders.size > 0);
  const twice = documents.filter(({ coders }) => coders.size > 1);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const isWhole = whole > 0 && sizes.every((size, part) => size === 0 || coded.some(({ stratum }) => stratum === part));
  const counted = [coded, twice].map((those) => sizes.map((_, part) => those.filter((one) => one.stratum === part)));
  return themes.map((theme) => {
    const random = mulberry32(seed);
    const has = (codes: ReadonlySet<string>) => codes.has(theme);
    const saidOf = ({ coders }: BlindDocument) => [...coders.values()].map(has);
    const withMachine = (one: BlindDocument) => saidOf(one).map((said): Pair => [said, has(one.machine)]);
    const between = (one: BlindDocument) => pairsOf(saidOf(one));
    const ofMachine = groupsOf(counted[0]!, sizes, withMachine, ({ machine }) => has(machine));
    const tables = drawTables(ofMachine, random);
    const drawn = (figure: (table: Table) => number | null) => intervalOf(tables.flatMap((one) => figure(one) ?? []));
    const found = coded.filter((one) => saidOf(one).some(Boolean)).length;
    const ofPeople = groupsOf(counted[1]!, sizes, between, () => null);
    return {
      theme,
      coded: coded.length,
      found,
      withMachine: agreementOf(coded.flatMap(withMachine), tables),
      betweenPeople: twice.length > 0 ? agreementOf(twice.flatMap(between), drawTables(ofPeople, random)) : null,
      precision: coded.some(({ machine }) => has(machine)) ? drawn(([both, , second]) => both / (both + second)) : null,
      recall: found > 0 ? drawn(([both, first]) => both / (both + first)) : null,
      share: isWhole ? shareOf(ofMachine, tables, whole, random) : null,
    };
  });
}

type Pair = readonly [boolean, boolean];
/** Answers of one part of which the machine says the same: how many, and how those that were coded were coded. */
type Group = { size: number; coded: number; seen: Table; kinds: { table: Table; weight: number }[] };

/**
 * @param parts the coded answers of each part
 * @param machineOf what is known of an answer without coding it; null where nothing is
 */
function groupsOf(
  parts: readonly (readonly BlindDocument[])[],
  sizes: readonly number[],
  pairs: (document: BlindDocument) => readonly Pair[],
  machineOf: (document: BlindDocument) => boolean | null,
): Group[] {
  const groups = parts.flatMap((own, part) =>
    [...Map.groupBy(own, machineOf)].map(([machine, those]) => ({
      machine,
      size: sizes[part]! * (those.length / own.length),
      tables: those.map((one) => tableOf(pairs(one))),
    })),
  );
  return groups.map(({ machine, size, tables }) => {
    const alike = groups.reduce((sum, other) => sum + (other.machine === machine ? other.size : 0), 0);
    const kinds = new Map<string, { table: Table; weight: number }>();
    for (const table of [...tables, ...PRIORS[`${machine}`]]) {
      const known = kinds.get(table.join());
      kinds.set(table.join(), { table, weight: known?.weight ?? 0 });
    }
    for (const table of tables) kinds.get(table.join())!.weight += 1;
    for (const table of PRIORS[`${machine}`]) kinds.get(table.join())!.weight += (PRIOR * size) / alike;
    const seen: Cells = [0, 0, 0, 0];
    for (const table of tables) add(seen, table, 1);
    return { size, coded: tables.length, seen, kinds: [...kinds.values()] };
  });
}

/** What an answer may come to that nobody coded, by what the machine says of it: people say yes, or no. */
const PRIORS: Record<'true' | 'false' | 'null', readonly [Table, Table]> = {
  true: [
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ],
  false: [
    [0, 1, 0, 0],
    [0, 0, 0, 1],
  ],
  // Of two people, one of whom may say yes alone.
  null: [
    [0.5, 0.25, 0.25, 0],
    [0, 0, 0, 1],
  ],
};

const drawTables = (groups: readonly Group[], random: Random): Table[] =>
  Array.from({ length: DRAWS }, () => drawTable(groups, random));

/** All answers as they may be: those that were coded, and a draw of what the others would come to. */
function drawTable(groups: readonly Group[], random: Random): Table {
  const sum: Cells = [0, 0, 0, 0];
  for (const { size, coded, seen, kinds } of groups) {
    add(sum, seen, 1);
    const left = size - coded;
    if (left <= 0) continue;
    // The fewer are left, the more one that is left may differ from what was seen.
    const sureness = left / (left + coded);
    const drawn = kinds.map(({ weight }) => gammaDeviate(weight * sureness, random));
    const total = drawn.reduce((so, weight) => so + weight, 0);
    if (total > 0)
      for (const [index, weight] of drawn.entries()) add(sum, kinds[index]!.table, (weight / total) * left);
  }
  return sum;
}

function agreementOf(pairs: readonly Pair[], tables: readonly Table[]): Agreement {
  const n = pairs.length;
  const varies = pairs.some(([a, b]) => a || b) && pairs.some(([a, b]) => !(a && b));
  const alpha = varies ? intervalOf(tables.flatMap((table) => alphaOf(table, n) ?? [])) : null;
  return {
    n,
    positives: pairs.filter(([a, b]) => a || b).length,
    kappa: varies ? (intervalOf(tables.flatMap((table) => kappaOf(table) ?? []))?.value ?? null) : null,
    alpha: alpha?.value ?? null,
    low: alpha?.low ?? null,
    high: alpha?.high ?? null,
  };
}

function shareOf(groups: readonly Group[], tables: readonly Table[], whole: number, random: Random): ShareInterval {
  const yes = ([both, people]: Table) => both + people;
  const share = groups.reduce((sum, { size, coded, seen }) => sum + (size / whole) * (yes(seen) / coded), 0);
  // Those who answered stand for others, who might have answered otherwise.
  const drawn = intervalOf(
    tables.map((table) => {
      const said = gammaDeviate(yes(table) + PRIOR, random);
      return said / (said + gammaDeviate(Math.max(0, whole - yes(table)) + PRIOR, random));
    }),
  );
  return { share, low: Math.min(share, drawn?.low ?? share), high: Math.max(share, drawn?.high ?? share) };
}

function intervalOf(drawn: readonly number[]): Interval | null {
  const [low, value, high] = [0.025, 0.5, 0.975].map((p) => quantile(drawn, p));
  return low == null || value == null || high == null ? null : { value, low, high };
}

/** Of one answer: the share of its pairs of each kind. */
function tableOf(pairs: readonly Pair[]): Table {
  const table: Cells = [0, 0, 0, 0];
  for (const [a, b] of pairs) table[(a ? 0 : 2) + (b ? 0 : 1)]! += 1 / pairs.length;
  return table;
}

function add(sum: Cells, table: Table, weight: number): void {
  for (let cell = 0; cell < 4; cell += 1) sum[cell]! += table[cell]! * weight;
}

const pairsOf = (said: readonly boolean[]): Pair[] =>
  said.flatMap((a, i) => said.slice(i + 1).map((b): Pair => [a, b]));

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
