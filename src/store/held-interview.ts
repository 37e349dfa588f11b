import type { Kysely } from 'kysely';
import { Problem } from '../model/problem.ts';
import type { Tables } from './tables.ts';

/** True once whoever was interviewed took back what they agreed to: nothing of it is kept any more. */
export async function isWithdrawn(db: Kysely<Tables>, interviewId: string): Promise<boolean> {
  const proof = await db
    .selectFrom('withdrawals')
    .select('id')
    .where('interviewId', '=', interviewId)
    .executeTakeFirst();
  if (proof) return true;
  // Those of earlier versions left nothing but the end of the consent.
  const latest = await db
    .selectFrom('consents')
    .select('withdrawnAt')
    .where('subjectKind', '=', 'interview')
    .where('subjectId', '=', interviewId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return latest !== undefined && latest.withdrawnAt !== null;
}

/** Holds an interview until the transaction ends, so that no withdrawal comes between. False when there is none. */
export async function lockInterview(trx: Kysely<Tables>, interviewId: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('interviews')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('publicId', '=', interviewId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Every way by which words of an interview are kept goes through here, within the transaction that keeps them: what is
 * sent at the moment of a withdrawal is either deleted by it or refused. What is no interview's passes.
 *
 * @throws Problem `conflict` once whoever was interviewed took their consent back
 */
export async function holdInterview(trx: Kysely<Tables>, interviewId: string): Promise<void> {
  if ((await lockInterview(trx, interviewId)) && (await isWithdrawn(trx, interviewId)))
    throw new Problem('conflict', 'Whoever was interviewed took their consent back', {
      detail: 'Nothing more is kept of this interview',
    });
}

/** @throws Problem as `holdInterview` does, by the number of the interview in the database */
export async function holdInterviewNumbered(trx: Kysely<Tables>, id: number): Promise<void> {
  const row = await trx.selectFrom('interviews').select('publicId').where('id', '=', id).executeTakeFirst();
  if (row) await holdInterview(trx, row.publicId);
}

/**
 * The interview that something written is about, where it is about one: it, a text of it, or a coding on such a text.
 *
 * @throws Problem as `holdInterview` does
 */
export async function holdSubject(
  trx: Kysely<Tables>,
  studyId: number,
  { kind, id }: { kind: string; id: string },
): Promise<void> {
  if (kind === 'interview') return holdInterview(trx, id);
  if (kind === 'coding') {
    const coding = await trx
      .selectFrom('codings')
      .select('sourceId')
      .where('studyId', '=', studyId)
      .where('publicId', '=', id)
      .executeTakeFirst();
    return coding && holdSubject(trx, studyId, { kind: 'source', id: coding.sourceId });
  }
  if (kind !== 'source') return;
  const source = await trx
    .selectFrom('sourceTexts')
    .select('subjectId')
    .where('studyId', '=', studyId)
    .where('publicId', '=', id)
    .executeTakeFirst();
  if (source) await holdInterview(trx, source.subjectId);
}
