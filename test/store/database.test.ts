import path from 'node:path';
import { expect, test } from 'vitest';
import { kyselyOver, openSqlite, probeWrite } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { temporaryFolder } from '../support/house.ts';

test('what SQLite takes back by itself, as on a full disk, fails with its own reason and leaves the connection usable', async () => {
  using place = temporaryFolder();
  const connection = openSqlite(path.join(place.folder, 'verbatim.db'), { mayCreate: true });
  const database = kyselyOver('sqlite', connection);
  const { kysely } = database;
  try {
    await migrate(database, () => new Date());
    connection.exec(
      `create trigger full before insert on settings when new.name = 'large' begin select raise(rollback, 'no room'); end`,
    );
    const write = (...names: string[]) =>
      kysely.transaction().execute(async (trx) => {
        for (const name of names) await trx.insertInto('settings').values({ name, value: '' }).execute();
      });
    await expect(write('small', 'large')).rejects.toThrow('no room');
    await write('next');
    const kept = await kysely.selectFrom('settings').select('name').where('name', 'in', ['small', 'next']).execute();
    expect(kept).toEqual([{ name: 'next' }]);
  } finally {
    await kysely.destroy();
  }
});

test('a database that has no room for more is found out by a probe that asks for room, and left as it was', async () => {
  using place = temporaryFolder();
  const connection = openSqlite(path.join(place.folder, 'verbatim.db'), { mayCreate: true });
  const database = kyselyOver('sqlite', connection);
  try {
    await migrate(database, () => new Date());
    const pages = connection.pragma('page_count', { simple: true }) as number;
    connection.pragma(`max_page_count = ${pages + 2}`);
    await probeWrite(database);
    await expect(probeWrite(database, { asksForRoom: true })).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    connection.pragma(`max_page_count = ${pages + 100}`);
    await probeWrite(database, { asksForRoom: true });
    expect(connection.prepare('select count(*) from settings').pluck().get()).toBe(0);
  } finally {
    await database.kysely.destroy();
  }
});
