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

export type NewRecord = ResponseRecord & RecordPlace;

export type NewEvent = {
  workspaceId: number;
  personId: number;
  messageId: string;
  name: string;
  properties: Record<string, unknown>;
  occurredAt: string;
  receivedAt: string;
};
export type StoredEvent = NewEvent & { seq: number };

/** What became of one record: kept now, kept before with the same content, or another stands in its place. */
export type Appended = { outcome: 'saved' | 'repeated'; seq: number } | { outcome: 'conflict'; kept: StoredRecord };

/**
 * The append-only road of responses. `append` answers only once the record is safe on disk; all records of one call are
 * kept together or not at all, and a conflict among them keeps none.
 */
export type ResponseLog = {
  append(records: readonly NewRecord[]): Promise<Appended[]>;
  /** All records of one response, oldest first. */
  read(responseId: string): Promise<StoredRecord[]>;
  /** Records after a sequence number, in order. */
  scan(afterSeq: number, limit: number): Promise<StoredRecord[]>;
  count(): Promise<number>;
};

/** The same for events; a message id seen before is the same event, and `repeated`. */
export type EventLog = {
  append(events: readonly NewEvent[]): Promise<{ outcome: 'saved' | 'repeated' }[]>;
  scan(afterSeq: number, limit: number): Promise<StoredEvent[]>;
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

export function toRecordRow(record: NewRecord): RecordRow {
  return {
    responseId: record.responseId,
    revision: record.revision,
    kind: record.kind,
    studyId: record.studyId,
    surveyId: record.surveyId,
    surveyVersionId: record.surveyVersionId,
    participationId: record.participationId,
    batchId: record.batchId,
    contentHash: contentHash(record.kind, record.content),
    body: JSON.stringify({ envelope: record.envelope, content: record.content }),
    receivedAt: record.envelope.timings.receivedAt,
  };
}

export function fromRecordRow({ body, receivedAt: _, ...row }: RecordRow & { seq: number }): StoredRecord {
  const { envelope, content } = JSON.parse(body) as { envelope: Envelope; content: RecordContent };
  return { ...row, kind: row.kind as RecordKind, seq: Number(row.seq), envelope, content };
}

export const toEventRow = (event: NewEvent) => {
  const { properties, ...row } = event;
  return { ...row, body: JSON.stringify({ properties }) };
};

export const fromEventRow = ({
  body,
  ...row
}: Omit<NewEvent, 'properties'> & { seq: number; body: string }): StoredEvent => ({
  ...row,
  seq: Number(row.seq),
  properties: (JSON.parse(body) as { properties: Record<string, unknown> }).properties,
});

/** The reading half, the same on both engines. */
export function logReaders({ kysely }: Database): Omit<ResponseLog, 'append'> & { events: Omit<EventLog, 'append'> } {
  const count = async (table: 'responseRecords' | 'eventRecords') => {
    const row = await kysely
      .selectFrom(table)
      .select(({ fn }) => fn.countAll().as('n'))
      .executeTakeFirst();
    return Number(row?.n ?? 0);
  };
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
    count: () => count('responseRecords'),
    events: {
      scan: async (afterSeq, limit) =>
        (
          await kysely
            .selectFrom('eventRecords')
            .selectAll()
            .where('seq', '>', afterSeq)
            .orderBy('seq')
            .limit(limit)
            .execute()
        ).map(fromEventRow),
      count: () => count('eventRecords'),
    },
  };
}

/** The logs on PostgreSQL, whose own group commit does what the writer thread does on SQLite. */
export function postgresLogs(database: Database): { responses: ResponseLog; events: EventLog } {
  const { kysely, engine } = database;
  const { events, ...responses } = logReaders(database);
  return {
    responses: {
      ...responses,
      append: (records) =>
        kysely
          .transaction()
          .execute(async (trx) => {
            await takeTurns(engine, trx, 'responses');
            const done: Appended[] = [];
            for (const record of records) {
              const row = toRecordRow(record);
              const saved = await trx
                .insertInto('responseRecords')
                .values(row)
                .onConflict((on) => on.columns(['responseId', 'revision']).doNothing())
                .returning('seq')
                .executeTakeFirst();
              if (saved) {
                done.push({ outcome: 'saved', seq: Number(saved.seq) });
                continue;
              }
              const kept = await trx
                .selectFrom('responseRecords')
                .selectAll()
                .where('responseId', '=', row.responseId)
                .where('revision', '=', row.revision)
                .executeTakeFirstOrThrow();
              if (kept.contentHash !== row.contentHash) throw new Conflict(fromRecordRow(kept));
              done.push({ outcome: 'repeated', seq: Number(kept.seq) });
            }
            return done;
          })
          .catch((error: unknown): Appended[] => {
            if (error instanceof Conflict) return records.map(() => ({ outcome: 'conflict', kept: error.kept }));
            throw error;
          }),
    },
    events: {
      ...events,
      append: (list) =>
        kysely.transaction().execute(async (trx) => {
          await takeTurns(engine, trx, 'events');
          const done: { outcome: 'saved' | 'repeated' }[] = [];
          for (const event of list) {
            const saved = await trx
              .insertInto('eventRecords')
              .values(toEventRow(event))
              .onConflict((on) => on.columns(['workspaceId', 'messageId']).doNothing())
              .returning('seq')
              .executeTakeFirst();
            done.push({ outcome: saved ? 'saved' : 'repeated' });
          }
          return done;
        }),
    },
  };
}

class Conflict extends Error {
  readonly kept: StoredRecord;
  constructor(kept: StoredRecord) {
    super('Another record stands at this revision');
    this.kept = kept;
  }
}
