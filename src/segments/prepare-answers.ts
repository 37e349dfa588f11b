import { eigenSymmetric } from '../stats/eigen-symmetric.ts';
import type { InputTable } from './input-table.ts';

type Layout = Pick<InputTable, 'p' | 'columns' | 'blocks' | 'isBalanced'>;

/** How answers are made ready: what stands for a gap, and how each column is moved and stretched. All by column. */
export type Preparation = {
  /** The mean, the lowest and the highest of what was answered. */
  answered: { mean: number; low: number; high: number }[];
  /** By block: the mean of everything answered in it. */
  blockMeans: number[];
  /** Of the column after filling and centring. */
  means: number[];
  scales: number[];
};

const ROUNDING = 1e-12;

/**
 * Makes answers ready for grouping: fills gaps, centres within the person, brings columns and blocks to a common scale.
 *
 * @param answers n × p, NaN where missing
 */
export function prepareAnswers(
  answers: Float64Array,
  layout: Layout,
): { rows: Float64Array; preparation: Preparation } {
  const { p, columns, blocks, isBalanced } = layout;
  const n = answers.length / p;
  const gaps = gapFillers(answers, layout);
  const rows = filledAndCentred(answers, layout, gaps);
  const means: number[] = [];
  const scales: number[] = [];
  for (let column = 0; column < p; column++) {
    let mean = 0;
    for (let row = 0; row < n; row++) mean += rows[row * p + column]!;
    mean /= n;
    let squares = 0;
    for (let row = 0; row < n; row++) squares += (rows[row * p + column]! - mean) ** 2;
    const spread = n > 1 ? Math.sqrt(squares / (n - 1)) : 0;
    means.push(mean);
    // Yes-or-no answers differ by 1, however they are numbered: z-scores would blow up the rarer one.
    const { low, high } = gaps.answered[column]!;
    const unit = columns[column]!.isBinary && !isCentred(blocks, column) ? high - low : spread;
    scales.push(unit > ROUNDING ? 1 / unit : 0);
  }
  stretch(rows, p, means, scales);
  if (blocks.length > 1)
    for (const { from, to, weight } of blocks) {
      const largest = isBalanced ? Math.sqrt(largestVariance(rows, n, p, from, to)) : 1;
      const factor = largest > ROUNDING ? Math.sqrt(weight) / largest : 0;
      for (let column = from; column < to; column++) scales[column]! *= factor;
      for (let row = 0; row < n; row++)
        for (let column = from; column < to; column++) rows[row * p + column]! *= factor;
    }
  return { rows, preparation: { ...gaps, means, scales } };
}

/** The same for people who come later, by what was fitted before. */
export function prepareLater(answers: Float64Array, layout: Layout, preparation: Preparation): Float64Array {
  const rows = filledAndCentred(answers, layout, preparation);
  stretch(rows, layout.p, preparation.means, preparation.scales);
  return rows;
}

/** Answers without gaps: person + column − all of the block, within what was answered. */
export function filled(answers: Float64Array, layout: Pick<Layout, 'p' | 'blocks'>): Float64Array {
  return fill(answers, layout, gapFillers(answers, layout));
}

type GapFillers = Pick<Preparation, 'answered' | 'blockMeans'>;

function gapFillers(answers: Float64Array, { p, blocks }: Pick<Layout, 'p' | 'blocks'>): GapFillers {
  const sums = new Float64Array(p);
  const counts = new Float64Array(p);
  const low = new Float64Array(p).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(p).fill(Number.NEGATIVE_INFINITY);
  for (let at = 0; at < answers.length; at += p)
    for (let column = 0; column < p; column++) {
      const value = answers[at + column]!;
      if (Number.isNaN(value)) continue;
      sums[column]! += value;
      counts[column]! += 1;
      if (value < low[column]!) low[column] = value;
      if (value > high[column]!) high[column] = value;
    }
  return {
    answered: Array.from(sums, (sum, column) => ({
      mean: sum / counts[column]!,
      low: low[column]!,
      high: high[column]!,
    })),
    blockMeans: blocks.map(({ from, to }) => {
      let [sum, count] = [0, 0];
      for (let column = from; column < to; column++) {
        sum += sums[column]!;
        count += counts[column]!;
      }
      return sum / count;
    }),
  };
}

function fill(
  answers: Float64Array,
  { p, blocks }: Pick<Layout, 'p' | 'blocks'>,
  { answered, blockMeans }: GapFillers,
): Float64Array {
  const rows = Float64Array.from(answers);
  for (const [block, { from, to }] of blocks.entries()) {
    for (let at = 0; at < rows.length; at += p) {
      let [sum, count] = [0, 0];
      for (let column = from; column < to; column++) {
        const value = answers[at + column]!;
        if (Number.isNaN(value)) continue;
        sum += value;
        count += 1;
      }
      if (count === to - from) continue;
      const person = count === 0 ? 0 : sum / count - blockMeans[block]!;
      for (let column = from; column < to; column++) {
        if (!Number.isNaN(answers[at + column]!)) continue;
        const { mean, low, high } = answered[column]!;
        rows[at + column] = Math.min(high, Math.max(low, mean + person));
      }
    }
  }
  return rows;
}

function filledAndCentred(answers: Float64Array, layout: Layout, gaps: GapFillers): Float64Array {
  const { p, blocks } = layout;
  const rows = fill(answers, layout, gaps);
  for (const { centring, from, to } of blocks) {
    if (centring === 'none' || to - from < 2) continue;
    for (let at = 0; at < rows.length; at += p) {
      let sum = 0;
      for (let column = from; column < to; column++) sum += rows[at + column]!;
      const mean = sum / (to - from);
      for (let column = from; column < to; column++) rows[at + column]! -= mean;
    }
  }
  return rows;
}

function stretch(rows: Float64Array, p: number, means: readonly number[], scales: readonly number[]): void {
  for (let at = 0; at < rows.length; at += p)
    for (let column = 0; column < p; column++)
      rows[at + column] = (rows[at + column]! - means[column]!) * scales[column]!;
}

const isCentred = (blocks: Layout['blocks'], column: number): boolean =>
  blocks.some(({ centring, from, to }) => centring === 'person-mean' && to - from > 1 && column >= from && column < to);

/** The variance along the direction in which a block of centred columns spreads most. */
function largestVariance(rows: Float64Array, n: number, p: number, from: number, to: number): number {
  const width = to - from;
  const products = new Float64Array(width * width);
  for (let row = 0; row < n; row++)
    for (let a = 0; a < width; a++) {
      const value = rows[row * p + from + a]!;
      for (let b = 0; b <= a; b++) products[a * width + b]! += (value * rows[row * p + from + b]!) / (n - 1);
    }
  for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) products[b * width + a] = products[a * width + b]!;
  return eigenSymmetric(products, width).eigenvalues[0]!;
}
