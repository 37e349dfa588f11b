import path from 'node:path';
import { expect, test } from 'vitest';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
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
