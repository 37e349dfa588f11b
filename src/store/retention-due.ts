import { type Kysely, sql } from 'kysely';
import type { Reach } from './personal-places.ts';
import type { RetainedKind, RetainedPart } from './retention.ts';
import { emptyReach, joinReach, partsOf, reachOfResponses } from './subject-reach.ts';
import type { Tables } from './tables.ts';

/* What of a study ended before a moment and still has a part. */

/** One thing that is to lose a part: `survey` is its public id, null for what is of none. */
export type DueSubject = { kind: RetainedKind; id: number; publicId: string; survey: string | null };

/**
 * Responses end when they are completed, or else with their last page; interviews when the talk ended, or on their day;
 * feedback as it is given. What came after a part had gone, such as a correction, is due anew.
 *
 * @returns at most `limit`, in no order that matters
 */
export async function dueSubjects(
  db: Kysely<Tables>,
  studyId: number,
  part: RetainedPart,
  before: string,
  limit: number,
): Promise<DueSubject[]> {
  const goneAt = (subject: string) =>
    sql<string>`coalesce((select gone_at from retention_gone where subject = ${sql.ref(subject)} and part = ${part}), '')`;
  const hasWords = (subject: string) =>
    sql`exists (select 1 from source_texts where subject_id = ${sql.ref(subject)} and erased_at is null)`;
  const { rows: responses } = await sql<Omit<DueSubject, 'kind'>>`
    select responses.id, responses.public_id as "publicId", surveys.public_id as survey
      from responses join surveys on surveys.id = responses.survey_id
     where responses.study_id = ${studyId} and coalesce(responses.completed_at, responses.updated_at) < ${before}
       and (${goneAt('responses.public_id')} = '' or ${goneAt('responses.public_id')} < responses.updated_at
            ${part === 'words' ? sql`or ${hasWords('responses.public_id')}` : sql``})
     limit ${limit}`.execute(db);
  const found: DueSubject[] = responses.map((row) => ({ ...row, kind: 'response', id: Number(row.id) }));
  if (found.length >= limit) return found;
  const { rows: interviews } = await sql<{ id: number; publicId: string }>`
    select id, public_id as "publicId" from interviews
     where study_id = ${studyId}
       and coalesce(talk_ended_at, nullif(held_on, ''), scheduled_at, created_at) < ${before}
       and coalesce(scheduled_at, '') < ${before}
       and (${goneAt('interviews.public_id')} = '' ${part === 'words' ? sql`or ${hasWords('interviews.public_id')}` : sql``})
     limit ${limit - found.length}`.execute(db);
  found.push(
    ...interviews.map((row) => ({
      kind: 'interview' as const,
      id: Number(row.id),
      publicId: row.publicId,
      survey: null,
    })),
  );
  if (found.length >= limit) return found;
  const { rows: feedback } = await sql<{ id: number; publicId: string }>`
    select id, public_id as "publicId" from feedback
     where study_id = ${studyId} and created_at < ${before} and ${goneAt('feedback.public_id')} = ''
     limit ${limit - found.length}`.execute(db);
  found.push(
    ...feedback.map((row) => ({ kind: 'feedback' as const, id: Number(row.id), publicId: row.publicId, survey: null })),
  );
  return found;
}

/** By which ids these are known, each kind by itself; never by the person. Interviews keep their order. */
export async function reachOfDue(db: Kysely<Tables>, due: readonly DueSubject[]): Promise<Reach> {
  const of = (kind: RetainedKind) => due.filter((one) => one.kind === kind);
  const reach = emptyReach();
  reach.interview = of('interview').map(({ id }) => id);
  reach.interviewPublic = of('interview').map(({ publicId }) => publicId);
  reach.feedback = of('feedback').map(({ id }) => id);
  reach.feedbackPublic = of('feedback').map(({ publicId }) => publicId);
  for (const part of partsOf(reach.interviewPublic as string[]))
    for (const { publicId } of await db
      .selectFrom('sourceTexts')
      .select('publicId')
      .distinct()
      .where('subjectId', 'in', part)
      .execute())
      reach.source.push(publicId);
  for (const part of partsOf(reach.interview as number[]))
    for (const { participantId } of await db
      .selectFrom('recruitingBookings')
      .select('participantId')
      .distinct()
      .where('interviewId', 'in', part)
      .execute())
      reach.invited.push(Number(participantId));
  return joinReach(
    reach,
    await reachOfResponses(
      db,
      of('response').map(({ publicId }) => publicId),
    ),
  );
}
