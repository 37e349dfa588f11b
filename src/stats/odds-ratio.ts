import { normalQuantile, normalTwoSidedP } from './distributions.ts';

/** Two groups, of whom some have a thing and the others have it not. */
export type FourCells = {
  /** In the first group: have it, have it not. */
  readonly a: number;
  readonly b: number;
  /** In the second group: have it, have it not. */
  readonly c: number;
  readonly d: number;
};
export type OddsRatio = {
  ratio: number;
  low: number;
  high: number;
  /** Two-sided p of Wald's test that the ratio is 1. */
  p: number;
  /** True when a cell was empty, and half a case was added to each. */
  isCorrected: boolean;
};

/**
 * The odds of a thing in one group, against those in another, with Woolf's interval. When a cell is empty, half a case is
 * added to each of the four (Haldane and Anscombe), since the ratio would be 0 or without bound.
 *
 *   ratio = a d / (b c),  variance of its logarithm = 1/a + 1/b + 1/c + 1/d
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns without unit, 1 when the odds are the same; null when a group is empty, or all or none have it in both
 * @throws {RangeError} when a count is negative or not finite, or the level not between 0 and 1
 * @see Woolf (1955), Annals of Human Genetics 19(4), 251–253; Haldane (1956), Annals of Human Genetics 20(4), 309–311
 *
 * @example
 * oddsRatio({ a: 141, b: 420, c: 928, d: 13525 }) // => { ratio: 4.89282, low: 3.99780, high: 5.98822, p: 0, isCorrected: false }
 */
export function oddsRatio({ a, b, c, d }: FourCells, level = 0.95): OddsRatio | null {
  requireCells({ a, b, c, d }, 'oddsRatio');
  const z = normalQuantile((1 + level) / 2);
  if (a + b === 0 || c + d === 0 || a + c === 0 || b + d === 0) return null;
  const isCorrected = [a, b, c, d].includes(0);
  const cells = [a, b, c, d].map((cell) => (isCorrected ? cell + 0.5 : cell));
  const logarithm = Math.log((cells[0]! * cells[3]!) / (cells[1]! * cells[2]!));
  const error = Math.sqrt(cells.reduce((sum, cell) => sum + 1 / cell, 0));
  return {
    ratio: Math.exp(logarithm),
    low: Math.exp(logarithm - z * error),
    high: Math.exp(logarithm + z * error),
    p: normalTwoSidedP(logarithm / error),
    isCorrected,
  };
}

/** @throws {RangeError} when a cell is no count */
export function requireCells(cells: FourCells, caller: string): void {
  if (![cells.a, cells.b, cells.c, cells.d].every((cell) => cell >= 0 && Number.isFinite(cell)))
    throw new RangeError(`${caller} requires counts of at least 0`);
}
