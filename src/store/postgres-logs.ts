import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { isBusy, takeTurns } from './dialect.ts';
import { groupCommit } from './group-commit.ts';
import { type Columns, insertRows } from './insert-rows.ts';
import { DEAD_LETTERS_KEPT, type Intake, type IntakeLog, intakeReaders } from './intake-log.ts';
import {
  type Appended,
  type Conditions,
  fromRecordRow,
  logReaders,
  type PackedRecord,
  packRecord,
  type ResponseLog,
  withdrawnBody,
} from './record-log.ts';
import type { Tables } from './tables.ts';

/** Records, and messages, of one commit. */
const RECORDS_MAX = 512;
const MESSAGES_MAX = 2500;

type ResponseItem = { rows: readonly PackedRecord[]; conditions: Conditions };

/**
 * The logs on PostgreSQL: what comes in while a commit is under way goes into the next, in few statements however much it
 * is. Any number of processes may append; they take turns, so that records become visible in the order of their numbers.
 */
export function postgresLogs(database: Database): {
  responses: ResponseLog;
  intake: IntakeLog;
  /** Resolves when everything that was to be appended has been, or failed. */
  idle: () => Promise<void>;
} {
  const { kysely, engine } = database;

  const responses = groupCommit<ResponseItem, Appended[]>(
    { most: RECORDS_MAX, weigh: ({ rows }) => rows.length, isPassing: isBusy },
    (items) =>
      kysely.transaction().execute(async (trx) => {
        await takeTurns(engine, trx, 'responses');
        const results: Appended[][] = items.map(() => []);
        const single = [...items.entries()].filter(([, item]) => isSingle(item));
        const kept = await keepRecords(
          trx,
          database,
          single.map(([, { rows }]) => rows[0] as PackedRecord),
        );
        for (const [at, [index]] of single.entries()) results[index] = [kept[at] as Appended];
        for (const [index, item] of items.entries())
          if (!isSingle(item)) results[index] = await appendTogether(trx, database, item);
        return results;
      }),
  );

  const intake = groupCommit<Intake, boolean[]>(
    { most: MESSAGES_MAX, weigh: ({ messages }) => messages.length, isPassing: isBusy },
    (intakes) =>
      kysely.transaction().execute(async (trx) => {
        await takeTurns(engine, trx, 'intake');
        const isNew = await keepMessages(trx, database, intakes);
        for (const one of intakes) await keepLetters(trx, database, one);
        return isNew;
      }),
  );

  return {
    responses: {
      ...logReaders(database),
      append: (records, conditions = {}) => responses.add({ rows: records.map(packRecord), conditions }),
    },
    intake: { ...intakeReaders(database), append: intake.add },
    idle: async () => {
      await Promise.all([responses.idle(), intake.idle()]);
    },
  };
}

/** One statement keeps it or not by itself. */
const isSingle = ({ rows, conditions }: ResponseItem): boolean =>
  rows.length === 1 && rows[0]?.[2] !== 'withdrawal' && Object.keys(conditions).length === 0;

const placeOf = (responseId: string, revision: number): string => `${responseId} ${revision}`;

/** Keeps each record whose place is free, and says of each what became of it. */
async function keepRecords(
  trx: Transaction<Tables>,
  { engine }: Database,
  rows: readonly PackedRecord[],
): Promise<Appended[]> {
  const saved = await insertRows<{ seq: number; responseId: string; revision: number }>(
    trx,
    engine,
    'response_records',
    RECORD_COLUMNS,
    rows,
    sql`on conflict (response_id, revision) do nothing returning seq, response_id, revision`,
  );
  const seqs = new Map(
    saved.map(({ seq, responseId, revision }) => [placeOf(responseId, Number(revision)), Number(seq)]),
  );
  const appended: (Appended | null)[] = rows.map(([responseId, revision]) => {
    const place = placeOf(responseId, revision);
    const seq = seqs.get(place);
    // Of two in one group for the same place, the first was kept.
    seqs.delete(place);
    return seq === undefined ? null : { outcome: 'saved', seq };
  });
  const others = rows.filter((_, at) => appended[at] === null);
  if (others.length === 0) return appended as Appended[];
  const found = await trx
    .selectFrom('responseRecords')
    .selectAll()
    .where('responseId', 'in', [...new Set(others.map(([responseId]) => responseId))])
    .execute();
  const byPlace = new Map(found.map((row) => [placeOf(row.responseId, Number(row.revision)), row]));
  return rows.map((row, at) => {
    const own = appended[at];
    if (own) return own;
    const kept = byPlace.get(placeOf(row[0], row[1]));
    if (!kept) throw new Error('A record was neither kept nor is another in its place');
    return kept.contentHash === row[8]
      ? { outcome: 'repeated', seq: Number(kept.seq) }
      : { outcome: 'conflict', kept: fromRecordRow(kept) };
  });
}

/** All records of one call, or none of them and why. */
async function appendTogether(
  trx: Transaction<Tables>,
  database: Database,
  { rows, conditions }: ResponseItem,
): Promise<Appended[]> {
  await sql`savepoint item`.execute(trx);
  const appended = await keepRecords(trx, database, rows);
  const conflict = appended.find(({ outcome }) => outcome === 'conflict');
  const [first] = rows;
  const isNew = appended.some(({ outcome }) => outcome === 'saved');
  const refused = conflict ?? (first && isNew ? await meetConditions(trx, first, conditions) : null);
  if (refused) {
    await sql`rollback to savepoint item`.execute(trx);
    await sql`release savepoint item`.execute(trx);
    return rows.map(() => refused);
  }
  for (const [at, [responseId, revision, kind]] of rows.entries())
    if (kind === 'withdrawal' && appended[at]?.outcome === 'saved') await emptyEarlier(trx, responseId, revision);
  await sql`release savepoint item`.execute(trx);
  return appended;
}

