import { createHmac } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import { type AuditDetail, type AuditEntry, type AuditHead, auditText, type ChainedEntry } from '../model/audit.ts';
import type { Tables } from './tables.ts';

export type AuditRow = Selectable<Tables['auditLog']>;
/** What is looked for in the log; null and left out for all. */
export type AuditQuery = {
  /** Of one study; `null` for what belongs to none. */
  studyId?: number | null;
  /** Rows before this one, for reading on. */
  before?: number | null;
  since?: string | null;
  actions?: readonly string[];
  outcomes?: readonly string[];
  limit: number;
};

/** What one entry comes to, sealed together with the one before it. */
export const sealEntry = (
  key: Uint8Array,
  previousHash: string,
  number: number,
  entry: AuditEntry,
  detail: string,
): string =>
  createHmac('sha256', key)
    .update(auditText(previousHash, number, entry, detail))
    .digest('base64url');

const asEntry = (row: AuditRow): Omit<ChainedEntry, 'detail'> => ({
  number: Number(row.number),
  at: row.at,
  actorKind: row.actorKind as AuditEntry['actorKind'],
  actorId: row.actorId === null ? null : Number(row.actorId),
  studyId: row.studyId === null ? null : Number(row.studyId),
  action: row.action,
  object: row.object,
  outcome: row.outcome as AuditEntry['outcome'],
  status: row.status,
  hash: row.hash,
});

const READ_AT_ONCE = 2_000;

/** The log of who did what. Rows are added and read; the database refuses anything else. */
export function auditLogStore(db: Kysely<Tables>) {
  async function* all(after = 0): AsyncGenerator<AuditRow> {
    for (let last = after; ; ) {
      const rows = await db
        .selectFrom('auditLog')
        .selectAll()
        .where('number', '>', last)
        .orderBy('number')
        .limit(READ_AT_ONCE)
        .execute();
      yield* rows;
      const end = rows.at(-1);
      if (rows.length < READ_AT_ONCE || !end) return;
      last = Number(end.number);
    }
  }

  const named = () =>
    db
      .selectFrom('auditLog')
      .leftJoin('users', (on) => on.onRef('users.id', '=', 'auditLog.actorId').on('auditLog.actorKind', '=', 'user'))
      .leftJoin('apiKeys', (on) => on.onRef('apiKeys.id', '=', 'auditLog.actorId').on('auditLog.actorKind', '=', 'key'))
      .leftJoin('studies', 'studies.id', 'auditLog.studyId')
      .selectAll('auditLog')
      .select(['users.name as userName', 'apiKeys.name as keyName', 'studies.name as studyName']);

  return {
    /** Adds entries at the end of the chain, all of them or none. Transactions take turns, so that it never forks. */
    append: (entries: readonly AuditEntry[], key: Uint8Array): Promise<AuditHead> =>
      db.transaction().execute(async (trx) => {
        const last = await trx
          .selectFrom('auditLog')
          .select(['number', 'hash'])
          .orderBy('number', 'desc')
          .limit(1)
          .executeTakeFirst();
        let head: AuditHead = { number: Number(last?.number ?? 0), hash: last?.hash ?? '' };
        for (const entry of entries) {
          const detail = JSON.stringify(entry.detail);
          const number = head.number + 1;
          const hash = sealEntry(key, head.hash, number, entry, detail);
          await trx
            .insertInto('auditLog')
            .values({ ...entry, detail, number, hash })
            .execute();
          head = { number, hash };
        }
        return head;
      }),

    /** Where the chain ends; null for an empty log. */
    head: async (): Promise<AuditHead | null> => {
      const row = await db
        .selectFrom('auditLog')
        .select(['number', 'hash'])
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? { number: Number(row.number), hash: row.hash } : null;
    },

    /** Every row from the first to the last, as it stands. */
    all,

    /** Rows since a moment, the oldest first, of one study or of all. */
    since: async function* (at: string, studyId?: number): AsyncGenerator<ListedEntry> {
      const first = await db
        .selectFrom('auditLog')
        .select('number')
        .where('at', '>=', at)
        .orderBy('number')
        .limit(1)
        .executeTakeFirst();
      for (let after = first ? Number(first.number) - 1 : null; after !== null; ) {
        const rows = await named()
          .where('number', '>', after)
          .where('at', '>=', at)
          .$if(studyId !== undefined, (query) => query.where('auditLog.studyId', '=', studyId ?? 0))
          .orderBy('number')
          .limit(READ_AT_ONCE)
          .execute();
        yield* rows.map(asListed);
        const last = rows.at(-1);
        after = rows.length < READ_AT_ONCE || !last ? null : Number(last.number);
      }
    },

    /** The newest rows of what is asked for, with the names that those who acted have today. */
    list: async ({ studyId, before, since, actions, outcomes, limit }: AuditQuery): Promise<ListedEntry[]> => {
      let query = named().orderBy('number', 'desc').limit(limit);
      if (studyId === null) query = query.where('auditLog.studyId', 'is', null);
      else if (studyId !== undefined) query = query.where('auditLog.studyId', '=', studyId);
      if (before) query = query.where('number', '<', before);
      if (since) query = query.where('at', '>=', since);
      if (actions) query = query.where('action', 'in', actions);
      if (outcomes) query = query.where('auditLog.outcome', 'in', outcomes);
      return (await query.execute()).map(asListed);
    },
  };
}

