import { existsSync } from 'node:fs';
import path from 'node:path';

/** What was made once before the tests, to be copied: an installation's folder, a dump of PostgreSQL; null where nothing was. */
export function madeBefore(name: 'folder' | 'postgres.tar'): string | null {
  const where = process.env['VERBATIM_TEST_EMPTY'];
  const made = where === undefined ? null : path.join(where, name);
  return made !== null && existsSync(made) ? made : null;
}
