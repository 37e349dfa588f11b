import type { ChoiceColumn, ChoicesColumn, NumberColumn } from '../model/table-column.ts';
import type { CountedValue } from '../stats/counted-values.ts';
import type { Moments } from '../stats/hedges-g.ts';
import type { CountedShare } from '../stats/share-contrast.ts';

/** What a group of respondents weighs. */
export type Sums = { n: number; weight: number; squares: number };
/** What a group says to a choice: those who answered, and those who chose each option. */
export type ChoiceTally = { base: Sums; options: Sums[] };
/** What a group says to a number, taken from a value near the middle so that no digits are lost. */
export type NumberTally = { base: Sums; sum: number; sumOfSquares: number; byRank: Float64Array | null };

/** A column of numbers made ready for counting. */
export type RankedNumbers = { values: Float64Array; middle: number; distinct: Float64Array; ranks: Int32Array };

/** The places of respondents, ascending. */
export type Members = Int32Array;

/** The effective base (Kish): how many equally weighted answers would know as much. */
export const effectiveBase = ({ weight, squares }: Sums): number => (squares > 0 ? weight ** 2 / squares : 0);

/** What is left of a group without a part of it. */
export function sumsWithout(all: Sums, part: Sums): Sums {
  const n = all.n - part.n;
  return n <= 0
    ? { n: 0, weight: 0, squares: 0 }
    : { n, weight: Math.max(0, all.weight - part.weight), squares: Math.max(0, all.squares - part.squares) };
}

/** Counts a choice within a group. Respondents of weight 0 count for nothing and are in no base. */
export function tallyChoice(
  column: ChoiceColumn | ChoicesColumn,
  members: Members,
  weights: Float64Array | null,
): ChoiceTally {
  const size = column.options.length;
  const n = new Float64Array(size);
  const weight = new Float64Array(size);
  const squares = new Float64Array(size);
  const base = { n: 0, weight: 0, squares: 0 };
  for (const person of members) {
    const own = weights ? weights[person]! : 1;
    const isAnswered = column.kind === 'choice' ? column.codes[person]! >= 0 : column.answered[person] === 1;
    if (!isAnswered || own === 0) continue;
    base.n += 1;
    base.weight += own;
    base.squares += own * own;
    if (column.kind === 'choice') {
      const option = column.codes[person]!;
      n[option]! += 1;
      weight[option]! += own;
      squares[option]! += own * own;
    } else
      for (let option = 0; option < size; option++) {
        if (column.chosen[option]![person] !== 1) continue;
        n[option]! += 1;
        weight[option]! += own;
        squares[option]! += own * own;
      }
  }
  return {
    base,
    options: Array.from(n, (count, option) => ({ n: count, weight: weight[option]!, squares: squares[option]! })),
  };
}

/** What is left of a tally without a part of it. */
export const choiceWithout = (all: ChoiceTally, part: ChoiceTally): ChoiceTally => ({
  base: sumsWithout(all.base, part.base),
  options: all.options.map((option, index) => sumsWithout(option, part.options[index]!)),
});

/** A share as a test takes it: of the effective base. */
export function effectiveShare({ base, options }: ChoiceTally, option: number): CountedShare {
  const total = effectiveBase(base);
  const share = base.weight > 0 ? Math.min(1, options[option]!.weight / base.weight) : 0;
  return { count: Math.min(total, share * total), total };
}

/** @param isRanked whether medians and ranks are wanted, for which values are sorted once */
export function rankNumbers({ values }: NumberColumn, isRanked: boolean): RankedNumbers {
  const known = values.filter((value) => !Number.isNaN(value));
  // A value in use: a column of one value then has no spread at all, rather than a speck of it.
  const middle = known[known.length >> 1] ?? 0;
  if (!isRanked) return { values, middle, distinct: new Float64Array(), ranks: new Int32Array() };
  known.sort();
  const distinct = known.filter((value, index) => index === 0 || value !== known[index - 1]);
  const ranks = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    let [low, high] = [0, distinct.length - 1];
    while (low < high) {
      const half = (low + high) >> 1;
      if (distinct[half]! < value) low = half + 1;
      else high = half;
    }
    return low;
  });
  return { values, middle, distinct, ranks };
}

/** Sums numbers within a group. */
export function tallyNumbers(
  { values, middle, distinct, ranks }: RankedNumbers,
  members: Members,
  weights: Float64Array | null,
): NumberTally {
  const byRank = ranks.length > 0 ? new Float64Array(distinct.length) : null;
  let [n, weight, squares, sum, sumOfSquares] = [0, 0, 0, 0, 0];
  for (const person of members) {
    const value = values[person]! - middle;
    const own = weights ? weights[person]! : 1;
    if (Number.isNaN(value) || own === 0) continue;
    n += 1;
    weight += own;
    squares += own * own;
    sum += own * value;
    sumOfSquares += own * value * value;
    if (byRank) byRank[ranks[person]!]! += own;
  }
  return { base: { n, weight, squares }, sum, sumOfSquares, byRank };
}

export const numbersWithout = (all: NumberTally, part: NumberTally): NumberTally => ({
  base: sumsWithout(all.base, part.base),
  sum: all.sum - part.sum,
  sumOfSquares: all.sumOfSquares - part.sumOfSquares,
  byRank:
    all.byRank && part.byRank ? all.byRank.map((weight, rank) => Math.max(0, weight - part.byRank![rank]!)) : null,
});

/** Mean and variance as tests take them, n being the effective base; null when nobody answered. */
export function momentsOf({ base, sum, sumOfSquares }: NumberTally, middle: number): Moments | null {
  const n = effectiveBase(base);
  if (base.n === 0 || n === 0) return null;
  const centre = sum / base.weight;
  const spread = sumOfSquares / base.weight - centre ** 2;
  // What rounding leaves behind is not spread.
  const isFlat = spread <= 1e-12 * (sumOfSquares / base.weight);
  return { n, mean: middle + centre, variance: isFlat || n <= 1 ? 0 : (spread * n) / (n - 1) };
}

/** Values with how many effective answers gave each. */
export function countedOf({ base, byRank }: NumberTally, { distinct }: RankedNumbers): CountedValue[] {
  const scale = base.weight > 0 ? effectiveBase(base) / base.weight : 0;
  const counted: CountedValue[] = [];
  byRank?.forEach((weight, rank) => {
    if (weight > 1e-9 * base.weight) counted.push({ value: distinct[rank]!, count: weight * scale });
  });
  return counted;
}
