import type { Kysely, Selectable } from 'kysely';
import type { Role } from './accounts.ts';
import { newPublicId } from './identifiers.ts';
import { standingSegments } from './segments.ts';
import type { Tables } from './tables.ts';

export type Study = Selectable<Tables['studies']>;
export type Workspace = Selectable<Tables['workspaces']>;

/** Workspaces and the studies in them, always as seen by somebody in particular. */
export function studyStore(db: Kysely<Tables>) {
  /**
   * Every study a user may enter, with their role there. A role given for one study goes before the role in its
   * workspace; a closed study admits only those named for it, and the workspace's owners.
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
      const inherited = study.isClosed && workspaceRole !== 'owner' ? null : workspaceRole;
      const role = (studyRole ?? inherited) as Role | null;
      return role ? [{ ...study, role }] : [];
    });
  }

  return {
    entered,
    /** Null when there is none, or it is not for this user: the two look alike. */
    findEntered: async (userId: number, publicId: string) =>
      (await entered(userId)).find((study) => study.publicId === publicId) ?? null,
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
    find: async (id: number): Promise<Study | null> =>
      (await db.selectFrom('studies').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
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
    add: (
      study: {
        workspaceId: number;
        name: string;
        isClosed: boolean;
        inventedNotice: string | null;
        userId: number | null;
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
