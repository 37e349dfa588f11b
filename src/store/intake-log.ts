import type { Selectable } from 'kysely';
import type { EventMessage, MessageBody, MessageKind } from '../model/event-message.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** What came from one source at one moment. */
export type Intake = {
  workspaceId: number;
  /** Null for what our own services tell. */
  sourceId: number | null;
  receivedAt: string;
  messages: readonly PackedMessage[];
  /** What can never be kept, for whoever looks after the source; only a source has any. */
  deadLetters?: readonly DeadLetter[];
};
/**
 * How a message showed whom it speaks for: signed by the site's server, sent with the server key, or not at all though
 * it names somebody, be it without a signature or with a wrong one.
 */
export type Proof = 'signed' | 'server' | 'unsigned' | 'wrong';
/** Values by place, since they cross to the writer thread by the thousand: message id, kind, name, user, anonymous, body, when, proof. */
export type PackedMessage = readonly [
  messageId: string,
  kind: MessageKind,
  name: string,
  userId: string | null,
  anonymousId: string | null,
  body: string,
  occurredAt: string,
  /** Null where nothing was to be shown: it names nobody, or our own services tell it. */
  proof: Proof | null,
];
export type DeadLetter = { reason: string; body: string };
export type IntakeRecord = Omit<Selectable<Tables['intakeRecords']>, 'kind' | 'body'> & {
  kind: MessageKind;
  body: MessageBody;
};

/** Of each source the newest so many dead letters are kept. */
export const DEAD_LETTERS_KEPT = 1000;

/**
 * The append-only road of events. `append` answers only once all is safe on disk, and keeps all or nothing of one
 * intake; a message id seen before in the workspace is the same message.
 */
export type IntakeLog = {
  /** For each message whether it is new. */
  append(intake: Intake): Promise<boolean[]>;
  /** Records after a sequence number, in order. */
  scan(afterSeq: number, limit: number): Promise<IntakeRecord[]>;
  count(): Promise<number>;
};

export const packMessage = (
  { kind, name, userId, anonymousId, occurredAt }: EventMessage,
  messageId: string,
  body: string,
  proof: Proof | null = null,
): PackedMessage => [messageId, kind, name, userId, anonymousId, body, occurredAt, proof];

export const fromIntakeRow = ({ body, ...row }: Selectable<Tables['intakeRecords']>): IntakeRecord => ({
  ...row,
  kind: row.kind as MessageKind,
  seq: Number(row.seq),
  workspaceId: Number(row.workspaceId),
  sourceId: row.sourceId === null ? null : Number(row.sourceId),
  body: JSON.parse(body) as MessageBody,
});

/** The reading half, the same on both engines. */
export function intakeReaders({ kysely }: Database): Omit<IntakeLog, 'append'> {
  return {
    scan: async (afterSeq, limit) =>
      (
        await kysely
          .selectFrom('intakeRecords')
          .selectAll()
          .where('seq', '>', afterSeq)
          .orderBy('seq')
          .limit(limit)
          .execute()
      ).map(fromIntakeRow),
    count: async () => {
      const row = await kysely
        .selectFrom('intakeRecords')
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
  };
}
