import type { Label } from './contingency.ts';
import { pairAgreement } from './pair-agreement.ts';

/**
 * The adjusted Rand index: how far two partitions of the same things agree, beyond chance.
 *
 * @param a the group of each thing in one partition
 * @param b the group of each thing in the other, in the same order
 * @returns 1 for the same partition whatever its groups are called, about 0 for unrelated ones, can be negative;
 *   null for fewer than two things
 * @throws {RangeError} when the partitions are not of the same length
 * @see Hubert and Arabie (1985), Journal of Classification 2, 193–218
 *
 * @example
 * adjustedRandIndex([1, 1, 2, 2], ['x', 'x', 'y', 'z']) // => 0.57143
 */
export function adjustedRandIndex(a: readonly Label[], b: readonly Label[]): number | null {
  return pairAgreement(a, b)?.adjustedRand ?? null;
}
