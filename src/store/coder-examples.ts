import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { agreedInterviews } from './interview-turns.ts';
import { countedResponses } from './responses.ts';

/** A text of a study that can be coded, with whose it is: `personId` is whoever they are today, null for nobody known. */
export type StudyText = {
  sourceId: string;
  version: number;
  subjectId: string;
  kind: 'answer' | 'turn';
  speaker: string | null;
  participant: string | null;
  personId: number | null;
  language: string | null;
  text: string;
  textHash: string;
};

/** What there is to learn from: the texts of a study, and what people decided of them. */
export function coderExamples({ kysely: db, engine }: Database) {
  return {
    /**
     * Answers that count, in their latest version, and turns of interviews that may be analysed; what was erased is not
     * there.
     *
     * @param personIds null for everybody's
     */
    texts: async (studyId: number, personIds: readonly number[] | null = null): Promise<StudyText[]> => {
      let answers = countedResponses(db)
        .innerJoin('sourceTexts', 'sourceTexts.subjectId', 'responses.publicId')
        .leftJoin('participations', 'participations.id', 'responses.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select((eb) => [
          'sourceTexts.publicId as sourceId',
          'sourceTexts.version',
          'sourceTexts.subjectId',
          'sourceTexts.text',
          'sourceTexts.textHash',
          'responses.language',
          eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
        ])
        .where('responses.studyId', '=', studyId)
        .where('sourceTexts.kind', '=', 'answer')
        .where('sourceTexts.erasedAt', 'is', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('sourceTexts as later')
                .select('later.id')
                .whereRef('later.publicId', '=', 'sourceTexts.publicId')
                .whereRef('later.version', '>', 'sourceTexts.version'),
            ),
          ),
        )
        .orderBy('sourceTexts.publicId');
      let turns = agreedInterviews(db)
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.subjectId', '=', 'interviews.publicId')
            .onRef('sourceTexts.studyId', '=', 'interviews.studyId'),
        )
        .leftJoin('participations', 'participations.id', 'interviews.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select((eb) => [
          'sourceTexts.publicId as sourceId',
          'sourceTexts.version',
          'sourceTexts.subjectId',
          'sourceTexts.speaker',
          'sourceTexts.text',
          'sourceTexts.textHash',
          'interviews.participant',
          eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
        ])
        .where('interviews.studyId', '=', studyId)
        .where('sourceTexts.kind', '=', 'turn')
        .where('sourceTexts.erasedAt', 'is', null)
        .where('sourceTexts.supersededAt', 'is', null)
        .orderBy('sourceTexts.subjectId')
        .orderBy('sourceTexts.position');
      if (personIds) {
        answers = answers.where('participations.personId', 'in', personIds);
        turns = turns.where('participations.personId', 'in', personIds);
      }
      return [
        ...(await answers.execute()).map((row) => ({
          ...row,
          kind: 'answer' as const,
          speaker: null,
          participant: null,
        })),
        ...(await turns.execute()).map((row) => ({ ...row, kind: 'turn' as const, language: null })),
      ].map((row) => ({ ...row, personId: row.personId === null ? null : Number(row.personId) }));
    },
    /**
     * Every coding that people made in a study, and by which proposal it came, if by one. What a theme put under a code
     * when it was accepted as a whole was read by nobody, and is not there; nor is what was taken back as a step.
     *
     * @param sourceIds null for those of all its texts
     */
    codings: async (studyId: number, sourceIds: readonly string[] | null = null) => {
      let query = db
        .selectFrom('codings')
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .leftJoin('coderProposals', 'coderProposals.codingId', 'codings.id')
        .select([
          'codings.codeId',
          'codings.sourceId',
          'codings.sourceVersion',
          'codings.spanStart',
          'codings.spanEnd',
          'codings.direction',
          'codings.removedAt',
          'coderProposals.id as proposalId',
          'coderProposals.runId as proposedBy',
        ])
        .where('codings.studyId', '=', studyId)
        .where('codings.runId', 'is', null)
        .where('codings.counts', '=', 1)
        .where((eb) => eb.or([eb('codings.removedAt', 'is', null), eb('codings.removedByHand', '=', 1)]))
        .where('codes.retiredAt', 'is', null)
        .orderBy('codings.id');
      if (sourceIds) query = query.where((eb) => isInTexts(engine, eb.ref('codings.sourceId'), sourceIds));
      return (await query.execute()).map(({ removedAt, proposalId, proposedBy, ...row }) => ({
        ...row,
        isRemoved: removedAt !== null,
        isForOneCode: proposalId !== null,
        isProposed: proposedBy !== null,
      }));
    },
    /** What people said no to: of proposals in all runs, and of texts they read for a code. */
    refused: (studyId: number) =>
      db
        .selectFrom('coderProposals')
        .select(['codeId', 'sourceId', 'sourceVersion'])
        .where('studyId', '=', studyId)
        .where('verdict', '=', 'rejected')
        .execute(),
  };
}
