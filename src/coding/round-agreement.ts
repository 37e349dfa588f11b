import { type AlphaInterval, bootstrapAlphaByDistance, bootstrapAlphaOfGroups } from '../stats/alpha-bootstrap.ts';
import { type BinaryAgreement, binaryAgreement, type Estimate, type YesNoTable } from '../stats/binary-agreement.ts';
import { fleissKappa } from '../stats/fleiss-kappa.ts';
import { holsti } from '../stats/holsti.ts';
import { type Coincidences, summed } from '../stats/krippendorff-alpha.ts';
import { masiDistance } from '../stats/masi-distance.ts';
import { quantile } from '../stats/quantile.ts';
import { mulberry32, type Random } from '../stats/random.ts';
import {
  type Stretch,
  type UnitizingAgreement,
  unitizingAlpha,
  unitizingAlphaOfAll,
} from '../stats/unitizing-alpha.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import { markedBy, type RoundUnit, type TakenRound, type TakenText } from './round-marks.ts';

/** Alpha with its 95% interval; `q` is the probability that it lies below the round's minimum; `n` what was drawn anew. */
export type MeasuredAlpha = Omit<AlphaInterval, 'below'> & { q: number };

/** Two coders on one code. `kappa` is null where nothing varies; its interval, with those of the others, is of 95%. */
export type MeasuredPair = {
  first: number;
  second: number;
  table: YesNoTable;
  observed: ShareInterval;
  prevalence: number;
  bias: number;
  kappa: Estimate | null;
  pabak: Estimate;
  ac1: Estimate;
  /** Null where neither used the code. */
  holsti: number | null;
};

export type MeasuredCode = {
  code: number;
  /** Units that two coders or more have read, and those of them in which anybody used the code. */
  n: number;
  used: number;
  /** The mean over coders of the share of units in which they used it. */
  prevalence: number | null;
  /** Null where nothing varies: nobody used the code, or everybody everywhere. */
  alpha: MeasuredAlpha | null;
  /** The mean share of pairs of coders that agree. */
  observed: number | null;
  /** Fleiss's kappa, where three or more coders read every unit; null else, and where nothing varies. */
  fleiss: number | null;
  boundaries: UnitizingAgreement;
  pairs: MeasuredPair[];
};

export type RoundAgreement = {
  unit: RoundUnit;
  minimum: number;
  seed: number;
  resamples: number;
  /** Texts that two or more have read, and the characters in them. */
  texts: number;
  characters: number;
  codes: MeasuredCode[];
  /** All codes of a text as one set, by MASI distance. Null where nothing varies. */
  sets: MeasuredAlpha | null;
  /** Texts on which all who read them chose the same set. */
  sameSets: ShareInterval | null;
  /** Where passages begin and end, in texts that all coders read. */
  boundaries: UnitizingAgreement & { texts: number };
};

const RESAMPLES = 2000;
const RESAMPLES_MIN = 500;
/** What a thread draws in a second or two. */
const DRAWS_MAX = 60_000_000;

/**
 * How far the coders of a round agree: code by code on units, on whole sets of codes, and on where passages begin and end.
 *
 * Units are turns or answers that bear a code or not, or characters. Characters of one text hang together, so all
 * intervals of theirs come from drawing whole texts anew.
 *
 * @param seed of the draws
 */
export function measureRound(round: TakenRound, { minimum, seed }: { minimum: number; seed: number }): RoundAgreement {
  const texts = round.texts.filter(({ readBy }) => readBy.length >= 2);
  const wanted = DRAWS_MAX / Math.max(1, texts.length * (round.codes.length + 1));
  const resamples = Math.round(Math.max(RESAMPLES_MIN, Math.min(RESAMPLES, wanted)));
  const draws = { seed, resamples, minimum };
  const whole = texts.filter(({ readBy }) => readBy.length === round.coders.length);
  const stretch = laidEndToEnd(whole, round.coders.length);
  const passages = round.codes.map((_, code) => stretch.marked(code));
  return {
    unit: round.unit,
    minimum,
    seed,
    resamples,
    texts: texts.length,
    characters: texts.reduce((sum, { length }) => sum + length, 0),
    codes: round.codes.map((_, code) => ({
      ...measureCode(texts, code, round, draws),
      boundaries: boundariesOf([passages[code]!], stretch.length),
    })),
    ...measureSets(texts, round, draws),
    boundaries: { ...boundariesOf(passages, stretch.length), texts: whole.length },
  };
}

