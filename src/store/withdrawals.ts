import type { Kysely } from 'kysely';
import { endConsents } from './consents.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { holdSubject, lockInterview } from './held-interview.ts';
import { newPublicId } from './identifiers.ts';
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
          .select(['id', 'publicId', 'erasedAt'])
          .where('studyId', '=', studyId)
          .where('subjectId', '=', publicId)
          .execute();
        const sourceIds = [...new Set(sources.map((source) => source.publicId))];
        await forgetVectorsOf(trx, [publicId]);
        await endConsents(trx, publicId, at);
        const rested = await restingOn(trx, studyId, sourceIds);
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

/** Memos on the codes of an interview, which say something of everybody that a code stands on. */
async function countCodeMemos(trx: Kysely<Tables>, studyId: number, sourceIds: readonly string[]): Promise<number> {
  const codes = new Set<string>();
  for (const part of parts(sourceIds))
    for (const { publicId } of await trx
      .selectFrom('codings')
      .innerJoin('codes', 'codes.id', 'codings.codeId')
      .select('codes.publicId')
      .distinct()
      .where('codings.studyId', '=', studyId)
      .where('codings.sourceId', 'in', part)
      .execute())
      codes.add(publicId);
  let memos = 0;
  for (const part of parts([...codes]))
    memos += (
      await trx
        .selectFrom('memos')
        .select('id')
        .where('studyId', '=', studyId)
        .where('subjectKind', '=', 'code')
        .where('subjectId', 'in', part)
        .where('removedAt', 'is', null)
        .execute()
    ).length;
  return memos;
}

/** Fewer letters in a row may be anybody's. */
const OWN_LETTERS_MIN = 20;

/**
 * Deletes the transcripts on their way into an interview, and those that are to become another one where they hold its
 * words.
 */
async function dropDrafts(
  trx: Kysely<Tables>,
  { id, studyId, publicId }: Pick<Interview, 'id' | 'studyId' | 'publicId'>,
): Promise<number> {
  const texts = await trx
    .selectFrom('sourceTexts')
    .select('text')
    .where('studyId', '=', studyId)
    .where('subjectId', '=', publicId)
    .execute();
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
  const said = texts.map(({ text }) => plain(text));
  const isOwn = (text: string) => text.length >= OWN_LETTERS_MIN && said.some((one) => one.includes(text));
  const drafts = await trx
    .selectFrom('transcriptDrafts')
    .select(['id', 'interviewId', 'parsed'])
    .where('studyId', '=', studyId)
    .where((is) => is.or([is('interviewId', '=', id), is('interviewId', 'is', null)]))
    .execute();
  const gone = drafts.filter(({ interviewId, parsed }) => {
    if (interviewId !== null) return true;
    const { cues = [] } = JSON.parse(parsed) as { cues?: { text: string }[] };
    return cues.some(({ text }) => isOwn(plain(text)));
  });
  for (const part of parts(gone))
    await trx
      .deleteFrom('transcriptDrafts')
      .where(
        'id',
        'in',
        part.map((draft) => draft.id),
      )
      .execute();
  return gone.length;
}

/** Recordings that came while the others were being deleted. */
const countRecordings = async (trx: Kysely<Tables>, { id }: Pick<Interview, 'id'>): Promise<number> =>
  (
    await trx
      .selectFrom('mediaFiles')
      .select('id')
      .where('interviewId', '=', id)
      .where('erasedAt', 'is', null)
      .execute()
  ).length;

/** A file that is looked at may hold anybody's words: all of the study are let go, and can be chosen again. */
const dropImports = async (trx: Kysely<Tables>, studyId: number): Promise<number> =>
  Number(
    (
      await trx
        .deleteFrom('projectImports')
        .where('studyId', '=', studyId)
        .where('state', '=', 'staged')
        .executeTakeFirst()
    ).numDeletedRows,
  );

