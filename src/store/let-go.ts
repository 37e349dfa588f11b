import type { Kysely } from 'kysely';
import { readPortrait } from '../personas/portrait.ts';
import { spansOf } from '../personas/spans-of.ts';
import { newPublicId } from './identifiers.ts';
import type { Interview } from './notes.ts';
import type { Tables } from './tables.ts';

/* What goes when somebody takes back what they said in an interview, place by place, within the withdrawal's transaction. */

/** Ids are 22 letters each, so that so many fit a statement of either engine. */
const PART = 200;
const parts = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / PART) }, (_, part) => items.slice(part * PART, (part + 1) * PART));

export async function restingOn(
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
    const read = readPortrait(portrait);
    // Of one that cannot be read the ids in it still tell.
    const isResting = read.isDamaged
      ? sourceIds.some((id) => portrait.includes(id))
      : spansOf(read).some(({ sourceId }) => ids.has(sourceId));
    if (isResting) personas.add(Number(personaId));
  }
  return { insights: insights.size, personas: personas.size };
}

/** Memos about the interview, its words, the codes on them, and memos about those; gives their ids. */
export async function emptyMemos(
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

export async function emptyPatches(trx: Kysely<Tables>, sourceIds: readonly string[]): Promise<number> {
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
export async function countCodeMemos(
  trx: Kysely<Tables>,
  studyId: number,
  sourceIds: readonly string[],
): Promise<number> {
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
export async function dropDrafts(
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
export const countRecordings = async (trx: Kysely<Tables>, { id }: Pick<Interview, 'id'>): Promise<number> =>
  (
    await trx
      .selectFrom('mediaFiles')
      .select('id')
      .where('interviewId', '=', id)
      .where('erasedAt', 'is', null)
      .execute()
  ).length;

/** A file that is looked at may hold anybody's words: all of the study are let go, and can be chosen again. */
export const dropImports = async (trx: Kysely<Tables>, studyId: number): Promise<number> =>
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
export async function callOff(
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
export async function emptySteps(
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
export async function leaveAlone(
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
export async function emptyRest(
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
