import { type Kysely, sql } from 'kysely';
import { ownWords } from '../coding/coded-texts.ts';
import type { Tables } from './tables.ts';

/** What a participant said in one go, or a paragraph of the notes of an interview without speakers. */
export type InterviewTurn = {
  interviewId: number;
  interview: string;
  title: string;
  participant: string;
  heldOn: string;
  mode: string;
  guide: string;
  /** Whom it was with, as far as this workspace knows them; and who stands for all that are the same as they. */
  personId: number | null;
  canonicalId: number | null;
  /** What the participant agreed to. */
  purposes: string[];
  sourceId: string;
  version: number;
  kind: string;
  subjectId: string;
  position: number;
  speaker: string | null;
};

/**
 * The interviews of a study that may be analysed: somebody agreed to it, and did not take it back. Where several consents
 * of one interview are kept, the latest counts.
 */
export const agreedInterviews = (db: Kysely<Tables>) =>
  db
    .selectFrom('interviews')
    .innerJoin('consents', (on) =>
      on.onRef('consents.subjectId', '=', 'interviews.publicId').on('consents.subjectKind', '=', 'interview'),
    )
    .where('consents.withdrawnAt', 'is', null)
    .where('consents.purposes', 'like', '%"analysis"%')
    // What was agreed to until a day holds until that day is over, by the database's clock.
    .where((eb) =>
      eb.or([
        eb('consents.expiresOn', 'is', null),
        eb('consents.expiresOn', '>=', sql<string>`cast(current_date as text)`),
      ]),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('consents as later')
            .select('later.id')
            .where('later.subjectKind', '=', 'interview')
            .whereRef('later.subjectId', '=', 'consents.subjectId')
            .whereRef('later.id', '>', 'consents.id'),
        ),
      ),
    );

/** What was said in interviews by those interviewed, as far as they agreed that it is analysed. */
export function interviewTurnStore(db: Kysely<Tables>) {
  return {
    /**
     * Interview by interview, turn by turn; what was erased is not there.
     *
     * @param personIds null for everybody's
     */
    list: async (studyId: number, personIds: readonly number[] | null = null): Promise<InterviewTurn[]> => {
      if (personIds?.length === 0) return [];
      let query = agreedInterviews(db)
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.subjectId', '=', 'interviews.publicId')
            .onRef('sourceTexts.studyId', '=', 'interviews.studyId'),
        )
        .leftJoin('participations', 'participations.id', 'interviews.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select([
          'interviews.id as interviewId',
          'interviews.publicId as interview',
          'interviews.title',
          'interviews.participant',
          'interviews.heldOn',
          'interviews.mode',
          'interviews.guide',
          'participations.personId',
          'consents.purposes',
          'sourceTexts.publicId as sourceId',
          'sourceTexts.version',
          'sourceTexts.kind',
          'sourceTexts.subjectId',
          'sourceTexts.position',
          'sourceTexts.speaker',
        ])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('canonicalId'))
        .where('interviews.studyId', '=', studyId)
        .where('sourceTexts.kind', '=', 'turn')
        .where('sourceTexts.erasedAt', 'is', null)
        .where('sourceTexts.supersededAt', 'is', null)
        .orderBy('interviews.id')
        .orderBy('sourceTexts.position');
      if (personIds) query = query.where('participations.personId', 'in', personIds);
      const rows = (await query.execute()).map(({ purposes, ...row }) => ({
        ...row,
        interviewId: Number(row.interviewId),
        personId: row.personId === null ? null : Number(row.personId),
        canonicalId: row.canonicalId === null ? null : Number(row.canonicalId),
        purposes: JSON.parse(purposes) as string[],
      }));
      return ownWords(rows);
    },
    /** All interviews that were held, and those that may be analysed. */
    count: async (studyId: number): Promise<{ all: number; agreed: number }> => {
      const of = async (query: Promise<{ n: number | string | bigint } | undefined>) => Number((await query)?.n ?? 0);
      return {
        all: await of(
          db
            .selectFrom('interviews')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('studyId', '=', studyId)
            .where('state', 'in', ['held', 'thanked'])
            .executeTakeFirst(),
        ),
        agreed: await of(
          agreedInterviews(db)
            .select(({ fn }) => fn.countAll().as('n'))
            .where('interviews.studyId', '=', studyId)
            .executeTakeFirst(),
        ),
      };
    },
    /** The number of the last turn that was kept; 0 where there is none. */
    last: async (studyId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('sourceTexts')
            .select(({ fn }) => fn.max('id').as('last'))
            .where('studyId', '=', studyId)
            .where('kind', '=', 'turn')
            .executeTakeFirst()
        )?.last ?? 0,
      ),
    /** What a kept reading of the turns is told apart by: it changes when some come in or are withdrawn. */
    mark: async (studyId: number): Promise<string> => {
      const row = await db
        .selectFrom('sourceTexts')
        .select(({ fn }) => [fn.max('id').as('last'), fn.count('erasedAt').as('erased')])
        .where('studyId', '=', studyId)
        .where('kind', '=', 'turn')
        .executeTakeFirst();
      return `${row?.last ?? 0} ${row?.erased ?? 0}`;
    },
  };
}
