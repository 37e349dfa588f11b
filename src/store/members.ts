import type { Kysely } from 'kysely';
import type { Role } from './accounts.ts';
import { roleIn } from './studies.ts';
import type { Tables } from './tables.ts';

/** Where a role is given: in one study, or in its workspace and so in every study there. */
export type MemberPlace = 'study' | 'workspace';
export const MEMBER_PLACES = ['study', 'workspace'] as const satisfies readonly MemberPlace[];

/** Somebody who may enter a study, with the role they have there and what it comes from. */
export type Member = {
  userId: number;
  publicId: string;
  name: string;
  email: string;
  isDisabled: boolean;
  hasSecondFactor: boolean;
  inWorkspace: Role | null;
  inStudy: Role | null;
  role: Role;
};
type StudyPlace = { id: number; workspaceId: number; isClosed: number };
export type Change = 'changed' | 'not-there' | 'last-owner';

/** Who may enter a study, and changes of it that leave it an owner. */
export function memberStore(db: Kysely<Tables>) {
  async function list(trx: Kysely<Tables>, study: StudyPlace) {
    const rows = await trx
      .selectFrom('users')
      .leftJoin('members', (on) =>
        on.onRef('members.userId', '=', 'users.id').on('members.workspaceId', '=', study.workspaceId),
      )
      .leftJoin('studyMembers', (on) =>
        on.onRef('studyMembers.userId', '=', 'users.id').on('studyMembers.studyId', '=', study.id),
      )
      .select((eb) => [
        'users.id',
        'users.publicId',
        'users.name',
        'users.email',
        'users.disabledAt',
        'members.role as workspaceRole',
        'studyMembers.role as studyRole',
        eb
          .or([
            eb.exists(
              eb
                .selectFrom('codeApps')
                .select('codeApps.userId')
                .whereRef('codeApps.userId', '=', 'users.id')
                .where('codeApps.confirmedAt', 'is not', null),
            ),
            eb.exists(eb.selectFrom('passkeys').select('passkeys.id').whereRef('passkeys.userId', '=', 'users.id')),
          ])
          .as('hasSecondFactor'),
      ])
      .where((eb) => eb.or([eb('members.role', 'is not', null), eb('studyMembers.role', 'is not', null)]))
      .orderBy('users.name')
      .orderBy('users.id')
      .execute();
    return rows.map((row) => ({
      userId: Number(row.id),
      publicId: row.publicId,
      name: row.name,
      email: row.email,
      isDisabled: row.disabledAt !== null,
      hasSecondFactor: Boolean(row.hasSecondFactor),
      inWorkspace: row.workspaceRole as Role | null,
      inStudy: row.studyRole as Role | null,
      role: roleIn(study, row.workspaceRole, row.studyRole),
    }));
  }

  /** Gives a role in one place, or takes it away with null; sessions of whoever it is end with it. */
  const change = (study: StudyPlace, userId: number, place: MemberPlace, role: Role | null): Promise<Change> =>
    db.transaction().execute(async (trx) => {
      // Two owners who remove each other at once take turns.
      await trx
        .updateTable('workspaces')
        .set((eb) => ({ name: eb.ref('name') }))
        .where('id', '=', study.workspaceId)
        .execute();
      const before = await list(trx, study);
      const whose = before.find((member) => member.userId === userId);
      if (!whose || (place === 'study' ? whose.inStudy : whose.inWorkspace) === null) return 'not-there';
      const after = before.map((member) => {
        if (member !== whose) return member;
        const changed = { ...member, [place === 'study' ? 'inStudy' : 'inWorkspace']: role };
        return { ...changed, role: roleIn(study, changed.inWorkspace, changed.inStudy) };
      });
      const owners = after.filter((member) => !member.isDisabled);
      const isOwned =
        owners.some((member) => member.role === 'owner') &&
        (place === 'study' || owners.some((member) => member.inWorkspace === 'owner'));
      if (!isOwned) return 'last-owner';
      if (place === 'study') {
        if (role === null)
          await trx.deleteFrom('studyMembers').where('studyId', '=', study.id).where('userId', '=', userId).execute();
        else
          await trx
            .updateTable('studyMembers')
            .set({ role })
            .where('studyId', '=', study.id)
            .where('userId', '=', userId)
            .execute();
      } else {
        const where = { workspaceId: study.workspaceId, userId };
        if (role === null)
          await trx
            .deleteFrom('members')
            .where('workspaceId', '=', where.workspaceId)
            .where('userId', '=', userId)
            .execute();
        else
          await trx
            .updateTable('members')
            .set({ role })
            .where('workspaceId', '=', where.workspaceId)
            .where('userId', '=', userId)
            .execute();
      }
      await trx.deleteFrom('sessions').where('userId', '=', userId).execute();
      return 'changed';
    });

  return {
    /** Those who may enter, by name. */
    list: async (study: StudyPlace): Promise<Member[]> =>
      (await list(db, study)).flatMap((member) => (member.role ? [{ ...member, role: member.role }] : [])),
    changeRole: (study: StudyPlace, userId: number, place: MemberPlace, role: Role): Promise<Change> =>
      change(study, userId, place, role),
    remove: (study: StudyPlace, userId: number, place: MemberPlace): Promise<Change> =>
      change(study, userId, place, null),
    /** The role somebody has in a workspace; null for none. */
    workspaceRole: async (userId: number, workspaceId: number): Promise<Role | null> =>
      ((
        await db
          .selectFrom('members')
          .select('role')
          .where('userId', '=', userId)
          .where('workspaceId', '=', workspaceId)
          .executeTakeFirst()
      )?.role ?? null) as Role | null,
    /** The workspaces in which somebody has a role, in the whole or in a study of it. */
    workspacesTouched: async (userId: number): Promise<number[]> => {
      const whole = await db.selectFrom('members').select('workspaceId').where('userId', '=', userId).execute();
      const parts = await db
        .selectFrom('studyMembers')
        .innerJoin('studies', 'studies.id', 'studyMembers.studyId')
        .select('studies.workspaceId')
        .where('studyMembers.userId', '=', userId)
        .execute();
      return [...new Set([...whole, ...parts].map(({ workspaceId }) => Number(workspaceId)))];
    },
  };
}
