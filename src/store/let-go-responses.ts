import type { Transaction } from 'kysely';
import { ownWords } from '../coding/own-words.ts';
import { newPublicId } from './identifiers.ts';
import { emptyMemos, emptySteps } from './let-go.ts';
import { emptyComments, placesOf, type Written, writtenWith } from './let-go-written.ts';
import type { Tables } from './tables.ts';
import type { WithdrawalCounts } from './withdrawals.ts';

type Said = { studyId: number; responseId: string; publicId: string; text: string };

/**
 * Lets go of what researchers wrote in the words of responses that were withdrawn: remarks on personas and memos are emptied,
 * and other places are listed with a proof. Goes before the answers are emptied, in the same transaction, since they are what
 * tells it; answers that were never read leave nothing.
 */
export async function letGoOfResponses(
  trx: Transaction<Tables>,
  responseIds: readonly string[],
  at: string,
): Promise<void> {
  const said: Said[] = await trx
    .selectFrom('sourceTexts')
    .select(['studyId', 'subjectId as responseId', 'publicId', 'text'])
    .where('subjectId', 'in', responseIds)
    .where('kind', '=', 'answer')
    .where('erasedAt', 'is', null)
    .execute();
  for (const [studyId, ofStudy] of Map.groupBy(said, (one) => Number(one.studyId))) {
    const written = await writtenWith(trx, studyId, ownWords(ofStudy.map(({ text }) => text)));
    for (const [responseId, own] of Map.groupBy(ofStudy, (one) => one.responseId))
      await letGo(trx, { studyId, responseId, said: own, written }, at);
  }
}

async function letGo(
  trx: Transaction<Tables>,
  { studyId, responseId, said, written }: { studyId: number; responseId: string; said: Said[]; written: Written },
  at: string,
): Promise<void> {
  const isOwn = ownWords(said.map(({ text }) => text));
  const theirs: Written = {
    comments: written.comments.filter(({ words }) => isOwn(words)),
    places: written.places.filter(({ texts }) => texts.some(isOwn)),
  };
  const memos = await emptyMemos(trx, studyId, responseId, [...new Set(said.map(({ publicId }) => publicId))], at);
  if (memos.length + theirs.comments.length + theirs.places.length === 0) return;
  const counts: WithdrawalCounts = {
    texts: said.length,
    corrections: 0,
    memos: memos.length,
    steps: memos.length === 0 ? 0 : await emptySteps(trx, studyId, memos, at),
    media: 0,
    insights: 0,
    personas: 0,
    comments: await emptyComments(trx, theirs.comments, at),
    written: placesOf(theirs),
  };
  await trx
    .insertInto('withdrawals')
    .values({
      studyId,
      publicId: newPublicId(),
      interviewId: responseId,
      counts: JSON.stringify(counts),
      codesToRename: '[]',
      withdrawnBy: null,
      withdrawnAt: at,
    })
    .onConflict((conflict) => conflict.column('interviewId').doNothing())
    .execute();
}