type Named = AuditRow & { userName: string | null; keyName: string | null; studyName: string | null };
/** A row with the names that its numbers have today; null where they have none any more. */
export type ListedEntry = ChainedEntry & Pick<Named, 'userName' | 'keyName' | 'studyName'>;

const asListed = (row: Named): ListedEntry => ({
  ...asEntry(row),
  detail: readDetail(row.detail),
  userName: row.userName,
  keyName: row.keyName,
  studyName: row.studyName,
});

/** Whoever changed a row may have left anything in it. */
function readDetail(text: string): AuditDetail {
  try {
    return JSON.parse(text) as AuditDetail;
  } catch {
    return {};
  }
}

/** What is wrong with a chain: rows by their numbers. */
export type ChainReport = {
  rows: number;
  head: AuditHead | null;
  /** Rows that are not what was sealed. */
  changed: number[];
  /** Rows that are gone, each stretch from its first to its last. */
  missing: { from: number; to: number }[];
};

/** So many rows are named one by one. */
const NAMED_MAX = 100;

/**
 * Reads a chain from its beginning and seals every row once more.
 *
 * @param rows in the order of their numbers
 * @param onRow hears of each row, so that heads known from elsewhere can be held against it
 */
export async function checkChain(
  rows: AsyncIterable<AuditRow>,
  key: Uint8Array,
  onRow: (head: AuditHead) => void = () => {},
): Promise<ChainReport> {
  const report: ChainReport = { rows: 0, head: null, changed: [], missing: [] };
  let stored = '';
  let computed = '';
  let number = 0;
  for await (const row of rows) {
    const entry = asEntry(row);
    const isGap = entry.number !== number + 1;
    if (isGap && report.missing.length < NAMED_MAX) report.missing.push({ from: number + 1, to: entry.number - 1 });
    const seal = (previous: string) => sealEntry(key, previous, entry.number, { ...entry, detail: {} }, row.detail);
    // Where only the seal of the row before was changed, this one still fits what that seal ought to be.
    const fits = isGap ? null : [seal(stored), seal(computed)].find((hash) => hash === row.hash);
    if (fits === undefined && report.changed.length < NAMED_MAX) report.changed.push(entry.number);
    computed = fits ?? (isGap ? row.hash : seal(stored));
    stored = row.hash;
    number = entry.number;
    report.rows += 1;
    report.head = { number, hash: row.hash };
    onRow(report.head);
  }
  return report;
}
