import { type SqlBool, sql, type Transaction } from 'kysely';
import { ownWords } from '../coding/own-words.ts';
import { WITHDRAWN } from './deliveries.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { newPublicId } from './identifiers.ts';
import { emptyMemos, emptyPatches, emptySteps, restingOn } from './let-go.ts';
import { emptyComments, placesOf, type WrittenPlace, writtenWith } from './let-go-written.ts';
import { type Fate, PLACES, type Place, type Reach } from './personal-places.ts';
import { partsOf } from './subject-reach.ts';
import type { Tables } from './tables.ts';

/* What goes when somebody is erased, within one transaction. */

/** How much went, and what rested on it. */
export type ErasureCounts = {
  /** Rows that were deleted or emptied, by table. */
  rows: Record<string, number>;
  insights: number;
  personas: number;
  memos: number;
  steps: number;
  comments: number;
  /** What researchers wrote of personas in their words, which is left for somebody to look at. */
  written: WrittenPlace[];
};

export const nothingGone = (): ErasureCounts => ({
  rows: {},
  insights: 0,
  personas: 0,
  memos: 0,
  steps: 0,
  comments: 0,
  written: [],
});

/** What researchers wrote around the words, which can be told from anybody else's only while the words are there. */
export async function letGoWritten(trx: Transaction<Tables>, reach: Reach, at: string): Promise<ErasureCounts> {
  const counts = nothingGone();
  await emptyAround(trx, reach, at, counts);
  return counts;
}

/** Messages that could not be read name somebody in their words alone, entries into draws by an address. */
export async function forgetNamed(
  trx: Transaction<Tables>,
  reach: Reach,
  names: readonly string[],
): Promise<Record<string, number>> {
  const gone = { dead_letters: 0, draw_entries: 0 };
  const workspaces = new Set<number>();
  for (const part of partsOf(reach.person as number[]))
    for (const { workspaceId } of await trx
      .selectFrom('people')
      .select('workspaceId')
      .distinct()
      .where('id', 'in', part)
      .execute())
      workspaces.add(Number(workspaceId));
  for (const workspaceId of workspaces)
    for (const name of names) {
      const letters = await trx
        .deleteFrom('deadLetters')
        .where('workspaceId', '=', workspaceId)
        .where(sql<SqlBool>`body like ${`%${name.replaceAll(/[\\%_]/g, '\\$&')}%`} escape '\\'`)
        .executeTakeFirst();
      gone.dead_letters += Number(letters.numDeletedRows);
      const draws = await trx
        .deleteFrom('drawEntries')
        .where(sql<SqlBool>`lower(contact) = ${name.toLowerCase()}`)
        .where('surveyId', 'in', (eb) =>
          eb
            .selectFrom('surveys')
            .innerJoin('studies', 'studies.id', 'surveys.studyId')
            .select('surveys.id')
            .where('studies.workspaceId', '=', workspaceId),
        )
        .executeTakeFirst();
      gone.draw_entries += Number(draws.numDeletedRows);
    }
  return gone;
}

/**
 * Deletes and empties everything else that a reach leads to. Once more of the same finds nothing, and does no harm.
 *
 * @param before what `letGoWritten` counted
 */
export async function takeAway(
  trx: Transaction<Tables>,
  reach: Reach,
  before: ErasureCounts,
  at: string,
): Promise<ErasureCounts> {
  const late = await letGoWritten(trx, reach, at);
  const counts: ErasureCounts = {
    // Insights and personas are the same ones; what came in meanwhile is more of the rest.
    ...before,
    rows: { ...before.rows },
    memos: Math.max(before.memos, late.memos),
    steps: Math.max(before.steps, late.steps),
    comments: before.comments + late.comments,
    written: [...before.written, ...late.written],
  };
  await emptyTexts(trx, reach, at, counts);
  await emptyRecords(trx, reach, counts);
  await emptyPeople(trx, reach, at, counts);
  await byTheList(trx, reach, counts);
  for (const part of partsOf(reach.participation as number[])) {
    const { numDeletedRows } = await trx.deleteFrom('participations').where('id', 'in', part).executeTakeFirst();
    count(counts, 'participations', numDeletedRows);
  }
  for (const part of partsOf(reach.person as number[]))
    await trx
      .updateTable('people')
      .set((eb) => ({ erasedAt: eb.fn.coalesce('erasedAt', eb.val(at)), isSaidSame: 0 }))
      .where('id', 'in', part)
      .execute();
  return counts;
}

export const count = (counts: Pick<ErasureCounts, 'rows'>, table: string, rows: bigint | number) => {
  if (Number(rows) > 0) counts.rows[table] = (counts.rows[table] ?? 0) + Number(rows);
};

/**
 * Deletes or empties by the list of places; what needs more than that has been done before.
 *
 * @param fateOf what becomes of a place; null where it is left alone
 */