type Draws = { seed: number; resamples: number; minimum: number };

function boundariesOf(codes: readonly (readonly Stretch[][])[], length: number): UnitizingAgreement {
  const [first] = codes;
  if (length === 0 || !first) return { alpha: null, observed: 0, expected: 0, units: 0 };
  return codes.length === 1 ? unitizingAlpha(first, length) : unitizingAlphaOfAll(codes, length);
}

/** Texts one after the other, as one long one. */
function laidEndToEnd(texts: readonly TakenText[], coders: number) {
  const starts: number[] = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length;
  }
  const marked = (code: number): Stretch[][] => {
    const each = texts.map((text) => markedBy(text, code, coders));
    return Array.from({ length: coders }, (_, coder) =>
      each.flatMap((own, place) =>
        (own[coder] ?? []).map(({ start, end }) => ({ start: start + starts[place]!, end: end + starts[place]! })),
      ),
    );
  };
  return { length, marked };
}

function measureCode(
  texts: readonly TakenText[],
  code: number,
  { unit, coders }: TakenRound,
  { seed, resamples, minimum }: Draws,
): Omit<MeasuredCode, 'boundaries'> {
  const random = mulberry32(seed);
  const cut = texts.map((text) =>
    cutAt(markedBy(text, code, coders.length), unit === 'characters' ? text.length : null),
  );
  const cuts = cut.flat();
  const n = cuts.reduce((sum, { size }) => sum + size, 0);
  const found = bootstrapAlphaOfGroups(cut.map(coincidencesOf), (c, k) => (c === k ? 0 : 1), { random, resamples });
  const said = cuts.reduce((sum, { size, yes }) => sum + size * yes.filter((one) => one !== null).length, 0);
  const yes = cuts.reduce((sum, { size, yes: own }) => sum + size * own.filter((one) => one === true).length, 0);
  return {
    code,
    n,
    used: cuts.reduce((sum, { size, yes: own }) => sum + (own.includes(true) ? size : 0), 0),
    prevalence: said === 0 ? null : yes / said,
    alpha: found && told(found, minimum),
    observed: observedOf(cuts),
    fleiss: fleissOf(cuts, coders.length),
    pairs: coders.flatMap((_, first) =>
      coders.slice(first + 1).flatMap((__, between) => {
        const second = first + 1 + between;
        const tables = cut.map((own) => tableOf(own, first, second));
        const pair = measurePair(tables, unit === 'characters' ? { random, resamples } : null);
        return pair ? [{ first, second, ...pair }] : [];
      }),
    ),
  };
}

/** So many units in which each coder says the same: yes, no, or nothing. */
type Cut = { size: number; yes: (boolean | null)[] };

/** @param length null where the whole text is one unit */
function cutAt(marked: readonly (Stretch[] | null)[], length: number | null): Cut[] {
  if (length === null) return [{ size: 1, yes: marked.map((own) => (own === null ? null : own.length > 0)) }];
  const edges = [
    ...new Set([0, length, ...marked.flatMap((own) => (own ?? []).flatMap(({ start, end }) => [start, end]))]),
  ]
    .filter((edge) => edge <= length)
    .sort((a, b) => a - b);
  return edges.slice(1).map((end, index) => {
    const start = edges[index]!;
    return {
      size: end - start,
      yes: marked.map((own) => (own === null ? null : own.some((one) => one.start <= start && one.end >= end))),
    };
  });
}

/** No and yes, in this order. */
function coincidencesOf(cuts: readonly Cut[]): Coincidences {
  const cells = new Float64Array(4);
  for (const { size, yes } of cuts) {
    const said = yes.filter((one) => one !== null);
    const m = said.length;
    if (m < 2) continue;
    const k = said.filter(Boolean).length;
    cells[0]! += (size * (m - k) * (m - k - 1)) / (m - 1);
    cells[1]! += (size * k * (m - k)) / (m - 1);
    cells[2]! += (size * k * (m - k)) / (m - 1);
    cells[3]! += (size * k * (k - 1)) / (m - 1);
  }
  return summed(cells, 2);
}