/**
 * Calls an interview off that is to come, with its booking, so that no letter goes out any more, and empties what was
 * typed to be written to and paid by. Gives how many bookings were called off.
 */
async function callOff(
  trx: Kysely<Tables>,
  { id }: Pick<Interview, 'id'>,
  madeBy: number | null,
  at: string,
): Promise<number> {
  await trx
    .updateTable('recruitingPeople')
    .set({ email: null, payout: null, purgedAt: at })
    .where('id', 'in', (eb) =>
      eb.selectFrom('recruitingBookings').select('participantId').where('interviewId', '=', id),
    )
    .execute();
  const { numUpdatedRows } = await trx
    .updateTable('interviews')
    .set({ state: 'cancelled' })
    .where('id', '=', id)
    .where('state', 'in', ['invited', 'scheduled'])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return 0;
  await trx
    .insertInto('interviewStates')
    .values({ interviewId: id, state: 'cancelled', note: '', madeBy, madeAt: at })
    .execute();
  const bookings = await trx
    .updateTable('recruitingBookings')
    .set({ cancelledAt: at, changedAt: at })
    .where('interviewId', '=', id)
    .where('cancelledAt', 'is', null)
    .executeTakeFirst();
  return Number(bookings.numUpdatedRows);
}

/** Steps keep rows and labels with words in them. What is emptied cannot be taken back. */
async function emptySteps(
  trx: Kysely<Tables>,
  studyId: number,
  ids: readonly string[],
  at: string,
  names: readonly string[] = [],
): Promise<number> {
  const wanted = new Set(ids);
  // Within JSON a name stands with its quotes and line ends escaped.
  const written = names.map((name) => JSON.stringify(name));
  const steps: number[] = [];
  const rows = await trx
    .selectFrom('codingSteps')
    .select(['id', 'label', 'changes'])
    .where('studyId', '=', studyId)
    .execute();
  for (const { id, label, changes } of rows)
    if (
      changes.match(/"[A-Za-z0-9_-]{22}"/g)?.some((one) => wanted.has(one.slice(1, -1))) ||
      written.some((name) => changes.includes(name)) ||
      names.some((name) => label.includes(`“${name}”`))
    )
      steps.push(Number(id));
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

/**
 * Keeps of somebody known that they withdrew, so that they are not invited again; not from which interview. Nothing is
 * kept of anybody else.
 */
async function leaveAlone(
  trx: Kysely<Tables>,
  { id, studyId }: Pick<Interview, 'id' | 'studyId'>,
  at: string,
): Promise<void> {
  const person = await trx
    .selectFrom('interviews')
    .innerJoin('participations', 'participations.id', 'interviews.participationId')
    .innerJoin('people', 'people.id', 'participations.personId')
    .select('people.publicId')
    .where('interviews.id', '=', id)
    .executeTakeFirst();
  if (!person) return;
  await trx
    .insertInto('consents')
    .values({
      studyId,
      subjectKind: 'person',
      subjectId: person.publicId,
      purposes: '[]',
      textVersion: newPublicId(),
      language: 'en',
      givenAt: at,
      withdrawnAt: at,
    })
    .execute();
}

/** What stands of somebody around their words: how they are called, where they were met, and what was noted of them. */
async function emptyRest(
  trx: Kysely<Tables>,
  { id, studyId, publicId }: Pick<Interview, 'id' | 'studyId' | 'publicId'>,
  at: string,
) {
  await trx
    .updateTable('interviews')
    .set({ title: 'Interview, withdrawn', participant: 'withdrawn', place: '', participationId: null, maySpeak: 0 })
    .where('id', '=', id)
    .execute();
  await trx.updateTable('interviewStates').set({ note: '' }).where('interviewId', '=', id).execute();
  await trx
    .updateTable('ladderRungs')
    .set({ text: '', removedAt: at })
    .where('studyId', '=', studyId)
    .where('subjectId', '=', publicId)
    .execute();
}
