import type { Kysely, Selectable } from 'kysely';
import { holdInterviewNumbered } from './held-interview.ts';
import type { Tables } from './tables.ts';

export type InterviewSegment = Selectable<Tables['interviewSegments']>;

/** In which segments those are who were interviewed and whom the workspace does not know as people. */
export function interviewSegmentStore(db: Kysely<Tables>) {
  return {
    /** @throws Problem `conflict` for an interview that was withdrawn */
    add: (row: Omit<InterviewSegment, 'id'>): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await holdInterviewNumbered(trx, row.interviewId);
        await trx.insertInto('interviewSegments').values(row).execute();
      }),
    /** What was said of every interview of a study, the oldest first. */
    ofStudy: (studyId: number): Promise<InterviewSegment[]> =>
      db
        .selectFrom('interviewSegments')
        .innerJoin('interviews', 'interviews.id', 'interviewSegments.interviewId')
        .selectAll('interviewSegments')
        .where('interviews.studyId', '=', studyId)
        .orderBy('interviewSegments.id')
        .execute()
        .then((rows) => rows.map(asNumbers)),
    /** Takes everything that was said of an interview out, and gives it back, the oldest first. */
    take: (interviewId: number): Promise<InterviewSegment[]> =>
      db.transaction().execute(async (trx) => {
        const rows = await trx
          .selectFrom('interviewSegments')
          .selectAll()
          .where('interviewId', '=', interviewId)
          .orderBy('id')
          .execute();
        await trx.deleteFrom('interviewSegments').where('interviewId', '=', interviewId).execute();
        return rows.map(asNumbers);
      }),
  };
}

/** PostgreSQL gives its large numbers as text. */
const asNumbers = (row: InterviewSegment): InterviewSegment => ({
  ...row,
  interviewId: Number(row.interviewId),
  segmentationId: Number(row.segmentationId),
});
