import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { up } from '../../src/store/migrations/0014-companies-as-units.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/house.ts';

const AT = '2026-01-01T00:00:00.000Z';

test.each([
  ['SQLite', (folder: string) => kyselyOver('sqlite', openSqlite(path.join(folder, 'old.db'), { mayCreate: true }))],
  ['PostgreSQL', () => kyselyOver('postgres', new PGliteDialect({ pglite: new PGlite() }))],
] as const)(
  'what was there before is of people, at its first version and with its first definition, on %s',
  async (_, open) => {
    using place = temporaryFolder();
    const database = open(place.folder);
    const { kysely } = database;
    const run = (text: string) => sql.raw(text).execute(kysely);
    try {
      await migrate(database, () => new Date(AT));
      // As the schema before left it.
      await run('drop table computed_attribute_versions');
      for (const [table, ...columns] of [
        ['computed_attributes', 'version', 'ended_at', 'ended_by'],
        ['company_members', 'role_source', 'role_at'],
        ['segment_counts', 'unknown'],
        ['segment_sizes', 'counterpart'],
        ['segments', 'unit'],
      ] as const)
        for (const column of columns) await run(`alter table ${table} drop column ${column}`);
      await run(`insert into workspaces (public_id, name, created_at) values ('w1', 'One', '${AT}')`);
      await run(
        `insert into studies (workspace_id, public_id, name, is_closed, created_at) values (1, 's1', 'One', 0, '${AT}')`,
      );
      await run(`insert into users (public_id, email, name, password_hash, is_admin, created_at)
      values ('u1', 'ada@example.org', 'Ada', 'x', 0, '${AT}')`);
      await run(`insert into segments (study_id, public_id, origin, name, version, rule, position, created_at)
      values (1, 'g1', 'rule', 'On Pro', 3, '{"attribute":"plan","op":"set"}', 0, '${AT}')`);
      await run(`insert into segment_counts (segment_id, number, counted_at, people) values (1, 1, '${AT}', '[4]')`);
      await run(`insert into segment_sizes (segment_id, day, admitted, unknown, everybody, entered, gone)
      values (1, '2026-01-01', 1, 2, 3, 0, 0)`);
      const definition = { kind: 'measure', measure: 'count', event: 'Order' };
      await run(`insert into computed_attributes (workspace_id, public_id, name, definition, created_by, created_at, seq)
      values (1, 'c1', 'orders', '${JSON.stringify(definition)}', 1, '${AT}', 0)`);
      await up(kysely as never, database.engine);

      const store = openStore(database);
      const [segment] = await store.segments.list(1);
      expect(segment).toMatchObject({ unit: 'person', version: 3 });
      expect(await store.segmentSizes.days(1, 10)).toMatchObject([{ admitted: 1, counterpart: null }]);
      expect(await store.segmentSizes.latest(1)).toMatchObject({ number: 1, people: [4] });
      expect(await store.computed.list(1)).toMatchObject([{ name: 'orders', version: 1, endedAt: null }]);
      expect(await store.computed.versions(1)).toEqual([{ version: 1, definition, setBy: 'Ada', setAt: AT }]);
    } finally {
      await kysely.destroy();
    }
  },
);
