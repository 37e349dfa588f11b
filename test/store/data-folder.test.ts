import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  backupFolder,
  databaseFile,
  FolderError,
  folderState,
  initFolder,
  openFolder,
  restoreFolder,
} from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { temporaryFolder } from '../support/house.ts';

const now = () => new Date('2026-03-02T09:00:00.000Z');
const open = (folder: string) => openFolder(folder, { isOwner: true, now });

async function madeFolder() {
  const made = temporaryFolder();
  await initFolder(made.folder, now);
  return made;
}

test('a database opened again still waits for the disk: synchronous is FULL on every connection', async () => {
  using made = await madeFolder();
  for (let time = 0; time < 2; time += 1) {
    const { connection, unlock } = await open(made.folder);
    expect(connection.pragma('synchronous', { simple: true })).toBe(2);
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(connection.pragma('secure_delete', { simple: true })).toBe(1);
    expect(connection.pragma('trusted_schema', { simple: true })).toBe(0);
    connection.close();
    unlock();
  }
  // What the driver does by itself, which is why ours is set and read back.
  const raw = new Sqlite(databaseFile(made.folder));
  expect([1, 2]).toContain(raw.pragma('synchronous', { simple: true }));
  raw.close();
});

test('a reader cannot write', async () => {
  using made = await madeFolder();
  const reader = openSqlite(databaseFile(made.folder), { isReader: true });
  expect(reader.pragma('synchronous', { simple: true })).toBe(2);
  expect(() => reader.exec("insert into settings values ('a', 'b')")).toThrow(/readonly/);
  reader.close();
});

test('a database that is not there is not made by looking for it', () => {
  using made = temporaryFolder();
  const file = path.join(made.folder, 'verbatim.db');
  expect(() => openSqlite(file)).toThrow();
  expect(existsSync(file)).toBe(false);
});

describe('a folder that is not whole is refused, and left as it is', () => {
  test.each<[string, (folder: string) => void]>([
    ['the database is gone', (folder) => rmSync(databaseFile(folder))],
    ['the database is empty', (folder) => truncateSync(databaseFile(folder))],
    ['the database is no database', (folder) => writeFileSync(databaseFile(folder), 'x'.repeat(20_000))],
    ['the database is half there', (folder) => truncateSync(databaseFile(folder), 20_000)],
    ['the identity is gone', (folder) => rmSync(path.join(folder, 'identity.json'))],
    ['the secret is gone', (folder) => rmSync(path.join(folder, 'secret.json'))],
    ['the identity is another’s', (folder) => writeFileSync(path.join(folder, 'identity.json'), '{"id":"other"}')],
    [
      'a fresh database stands in its place',
      (folder) => {
        rmSync(databaseFile(folder));
        new Sqlite(databaseFile(folder)).exec('create table x (y)').close();
      },
    ],
    ['all of it is gone', (folder) => rmSync(folder, { recursive: true })],
  ])('%s', async (_, damage) => {
    using made = await madeFolder();
    for (const end of ['-wal', '-shm']) rmSync(databaseFile(made.folder) + end, { force: true });
    damage(made.folder);
    const before = existsSync(made.folder)
      ? readdirSync(made.folder).filter((name) => !name.startsWith('lock') && !/-(wal|shm)$/.test(name))
      : null;
    const error = await open(made.folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FolderError);
    expect(error).toMatchObject({ exitCode: 78, message: expect.stringMatching(/verbatim restore/) });
    const after = existsSync(made.folder)
      ? readdirSync(made.folder).filter((name) => !name.startsWith('lock') && !/-(wal|shm)$/.test(name))
      : null;
    expect(after).toEqual(before);
  });
});

test('a folder that cannot be written to is said to be one, and what helps', async () => {
  using made = await madeFolder();
  rmSync(path.join(made.folder, 'lock.json'), { force: true });
  mkdirSync(path.join(made.folder, 'lock.json'));
  await expect(open(made.folder)).rejects.toThrow(/cannot be written to \(EISDIR\)\. Let the user/);
  await expect(open(made.folder)).rejects.toBeInstanceOf(FolderError);
});

