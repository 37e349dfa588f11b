import { createHash } from 'node:crypto';
import type { Verbatim } from '../../src/verbatim.ts';

/** What stands in each table of a house on SQLite, as a digest of its rows; two that differ differ in a row. */
export function tableDigests({ connection }: Pick<Verbatim, 'connection'>): Map<string, string> {
  const tables = connection
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
    .pluck()
    .all() as string[];
  return new Map(
    tables.map((table) => {
      const hash = createHash('sha256');
      for (const row of connection.prepare(`select * from "${table}"`).raw().iterate())
        hash.update(JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? String(value) : value)));
      return [table, hash.digest('base64url')];
    }),
  );
}

/** The tables in which something changed between two looks, without those that are named. */
export const changedTables = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  without: readonly string[] = [],
): string[] =>
  [...after].flatMap(([table, digest]) => (before.get(table) === digest || without.includes(table) ? [] : [table]));