/** A withdrawal takes along what was said before it. */
async function emptyEarlier(trx: Transaction<Tables>, responseId: string, revision: number): Promise<void> {
  const earlier = await trx
    .selectFrom('responseRecords')
    .select(['seq', 'body'])
    .where('responseId', '=', responseId)
    .where('revision', '<', revision)
    .execute();
  for (const { seq, body } of earlier)
    await trx
      .updateTable('responseRecords')
      .set({ body: withdrawnBody(body) })
      .where('seq', '=', seq)
      .execute();
}

/** Null when everything holds; else why nothing may be kept. */
async function meetConditions(
  trx: Transaction<Tables>,
  first: PackedRecord,
  { claims = [], fill = [], release = [] }: Conditions,
): Promise<Appended | null> {
  const [responseId] = first;
  for (const name of claims) {
    await trx
      .insertInto('claims')
      .values({ name, responseId, madeAt: first[10] })
      .onConflict((on) => on.column('name').doNothing())
      .execute();
    const { holder } = await trx
      .selectFrom('claims')
      .select('responseId as holder')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    if (holder !== responseId) return { outcome: 'taken', claim: name, holder };
  }
  for (const { surveyId, code, isHard } of fill) {
    let update = trx
      .updateTable('quotaCells')
      .set((eb) => ({ filled: eb('filled', '+', 1) }))
      .where('surveyId', '=', surveyId)
      .where('code', '=', code);
    if (isHard) update = update.whereRef('filled', '<', 'most');
    const { numUpdatedRows } = await update.executeTakeFirst();
    // A cell that is not there sets no limit: it was taken away, or is being laid just now.
    if (numUpdatedRows === 0n && isHard && (await hasCell(trx, surveyId, code))) return { outcome: 'full', code };
  }
  for (const { surveyId, code } of release)
    await trx
      .updateTable('quotaCells')
      .set((eb) => ({ filled: eb('filled', '-', 1) }))
      .where('surveyId', '=', surveyId)
      .where('code', '=', code)
      .where('filled', '>', 0)
      .execute();
  return null;
}

const hasCell = async (trx: Transaction<Tables>, surveyId: number, code: string): Promise<boolean> =>
  (await trx
    .selectFrom('quotaCells')
    .select('code')
    .where('surveyId', '=', surveyId)
    .where('code', '=', code)
    .executeTakeFirst()) !== undefined;

/** For each message of each intake whether it is new. */
async function keepMessages(
  trx: Transaction<Tables>,
  { engine }: Database,
  intakes: readonly Intake[],
): Promise<boolean[][]> {
  const kept = await insertRows<{ workspaceId: number; messageId: string }>(
    trx,
    engine,
    'intake_records',
    MESSAGE_COLUMNS,
    intakes.flatMap(({ workspaceId, sourceId, receivedAt, messages }) =>
      messages.map((message) => [workspaceId, sourceId, receivedAt, ...message]),
    ),
    sql`on conflict (workspace_id, message_id) do nothing returning workspace_id, message_id`,
  );
  const fresh = new Set(kept.map(({ workspaceId, messageId }) => `${workspaceId} ${messageId}`));
  // Of two with one id, the first is new.
  return intakes.map(({ workspaceId, messages }) =>
    messages.map(([messageId]) => fresh.delete(`${workspaceId} ${messageId}`)),
  );
}

async function keepLetters(
  trx: Transaction<Tables>,
  { engine }: Database,
  { workspaceId, sourceId, receivedAt, deadLetters = [] }: Intake,
): Promise<void> {
  if (sourceId === null || deadLetters.length === 0) return;
  const rows = deadLetters.map(({ reason, body }) => [workspaceId, sourceId, receivedAt, reason, body]);
  await insertRows(trx, engine, 'dead_letters', LETTER_COLUMNS, rows);
  await trx
    .deleteFrom('deadLetters')
    .where('sourceId', '=', sourceId)
    .where('id', '<=', (eb) =>
      eb
        .selectFrom('deadLetters as kept')
        .select('kept.id')
        .where('kept.sourceId', '=', sourceId)
        .orderBy('kept.id', 'desc')
        .offset(DEAD_LETTERS_KEPT)
        .limit(1),
    )
    .execute();
}

const RECORD_COLUMNS = {
  response_id: 'text',
  revision: 'bigint',
  kind: 'text',
  study_id: 'bigint',
  survey_id: 'bigint',
  survey_version_id: 'bigint',
  participation_id: 'bigint',
  batch_id: 'bigint',
  content_hash: 'text',
  body: 'text',
  received_at: 'text',
} as const satisfies Columns;

const MESSAGE_COLUMNS = {
  workspace_id: 'bigint',
  source_id: 'bigint',
  received_at: 'text',
  message_id: 'text',
  kind: 'text',
  name: 'text',
  user_id: 'text',
  anonymous_id: 'text',
  body: 'text',
  occurred_at: 'text',
  proof: 'text',
} as const satisfies Columns;

const LETTER_COLUMNS = {
  workspace_id: 'bigint',
  source_id: 'bigint',
  received_at: 'text',
  reason: 'text',
  body: 'text',
} as const satisfies Columns;
