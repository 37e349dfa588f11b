import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Role = 'owner' | 'researcher' | 'viewer';
export type User = Selectable<Tables['users']>;
export type NewUser = { email: string; name: string; passwordHash: string; isAdmin: boolean };

/** A new user, in whichever transaction makes it part of something. */
export const addUser = (trx: Kysely<Tables>, user: NewUser, at: string): Promise<User> =>
  trx
    .insertInto('users')
    .values({
      publicId: newPublicId(),
      email: user.email,
      name: user.name,
      passwordHash: user.passwordHash,
      isAdmin: user.isAdmin ? 1 : 0,
      createdAt: at,
      disabledAt: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();

/** Those who work here: users, where they may go, and the sessions they are signed in with. */
export function accountStore(db: Kysely<Tables>) {
  return {
    countUsers: async () =>
      Number(
        (
          await db
            .selectFrom('users')
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    findUser: async (id: number) =>
      (await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    findByEmail: async (email: string) =>
      (await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()) ?? null,
    setting: async (name: string) =>
      (await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst())?.value ?? null,
    putSetting: async (name: string, value: string) => {
      await db
        .insertInto('settings')
        .values({ name, value })
        .onConflict((on) => on.column('name').doUpdateSet({ value }))
        .execute();
    },

    /** The first user of all, with a workspace of their own. Null when somebody was faster, or the code is spent. */
    addFirst: (user: NewUser, workspaceName: string, at: string) =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('settings').where('name', '=', 'setup-code').execute();
        const { n } = await trx
          .selectFrom('users')
          .select(({ fn }) => fn.countAll().as('n'))
          .executeTakeFirstOrThrow();
        if (Number(n) > 0) return null;
        const added = await addUser(trx, user, at);
        const workspace = await trx.selectFrom('workspaces').select('id').orderBy('id').executeTakeFirst();
        const workspaceId =
          workspace?.id ??
          (
            await trx
              .insertInto('workspaces')
              .values({ publicId: newPublicId(), name: workspaceName, createdAt: at })
              .returning('id')
              .executeTakeFirstOrThrow()
          ).id;
        await trx
          .insertInto('members')
          .values({ workspaceId, userId: added.id, role: 'owner', createdAt: at })
          .execute();
        return added;
      }),

    /** An administrator owns every workspace there is; others get the role named, in every workspace or in one study. */
    add: (user: NewUser, place: { role: Role; studyId: number | null }, at: string) =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('settings').where('name', '=', 'setup-code').execute();
        const added = await addUser(trx, user, at);
        if (place.studyId !== null) {
          await trx
            .insertInto('studyMembers')
            .values({ studyId: place.studyId, userId: added.id, role: place.role })
            .execute();
          return added;
        }
        let workspaces = await trx.selectFrom('workspaces').select('id').execute();
        if (workspaces.length === 0) {
          workspaces = await trx
            .insertInto('workspaces')
            .values({ publicId: newPublicId(), name: 'Workspace', createdAt: at })
            .returning('id')
            .execute();
        }
        for (const { id } of workspaces) {
          await trx
            .insertInto('members')
            .values({ workspaceId: id, userId: added.id, role: place.role, createdAt: at })
            .execute();
        }
        return added;
      }),

    setPassword: (userId: number, passwordHash: string) =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('users').set({ passwordHash }).where('id', '=', userId).execute();
        await trx.deleteFrom('sessions').where('userId', '=', userId).execute();
        await trx.deleteFrom('signInSteps').where('userId', '=', userId).execute();
      }),
    /** Shuts somebody out, which ends every session, or lets them in again with null. */
    setDisabled: (userId: number, at: string | null) =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('users').set({ disabledAt: at }).where('id', '=', userId).execute();
        await trx.deleteFrom('sessions').where('userId', '=', userId).execute();
        await trx.deleteFrom('signInSteps').where('userId', '=', userId).execute();
      }),
    /** @throws whatever the engine says when another account has the address */
    setEmail: (userId: number, email: string) =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('users').set({ email }).where('id', '=', userId).execute();
        await trx.deleteFrom('sessions').where('userId', '=', userId).execute();
      }),

    openSession: async (session: Tables['sessions']) => {
      await db.insertInto('sessions').values(session).execute();
    },
    findSession: async (idHash: string) =>
      (await db
        .selectFrom('sessions')
        .innerJoin('users', 'users.id', 'sessions.userId')
        .select([
          'sessions.seenAt',
          'sessions.expiresAt',
          'sessions.authenticatedAt',
          'users.id',
          'users.publicId',
          'users.name',
          'users.email',
          'users.isAdmin',
          'users.disabledAt',
        ])
        .where('sessions.idHash', '=', idHash)
        .executeTakeFirst()) ?? null,
    touchSession: async (idHash: string, at: string) => {
      await db.updateTable('sessions').set({ seenAt: at }).where('idHash', '=', idHash).execute();
    },
    /** Notes that whoever holds a session has shown once more who they are, and gives the session another token. */
    reauthenticate: async (idHash: string, nextHash: string, at: string) => {
      await db
        .updateTable('sessions')
        .set({ idHash: nextHash, authenticatedAt: at })
        .where('idHash', '=', idHash)
        .execute();
    },
    /** The sessions of a user, the latest used first. */
    sessionsOf: (userId: number, at: string) =>
      db
        .selectFrom('sessions')
        .selectAll()
        .where('userId', '=', userId)
        .where('expiresAt', '>', at)
        .orderBy('seenAt', 'desc')
        .execute(),
    /** Ends one session of a user by its hash. */
    endSessionOf: async (userId: number, idHash: string) => {
      await db.deleteFrom('sessions').where('userId', '=', userId).where('idHash', '=', idHash).execute();
    },
    endOtherSessions: async (userId: number, idHash: string) => {
      await db.deleteFrom('sessions').where('userId', '=', userId).where('idHash', '<>', idHash).execute();
    },
    endSession: async (idHash: string) => {
      await db.deleteFrom('sessions').where('idHash', '=', idHash).execute();
    },
    endStaleSessions: async (now: string) => {
      await db.deleteFrom('sessions').where('expiresAt', '<', now).execute();
    },
  };
}