export async function byTheList(
  trx: Transaction<Tables>,
  reach: Reach,
  counts: Pick<ErasureCounts, 'rows'>,
  fateOf: (place: Place) => Fate | null = ({ fate }) => fate,
): Promise<void> {
  for (const place of PLACES) {
    const fate = fateOf(place);
    if (fate === null) continue;
    const { table } = place;
    for (const [column, key] of Object.entries(place.by))
      for (const part of partsOf(reach[key])) {
        const isTheirs = sql`where ${sql.ref(column)} in (${sql.join(part)})`;
        if (fate === 'goes') {
          if (LATER.has(table)) continue;
          const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} ${isTheirs}`.execute(trx);
          count(counts, table, numAffectedRows);
        } else if ('set' in fate) {
          const values = Object.entries(fate.set).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
          const { numAffectedRows = 0n } =
            await sql`update ${sql.table(table)} set ${sql.join(values)} ${isTheirs}`.execute(trx);
          count(counts, table, numAffectedRows);
        }
      }
  }
}

/** What others point to goes last. */
const LATER = new Set(['participations']);

async function emptyRecords(trx: Transaction<Tables>, reach: Reach, counts: ErasureCounts): Promise<void> {
  for (const part of partsOf(reach.responsePublic as string[])) {
    const records = await trx
      .selectFrom('responseRecords')
      .select(['seq', 'body', 'kind'])
      .where('responseId', 'in', part)
      .execute();
    for (const { seq, body } of records)
      await trx
        .updateTable('responseRecords')
        .set({ body: erasedBody(body), contentHash: '', participationId: null })
        .where('seq', '=', seq)
        .execute();
    count(counts, 'response_records', records.length);
    const responses = await trx.selectFrom('responses').select(['id', 'asked']).where('publicId', 'in', part).execute();
    // Whoever sent them knows them by an id, too.
    for (const { id, asked } of responses)
      await trx
        .updateTable('responses')
        .set({ asked: askedHow(asked) })
        .where('id', '=', id)
        .execute();
  }
  for (const part of partsOf(reach.participation as number[]))
    await trx
      .updateTable('responseRecords')
      .set({ participationId: null })
      .where('participationId', 'in', part)
      .execute();
}

async function emptyTexts(trx: Transaction<Tables>, reach: Reach, at: string, counts: ErasureCounts): Promise<void> {
  const subjects = [...reach.responsePublic, ...reach.interviewPublic] as string[];
  for (const part of partsOf(subjects)) {
    await forgetVectorsOf(trx, part);
    const { numUpdatedRows } = await trx
      .updateTable('sourceTexts')
      .set((eb) => ({ text: '', speaker: null, textHash: '', erasedAt: eb.fn.coalesce('erasedAt', eb.val(at)) }))
      .where('subjectId', 'in', part)
      .executeTakeFirst();
    count(counts, 'source_texts', numUpdatedRows);
    await trx
      .updateTable('ladderRungs')
      .set((eb) => ({ text: '', removedAt: eb.fn.coalesce('removedAt', eb.val(at)) }))
      .where('subjectId', 'in', part)
      .execute();
  }
  for (const part of partsOf(reach.source as string[])) {
    const { numUpdatedRows } = await trx
      .updateTable('codings')
      .set((eb) => ({ spanHash: '', removedAt: eb.fn.coalesce('removedAt', eb.val(at)) }))
      .where('sourceId', 'in', part)
      .executeTakeFirst();
    count(counts, 'codings', numUpdatedRows);
  }
}

/** What researchers wrote around the words, study by study; before these are emptied. */
async function emptyAround(trx: Transaction<Tables>, reach: Reach, at: string, counts: ErasureCounts): Promise<void> {
  const texts: { studyId: number; publicId: string; subjectId: string; text: string }[] = [];
  for (const part of partsOf([...reach.responsePublic, ...reach.interviewPublic] as string[]))
    texts.push(
      ...(await trx
        .selectFrom('sourceTexts')
        .select(['studyId', 'publicId', 'subjectId', 'text'])
        .where('subjectId', 'in', part)
        .execute()),
    );
  const known = new Map<number, Set<string>>();
  for (const part of partsOf(reach.responsePublic as string[]))
    for (const { studyId, responseId } of await trx
      .selectFrom('responseRecords')
      .select(['studyId', 'responseId'])
      .distinct()
      .where('responseId', 'in', part)
      .execute())
      known.set(Number(studyId), (known.get(Number(studyId)) ?? new Set()).add(responseId));
  for (const { studyId, subjectId } of texts)
    known.set(Number(studyId), (known.get(Number(studyId)) ?? new Set()).add(subjectId));
  for (const [studyId, subjects] of known) {
    const own = texts.filter((text) => Number(text.studyId) === studyId);
    const sourceIds = [...new Set(own.map(({ publicId }) => publicId))];
    const rested = await restingOn(trx, studyId, sourceIds);
    counts.insights += rested.insights;
    counts.personas += rested.personas;
    const memos: string[] = [];
    for (const subject of subjects) memos.push(...(await emptyMemos(trx, studyId, subject, sourceIds, at)));
    counts.memos += new Set(memos).size;
    count(counts, 'source_patches', await emptyPatches(trx, sourceIds));
    counts.steps += await emptySteps(trx, studyId, [...subjects, ...sourceIds, ...memos], at);
    const isOwn = ownWords(own.map(({ text }) => text));
    const written = await writtenWith(trx, studyId, isOwn);
    counts.comments += await emptyComments(trx, written.comments, at);
    counts.written.push(...placesOf(written));
    // An answer that a program was given to keep for a repeated request may hold the response.
    await trx
      .deleteFrom('apiAnswers')
      .where('keyId', 'in', (eb) => eb.selectFrom('apiKeys').select('id').where('studyId', '=', studyId))
      .execute();
  }
}

async function emptyPeople(trx: Transaction<Tables>, reach: Reach, at: string, counts: ErasureCounts): Promise<void> {
  for (const part of partsOf(reach.feedback as number[]))
    await trx
      .updateTable('feedback')
      .set((eb) => ({
        personId: null,
        words: '',
        purposes: '[]',
        email: null,
        mark: null,
        pageUrl: null,
        pageTitle: '',
        locale: '',
        device: null,
        browser: null,
        os: null,
        viewport: null,
        selector: null,
        replayUrl: null,
        fingerprint: '',
        erasedAt: eb.fn.coalesce('erasedAt', eb.val(at)),
      }))
      .where('id', 'in', part)
      .execute();
  count(counts, 'feedback', reach.feedback.length);
  for (const id of reach.invited as number[]) {
    await trx
      .updateTable('recruitingPeople')
      .set({
        personId: null,
        responseId: null,
        email: null,
        payout: null,
        cell: null,
        language: null,
        tokenHash: `erased ${newPublicId()}`,
        purgedAt: at,
      })
      .where('id', '=', id)
      .execute();
  }
  count(counts, 'recruiting_people', reach.invited.length);
  for (const part of partsOf(reach.responsePublic as string[]))
    await trx.updateTable('recruitingPeople').set({ responseId: null }).where('responseId', 'in', part).execute();
  for (const part of partsOf(reach.interview as number[]))
    await trx
      .updateTable('interviews')
      .set({ title: 'Interview, erased', participant: 'erased', place: '', participationId: null, maySpeak: 0 })
      .where('id', 'in', part)
      .execute();
  for (const [column, ids] of [
    ['personId', reach.person],
    ['subject', reach.responsePublic],
    ['subject', reach.feedbackPublic],
  ] as const)
    for (const part of partsOf(ids)) await emptyDeliveries(trx, column, part, at, counts);
}

export async function emptyDeliveries(
  trx: Transaction<Tables>,
  column: 'personId' | 'subject',
  part: readonly (number | string)[],
  at: string,
  counts: Pick<ErasureCounts, 'rows'>,
): Promise<void> {
  await trx
    .updateTable('deliveries')
    .set({ state: 'given-up', reason: WITHDRAWN, settledAt: at })
    .where(column, 'in', part as never[])
    .where('event', '!=', 'response.withdrawn')
    .where('state', 'in', ['waiting', 'held-back'])
    .execute();
  const { numUpdatedRows } = await trx
    .updateTable('deliveries')
    .set((eb) => ({
      personId: null,
      lastAnswer: null,
      made: '[]',
      // That a response was withdrawn is told with its id and its pseudonym alone, and has still to be told.
      payload: eb.case().when('event', '=', 'response.withdrawn').then(eb.ref('payload')).else('').end(),
    }))
    .where(column, 'in', part as never[])
    .executeTakeFirst();
  count(counts, 'deliveries', numUpdatedRows);
}

const askedHow = (asked: string): string =>
  JSON.stringify({ how: (JSON.parse(asked) as { how?: string }).how ?? 'open' });

/** What stays of a record: that it came, when, in which language, how they were asked, and to what was agreed. */
function erasedBody(body: string): string {
  const { envelope, content } = JSON.parse(body) as {
    envelope: Record<string, unknown> & { asked?: { how?: string } };
    content: Record<string, unknown>;
  };
  const { schema, surveyVersion, language, timings, batch, isTest, consent } = envelope;
  const { page = null, end, cells } = content;
  return JSON.stringify({
    envelope: {
      schema,
      surveyVersion,
      language,
      order: null,
      timings,
      attributes: null,
      asked: { how: envelope.asked?.how ?? 'open' },
      batch,
      isTest,
      consent,
    },
    content: { page, answers: {}, ...(end ? { end } : {}), ...(cells ? { cells } : {}) },
  });
}
