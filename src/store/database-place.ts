import { type Database, kyselyOver, openSqlite } from './database.ts';
import { openPostgres, type PostgresUrl } from './postgres.ts';

/** Where a database is: plain data, so that it can be handed to threads. */
export type DatabasePlace = { engine: 'sqlite'; file: string } | { engine: 'postgres'; url: PostgresUrl };

/** Memory for pages of the file, which an analysis reads again and again, in KiB. */
const READER_CACHE_KIB = 65_536;

/** Opens a database for reading only, on connections of its own. */
export async function openReader(place: DatabasePlace): Promise<Database> {
  if (place.engine === 'postgres') return openPostgres(place.url, 'reader');
  const connection = openSqlite(place.file, { isReader: true });
  connection.pragma(`cache_size = -${READER_CACHE_KIB}`);
  return kyselyOver('sqlite', connection);
}
