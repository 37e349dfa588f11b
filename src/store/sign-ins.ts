import type { Kysely } from 'kysely';
import { addUser, type NewUser, type User } from './accounts.ts';
import { isUniqueViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

/** Sign-ins on their way: those that wait for a second step, and who somebody is at an identity provider. */
export function signInStore(db: Kysely<Tables>) {
  return {
    beginStep: (step: Tables['signInSteps']): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('signInSteps').where('expiresAt', '<=', step.createdAt).execute();
        await trx.insertInto('signInSteps').values(step).execute();
      }),
    /** Whose sign-in waits; null when it ran out or somebody was shut out meanwhile. */
    step: async (idHash: string, at: string): Promise<User | null> =>
      (await db
        .selectFrom('signInSteps')
        .innerJoin('users', 'users.id', 'signInSteps.userId')
        .selectAll('users')
        .where('signInSteps.idHash', '=', idHash)
        .where('signInSteps.expiresAt', '>', at)
        .where('users.disabledAt', 'is', null)
        .executeTakeFirst()) ?? null,
    /** Ends a sign-in that waits. False when somebody was faster. */
    endStep: async (idHash: string): Promise<boolean> =>
      (await db.deleteFrom('signInSteps').where('idHash', '=', idHash).executeTakeFirst()).numDeletedRows > 0n,

    findOutside: async (issuer: string, subject: string): Promise<User | null> =>
      (await db
        .selectFrom('outsideIdentities')
        .innerJoin('users', 'users.id', 'outsideIdentities.userId')
        .selectAll('users')
        .where('outsideIdentities.issuer', '=', issuer)
        .where('outsideIdentities.subject', '=', subject)
        .executeTakeFirst()) ?? null,
    /** Whether somebody is known at a provider, under whichever name. */
    isOutside: async (issuer: string, userId: number): Promise<boolean> =>
      (await db
        .selectFrom('outsideIdentities')
        .select('subject')
        .where('issuer', '=', issuer)
        .where('userId', '=', userId)
        .executeTakeFirst()) !== undefined,
    linkOutside: async (issuer: string, subject: string, userId: number, at: string): Promise<void> => {
      await db.insertInto('outsideIdentities').values({ issuer, subject, userId, createdAt: at }).execute();
    },
    /** An account without a password and without a role anywhere. Null when its address was taken meanwhile. */
    addOutside: async (
      identity: { issuer: string; subject: string },
      user: Pick<NewUser, 'email' | 'name'>,
      at: string,
    ): Promise<User | null> => {
      try {
        return await db.transaction().execute(async (trx) => {
          const added = await addUser(trx, { ...user, passwordHash: '', isAdmin: false }, at);
          await trx
            .insertInto('outsideIdentities')
            .values({ ...identity, userId: added.id, createdAt: at })
            .execute();
          return added;
        });
      } catch (error) {
        if (isUniqueViolation(error)) return null;
        throw error;
      }
    },
  };
}
