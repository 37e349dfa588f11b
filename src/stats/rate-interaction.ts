import { normalTwoSidedP } from './distributions.ts';
import type { GroupOnSides } from './kitagawa.ts';

/**
 * Whether two traits together change a rate by more than each does by itself: the change of those with both, less that
 * of those with only the one and with only the other, plus that of those with neither. It is a contrast of eight
 * independent rates; for its variance each takes one more with and one more without the outcome, so that small cells and
 * rates of 0 or 1 have their due.
 *
 * @param cells those with both, with the first only, with the second only, with neither
 * @returns the contrast in the unit of the rate with its two-sided p; null when a cell is empty on a side
 * @see Agresti and Caffo (2000), The American Statistician 54(4), 280–288, for the added observations
 *
 * @example
 * const side = (count, total) => ({ count, total })
 * const steady = { first: side(80, 100), second: side(80, 100) }
 * rateInteraction({ both: { first: side(80, 100), second: side(40, 100) }, one: steady, other: steady, neither: steady })
 * // => { contrast: -0.4, p: 0.0005972 }
 */
export function rateInteraction({
  both,
  one,
  other,
  neither,
}: Record<'both' | 'one' | 'other' | 'neither', GroupOnSides>): { contrast: number; p: number } | null {
  let contrast = 0;
  let variance = 0;
  for (const [cell, sign] of [
    [both, 1],
    [one, -1],
    [other, -1],
    [neither, 1],
  ] as const) {
    if (cell.first.total === 0 || cell.second.total === 0) return null;
    contrast += sign * (cell.second.count / cell.second.total - cell.first.count / cell.first.total);
    for (const { count, total } of [cell.first, cell.second]) {
      const rate = (count + 1) / (total + 2);
      variance += (rate * (1 - rate)) / (total + 2);
    }
  }
  return { contrast, p: normalTwoSidedP(contrast / Math.sqrt(variance)) };
}
