import type { Transaction } from 'kysely';
import type {
  Envelope,
  RecordContent,
  RecordKind,
  RecordPlace,
  ResponseRecord,
  StoredRecord,
} from '../model/record.ts';
import { contentHash } from '../model/record.ts';
import type { Database } from './database.ts';
import { takeTurns } from './dialect.ts';
import { type IntakeLog, postgresIntakeLog } from './intake-log.ts';
import type { Tables } from './tables.ts';

export type NewRecord = ResponseRecord & RecordPlace;

/**
 * What became of one record: kept now, kept before with the same content, another stands in its place, somebody else
 * holds what it claims, or a quota it counts in is full.
 */
export type Appended =
  | { outcome: 'saved' | 'repeated'; seq: number }
  | { outcome: 'conflict'; kept: StoredRecord }
  | { outcome: 'taken'; claim: string; holder: string }
  | { outcome: 'full'; code: string };

/** What must hold for records to be kept, decided by the database in the same transaction. */
export type Conditions = {
  /** Names that only one response may ever hold, such as a supplier's id. */
  claims?: readonly string[];
  /** Quota cells that the records count in; a hard one that is full keeps the records out. */
  fill?: readonly { surveyId: number; code: string; isHard: boolean }[];
  /** Quota cells whose place becomes free again. */
  release?: readonly { surveyId: number; code: string }[];
};

/**
 * The append-only road of responses. `append` answers only once the record is safe on disk; all records of one call are
 * kept together or not at all, and a conflict among them keeps none.
 */
export type ResponseLog = {
  append(records: readonly NewRecord[], conditions?: Conditions): Promise<Appended[]>;
  /** All records of one response, oldest first. */
  read(responseId: string): Promise<StoredRecord[]>;
  /** Records after a sequence number, in order. */
  scan(afterSeq: number, limit: number): Promise<StoredRecord[]>;
  count(): Promise<number>;
};

/** A row as it lies in the table, in the order of its columns. */
export type RecordRow = {
  responseId: string;
  revision: number;
  kind: string;
  studyId: number;
  surveyId: number;
  surveyVersionId: number;
  participationId: number | null;
  batchId: number | null;
  contentHash: string;
  body: string;
  receivedAt: string;
};

const toRecordRow = (record: NewRecord): RecordRow => {
  const [
    responseId,
    revision,
    kind,
    studyId,
    surveyId,
    surveyVersionId,
    participationId,
    batchId,
    hash,
    body,
    receivedAt,
  ] = packRecord(record);
  return {
    responseId,
    revision,
    kind,
    studyId,
    surveyId,
    surveyVersionId,
    participationId,
    batchId,
    contentHash: hash,
    body,
    receivedAt,
  };
};

/** A row's values by place, in the order of its columns: cheaper to hand to another thread, and to write, than names. */
export type PackedRecord = readonly [
  responseId: string,
  revision: number,
  kind: string,
  studyId: number,
  surveyId: number,
  surveyVersionId: number,
  participationId: number | null,
  batchId: number | null,
  contentHash: string,
  body: string,
  receivedAt: string,
];
export const packRecord = (record: NewRecord): PackedRecord => [
  record.responseId,
  record.revision,
  record.kind,
  record.studyId,
  record.surveyId,
  record.surveyVersionId,
  record.participationId,
  record.batchId,
  contentHash(record.kind, record.content),
  JSON.stringify({ envelope: record.envelope, content: record.content }),
  record.envelope.timings.receivedAt,
];

/**
 * What stays of a record once its response was withdrawn: that it came, when, and to what was agreed; nothing that was
 * answered, and nothing of the person.
 */
export function withdrawnBody(body: string): string {
  const { envelope, content } = JSON.parse(body) as { envelope: Envelope; content: RecordContent };
  const { segments: _, device: __, country: ___, source: ____, replayUrl: _____, ...kept } = envelope;
  const { prefill: ______, ...rest } = content;
  return JSON.stringify({
    envelope: { ...kept, attributes: null, order: null },
    content: { ...rest, answers: {} },
  });
}

export function fromRecordRow({ body, receivedAt: _, ...row }: RecordRow & { seq: number }): StoredRecord {
  const { envelope, content } = JSON.parse(body) as { envelope: Envelope; content: RecordContent };
  return { ...row, kind: row.kind as RecordKind, seq: Number(row.seq), envelope, content };
}

