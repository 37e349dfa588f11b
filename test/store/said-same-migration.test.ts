import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { up } from '../../src/store/migrations/0015-said-same.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/house.ts';

const AT = '2026-01-01T00:00:00.000Z';

test.each([
  ['SQLite', (folder: string) => kyselyOver('sqlite', openSqlite(path.join(folder, 'old.db'), { mayCreate: true }))],
  ['PostgreSQL', () => kyselyOver('postgres', new PGliteDialect({ pglite: new PGlite() }))],
] as const)(
  'who was called the same by a page is marked, and nobody whom a server or only a browser made so, on %s',
  async (_, open) => {
    using place = temporaryFolder();
    const database = open(place.folder);
    const { kysely } = database;
    const run = (text: string) => sql.raw(text).execute(kysely);
    try {
      await migrate(database, () => new Date(AT));
      // As the schema before left it.
      await run('alter table people drop column is_said_same');
      await run(`insert into workspaces (public_id, name, created_at) values ('w1', 'One', '${AT}')`);
      await run(`insert into sources (workspace_id, public_id, name, write_key, created_at)
                 values (1, 's1', 'Shop', 'k1', '${AT}')`);
      for (const [index, id] of ['a', 'b', 'c', 'd', 'e', 'f', 'g'].entries()) {
        await run(`insert into people (workspace_id, public_id, created_at) values (1, '${id}', '${AT}')`);
        const kind = id === 'd' ? 'anonymous' : 'external';
        await run(`insert into person_identities (workspace_id, kind, value, person_id)
                   values (1, '${kind}', '${id}', ${index + 1})`);
      }
      const alias = (userId: string, body: object, sourceId: number | null, proof: string | null) =>
        run(`insert into intake_records
               (workspace_id, source_id, message_id, kind, name, user_id, body, occurred_at, received_at, proof)
             values (1, ${sourceId}, '${userId}', 'alias', '', '${userId}', '${JSON.stringify(body)}', '${AT}', '${AT}',
                     ${proof === null ? 'null' : `'${proof}'`})`);
      await alias('a', { previousId: 'g' }, 1, null);
      await alias('b', { previousId: 'g' }, 1, 'signed');
      await alias('c', { previousId: 'd' }, 1, 'unsigned');
      await alias('e', { previousId: 'g' }, 1, 'server');
      await alias('f', { previousId: 'g', previousIs: 'anonymous' }, 1, 'signed');
      await alias('g', { previousId: 'a' }, null, null);
      await up(kysely as never, database.engine);

      const { people } = openStore(database);
      const marked = [];
      for (let id = 1; id <= 7; id += 1) if (await people.isSaidSame(id)) marked.push(id);
      expect(marked).toEqual([1, 2]);
      // Whoever they are the same as is marked with them.
      await run(`insert into person_links (person_id, canonical_id, linked_at) values (2, 5, '${AT}')`);
      expect([await people.isSaidSame(5), await people.isSaidSame(7)]).toEqual([true, false]);
    } finally {
      await kysely.destroy();
    }
  },
);
