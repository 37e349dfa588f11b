/**
 * Keeps what was read for a moment, for reads that come by the thousand while hardly anything changes. Writes of this
 * process clear it at once; those of another process are seen when the moment is over.
 *
 * @param mostMs how long a moment is
 * @param mostKept how many are kept before all are let go
 */
export function recentReads<Value>(mostMs: number, mostKept = 1_000) {
  const kept = new Map<string, { value: Value; until: number }>();
  return {
    read: async (key: string, fetch: () => Promise<Value>): Promise<Value> => {
      const known = kept.get(key);
      if (known && known.until > performance.now()) return known.value;
      const value = await fetch();
      if (kept.size > mostKept) kept.clear();
      kept.set(key, { value, until: performance.now() + mostMs });
      return value;
    },
    /** Reads this one anew next time. */
    forget: (key: string): void => {
      kept.delete(key);
    },
    /** Does a write, after which everything is read anew. */
    after: async <Result>(write: () => Promise<Result>): Promise<Result> => {
      try {
        return await write();
      } finally {
        kept.clear();
      }
    },
  };
}
