import type { Kysely } from 'kysely';
import { endConsents } from './consents.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { newPublicId } from './identifiers.ts';
import type { Interview } from './notes.ts';
import type { Tables } from './tables.ts';

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

/** The end of what somebody said in an interview, and the proof of it. */
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
        const known = await trx
          .selectFrom('withdrawals')
          .select('id')
          .where('interviewId', '=', publicId)
          .executeTakeFirst();
        if (known) return null;
        const sources = await trx
          .selectFrom('sourceTexts')
          .select(['id', 'publicId', 'erasedAt'])
          .where('studyId', '=', studyId)
          .where('subjectId', '=', publicId)
          .execute();
        const sourceIds = [...new Set(sources.map((source) => source.publicId))];
        await forgetVectorsOf(trx, [publicId]);
        await endConsents(trx, publicId, at);
        const rested = await restingOn(trx, studyId, sourceIds);
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
          media,
          ...rested,
        };
        await trx
          .updateTable('sourceTexts')
          .set({ text: '', speaker: null, erasedAt: at })
          .where('studyId', '=', studyId)
          .where('subjectId', '=', publicId)
          .execute();
        await emptyRest(trx, interview);
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

    /** The proof that an interview was withdrawn; null while it was not. */
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

/** Ids are 22 letters each, so that so many fit a statement of either engine. */
const PART = 200;
const parts = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / PART) }, (_, part) => items.slice(part * PART, (part + 1) * PART));

async function restingOn(
  trx: Kysely<Tables>,
  studyId: number,
  sourceIds: readonly string[],
): Promise<{ insights: number; personas: number }> {
  const insights = new Set<number>();
  for (const part of parts(sourceIds))
    for (const { insightId } of await trx
      .selectFrom('insightEvidence')
      .select('insightId')
      .distinct()
      .where('studyId', '=', studyId)
      .where('sourceId', 'in', part)
      .where('removedAt', 'is', null)
      .execute())
      insights.add(Number(insightId));
  const personas = new Set<number>();
  for (const part of parts([...insights]))
    for (const { personaId } of await trx
      .selectFrom('personaInsights')
      .select('personaId')
      .where('insightId', 'in', part)
      .where('removedAt', 'is', null)
      .execute())
      personas.add(Number(personaId));
  const ids = new Set(sourceIds);
  const portraits = await trx
    .selectFrom('personaVersions')
    .innerJoin('personas', 'personas.id', 'personaVersions.personaId')
    .select(['personaVersions.personaId', 'personaVersions.portrait'])
    .where('personas.studyId', '=', studyId)
    .execute();
  for (const { personaId, portrait } of portraits) {
    const { quotes = [] } = JSON.parse(portrait) as { quotes?: { span: { sourceId: string } }[] };
    if (quotes.some(({ span }) => ids.has(span.sourceId))) personas.add(Number(personaId));
  }
  return { insights: insights.size, personas: personas.size };
}

/** Memos about the interview, its words, the codes on them, and memos about those; gives their ids. */
async function emptyMemos(
  trx: Kysely<Tables>,
  studyId: number,
  interviewId: string,
  sourceIds: readonly string[],
  at: string,
): Promise<string[]> {
  const subjects = [interviewId, ...sourceIds];
  for (const part of parts(sourceIds))
    for (const { publicId } of await trx
      .selectFrom('codings')
      .select('publicId')
      .where('studyId', '=', studyId)
      .where('sourceId', 'in', part)
      .execute())
      subjects.push(publicId);
  const found = new Set<string>();
  for (let next = subjects; next.length > 0; ) {
    const about: string[] = [];
    for (const part of parts(next))
      for (const { publicId } of await trx
        .selectFrom('memos')
        .select('publicId')
        .where('studyId', '=', studyId)
        .where('subjectId', 'in', part)
        .execute())
        if (!found.has(publicId)) {
          found.add(publicId);
          about.push(publicId);
        }
    next = about;
  }
  for (const part of parts([...found]))
    await trx
      .updateTable('memos')
      .set({ title: '', text: '', removedAt: at })
      .where('studyId', '=', studyId)
      .where('publicId', 'in', part)
      .execute();
  return [...found];
}

async function emptyPatches(trx: Kysely<Tables>, sourceIds: readonly string[]): Promise<number> {
  let emptied = 0;
  for (const part of parts(sourceIds)) {
    const { numUpdatedRows } = await trx
      .updateTable('sourcePatches')
      .set({ edits: '[]', reason: '' })
      .where('sourceId', 'in', part)
      .executeTakeFirst();
    emptied += Number(numUpdatedRows);
  }
  return emptied;
}

/** Steps keep rows and labels with words in them. What is emptied cannot be taken back. */
async function emptySteps(trx: Kysely<Tables>, studyId: number, ids: readonly string[], at: string): Promise<number> {
  const wanted = new Set(ids);
  const steps: number[] = [];
  const rows = await trx.selectFrom('codingSteps').select(['id', 'changes']).where('studyId', '=', studyId).execute();
  for (const { id, changes } of rows)
    if (changes.match(/"[A-Za-z0-9_-]{22}"/g)?.some((one) => wanted.has(one.slice(1, -1)))) steps.push(Number(id));
  for (const part of parts(steps)) {
    await trx
      .updateTable('codingSteps')
      .set({ label: 'Words that were withdrawn', changes: '[]' })
      .where('id', 'in', part)
      .execute();
    await trx
      .updateTable('codingSteps')
      .set({ droppedAt: at })
      .where('id', 'in', part)
      .where('droppedAt', 'is', null)
      .execute();
  }
  return steps.length;
}

/** What stands of somebody around their words: how they are called, where they were met, and what was noted of them. */
async function emptyRest(
  trx: Kysely<Tables>,
  { id, studyId, publicId }: Pick<Interview, 'id' | 'studyId' | 'publicId'>,
) {
  await trx
    .updateTable('interviews')
    .set({ title: 'Interview, withdrawn', participant: 'withdrawn', place: '', participationId: null, maySpeak: 0 })
    .where('id', '=', id)
    .execute();
  await trx.updateTable('interviewStates').set({ note: '' }).where('interviewId', '=', id).execute();
  await trx
    .updateTable('ladderRungs')
    .set({ text: '' })
    .where('studyId', '=', studyId)
    .where('subjectId', '=', publicId)
    .execute();
}
