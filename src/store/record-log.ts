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
