import { isInterviewer } from '../coding/coded-texts.ts';
import { isShownTo } from './blind-words.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { agreedInterviews, interviewTurnStore } from './interview-turns.ts';
import { countedResponses } from './responses.ts';
import { stillCounts } from './still-counts.ts';

/** Words that carry a code, with whose they are, what they were asked, and when they were said. */
export type CodedPassage = {
  id: number;
  publicId: string;
  codeId: number;
  /** One for the parts of a passage over several turns. */
  passage: string;
  sourceId: string;
  sourceVersion: number;
  spanStart: number;
  spanEnd: number;
  spanHash: string;
  coderId: number | null;
  direction: string | null;
  isImportant: number;
  isExample: number;
  kind: string;
  /** The interview's or the response's public id. */
  subjectId: string;
  item: string;
  position: number;
  speaker: string | null;
  /** False for what whoever asked said: it is no word of the person. */
  isOwn: boolean;
  /** Who said it: a person known here by the id that stands for all the same, or whoever gave this one response or talk. */
  person: string;
  canonicalId: number | null;
  /** The day of the talk, or on which the answer was given. */
  day: string;
  /** The survey it answers, by public id; null for an interview. */
  survey: string | null;
};
/** Whose words could bear a code: an interview or a response, with who it is of, when it was, and of which survey. */
type Subject = Pick<CodedPassage, 'person' | 'canonicalId' | 'day' | 'survey'>;

/**
 * What carries a code and counts, in interviews and answers alike: of those who agreed that it is analysed, and of
 * responses that are counted.
 */
export function codedPassageStore({ kysely: db, engine }: Database) {
  async function interviews(studyId: number): Promise<Map<string, Subject>> {
    const rows = await agreedInterviews(db)
      .leftJoin('participations', 'participations.id', 'interviews.participationId')
      .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
      .select(['interviews.publicId', 'interviews.heldOn'])
      .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('canonicalId'))
      .where('interviews.studyId', '=', studyId)
      .execute();
    return new Map(rows.map((row) => [row.publicId, subject(row.publicId, row.canonicalId, row.heldOn, null)]));
  }

  async function responses(studyId: number, ids: readonly string[]): Promise<Map<string, Subject>> {
    if (ids.length === 0) return new Map();
    const rows = await countedResponses(db)
      .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
      .leftJoin('participations', 'participations.id', 'responses.participationId')
      .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
      .select(['responses.publicId', 'responses.completedAt', 'responses.updatedAt', 'surveys.publicId as survey'])
      .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('canonicalId'))
      .where('responses.studyId', '=', studyId)
      .where((eb) => isInTexts(engine, eb.ref('responses.publicId'), ids))
      .execute();
    return new Map(
      rows.map((row) => [
        row.publicId,
        subject(row.publicId, row.canonicalId, row.completedAt ?? row.updatedAt, row.survey),
      ]),
    );
  }

  return {
    /**
     * The oldest talk or answer first.
     *
     * @param codeIds null for every code that stands
     * @param viewer whoever sees them: not what others coded where they code blind; null for a reader who is nobody
     */
    list: async (
      studyId: number,
      codeIds: readonly number[] | null = null,
      viewer: number | null = null,
    ): Promise<CodedPassage[]> => {
      if (codeIds?.length === 0) return [];
      let query = db
        .selectFrom('codings')
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.publicId', '=', 'codings.sourceId')
            .onRef('sourceTexts.version', '=', 'codings.sourceVersion'),
        )
        .select([
          'codings.id',
          'codings.publicId',
          'codings.codeId',
          'codings.sourceId',
          'codings.sourceVersion',
          'codings.spanStart',
          'codings.spanEnd',
          'codings.spanHash',
          'codings.coderId',
          'codings.direction',
          'codings.isImportant',
          'codings.isExample',
          'sourceTexts.kind',
          'sourceTexts.subjectId',
          'sourceTexts.item',
          'sourceTexts.position',
          'sourceTexts.speaker',
          'sourceTexts.erasedAt',
        ])
        .select(({ fn }) => fn.coalesce('codings.passage', 'codings.publicId').as('passage'))
        .where('codings.studyId', '=', studyId)
        .where('codings.removedAt', 'is', null)
        .where('codings.counts', '=', 1)
        .where(({ ref }) =>
          isShownTo(db, viewer, { sourceId: ref('codings.sourceId'), coderId: ref('codings.coderId') }),
        )
        .where('codes.retiredAt', 'is', null)
        .where(stillCounts)
        .where('sourceTexts.supersededAt', 'is', null);
      if (codeIds) query = query.where('codings.codeId', 'in', codeIds);
      const rows = await query.execute();
      const talks = await interviews(studyId);
      const ownTurns = new Set((await interviewTurnStore(db).list(studyId)).map(({ sourceId }) => sourceId));
      const answers = await responses(studyId, [
        ...new Set(rows.filter(({ kind }) => kind === 'answer').map(({ subjectId }) => subjectId)),
      ]);
      return rows
        .flatMap(({ erasedAt, ...row }): CodedPassage[] => {
          const of = (row.kind === 'answer' ? answers : talks).get(row.subjectId);
          if (!of) return [];
          const coderId = row.coderId === null ? null : Number(row.coderId);
          const isOwn =
            row.kind !== 'turn' ||
            (erasedAt === null ? ownTurns.has(row.sourceId) : row.speaker === null || !isInterviewer(row.speaker));
          return [{ ...row, id: Number(row.id), codeId: Number(row.codeId), coderId, isOwn, ...of }];
        })
        .sort(
          (a, b) =>
            (a.day < b.day ? -1 : a.day > b.day ? 1 : 0) ||
            (a.subjectId < b.subjectId ? -1 : a.subjectId > b.subjectId ? 1 : 0) ||
            a.position - b.position ||
            a.spanStart - b.spanStart ||
            a.id - b.id,
        );
    },
    /** Every interview of a study that may be analysed, the oldest first. */
    interviews: async (studyId: number): Promise<(Subject & { subjectId: string })[]> =>
      [...(await interviews(studyId))]
        .map(([subjectId, of]) => ({ subjectId, ...of }))
        .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.subjectId < b.subjectId ? -1 : 1)),
    /** Whose responses these are, of those that count, by public id. */
    respondents: responses,
    /** In which of some segments responses were put, by the response's public id and the segment's. */
    memberships: async (segmentIds: readonly number[]): Promise<{ response: string; segment: string }[]> => {
      if (segmentIds.length === 0) return [];
      return db
        .selectFrom('segmentMemberships')
        .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
        .innerJoin('responses', 'responses.id', 'segmentMemberships.responseId')
        .select(['responses.publicId as response', 'segments.publicId as segment'])
        .where('segmentMemberships.segmentId', 'in', segmentIds)
        .execute();
    },
  };
}

function subject(publicId: string, canonicalId: number | string | null, at: string, survey: string | null): Subject {
  const known = canonicalId === null ? null : Number(canonicalId);
  return { person: known === null ? publicId : `person ${known}`, canonicalId: known, day: at.slice(0, 10), survey };
}
