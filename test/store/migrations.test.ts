import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { backupFolder, databaseFile, FolderError, initFolder, openFolder } from '../../src/store/data-folder.ts';
import { kyselyOver, openSqlite } from '../../src/store/database.ts';
import { checksumOf, migrate, SCHEMA_VERSION, SchemaError, STEP_NAMES, stepFault } from '../../src/store/migrate.ts';
import { temporaryFolder } from '../support/house.ts';

const now = () => new Date('2026-03-02T09:00:00.000Z');

/** Runs statements on the database of a folder that nobody has open. */
function change(folder: string, statements: string): void {
  const connection = openSqlite(databaseFile(folder));
  connection.exec(statements);
  connection.close();
}
const openAgain = (folder: string) => openFolder(folder, { isOwner: true, now }).catch((error: unknown) => error);

test('each step a database goes through is kept with its checksum', async () => {
  using made = temporaryFolder();
  await initFolder(made.folder, now);
  const connection = openSqlite(databaseFile(made.folder));
  const rows = connection.prepare('select number, name, checksum from schema_migrations order by number').all() as {
    number: number;
    name: string;
    checksum: string;
  }[];
  connection.close();
  expect(rows.map(({ name }) => name)).toEqual(STEP_NAMES);
  expect(rows.every(({ checksum }) => /^[0-9a-f]{32}$/.test(checksum))).toBe(true);
  expect(stepFault(rows, { withChecksums: true })).toBe(null);
  expect(stepFault([{ ...(rows[0] as (typeof rows)[0]), checksum: 'f'.repeat(32) }], { withChecksums: true })).toMatch(
    /0001-first-house of this database was another/,
  );
});

test('a checksum tells what a step does, not how it is written', () => {
  const step =
    "/** What for. */\nexport async function up() {\n  // Why.\n  await run('create table a (b text)');\n}\n";
  expect(checksumOf(step)).toBe(checksumOf("export async function up() { await run('create table a (b text)',); }"));
  expect(checksumOf(step)).not.toBe(checksumOf(step.replace('text', 'integer')));
});

test('a database that has been through another step in the place of one of ours is refused as it is', async () => {
  using made = temporaryFolder();
  await initFolder(made.folder, now);
  change(made.folder, "update schema_migrations set name = '0003-of-somebody-else' where number = 3");
  const error = await openAgain(made.folder);
  expect(error).toBeInstanceOf(SchemaError);
  expect((error as Error).message).toMatch(/step 3 of this database was 0003-of-somebody-else/);
});

test('before an upgrade goes on, the steps behind it are compared with ours', async () => {
  using made = temporaryFolder();
  await initFolder(made.folder, now);
  change(
    made.folder,
    `delete from schema_migrations where number = ${SCHEMA_VERSION};
     update schema_migrations set checksum = 'changed' where number = 2`,
  );
  const connection = openSqlite(databaseFile(made.folder));
  const database = kyselyOver('sqlite', connection);
  await expect(migrate(database, now)).rejects.toThrow(/0002-asking of this database was another/);
  await database.kysely.destroy();
});

test('a database of a newer version is refused with the command that brings back the copy from before', async () => {
  using made = temporaryFolder();
  await initFolder(made.folder, now);
  const copy = path.join(made.folder, 'backups', `before-schema-${SCHEMA_VERSION + 1}-2026-03-02T08-00-00-000Z.db`);
  await backupFolder(made.folder, copy, now);
  change(made.folder, `insert into schema_migrations values (${SCHEMA_VERSION + 1}, 'from-the-future', '', null)`);
  const before = readdirSync(made.folder).sort();
  const error = (await openAgain(made.folder)) as FolderError;
  expect(error).toBeInstanceOf(FolderError);
  expect(error.exitCode).toBe(78);
  expect(error.message).toContain(`schema ${SCHEMA_VERSION + 1} of a newer version`);
  expect(error.message).toContain(`npx verbatim restore ${copy} --data ${made.folder}-before`);
  expect(
    readdirSync(made.folder)
      .sort()
      .filter((name) => !/^lock|-(wal|shm)$/.test(name)),
  ).toEqual(before.filter((name) => !/^lock|-(wal|shm)$/.test(name)));
});
