import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

export type Passkey = Omit<Selectable<Tables['passkeys']>, 'transports'> & { transports: string[] };
export type NewPasskey = Omit<Insertable<Tables['passkeys']>, 'id' | 'transports' | 'usedAt'> & {
  transports: readonly string[];
};
export type SecondFactorState = { hasApp: boolean; passkeys: number; codesLeft: number };

const asPasskey = (row: Selectable<Tables['passkeys']>): Passkey => ({
  ...row,
  id: Number(row.id),
  userId: Number(row.userId),
  counter: Number(row.counter),
  transports: JSON.parse(row.transports) as string[],
});

/** What people have besides their password: an app that shows codes, passkeys, and codes for the day both are lost. */
export function secondFactorStore(db: Kysely<Tables>) {
  const putCodes = async (trx: Kysely<Tables>, userId: number, hashes: readonly string[]) => {
    await trx.deleteFrom('recoveryCodes').where('userId', '=', userId).execute();
    if (hashes.length > 0)
      await trx
        .insertInto('recoveryCodes')
        .values(hashes.map((codeHash) => ({ codeHash, userId, usedAt: null })))
        .execute();
  };
  /** Recovery codes stand in for a second factor, so that without one there are none. */
  const dropIdleCodes = async (trx: Kysely<Tables>, userId: number) => {
    const app = await trx
      .selectFrom('codeApps')
      .select('userId')
      .where('userId', '=', userId)
      .where('confirmedAt', 'is not', null)
      .executeTakeFirst();
    const key = await trx.selectFrom('passkeys').select('id').where('userId', '=', userId).executeTakeFirst();
    if (!app && !key) await putCodes(trx, userId, []);
  };

  return {
    state: async (userId: number): Promise<SecondFactorState> => {
      const app = await db.selectFrom('codeApps').select('confirmedAt').where('userId', '=', userId).executeTakeFirst();
      const count = async (table: 'passkeys' | 'recoveryCodes') => {
        let query = db
          .selectFrom(table)
          .select(({ fn }) => fn.countAll().as('n'))
          .where('userId', '=', userId);
        if (table === 'recoveryCodes') query = query.where('usedAt', 'is', null);
        return Number((await query.executeTakeFirst())?.n ?? 0);
      };
      return {
        hasApp: (app?.confirmedAt ?? null) !== null,
        passkeys: await count('passkeys'),
        codesLeft: await count('recoveryCodes'),
      };
    },

    app: async (userId: number): Promise<Selectable<Tables['codeApps']> | null> =>
      (await db.selectFrom('codeApps').selectAll().where('userId', '=', userId).executeTakeFirst()) ?? null,
    /** An app that is to be set up; one that is in use stays as it is. */
    beginApp: async (userId: number, secret: string, at: string): Promise<void> => {
      await db
        .insertInto('codeApps')
        .values({ userId, secret, confirmedAt: null, lastStep: null, createdAt: at })
        .onConflict((on) =>
          on.column('userId').doUpdateSet({ secret, createdAt: at }).where('codeApps.confirmedAt', 'is', null),
        )
        .execute();
    },
    /**
     * Puts an app into use, with recovery codes where there were none.
     *
     * @returns whether it was waiting for this, and whether the codes were taken
     */
    confirmApp: (
      userId: number,
      step: number,
      hashes: readonly string[],
      at: string,
    ): Promise<{ isNew: boolean; hasNewCodes: boolean }> =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('codeApps')
          .set({ confirmedAt: at, lastStep: step })
          .where('userId', '=', userId)
          .where('confirmedAt', 'is', null)
          .returning('userId')
          .executeTakeFirst();
        if (!row) return { isNew: false, hasNewCodes: false };
        const codes = await trx
          .selectFrom('recoveryCodes')
          .select('codeHash')
          .where('userId', '=', userId)
          .where('usedAt', 'is', null)
          .executeTakeFirst();
        if (!codes) await putCodes(trx, userId, hashes);
        return { isNew: true, hasNewCodes: !codes };
      }),
    /** Uses up the step of a code. False when that step or a later one was used before. */
    useStep: async (userId: number, step: number): Promise<boolean> =>
      (
        await db
          .updateTable('codeApps')
          .set({ lastStep: step })
          .where('userId', '=', userId)
          .where('confirmedAt', 'is not', null)
          .where((eb) => eb.or([eb('lastStep', 'is', null), eb('lastStep', '<', step)]))
          .executeTakeFirst()
      ).numUpdatedRows > 0n,
    /** @returns whether there was one */
    removeApp: (userId: number): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx.deleteFrom('codeApps').where('userId', '=', userId).executeTakeFirst();
        await dropIdleCodes(trx, userId);
        return numDeletedRows > 0n;
      }),

    replaceCodes: (userId: number, hashes: readonly string[]): Promise<void> =>
      db.transaction().execute((trx) => putCodes(trx, userId, hashes)),
    /** Uses a recovery code up. False when it is none, or was used before. */
    useCode: async (userId: number, codeHash: string, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('recoveryCodes')
          .set({ usedAt: at })
          .where('userId', '=', userId)
          .where('codeHash', '=', codeHash)
          .where('usedAt', 'is', null)
          .executeTakeFirst()
      ).numUpdatedRows > 0n,

    passkeys: async (userId: number): Promise<Passkey[]> =>
      (await db.selectFrom('passkeys').selectAll().where('userId', '=', userId).orderBy('id').execute()).map(asPasskey),
    /** @returns whether the recovery codes were taken, because there were none */
    addPasskey: (key: NewPasskey, hashes: readonly string[]): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        await trx
          .insertInto('passkeys')
          .values({ ...key, transports: JSON.stringify(key.transports), usedAt: null })
          .execute();
        const codes = await trx
          .selectFrom('recoveryCodes')
          .select('codeHash')
          .where('userId', '=', key.userId)
          .where('usedAt', 'is', null)
          .executeTakeFirst();
        if (!codes) await putCodes(trx, key.userId, hashes);
        return !codes;
      }),
    /** Notes the counter of a passkey that was used; false when a later one is known, as after a key was copied. */
    usePasskey: async (id: number, counter: number, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('passkeys')
          .set({ counter, usedAt: at })
          .where('id', '=', id)
          // Keys that count nothing say zero each time.
          .where((eb) => (counter === 0 ? eb('counter', '=', 0) : eb('counter', '<', counter)))
          .executeTakeFirst()
      ).numUpdatedRows > 0n,
    removePasskey: (userId: number, publicId: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('passkeys')
          .where('userId', '=', userId)
          .where('publicId', '=', publicId)
          .executeTakeFirst();
        await dropIdleCodes(trx, userId);
        return numDeletedRows > 0n;
      }),
    /** For whoever runs the server: nothing is asked but the password until something is set up again. */
    removeAll: (userId: number): Promise<void> =>
      db.transaction().execute(async (trx) => {
        for (const table of ['codeApps', 'passkeys', 'recoveryCodes', 'signInSteps', 'sessions'] as const)
          await trx.deleteFrom(table).where('userId', '=', userId).execute();
      }),
  };
}
