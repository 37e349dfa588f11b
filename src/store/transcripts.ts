import type { Insertable, Kysely, Selectable } from 'kysely';
import { codingJournal } from './coding-journal.ts';
import { holdInterview, holdInterviewNumbered } from './held-interview.ts';
import type { Interview, NewInterview, NewSourceText } from './notes.ts';
import type { Tables } from './tables.ts';
import { addCues, dropCues, type NewCues } from './transcript-cues.ts';

export type TranscriptDraft = Selectable<Tables['transcriptDrafts']>;
export type NewDraft = Omit<Insertable<Tables['transcriptDrafts']>, 'id'>;
export type NewConsent = { purposes: string[]; textVersion: string; language: string };

/** What is brought in, where it goes, and what must still hold when it does. */
export type BringIn = {
  draftId: number | null;
  /** The interview it belongs to; a new one is made with its consent, in the same transaction. */
  into: { interview: Interview } | { made: NewInterview; consent: NewConsent };
  turns: readonly NewSourceText[];
  /** The captions that they were joined of. */
  cues: readonly NewCues[];
  /** How many turns whoever confirmed saw standing there, which these take the place of. */
  replaced: number;
  actorId: number | null;
};

/** Said when the draft is gone, or other turns stand in the interview than those that were seen. */
export class StaleTranscript extends Error {}

