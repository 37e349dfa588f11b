import type { Insertable, Kysely, Selectable } from 'kysely';
import type { TourStep } from '../model/tour.ts';
import type { Role } from './accounts.ts';
import { newPublicId } from './identifiers.ts';
import { standingSegments } from './segments.ts';
import type { Tables } from './tables.ts';

export type Study = Selectable<Tables['studies']>;
export type Workspace = Selectable<Tables['workspaces']>;

/** A role given for one study goes before the role in its workspace; a closed study takes only owners from there. */
export function roleIn(study: { isClosed: number }, inWorkspace: string | null, inStudy: string | null): Role | null {
  const inherited = study.isClosed && inWorkspace !== 'owner' ? null : inWorkspace;
  return (inStudy ?? inherited) as Role | null;
}

/** Workspaces and the studies in them, always as seen by somebody in particular. */
export function studyStore(db: Kysely<Tables>) {
  /**
   * Every study a user may enter, with their role there.
   */
  async function entered(userId: number): Promise<(Study & { role: Role; workspaceName: string })[]> {
    const rows = await db
      .selectFrom('studies')
      .innerJoin('workspaces', 'workspaces.id', 'studies.workspaceId')
      .leftJoin('members', (on) =>
        on.onRef('members.workspaceId', '=', 'studies.workspaceId').on('members.userId', '=', userId),
      )
      .leftJoin('studyMembers', (on) =>
        on.onRef('studyMembers.studyId', '=', 'studies.id').on('studyMembers.userId', '=', userId),
      )
      .selectAll('studies')
      .select(['workspaces.name as workspaceName', 'members.role as workspaceRole', 'studyMembers.role as studyRole'])
      .orderBy('studies.createdAt', 'desc')
      .execute();
    return rows.flatMap(({ workspaceRole, studyRole, ...study }) => {
      const role = roleIn(study, workspaceRole, studyRole);
      return role ? [{ ...study, role }] : [];
    });
  }

  return {
    entered,
    /** Null when there is none, or it is not for this user: the two look alike. */
    findEntered: async (userId: number, publicId: string) =>
      (await entered(userId)).find((study) => study.publicId === publicId) ?? null,
    findByPublicId: async (publicId: string): Promise<Study | null> =>
      (await db.selectFrom('studies').selectAll().where('publicId', '=', publicId).executeTakeFirst()) ?? null,
    /** For the command line, whose user owns the data folder. */
    findByIdOrName: async (text: string): Promise<Study | null> =>
      (await db.selectFrom('studies').selectAll().where('publicId', '=', text).executeTakeFirst()) ??
      (await db.selectFrom('studies').selectAll().where('name', '=', text).orderBy('id').executeTakeFirst()) ??
      null,
    /** Every study with its workspace, for the command line; nobody else sees across workspaces. */
    all: (): Promise<(Study & { workspaceName: string })[]> =>
      db
        .selectFrom('studies')
        .innerJoin('workspaces', 'workspaces.id', 'studies.workspaceId')
        .selectAll('studies')
        .select('workspaces.name as workspaceName')
        .orderBy('studies.id')
        .execute(),
    /** How much there is in a study, for the rooms beside every page. */
    counts: async (study: { id: number; workspaceId: number }) => {
      const count = async (table: 'surveys' | 'interviews' | 'personas') =>
        Number(
          (
            await db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll().as('n'))
              .where('studyId', '=', study.id)
              .executeTakeFirst()
          )?.n ?? 0,
        );
      const people = await db
        .selectFrom('people')
        .leftJoin('personLinks', 'personLinks.personId', 'people.id')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('people.workspaceId', '=', study.workspaceId)
        .where('people.erasedAt', 'is', null)
        .where('personLinks.personId', 'is', null)
        .executeTakeFirst();
      const segments = await standingSegments(db, study.id)
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirst();
      const feedback = await db
        .selectFrom('feedback')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('studyId', '=', study.id)
        .where('state', '=', 'open')
        .where('duplicateOf', 'is', null)
        .executeTakeFirst();
      return {
        feedback: Number(feedback?.n ?? 0),
        surveys: await count('surveys'),
        interviews: await count('interviews'),
        personas: await count('personas'),
        people: Number(people?.n ?? 0),
        segments: Number(segments?.n ?? 0),
      };
    },
    /** Those who may code in a study: its owners and researchers, by name. */
    coders: async (study: {
      id: number;
      workspaceId: number;
      isClosed: number;
    }): Promise<{ id: number; name: string }[]> => {
      const rows = await db
        .selectFrom('users')
        .leftJoin('members', (on) =>
          on.onRef('members.userId', '=', 'users.id').on('members.workspaceId', '=', study.workspaceId),
        )
        .leftJoin('studyMembers', (on) =>
          on.onRef('studyMembers.userId', '=', 'users.id').on('studyMembers.studyId', '=', study.id),
        )
        .select(['users.id', 'users.name', 'members.role as workspaceRole', 'studyMembers.role as studyRole'])
        .where('users.disabledAt', 'is', null)
        .orderBy('users.name')
        .execute();
      return rows.flatMap(({ id, name, workspaceRole, studyRole }) => {
        const role = roleIn(study, workspaceRole, studyRole);
        return role === 'owner' || role === 'researcher' ? [{ id: Number(id), name }] : [];
      });
    },
    /** Says how a study is coded from now on, and keeps that it was said. */
    changeMethod: (change: Omit<Insertable<Tables['methodChanges']>, 'id'>): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('studies').set({ method: change.method }).where('id', '=', change.studyId).execute();
        await trx.insertInto('methodChanges').values(change).execute();
      }),
    /** When a study went over to which method and why, the newest first. */
    methodChanges: (studyId: number) =>
      db
        .selectFrom('methodChanges')
        .leftJoin('users', 'users.id', 'methodChanges.changedBy')
        .select(['methodChanges.method', 'methodChanges.reason', 'methodChanges.changedAt', 'users.name as by'])
        .where('studyId', '=', studyId)
        .orderBy('methodChanges.id', 'desc')
        .execute(),
    changeLeastCell: async (studyId: number, leastCell: number): Promise<void> => {
      await db.updateTable('studies').set({ leastCell }).where('id', '=', studyId).execute();
    },
    find: async (id: number): Promise<Study | null> =>
      (await db.selectFrom('studies').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    workspace: async (id: number): Promise<Workspace | null> =>
      (await db.selectFrom('workspaces').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    workspacesOf: (userId: number): Promise<(Workspace & { role: Role })[]> =>
      db
        .selectFrom('members')
        .innerJoin('workspaces', 'workspaces.id', 'members.workspaceId')
        .selectAll('workspaces')
        .select('members.role')
        .where('members.userId', '=', userId)
        .orderBy('workspaces.id')
        .execute() as Promise<(Workspace & { role: Role })[]>,
    /** The workspace that the command line works in: the one named, or the first, which is made when there is none. */
    workspaceFor: (name: string | null, at: string): Promise<Workspace | null> =>
      db.transaction().execute(async (trx) => {
        let query = trx.selectFrom('workspaces').selectAll().orderBy('id');
        if (name !== null) query = query.where((eb) => eb.or([eb('name', '=', name), eb('publicId', '=', name)]));
        const found = await query.executeTakeFirst();
        if (found || name !== null) return found ?? null;
        return trx
          .insertInto('workspaces')
          .values({ publicId: newPublicId(), name: 'Workspace', createdAt: at })
          .returningAll()
          .executeTakeFirstOrThrow();
      }),
    setTour: async (id: number, tour: readonly TourStep[]): Promise<void> => {
      await db
        .updateTable('studies')
        .set({ tour: JSON.stringify(tour) })
        .where('id', '=', id)
        .execute();
    },
    add: (
      study: {
        workspaceId: number;
        name: string;
        isClosed: boolean;
        inventedNotice: string | null;
        userId: number | null;
        /** The smallest cell; 10 unless told. */
        leastCell?: number;
      },
      at: string,
    ): Promise<Study> =>
      db.transaction().execute(async (trx) => {
        const added = await trx
          .insertInto('studies')
          .values({
            workspaceId: study.workspaceId,
            publicId: newPublicId(),
            name: study.name,
            isClosed: study.isClosed ? 1 : 0,
            inventedNotice: study.inventedNotice,
            createdAt: at,
            ...(study.leastCell === undefined ? {} : { leastCell: study.leastCell }),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        if (study.isClosed && study.userId !== null) {
          await trx
            .insertInto('studyMembers')
            .values({ studyId: added.id, userId: study.userId, role: 'owner' })
            .execute();
        }
        return added;
      }),
  };
}
