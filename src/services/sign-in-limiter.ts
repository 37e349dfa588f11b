import { Problem } from '../model/problem.ts';

/** So many times the tries of one account may come from one network over all accounts. */
const NETWORK_FACTOR = 10;
const KEPT_MAX = 50_000;

/**
 * Counts wrong passwords in memory: per account and network, and per network over all accounts. A browser that signed
 * in to the account before has a count of its own, so that strangers who guess, even from the same network, cannot lock
 * the owner out.
 */
export function signInLimiter({ tries, windowMs, now }: { tries: number; windowMs: number; now: () => Date }) {
  const failures = new Map<string, number[]>();

  const recent = (key: string, since: number) => (failures.get(key) ?? []).filter((at) => at > since);
  const keysOf = (account: string, network: string, isKnownDevice: boolean): [string, number][] =>
    isKnownDevice
      ? [[`device ${account}`, tries]]
      : [
          [`account ${account} ${network}`, tries],
          [`network ${network}`, tries * NETWORK_FACTOR],
        ];

  return {
    /**
     * @param unlockedAt when an administrator last forgave this account's tries, or null
     * @throws Problem `too-many` with the seconds to wait
     */
    check(account: string, network: string, isKnownDevice: boolean, unlockedAt: string | null = null): void {
      const at = now().getTime();
      const since = Math.max(at - windowMs, unlockedAt === null ? 0 : Date.parse(unlockedAt));
      for (const [key, most] of keysOf(account, network, isKnownDevice)) {
        const found = recent(key, since);
        if (found.length < most) continue;
        const wait = Math.max(1, Math.ceil(((found[0] ?? at) + windowMs - at) / 1000));
        throw new Problem('too-many', 'Too many wrong passwords', {
          detail: `Wait ${Math.ceil(wait / 60)} minutes and try again, or ask whoever runs this server to unlock the address on its command line`,
          retryAfterSeconds: wait,
        });
      }
    },
    /** Counts a try: before the password is checked, since tries that run side by side must not pass uncounted. */
    failed(account: string, network: string, isKnownDevice: boolean): void {
      const at = now().getTime();
      if (failures.size > KEPT_MAX) failures.clear();
      for (const [key, most] of keysOf(account, network, isKnownDevice)) {
        failures.set(key, [...recent(key, at - windowMs), at].slice(-most));
      }
    },
    /** Takes back the try that turned out right, and forgets the wrong ones of the account. */
    succeeded(account: string, network: string, isKnownDevice = false): void {
      failures.delete(`account ${account} ${network}`);
      failures.delete(`device ${account}`);
      if (!isKnownDevice) failures.get(`network ${network}`)?.pop();
    },
  };
}
