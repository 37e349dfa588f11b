/** What lies between segments: by column, by block, and how much of it is a way of using the scale. */
import type { InputTable } from './input-table.ts';

/** Of a block's columns that take more than two values so many are needed to speak of a habit of answering. */
const STYLE_COLUMNS_LEAST = 3;

/** For each segment the mean of its rows, segment after segment. */
export function centresOf(rows: Float64Array, p: number, labels: Int32Array, sizes: readonly number[]): Float64Array {
  const centres = new Float64Array(sizes.length * p);
  for (const [row, c] of labels.entries()) for (let j = 0; j < p; j++) centres[c * p + j]! += rows[row * p + j]!;
  return centres.map((sum, at) => sum / Math.max(1, sizes[Math.floor(at / p)]!));
}

/** By column: the squared distances of the segments' centres from the middle, each as often as it has people. */
export function betweenSquares(centres: Float64Array, sizes: readonly number[], p: number): number[] {
  const n = sizes.reduce((sum, size) => sum + size, 0);
  return Array.from({ length: p }, (_, j) => {
    const middle = sizes.reduce((sum, size, c) => sum + (size / n) * centres[c * p + j]!, 0);
    return sizes.reduce((sum, size, c) => sum + size * (centres[c * p + j]! - middle) ** 2, 0);
  });
}

/** By block, its part of what lies between segments, 0 to 1. */
export function blockSharesOf(
  { blocks }: InputTable,
  between: readonly number[],
): { id: string; name: string; share: number }[] {
  const all = between.reduce((sum, one) => sum + one, 0);
  return blocks.map(({ id, name, from, to }) => ({
    id,
    name,
    share: all > 0 ? between.slice(from, to).reduce((sum, one) => sum + one, 0) / all : 0,
  }));
}

/** By block, how much of people's own mean over its answers the segments account for (R²), 0 to 1. */
export function styleOf(
  { answers, blocks, columns, p }: InputTable,
  labels: Int32Array,
  k: number,
): { block: string; share: number }[] {
  return blocks.flatMap(({ name, from, to }) => {
    const own = Array.from({ length: to - from }, (_, j) => from + j).filter((column) => !columns[column]!.isBinary);
    if (own.length < STYLE_COLUMNS_LEAST) return [];
    const means: number[] = [];
    const segments: number[] = [];
    for (const [row, segment] of labels.entries()) {
      const given = own.map((column) => answers[row * p + column]!).filter((value) => !Number.isNaN(value));
      if (given.length === 0) continue;
      means.push(given.reduce((sum, value) => sum + value, 0) / given.length);
      segments.push(segment);
    }
    const all = means.reduce((sum, mean) => sum + mean, 0) / means.length;
    const total = means.reduce((sum, mean) => sum + (mean - all) ** 2, 0);
    if (!(total > 0)) return [];
    const sums = new Float64Array(k);
    const counts = new Float64Array(k);
    for (const [i, segment] of segments.entries()) {
      sums[segment]! += means[i]!;
      counts[segment]! += 1;
    }
    let between = 0;
    for (let c = 0; c < k; c++) if (counts[c]! > 0) between += counts[c]! * (sums[c]! / counts[c]! - all) ** 2;
    return [{ block: name, share: Math.min(1, between / total) }];
  });
}
