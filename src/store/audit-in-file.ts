import type { AuditEntry, AuditHead } from '../model/audit.ts';
import { auditLogStore } from './audit-log.ts';
import { kyselyOver, openSqlite, type SqliteConnection } from './database.ts';
import { derivedKey } from './derived-key.ts';
import { isStorageFull } from './dialect.ts';

/*
 * The audit log of a file that no Verbatim has open here: copies are made of it and put in its place. A file from before
 * there was a log has none, and nothing is noted in it.
 */

const hasLog = (connection: SqliteConnection): boolean =>
  connection.prepare("select 1 from sqlite_schema where type = 'table' and name = 'audit_log'").get() !== undefined;

/** Where the chain of a file ends; null where it has no row. */
export const auditHeadIn = (connection: SqliteConnection): AuditHead | null =>
  hasLog(connection)
    ? ((connection.prepare('select number, hash from audit_log order by number desc limit 1').get() as
        | AuditHead
        | undefined) ?? null)
    : null;

/** Adds a row to the log of a file. */
export async function noteInFile(
  file: string,
  secret: string,
  { action, by, at, rows }: { action: 'backup' | 'restore'; by: 'operator' | 'system'; at: Date; rows?: number },
): Promise<void> {
  const connection = openSqlite(file);
  try {
    connection.pragma('busy_timeout = 30000');
    if (!hasLog(connection)) return;
    const entry: AuditEntry = {
      at: at.toISOString(),
      actorKind: by,
      actorId: null,
      studyId: null,
      action,
      object: '',
      outcome: 'done',
      status: null,
      detail: rows === undefined ? {} : { rows },
    };
    const appending = auditLogStore(kyselyOver('sqlite', connection).kysely).append(
      [entry],
      derivedKey(Buffer.from(secret, 'base64url'), 'audit'),
    );
    await appending.catch((error: unknown) => {
      // A full disk is a reason to make a copy elsewhere, not to make none.
      if (!isStorageFull(error)) throw error;
    });
  } finally {
    connection.close();
  }
}
