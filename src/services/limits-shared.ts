import { createHmac } from 'node:crypto';
import type { Rate } from '../store/rate-counts.ts';
import type { Context } from './context.ts';

/**
 * Counts what happens too often where every process of an installation sees it. Names of accounts and networks are kept as
 * keyed hashes, and no longer than the window they are counted in.
 */
export function sharedLimits({ store, keys, now }: Pick<Context, 'store' | 'keys' | 'now'>) {
  const hidden = (name: string): string =>
    createHmac('sha256', keys.accounts).update(`rate ${name}`).digest('base64url').slice(0, 32);
  const hiddenRates = (rates: readonly Rate[]) => rates.map(({ name, most }) => ({ name: hidden(name), most }));

  return {
    /**
     * Counts one more under each name, or under none of them when one is full.
     *
     * @param since ms since 1970; what was before does not count
     * @returns null when there was room; else the seconds until there is
     */
    take: async (rates: readonly Rate[], windowMs: number, since = 0): Promise<number | null> => {
      const at = now();
      const until = await store.rateCounts.take(
        hiddenRates(rates),
        at,
        Math.max(at.getTime() - windowMs, since),
        windowMs,
      );
      return until === null ? null : Math.max(1, Math.ceil((until - at.getTime()) / 1000));
    },
    forget: (names: readonly string[]): Promise<void> => store.rateCounts.forget(names.map(hidden)),
    giveBack: (name: string): Promise<void> => store.rateCounts.giveBack(hidden(name)),
  };
}
export type SharedLimits = ReturnType<typeof sharedLimits>;
