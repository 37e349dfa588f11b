import type { Insertable, Kysely, Selectable, Transaction, Updateable } from 'kysely';
import type { InterviewState } from '../model/interview-state.ts';
import { holdInterview, holdInterviewNumbered, isWithdrawn } from './held-interview.ts';
import type { Interview, NewInterview, NewSourceText } from './notes.ts';
import type { Tables } from './tables.ts';

export type TeamMember = Pick<Selectable<Tables['interviewTeam']>, 'userId' | 'role'>;
export type StateStep = Omit<Insertable<Tables['interviewStates']>, 'id' | 'interviewId'>;
export type InterviewChange = Pick<
  Updateable<Tables['interviews']>,
  'state' | 'scheduledAt' | 'zone' | 'lengthMinutes' | 'place' | 'heldOn' | 'talkStartedAt' | 'talkEndedAt'
>;
export type InterviewDetails = InterviewChange &
  Pick<Updateable<Tables['interviews']>, 'title' | 'participant' | 'mode' | 'guide' | 'guideId' | 'participationId'>;

/** How interviews come about: planned, moved from state to state, and who of the workspace takes part. */
export function interviewLogStore(db: Kysely<Tables>) {
  const putTeam = async (trx: Transaction<Tables>, interviewId: number, team: readonly TeamMember[]) => {
    await trx.deleteFrom('interviewTeam').where('interviewId', '=', interviewId).execute();
    if (team.length > 0)
      await trx
        .insertInto('interviewTeam')
        .values(team.map(({ userId, role }) => ({ interviewId, userId, role })))
        .execute();
  };

  return {
    /** Adds an interview that is yet to be held, in its first state. */
    plan: (interview: NewInterview, team: readonly TeamMember[], step: StateStep): Promise<Interview> =>
      db.transaction().execute(async (trx) => {
        const added = await trx.insertInto('interviews').values(interview).returningAll().executeTakeFirstOrThrow();
        await putTeam(trx, added.id, team);
        await trx
          .insertInto('interviewStates')
          .values({ ...step, interviewId: added.id })
          .execute();
        return asInterview(added);
      }),
    /**
     * Null when it is no longer in the state that was left; then nothing changes.
     *
     * @throws Problem `conflict` for an interview that was withdrawn
     */
    step: (interview: Interview, change: InterviewChange, step: StateStep): Promise<Interview | null> =>
      db.transaction().execute(async (trx) => {
        await holdInterview(trx, interview.publicId);
        const changed = await trx
          .updateTable('interviews')
          .set({ ...change, state: step.state })
          .where('id', '=', interview.id)
          .where('state', '=', interview.state)
          .returningAll()
          .executeTakeFirst();
        if (!changed) return null;
        await trx
          .insertInto('interviewStates')
          .values({ ...step, interviewId: interview.id })
          .execute();
        return asInterview(changed);
      }),
    /**
     * Changes what is noted of an interview; `team` null leaves those who take part as they are.
     *
     * @throws Problem `conflict` for an interview that was withdrawn
     */
    change: (interviewId: number, details: InterviewDetails, team: readonly TeamMember[] | null): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await holdInterviewNumbered(trx, interviewId);
        await trx.updateTable('interviews').set(details).where('id', '=', interviewId).execute();
        if (team) await putTeam(trx, interviewId, team);
      }),
    /** The states an interview went through, the oldest first, with who said so. */
    steps: async (interviewId: number) =>
      (await db
        .selectFrom('interviewStates')
        .leftJoin('users', 'users.id', 'interviewStates.madeBy')
        .select(['interviewStates.id', 'interviewStates.state', 'note', 'madeAt', 'users.name as by'])
        .where('interviewId', '=', interviewId)
        .orderBy('interviewStates.id')
        .execute()) as { id: number; state: InterviewState; note: string; madeAt: string; by: string | null }[],
    /** Who of the workspace takes part in which interview of a study. */
    teams: async (studyId: number): Promise<Map<number, (TeamMember & { name: string })[]>> => {
      const rows = await db
        .selectFrom('interviewTeam')
        .innerJoin('interviews', 'interviews.id', 'interviewTeam.interviewId')
        .innerJoin('users', 'users.id', 'interviewTeam.userId')
        .select(['interviewTeam.interviewId', 'interviewTeam.userId', 'interviewTeam.role', 'users.name'])
        .where('interviews.studyId', '=', studyId)
        .orderBy('users.name')
        .execute();
      return Map.groupBy(
        rows.map((row) => ({ ...row, userId: Number(row.userId), interviewId: Number(row.interviewId) })),
        ({ interviewId }) => interviewId,
      );
    },
    /** Everybody who may enter a study, viewers among them, by name. */
    colleagues: async (study: { id: number; workspaceId: number }): Promise<{ id: number; name: string }[]> => {
      const rows = await db
        .selectFrom('users')
        .select(['users.id', 'users.name'])
        .where('users.disabledAt', 'is', null)
        .where((eb) =>
          eb.or([
            eb.exists(
              eb
                .selectFrom('members')
                .select('members.userId')
                .whereRef('members.userId', '=', 'users.id')
                .where('members.workspaceId', '=', study.workspaceId),
            ),
            eb.exists(
              eb
                .selectFrom('studyMembers')
                .select('studyMembers.userId')
                .whereRef('studyMembers.userId', '=', 'users.id')
                .where('studyMembers.studyId', '=', study.id),
            ),
          ]),
        )
        .orderBy('users.name')
        .execute();
      return rows.map((row) => ({ ...row, id: Number(row.id) }));
    },
    /** Keeps the words on the moment it began, where there are none yet. */
    addMoment: (source: NewSourceText): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await holdInterview(trx, source.subjectId);
        await trx
          .insertInto('sourceTexts')
          .values({ ...source, erasedAt: null })
          .onConflict((on) => on.columns(['publicId', 'version']).doNothing())
          .execute();
      }),
    /** True once whoever was interviewed took back what they agreed to: nothing of it is kept any more. */
    isWithdrawn: ({ publicId }: Pick<Interview, 'publicId'>): Promise<boolean> => isWithdrawn(db, publicId),
    /** True where something was said or written in an interview that is still there. */
    hasWords: async (interview: Pick<Interview, 'studyId' | 'publicId'>): Promise<boolean> =>
      (await db
        .selectFrom('sourceTexts')
        .select('id')
        .where('studyId', '=', interview.studyId)
        .where('subjectId', '=', interview.publicId)
        .where('kind', 'in', ['turn', 'note'])
        .where('erasedAt', 'is', null)
        .limit(1)
        .executeTakeFirst()) !== undefined,
  };
}

/** PostgreSQL gives its large numbers as text. */
export const asInterview = (row: Interview): Interview => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  participationId: row.participationId === null ? null : Number(row.participationId),
  guideId: row.guideId === null ? null : Number(row.guideId),
});