test('one process owns a folder at a time', async () => {
  using made = await madeFolder();
  const first = await open(made.folder);
  await expect(open(made.folder)).rejects.toThrow(/Another Verbatim is running/);
  const guest = await openFolder(made.folder, { isOwner: false, now });
  guest.connection.close();
  first.connection.close();
  first.unlock();
  const next = await open(made.folder);
  next.connection.close();
  next.unlock();
});

test('a folder is set up once', async () => {
  using made = await madeFolder();
  await expect(initFolder(made.folder, now)).rejects.toThrow(FolderError);
  expect(folderState(made.folder)).toEqual({ state: 'whole' });
  expect(statSync(path.join(made.folder, 'secret.json')).mode & 0o077).toBe(0);
});

test('a copy is checked, and put in the place of what was lost, never of what is well', async () => {
  using made = await madeFolder();
  const connection = openSqlite(databaseFile(made.folder));
  connection.exec("insert into settings values ('kept', 'yes')");
  const { file, manifest } = await backupFolder(made.folder, null, now);
  connection.close();
  await expect(restoreFolder(made.folder, file, now)).rejects.toThrow(/healthy/);
  truncateSync(databaseFile(made.folder));
  expect(await restoreFolder(made.folder, file, now)).toEqual(manifest);
  const opened = await open(made.folder);
  expect(opened.connection.prepare("select value from settings where name = 'kept'").pluck().get()).toBe('yes');
  opened.connection.close();
  opened.unlock();
  // The damaged one was moved aside, not thrown away.
  expect(readdirSync(made.folder).some((name) => name.startsWith('set-aside-'))).toBe(true);
  const changed = path.join(made.folder, 'changed.db');
  copyFileSync(file, changed);
  copyFileSync(`${file}.json`, `${changed}.json`);
  writeFileSync(changed, Buffer.from('x'), { flag: 'a' });
  await expect(restoreFolder(made.folder, changed, now)).rejects.toThrow(/changed or damaged/);
});

test('recordings and files go into the copy with their hashes, come back, and a copy that lacks one is not taken', async () => {
  using made = await madeFolder();
  const { folder } = made;
  const connection = openSqlite(databaseFile(folder));
  connection.exec(
    "insert into workspaces (public_id, name, created_at) values ('w', 'W', '');" +
      "insert into studies (workspace_id, public_id, name, is_closed, created_at) values (1, 's', 'S', 0, '');" +
      "insert into interviews (study_id, public_id, title, participant, held_on, mode, guide, may_speak, created_at) values (1, 'i', 'I', 'P', '2026-03-02', 'by phone', '', 0, '');" +
      "insert into media_files (study_id, interview_id, public_id, name, media_type, bytes, sha256, created_at, erased_at) values (1, 1, 'kept', 'a.wav', 'audio/wav', 5, '', '', null), (1, 1, 'gone', '', 'audio/wav', 5, '', '', '2026-03-02');",
  );
  connection.close();
  const put = (name: string, words: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), words);
  };
  put('media/kept', 'sound');
  put('media/gone', 'taken back');
  put('media/unknown', 'of nobody');
  put('files/imports/batch', 'rows');
  const { file, manifest } = await backupFolder(folder, null, now);
  expect(manifest.files?.map(({ path: name, bytes }) => [name, bytes])).toEqual([
    ['files/imports/batch', 4],
    ['media/kept', 5],
  ]);
  expect((await backupFolder(folder, `${file}.alone.db`, now, { withFiles: false })).manifest.files).toBeUndefined();

  truncateSync(databaseFile(folder));
  rmSync(path.join(folder, 'media'), { recursive: true });
  const copied = path.join(`${file}.files`, 'media', 'kept');
  writeFileSync(copied, 'noise');
  await expect(restoreFolder(folder, file, now)).rejects.toThrow(/changed or damaged, so this copy is not whole/);
  writeFileSync(copied, 'sound');
  await restoreFolder(folder, file, now);
  expect(readdirSync(path.join(folder, 'media'))).toEqual(['kept']);
  expect(readFileSync(path.join(folder, 'media', 'kept'), 'utf8')).toBe('sound');
});