/** Transcripts on their way in, and the turns they become. */
export function transcriptStore(db: Kysely<Tables>) {
  const journal = codingJournal(db);
  const standing = (trx: Kysely<Tables>, { studyId, publicId }: Pick<Interview, 'studyId' | 'publicId'>) =>
    trx
      .selectFrom('sourceTexts')
      .selectAll()
      .where('studyId', '=', studyId)
      .where('subjectId', '=', publicId)
      .where('kind', '=', 'turn')
      .where('erasedAt', 'is', null)
      .where('supersededAt', 'is', null);

  return {
    /** @throws Problem `conflict` for an interview that was withdrawn */
    addDraft: (draft: NewDraft): Promise<TranscriptDraft> =>
      db.transaction().execute(async (trx) => {
        if (draft.interviewId != null) await holdInterviewNumbered(trx, draft.interviewId);
        return asDraft(await trx.insertInto('transcriptDrafts').values(draft).returningAll().executeTakeFirstOrThrow());
      }),
    /** Null once it was brought in, forgotten, or its time is over. */
    findDraft: async (studyId: number, publicId: string, at: string): Promise<TranscriptDraft | null> => {
      const row = await db
        .selectFrom('transcriptDrafts')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where('expiresAt', '>', at)
        .executeTakeFirst();
      return row ? asDraft(row) : null;
    },
    /** The drafts of an interview, the latest first, without what is said in them. */
    draftsOf: (interviewId: number, at: string) =>
      db
        .selectFrom('transcriptDrafts')
        .select(['publicId', 'fileName', 'isMachine', 'createdAt', 'expiresAt'])
        .where('interviewId', '=', interviewId)
        .where('expiresAt', '>', at)
        .orderBy('id', 'desc')
        .execute(),
    choose: async (draftId: number, choices: string): Promise<void> => {
      await db.updateTable('transcriptDrafts').set({ choices }).where('id', '=', draftId).execute();
    },
    forgetDraft: async (draftId: number): Promise<void> => {
      await db.deleteFrom('transcriptDrafts').where('id', '=', draftId).execute();
    },
    forgetDraftsOf: async (interviewId: number): Promise<void> => {
      await db.deleteFrom('transcriptDrafts').where('interviewId', '=', interviewId).execute();
    },
    /** Lets go of drafts whose time is over, and of those of interviews that were withdrawn. */
    forgetExpired: async (at: string): Promise<void> => {
      await db
        .deleteFrom('transcriptDrafts')
        .where((is) =>
          is.or([
            is('expiresAt', '<=', at),
            is('interviewId', 'in', (eb) =>
              eb
                .selectFrom('interviews')
                .innerJoin('withdrawals', 'withdrawals.interviewId', 'interviews.publicId')
                .select('interviews.id'),
            ),
          ]),
        )
        .execute();
    },

    /** The turns of an interview that stand, in order. */
    turnsOf: (interview: Pick<Interview, 'studyId' | 'publicId'>) =>
      standing(db, interview).orderBy('position').orderBy('id').execute(),
    /** How many codings that count stand on the turns of an interview. */
    countCodings: async (interview: Pick<Interview, 'studyId' | 'publicId'>): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('codings')
            .innerJoin('sourceTexts', (on) =>
              on
                .onRef('sourceTexts.publicId', '=', 'codings.sourceId')
                .onRef('sourceTexts.version', '=', 'codings.sourceVersion'),
            )
            .select(({ fn }) => fn.countAll().as('n'))
            .where('codings.studyId', '=', interview.studyId)
            .where('sourceTexts.subjectId', '=', interview.publicId)
            .where('sourceTexts.kind', '=', 'turn')
            .where('codings.removedAt', 'is', null)
            .executeTakeFirst()
        )?.n ?? 0,
      ),

    /**
     * Writes the turns and lets go of the draft, all of it or nothing. Turns that stood there are followed: they stay for
     * quotes that were made of them, and what was coded on them is taken off as a step that is kept for the record.
     *
     * @throws StaleTranscript, and Problem `conflict` for an interview that was withdrawn
     */
    bringIn: (
      { draftId, into, turns, cues, replaced, actorId }: BringIn,
      at: string,
    ): Promise<{ publicId: string }> => {
      const [first] = turns;
      const label = `Replaced the transcript of ${'interview' in into ? into.interview.title : into.made.title}`;
      return journal.step({ studyId: first?.studyId ?? 0, actorId, kind: 'transcript', label }, at, async (write) => {
        const trx = write.db;
        if (draftId !== null) {
          const gone = await trx.deleteFrom('transcriptDrafts').where('id', '=', draftId).executeTakeFirst();
          if (Number(gone.numDeletedRows) !== 1) throw new StaleTranscript('The draft is gone');
        }
        if ('made' in into) {
          await trx.insertInto('interviews').values(into.made).execute();
          await trx
            .insertInto('consents')
            .values({
              studyId: into.made.studyId,
              subjectKind: 'interview',
              subjectId: into.made.publicId,
              purposes: JSON.stringify(into.consent.purposes),
              textVersion: into.consent.textVersion,
              language: into.consent.language,
              givenAt: at,
              withdrawnAt: null,
            })
            .execute();
        } else {
          await holdInterview(trx, into.interview.publicId);
          const before = await standing(trx, into.interview).execute();
          if (before.length !== replaced) throw new StaleTranscript('Other turns stand there');
          if (before.length > 0) {
            const ids = before.map(({ publicId }) => publicId);
            await dropCues(trx, ids);
            for (let from = 0; from < ids.length; from += 500) {
              const codings = await trx
                .selectFrom('codings')
                .select('id')
                .where('studyId', '=', into.interview.studyId)
                .where('sourceId', 'in', ids.slice(from, from + 500))
                .where('removedAt', 'is', null)
                .execute();
              for (const { id } of codings) await write.update('codings', Number(id), { removedAt: at });
            }
            await trx
              .updateTable('sourceTexts')
              .set({ supersededAt: at })
              .where('subjectId', '=', into.interview.publicId)
              .where('kind', '=', 'turn')
              .where('erasedAt', 'is', null)
              .where('supersededAt', 'is', null)
              .execute();
          }
        }
        for (let from = 0; from < turns.length; from += 100)
          await trx
            .insertInto('sourceTexts')
            .values(turns.slice(from, from + 100).map((turn) => ({ ...turn, erasedAt: null })))
            .execute();
        await addCues(trx, cues);
        return { publicId: 'made' in into ? into.made.publicId : into.interview.publicId };
      });
    },
    /** Says that somebody has read and corrected what a machine wrote down; true where there was anything to say. */
    markCorrected: async (interview: Pick<Interview, 'studyId' | 'publicId'>): Promise<boolean> => {
      const done = await db
        .updateTable('sourceTexts')
        .set({ isDraft: 0 })
        .where('studyId', '=', interview.studyId)
        .where('subjectId', '=', interview.publicId)
        .where('isDraft', '=', 1)
        .executeTakeFirst();
      return Number(done.numUpdatedRows) > 0;
    },
  };
}

/** PostgreSQL gives its large numbers as text. */
const asDraft = (row: TranscriptDraft): TranscriptDraft => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  interviewId: row.interviewId === null ? null : Number(row.interviewId),
});
