import type { Kysely } from 'kysely';
import { ownWords } from '../coding/own-words.ts';
import { endConsents } from './consents.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { holdSubject, lockInterview } from './held-interview.ts';
import { newPublicId } from './identifiers.ts';
import {
  callOff,
  countCodeMemos,
  countRecordings,
  dropDrafts,
  dropImports,
  emptyMemos,
  emptyPatches,
  emptyRest,
  emptySteps,
  leaveAlone,
  restingOn,
} from './let-go.ts';
import { emptyComments, placesOf, type WrittenPlace, writtenWith } from './let-go-written.ts';
import type { Interview } from './notes.ts';
import type { Tables } from './tables.ts';
import { dropCues } from './transcript-cues.ts';

/** How much of what somebody said was deleted, and how much rested on it. */
export type WithdrawalCounts = {
  /** Turns, notes and the moment, in all their versions. */
  texts: number;
  corrections: number;
  memos: number;
  /** Steps of coding that held words of theirs. */
  steps: number;
  media: number;
  /** Insights and personas that quoted them, which somebody has to look at again. */
  insights: number;
  personas: number;
  /** Transcripts that were not brought in yet. Absent in proofs that were written before it was counted, as below. */
  drafts?: number;
  /** Projects of other programs that were looked at and not brought in, whosever words they hold. */
  imports?: number;
  /** Appointments that were called off. */
  bookings?: number;
  /** Memos on codes that stood on these words. They are left, though researchers may have quoted in them. */
  codeMemos?: number;
  /** Remarks on personas that held their words, emptied. */
  comments?: number;
  /** What else researchers wrote of personas in their words, which is left for somebody to look at. */
  written?: WrittenPlace[];
};
export type Withdrawal = {
  publicId: string;
  interviewId: string;
  counts: WithdrawalCounts;
  /** Codes whose names stand in what was said. */
  codesToRename: string[];
  withdrawnAt: string;
  by: string | null;
};

