import { Problem } from '../model/problem.ts';
import type { SharedLimits } from './limits-shared.ts';

/** So many times the tries of one account may come from one network over all accounts. */
const NETWORK_FACTOR = 10;

/**
 * Counts wrong passwords: per account and network, and per network over all accounts. A browser that signed in to the account
 * before has a count of its own, so that strangers who guess, even from the same network, cannot lock the owner out.
 */
export function signInLimiter(limits: SharedLimits, { tries, windowMs }: { tries: number; windowMs: number }) {
  const ratesOf = (account: string, network: string, isKnownDevice: boolean) =>
    isKnownDevice
      ? [{ name: `device ${account}`, most: tries }]
      : [
          { name: `account ${account} ${network}`, most: tries },
          { name: `network ${network}`, most: tries * NETWORK_FACTOR },
        ];

  return {
    /**
     * Counts a try before what was typed is looked at, since tries that run side by side must not pass uncounted.
     *
     * @param unlockedAt when an administrator last forgave this account's tries, or null
     * @throws Problem `too-many` with the seconds to wait
     */
    begin: async (
      account: string,
      network: string,
      isKnownDevice: boolean,
      unlockedAt: string | null = null,
    ): Promise<void> => {
      const since = unlockedAt === null ? 0 : Date.parse(unlockedAt);
      const wait = await limits.take(ratesOf(account, network, isKnownDevice), windowMs, since);
      if (wait === null) return;
      throw new Problem('too-many', 'Too many wrong tries', {
        detail: `Wait ${Math.ceil(wait / 60)} minutes and try again, or ask whoever runs this server to unlock the address on its command line`,
        retryAfterSeconds: wait,
      });
    },
    /** Takes back the try that turned out right, and forgets the wrong ones of the account. */
    succeeded: async (account: string, network: string, isKnownDevice = false): Promise<void> => {
      await limits.forget([`account ${account} ${network}`, `device ${account}`]);
      if (!isKnownDevice) await limits.giveBack(`network ${network}`);
    },
  };
}
export type SignInLimiter = ReturnType<typeof signInLimiter>;
