import type { Insertable, Kysely, Selectable, Transaction } from 'kysely';
import { addUser, type NewUser, type Role, type User } from './accounts.ts';
import { isUniqueViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

export type LinkKind = 'invitation' | 'password' | 'address';
export type AccountLink = Omit<Selectable<Tables['accountLinks']>, 'kind' | 'role'> & {
  kind: LinkKind;
  role: Role | null;
};
export type NewLink = Omit<Insertable<Tables['accountLinks']>, 'id' | 'createdAt' | 'usedAt'> & {
  kind: LinkKind;
  role: Role | null;
};

const number = (value: number | null) => (value === null ? null : Number(value));
const asLink = (row: Selectable<Tables['accountLinks']>): AccountLink => ({
  ...row,
  id: Number(row.id),
  userId: number(row.userId),
  studyId: number(row.studyId),
  workspaceId: number(row.workspaceId),
  madeBy: number(row.madeBy),
  kind: row.kind as LinkKind,
  role: row.role as Role | null,
});
const KEPT_MS = 30 * 86_400_000;

/** Links that open once and for a while: invitations, new passwords, new addresses. The database holds their hashes. */
export function accountLinkStore(db: Kysely<Tables>) {
  /** Spends a link. Null when it has been used, has run out, or was ended. */
  const spend = async (trx: Transaction<Tables>, linkId: number, at: string): Promise<AccountLink | null> => {
    const row = await trx
      .updateTable('accountLinks')
      .set({ usedAt: at })
      .where('id', '=', linkId)
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', at)
      .returningAll()
      .executeTakeFirst();
    if (!row) return null;
    const link = asLink(row);
    return link.kind === 'invitation' && !(await isOwnersStill(trx, link)) ? null : link;
  };
  /** Whether whoever invited somebody may still do so; the command line may always. */
  const isOwnersStill = async (
    trx: Transaction<Tables>,
    { madeBy, studyId, workspaceId }: AccountLink,
  ): Promise<boolean> => {
    if (madeBy === null) return true;
    const ofStudy =
      studyId === null
        ? []
        : await trx
            .selectFrom('studyMembers')
            .select('userId')
            .where('studyId', '=', studyId)
            .where('userId', '=', madeBy)
            .where('role', '=', 'owner')
            .execute();
    if (ofStudy.length > 0) return true;
    const workspace =
      workspaceId ??
      (studyId === null
        ? null
        : (await trx.selectFrom('studies').select('workspaceId').where('id', '=', studyId).executeTakeFirst())
            ?.workspaceId) ??
      null;
    if (workspace === null) return false;
    const ofWorkspace = await trx
      .selectFrom('members')
      .select('userId')
      .where('workspaceId', '=', workspace)
      .where('userId', '=', madeBy)
      .where('role', '=', 'owner')
      .execute();
    return ofWorkspace.length > 0;
  };
  /** A role that is there already stays: an invitation adds, and does not change. */
  const join = async (trx: Transaction<Tables>, link: AccountLink, userId: number, at: string): Promise<void> => {
    const role = link.role ?? 'viewer';
    if (link.studyId !== null)
      await trx
        .insertInto('studyMembers')
        .values({ studyId: link.studyId, userId, role })
        .onConflict((on) => on.columns(['studyId', 'userId']).doNothing())
        .execute();
    else if (link.workspaceId !== null)
      await trx
        .insertInto('members')
        .values({ workspaceId: link.workspaceId, userId, role, createdAt: at })
        .onConflict((on) => on.columns(['workspaceId', 'userId']).doNothing())
        .execute();
  };

  return {
    /** A new link ends the ones before it that were for the same. */
    add: (link: NewLink, at: string): Promise<AccountLink> =>
      db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom('accountLinks')
          .where('expiresAt', '<', new Date(Date.parse(at) - KEPT_MS).toISOString())
          .execute();
        let same = trx.deleteFrom('accountLinks').where('kind', '=', link.kind).where('usedAt', 'is', null);
        same =
          link.kind === 'invitation'
            ? same
                .where('email', '=', link.email)
                .where('studyId', link.studyId === null ? 'is' : '=', link.studyId ?? null)
                .where('workspaceId', link.workspaceId === null ? 'is' : '=', link.workspaceId ?? null)
            : same.where('userId', '=', link.userId ?? null);
        await same.execute();
        const row = await trx
          .insertInto('accountLinks')
          .values({ ...link, createdAt: at, usedAt: null })
          .returningAll()
          .executeTakeFirstOrThrow();
        return asLink(row);
      }),
    findByHash: async (tokenHash: string): Promise<AccountLink | null> => {
      const row = await db.selectFrom('accountLinks').selectAll().where('tokenHash', '=', tokenHash).executeTakeFirst();
      return row ? asLink(row) : null;
    },
    find: async (id: number): Promise<AccountLink | null> => {
      const row = await db.selectFrom('accountLinks').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? asLink(row) : null;
    },
    /** Invitations to a study or its workspace that nobody has taken up, the newest first, with how their letter fares. */
    invitations: async (study: { id: number; workspaceId: number }, at: string) => {
      const rows = await db
        .selectFrom('accountLinks')
        .leftJoin('users', 'users.id', 'accountLinks.madeBy')
        .leftJoin('accountLetters', 'accountLetters.linkId', 'accountLinks.id')
        .selectAll('accountLinks')
        .select(['users.name as by', 'accountLetters.state as letter', 'accountLetters.reason as letterReason'])
        .where('accountLinks.kind', '=', 'invitation')
        .where('accountLinks.usedAt', 'is', null)
        .where('accountLinks.expiresAt', '>', at)
        .where((eb) =>
          eb.or([eb('accountLinks.studyId', '=', study.id), eb('accountLinks.workspaceId', '=', study.workspaceId)]),
        )
        .orderBy('accountLinks.id', 'desc')
        .execute();
      return rows.map(({ by, letter, letterReason, ...row }) => ({ ...asLink(row), by, letter, letterReason }));
    },
    /** Ends an invitation of this study or its workspace. */
    end: async (study: { id: number; workspaceId: number }, publicId: string): Promise<boolean> => {
      const { numDeletedRows } = await db
        .deleteFrom('accountLinks')
        .where('publicId', '=', publicId)
        .where('kind', '=', 'invitation')
        .where('usedAt', 'is', null)
        .where((eb) => eb.or([eb('studyId', '=', study.id), eb('workspaceId', '=', study.workspaceId)]))
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },

    /** Takes an invitation up with a new account. Null when the link is spent, or the address has an account by now. */
    joinAsNew: async (linkId: number, user: Omit<NewUser, 'isAdmin'>, at: string): Promise<User | null> => {
      try {
        return await db.transaction().execute(async (trx) => {
          const link = await spend(trx, linkId, at);
          if (!link || link.email !== user.email) return null;
          const added = await addUser(trx, { ...user, isAdmin: false }, at);
          await join(trx, link, added.id, at);
          return added;
        });
      } catch (error) {
        if (isUniqueViolation(error)) return null;
        throw error;
      }
    },
    /** The same for somebody who has an account. */
    join: (linkId: number, userId: number, at: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const link = await spend(trx, linkId, at);
        if (!link) return false;
        await join(trx, link, userId, at);
        return true;
      }),
    /** Spends the link, sets the password, and ends every session. */
    setPassword: (linkId: number, passwordHash: string, at: string): Promise<User | null> =>
      db.transaction().execute(async (trx) => {
        const link = await spend(trx, linkId, at);
        if (!link || link.userId === null) return null;
        await trx.deleteFrom('sessions').where('userId', '=', link.userId).execute();
        await trx.deleteFrom('signInSteps').where('userId', '=', link.userId).execute();
        return (
          (await trx
            .updateTable('users')
            .set({ passwordHash })
            .where('id', '=', link.userId)
            .where('disabledAt', 'is', null)
            .returningAll()
            .executeTakeFirst()) ?? null
        );
      }),
    /** Spends the link, changes the address, and ends every session. Null when it is spent, or the address taken by now. */
    changeAddress: async (linkId: number, at: string): Promise<{ before: string; after: string } | null> => {
      try {
        return await db.transaction().execute(async (trx) => {
          const link = await spend(trx, linkId, at);
          if (!link || link.userId === null) return null;
          const user = await trx.selectFrom('users').selectAll().where('id', '=', link.userId).executeTakeFirst();
          if (!user || user.disabledAt !== null) return null;
          await trx.updateTable('users').set({ email: link.email }).where('id', '=', link.userId).execute();
          await trx.deleteFrom('sessions').where('userId', '=', link.userId).execute();
          // What was sent to the old address opens nothing any more.
          await trx.deleteFrom('accountLinks').where('userId', '=', link.userId).where('usedAt', 'is', null).execute();
          return { before: user.email, after: link.email };
        });
      } catch (error) {
        if (isUniqueViolation(error)) return null;
        throw error;
      }
    },
  };
}
