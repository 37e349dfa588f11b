import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';

const kept = (name: string): string => path.resolve(import.meta.dirname, '../fixtures/schema-14', name);

/** What an export of its survey gave when the installation was kept. */
export const olderResponses = (): string => readFileSync(kept('responses.csv'), 'utf8');

/** Brings an installation back that an earlier version made: schema 14, an account, a survey and three responses. */
export function plantOlderInstallation(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new Sqlite(path.join(folder, 'verbatim.db'));
  database.exec(readFileSync(kept('database.sql'), 'utf8'));
  database.close();
  for (const name of ['identity.json', 'secret.json']) copyFileSync(kept(name), path.join(folder, name));
  for (const name of ['verbatim.db', 'identity.json', 'secret.json']) chmodSync(path.join(folder, name), 0o600);
}