/** The reading half, the same on both engines. */
export function logReaders({ kysely }: Database): Omit<ResponseLog, 'append'> {
  return {
    read: async (responseId) =>
      (
        await kysely
          .selectFrom('responseRecords')
          .selectAll()
          .where('responseId', '=', responseId)
          .orderBy('revision')
          .execute()
      ).map(fromRecordRow),
    scan: async (afterSeq, limit) =>
      (
        await kysely
          .selectFrom('responseRecords')
          .selectAll()
          .where('seq', '>', afterSeq)
          .orderBy('seq')
          .limit(limit)
          .execute()
      ).map(fromRecordRow),
    count: async () => {
      const row = await kysely
        .selectFrom('responseRecords')
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
  };
}

/** The logs on PostgreSQL, whose own group commit does what the writer thread does on SQLite. */
export function postgresLogs(database: Database): { responses: ResponseLog; intake: IntakeLog } {
  const { kysely, engine } = database;
  return {
    responses: {
      ...logReaders(database),
      append: (records, conditions = {}) =>
        kysely
          .transaction()
          .execute(async (trx) => {
            await takeTurns(engine, trx, 'responses');
            const done: Appended[] = [];
            for (const record of records) done.push(await appendOne(trx, toRecordRow(record)));
            for (const { kind, responseId, revision } of records)
              if (kind === 'withdrawal') await emptyEarlier(trx, responseId, revision);
            if (done.some(({ outcome }) => outcome === 'saved')) await meetConditions(trx, records, conditions);
            return done;
          })
          .catch((error: unknown): Appended[] => {
            if (error instanceof Refused) return records.map(() => error.appended);
            throw error;
          }),
    },
    intake: postgresIntakeLog(database),
  };
}

async function appendOne(trx: Transaction<Tables>, row: RecordRow): Promise<Appended> {
  const saved = await trx
    .insertInto('responseRecords')
    .values(row)
    .onConflict((on) => on.columns(['responseId', 'revision']).doNothing())
    .returning('seq')
    .executeTakeFirst();
  if (saved) return { outcome: 'saved', seq: Number(saved.seq) };
  const kept = await trx
    .selectFrom('responseRecords')
    .selectAll()
    .where('responseId', '=', row.responseId)
    .where('revision', '=', row.revision)
    .executeTakeFirstOrThrow();
  if (kept.contentHash !== row.contentHash) throw new Refused({ outcome: 'conflict', kept: fromRecordRow(kept) });
  return { outcome: 'repeated', seq: Number(kept.seq) };
}

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

async function meetConditions(
  trx: Transaction<Tables>,
  records: readonly NewRecord[],
  { claims = [], fill = [], release = [] }: Conditions,
): Promise<void> {
  const [first] = records;
  if (!first) return;
  for (const name of claims) {
    const values = { name, responseId: first.responseId, madeAt: first.envelope.timings.receivedAt };
    await trx
      .insertInto('claims')
      .values(values)
      .onConflict((on) => on.column('name').doNothing())
      .execute();
    const { responseId } = await trx
      .selectFrom('claims')
      .select('responseId')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    if (responseId !== first.responseId) throw new Refused({ outcome: 'taken', claim: name, holder: responseId });
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
    if (numUpdatedRows === 0n && isHard && (await hasCell(trx, surveyId, code)))
      throw new Refused({ outcome: 'full', code });
  }
  for (const { surveyId, code } of release) {
    await trx
      .updateTable('quotaCells')
      .set((eb) => ({ filled: eb('filled', '-', 1) }))
      .where('surveyId', '=', surveyId)
      .where('code', '=', code)
      .where('filled', '>', 0)
      .execute();
  }
}

const hasCell = async (trx: Transaction<Tables>, surveyId: number, code: string): Promise<boolean> =>
  (await trx
    .selectFrom('quotaCells')
    .select('code')
    .where('surveyId', '=', surveyId)
    .where('code', '=', code)
    .executeTakeFirst()) !== undefined;

/** Ends the transaction with nothing kept, and says why. */
class Refused extends Error {
  readonly appended: Appended;
  constructor(appended: Appended) {
    super('Another record stands at this revision, or a condition was not met');
    this.appended = appended;
  }
}
