import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Something that may happen so often within a window. */
export type Rate = { name: string; most: number };

const timesOf = (text: string): number[] => JSON.parse(text) as number[];

/** How often what happened of late, counted where every process sees it. Names are hashes and say nothing by themselves. */
export function rateCountStore(db: Kysely<Tables>) {
  /** The row of a name, which nobody else changes until the transaction ends. */
  const hold = async (trx: Kysely<Tables>, name: string, at: string): Promise<number[]> => {
    const row = await trx
      .insertInto('rateCounts')
      .values({ name, times: '[]', updatedAt: at })
      .onConflict((on) => on.column('name').doUpdateSet({ updatedAt: at }))
      .returning('times')
      .executeTakeFirstOrThrow();
    return timesOf(row.times);
  };
  const put = (trx: Kysely<Tables>, name: string, times: readonly number[]) =>
    trx
      .updateTable('rateCounts')
      .set({ times: JSON.stringify(times) })
      .where('name', '=', name)
      .execute();

  return {
    /**
     * Counts one under every name, or under none when one of them is full: decided and counted in one transaction, so that tries
     * made side by side are counted too.
     *
     * @param since ms since 1970; what was before does not count
     * @param windowMs how long something is remembered
     * @returns null when it was counted; else the time in ms since 1970 at which the full name has room again
     */
    take: (rates: readonly Rate[], now: Date, since: number, windowMs: number): Promise<number | null> =>
      db.transaction().execute(async (trx) => {
        const at = now.getTime();
        await trx
          .deleteFrom('rateCounts')
          .where('updatedAt', '<', new Date(at - windowMs).toISOString())
          .execute();
        const held: (Rate & { times: number[] })[] = [];
        // In one order, so that two that hold several do not wait for each other.
        for (const rate of [...rates].sort((a, b) => (a.name < b.name ? -1 : 1)))
          held.push({ ...rate, times: await hold(trx, rate.name, now.toISOString()) });
        const full = held
          .map(({ times, most }) => ({ recent: times.filter((time) => time > since), most }))
          .filter(({ recent, most }) => recent.length >= most);
        if (full.length > 0) return Math.max(...full.map(({ recent }) => (recent[0] ?? at) + windowMs));
        for (const { name, times, most } of held)
          await put(trx, name, [...times.filter((time) => time > at - windowMs), at].slice(-most));
        return null;
      }),
    /** Forgets a name. */
    forget: async (names: readonly string[]): Promise<void> => {
      if (names.length > 0) await db.deleteFrom('rateCounts').where('name', 'in', names).execute();
    },
    /** Takes back the latest that was counted under a name. */
    giveBack: (name: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('rateCounts')
          .set((eb) => ({ times: eb.ref('times') }))
          .where('name', '=', name)
          .returning('times')
          .executeTakeFirst();
        if (row) await put(trx, name, timesOf(row.times).slice(0, -1));
      }),
  };
}
