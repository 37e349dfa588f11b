import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Consent } from '../model/consent.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { lockInterview } from './held-interview.ts';
import type { Tables } from './tables.ts';

export type ConsentText = Selectable<Tables['consentTexts']>;
export type ConsentRecord = Omit<Selectable<Tables['consentRecords']>, 'purposes'> & {
  purposes: string[];
  by: string | null;
};
export type NewConsentRecord = Omit<Insertable<Tables['consentRecords']>, 'id' | 'purposes'> & { purposes: string[] };

/** What people agreed to have done with their words, and by which text. */
export function consentStore({ kysely: db, engine }: Database) {
  return {
    /** The consent that counts of each subject, an interview or a response: the latest. */
    latestOf: async (studyId: number, subjectIds: readonly string[]): Promise<Map<string, Consent>> => {
      if (subjectIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('consents')
        .select(['subjectId', 'purposes', 'expiresOn', 'withdrawnAt'])
        .where('studyId', '=', studyId)
        .where('subjectKind', 'in', ['interview', 'response'])
        .where((eb) => isInTexts(engine, eb.ref('subjectId'), subjectIds))
        .orderBy('id')
        .execute();
      return new Map(
        rows.map(({ subjectId, purposes, expiresOn, withdrawnAt }) => [
          subjectId,
          { purposes: JSON.parse(purposes) as string[], expiresOn, withdrawnAt },
        ]),
      );
    },

    /** The consent of an interview that counts, with the text it was given by; null where none was noted. */
    ofInterview: async (studyId: number, interviewId: string) => {
      const row = await db
        .selectFrom('consents')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('subjectKind', '=', 'interview')
        .where('subjectId', '=', interviewId)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? { ...row, purposes: JSON.parse(row.purposes) as string[] } : null;
    },

    /** Notes what somebody interviewed agreed to: from now on that counts. False once they have withdrawn. */
    record: ({ purposes, ...record }: NewConsentRecord): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { studyId, interviewId, textVersion, language, givenOn, expiresOn } = record;
        await lockInterview(trx, interviewId);
        const gone = await trx
          .selectFrom('consents')
          .select('id')
          .where('subjectKind', '=', 'interview')
          .where('subjectId', '=', interviewId)
          .where('withdrawnAt', 'is not', null)
          .limit(1)
          .executeTakeFirst();
        if (gone) return false;
        // One row per text version is kept, and the latest row counts.
        await trx
          .deleteFrom('consents')
          .where('subjectKind', '=', 'interview')
          .where('subjectId', '=', interviewId)
          .where('textVersion', '=', textVersion)
          .execute();
        await trx
          .insertInto('consents')
          .values({
            studyId,
            subjectKind: 'interview',
            subjectId: interviewId,
            purposes: JSON.stringify(purposes),
            textVersion,
            language,
            givenAt: `${givenOn}T00:00:00.000Z`,
            withdrawnAt: null,
            expiresOn: expiresOn ?? null,
          })
          .execute();
        await trx
          .updateTable('interviews')
          .set({ maySpeak: purposes.includes('quotes') ? 1 : 0 })
          .where('studyId', '=', studyId)
          .where('publicId', '=', interviewId)
          .execute();
        await trx
          .insertInto('consentRecords')
          .values({ ...record, purposes: JSON.stringify(purposes) })
          .execute();
        return true;
      }),

    /** Everything that was noted of an interview, the latest first. */
    records: async (studyId: number, interviewId: string): Promise<ConsentRecord[]> =>
      (
        await db
          .selectFrom('consentRecords')
          .leftJoin('users', 'users.id', 'consentRecords.recordedBy')
          .selectAll('consentRecords')
          .select('users.name as by')
          .where('studyId', '=', studyId)
          .where('interviewId', '=', interviewId)
          .orderBy('consentRecords.id', 'desc')
          .execute()
      ).map(({ purposes, ...row }) => ({ ...row, purposes: JSON.parse(purposes) as string[] })),

    /** The texts that a study asks for consent by, the latest first. */
    texts: (studyId: number): Promise<ConsentText[]> =>
      db.selectFrom('consentTexts').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').execute(),
    /** @throws a violation of uniqueness where the study has that version in that language */
    addText: async (text: Omit<Insertable<Tables['consentTexts']>, 'id'>): Promise<void> => {
      await db.insertInto('consentTexts').values(text).execute();
    },
  };
}

/** The consents of a subject end: part of every transaction that withdraws it. */
export async function endConsents(db: Kysely<Tables>, interviewId: string, at: string): Promise<void> {
  await db
    .updateTable('consents')
    .set({ withdrawnAt: at })
    .where('subjectKind', '=', 'interview')
    .where('subjectId', '=', interviewId)
    .where('withdrawnAt', 'is', null)
    .execute();
}
