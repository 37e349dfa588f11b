import { wilsonInterval } from '../stats/wilson-interval.ts';

/** How often something was answered, with its share of those who answered and the 95% interval of that share. */
export type Counted = { code: string; label: string; count: number; share: number; low: number; high: number };

/**
 * A count among so many.
 *
 * @param total who answered: the base of the share
 * @returns a share of 0 that lies anywhere from 0 to 0 when nobody did
 *
 * @example
 * countedShare('yes', 'Yes', 3, 20) // => { code: 'yes', label: 'Yes', count: 3, share: 0.15, low: 0.0523687, high: 0.3604189 }
 */
export function countedShare(code: string, label: string, count: number, total: number): Counted {
  const { share, low, high } = wilsonInterval(count, total) ?? { share: 0, low: 0, high: 0 };
  return { code, label, count, share, low, high };
}