function observedOf(cuts: readonly Cut[]): number | null {
  const { cells, n } = coincidencesOf(cuts);
  return n === 0 ? null : (cells[0]! + cells[3]!) / n;
}

function fleissOf(cuts: readonly Cut[], coders: number): number | null {
  if (coders < 3 || cuts.length === 0 || cuts.some(({ size, yes }) => size !== 1 || yes.includes(null))) return null;
  return fleissKappa(
    cuts.map(({ yes }) => {
      const k = yes.filter(Boolean).length;
      return [k, coders - k];
    }),
  );
}

function tableOf(cuts: readonly Cut[], first: number, second: number): YesNoTable {
  const table = { both: 0, firstOnly: 0, secondOnly: 0, neither: 0 };
  for (const { size, yes } of cuts) {
    const [a, b] = [yes[first] ?? null, yes[second] ?? null];
    if (a === null || b === null) continue;
    table[a ? (b ? 'both' : 'firstOnly') : b ? 'secondOnly' : 'neither'] += size;
  }
  return table;
}

const sumTables = (tables: readonly YesNoTable[]): YesNoTable => {
  const sum = { both: 0, firstOnly: 0, secondOnly: 0, neither: 0 };
  for (const table of tables) for (const cell of CELLS) sum[cell] += table[cell];
  return sum;
};
const CELLS = ['both', 'firstOnly', 'secondOnly', 'neither'] as const;

/** @param draws null where units are taken to stand each by itself, so that the usual intervals hold */
function measurePair(
  tables: readonly YesNoTable[],
  draws: { random: Random; resamples: number } | null,
): Omit<MeasuredPair, 'first' | 'second'> | null {
  const table = sumTables(tables);
  const found = binaryAgreement(table);
  if (!found) return null;
  const plain = {
    table,
    prevalence: found.prevalence,
    bias: found.bias,
    holsti: holsti(table.both, table.both + table.firstOnly, table.both + table.secondOnly),
  };
  if (!draws) {
    const { observed, kappa, pabak, ac1 } = found;
    return { ...plain, observed, pabak, ac1, kappa: kappa && { value: kappa.kappa, low: kappa.low, high: kappa.high } };
  }
  const keyOf = (one: YesNoTable) => CELLS.map((cell) => one[cell]).join();
  const inOrder = tables.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const drawn = Array.from({ length: draws.resamples }, () =>
    binaryAgreement(sumTables(inOrder.map(() => inOrder[Math.floor(draws.random() * inOrder.length)]!))),
  ).filter((one) => one !== null);
  const within = (value: number, read: (one: BinaryAgreement) => number | null): Estimate => {
    const values = drawn.flatMap((one) => read(one) ?? []);
    return { value, low: quantile(values, 0.025) ?? value, high: quantile(values, 0.975) ?? value };
  };
  const share = within(found.observed.share, (one) => one.observed.share);
  return {
    ...plain,
    observed: { share: share.value, low: share.low, high: share.high },
    kappa: found.kappa && within(found.kappa.kappa, (one) => one.kappa?.kappa ?? null),
    pabak: within(found.pabak.value, (one) => one.pabak.value),
    ac1: within(found.ac1.value, (one) => one.ac1.value),
  };
}

function measureSets(
  texts: readonly TakenText[],
  { codes, coders }: TakenRound,
  { seed, resamples, minimum }: Draws,
): Pick<RoundAgreement, 'sets' | 'sameSets'> {
  const sets = texts.map((text) =>
    coders.map((_, coder) =>
      text.readBy.includes(coder)
        ? new Set(text.marks.filter((mark) => mark.coder === coder && mark.code < codes.length).map(({ code }) => code))
        : null,
    ),
  );
  const keyOf = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b).join(' ');
  const found = bootstrapAlphaByDistance(
    sets,
    { keyOf, distance: masiDistance<number> },
    { random: mulberry32(seed), resamples },
  );
  const same = sets.filter(
    (unit) => new Set(unit.flatMap((set) => (set === null ? [] : [keyOf(set)]))).size === 1,
  ).length;
  return { sets: found && told(found, minimum), sameSets: wilsonInterval(same, sets.length) };
}

const told = ({ below, ...found }: AlphaInterval, minimum: number): MeasuredAlpha => ({ ...found, q: below(minimum) });