/** The end of what somebody said in an interview, and the proof of it; of a response the proof alone. */
export function withdrawalStore(db: Kysely<Tables>) {
  return {
    /**
     * Empties everything of an interview that holds words, in one transaction, and keeps a proof without any. Places in
     * the text stay as they are and lead to words that are gone.
     *
     * @returns null when the interview was withdrawn before
     */
    withdraw: (
      interview: Pick<Interview, 'id' | 'studyId' | 'publicId'>,
      {
        media,
        codesToRename,
        withdrawnBy,
      }: { media: number; codesToRename: readonly string[]; withdrawnBy: number | null },
      at: string,
    ): Promise<WithdrawalCounts | null> =>
      db.transaction().execute(async (trx) => {
        const { studyId, publicId } = interview;
        // Whatever is being kept of the interview just now is kept before this, and deleted, or refused after it.
        await lockInterview(trx, publicId);
        const known = await trx
          .selectFrom('withdrawals')
          .select('id')
          .where('interviewId', '=', publicId)
          .executeTakeFirst();
        if (known) return null;
        const sources = await trx
          .selectFrom('sourceTexts')
          .select(['id', 'publicId', 'erasedAt', 'text'])
          .where('studyId', '=', studyId)
          .where('subjectId', '=', publicId)
          .execute();
        const sourceIds = [...new Set(sources.map((source) => source.publicId))];
        await forgetVectorsOf(trx, [publicId]);
        await endConsents(trx, publicId, at);
        const rested = await restingOn(trx, studyId, sourceIds);
        const written = await writtenWith(trx, studyId, ownWords(sources.map(({ text }) => text)));
        const codeMemos = await countCodeMemos(trx, studyId, sourceIds);
        const drafts = await dropDrafts(trx, interview);
        const late = await countRecordings(trx, interview);
        const memos = await emptyMemos(trx, studyId, publicId, sourceIds, at);
        // What came with a file about whoever was interviewed.
        await trx
          .deleteFrom('keptElements')
          .where('studyId', '=', studyId)
          .where('subjectId', '=', publicId)
          .where('kind', '!=', 'interview')
          .execute();
        const counts: WithdrawalCounts = {
          texts: sources.filter(({ erasedAt }) => erasedAt === null).length,
          corrections: await emptyPatches(trx, sourceIds),
          memos: memos.length,
          steps: await emptySteps(trx, studyId, [publicId, ...sourceIds, ...memos], at),
          media: media + late,
          ...rested,
          drafts,
          imports: await dropImports(trx, studyId),
          bookings: await callOff(trx, interview, withdrawnBy, at),
          codeMemos,
          comments: await emptyComments(trx, written.comments, at),
          written: placesOf(written),
        };
        await trx
          .updateTable('sourceTexts')
          .set({ text: '', speaker: null, erasedAt: at })
          .where('studyId', '=', studyId)
          .where('subjectId', '=', publicId)
          .execute();
        await dropCues(trx, sourceIds);
        await leaveAlone(trx, interview, at);
        await emptyRest(trx, interview, at);
        await trx
          .insertInto('withdrawals')
          .values({
            studyId,
            publicId: newPublicId(),
            interviewId: publicId,
            counts: JSON.stringify(counts),
            codesToRename: JSON.stringify(codesToRename),
            withdrawnBy,
            withdrawnAt: at,
          })
          .execute();
        return counts;
      }),

    /**
     * @throws Problem `conflict` where something is about an interview that was withdrawn: for a refusal before anything
     *   else is looked at; whoever writes asks again within the transaction
     */
    mustHold: (studyId: number, subject: { kind: string; id: string }): Promise<void> =>
      db.transaction().execute((trx) => holdSubject(trx, studyId, subject)),

    /**
     * Gives codes that are called by words of whoever withdrew a name that says nothing, and empties the steps of coding
     * that hold the name. They are no longer listed with the proof.
     *
     * @returns how many got another name
     */
    renameCodes: (studyId: number, interviewId: string, at: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .selectFrom('withdrawals')
          .select(['id', 'codesToRename'])
          .where('studyId', '=', studyId)
          .where('interviewId', '=', interviewId)
          .executeTakeFirst();
        const wanted = new Set(row ? (JSON.parse(row.codesToRename) as string[]) : []);
        if (!row || wanted.size === 0) return 0;
        const codes = await trx
          .selectFrom('codes')
          .select(['id', 'publicId', 'name'])
          .where('studyId', '=', studyId)
          .orderBy('id')
          .execute();
        const taken = new Set(codes.map(({ name }) => name));
        const named = codes.filter(({ publicId }) => wanted.has(publicId));
        let number = 0;
        for (const { id } of named) {
          do number += 1;
          while (taken.has(`Code ${number}`));
          await trx
            .updateTable('codes')
            .set({ name: `Code ${number}` })
            .where('id', '=', id)
            .execute();
        }
        const words = named.map(({ name }) => name);
        await emptySteps(trx, studyId, [], at, words);
        await trx.updateTable('withdrawals').set({ codesToRename: '[]' }).where('id', '=', row.id).execute();
        return named.length;
      }),

    /**
     * The proof that an interview was withdrawn, or that what researchers wrote in the words of a response was let go with it;
     * null while there is none.
     */
    of: async (studyId: number, interviewId: string): Promise<Withdrawal | null> => {
      const row = await db
        .selectFrom('withdrawals')
        .leftJoin('users', 'users.id', 'withdrawals.withdrawnBy')
        .select(['withdrawals.publicId', 'interviewId', 'counts', 'codesToRename', 'withdrawnAt', 'users.name as by'])
        .where('studyId', '=', studyId)
        .where('interviewId', '=', interviewId)
        .executeTakeFirst();
      return row
        ? {
            ...row,
            counts: JSON.parse(row.counts) as WithdrawalCounts,
            codesToRename: JSON.parse(row.codesToRename) as string[],
          }
        : null;
    },
  };
}
