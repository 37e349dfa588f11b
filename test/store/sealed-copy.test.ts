import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  backupFolder,
  databaseFile,
  FolderError,
  initFolder,
  openFolder,
  restoreFolder,
} from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { temporaryFolder } from '../support/house.ts';

const now = () => new Date('2026-03-02T09:00:00.000Z');
const key = new Uint8Array(randomBytes(32));
const MARKER = 'what nobody else may read 7f3a';

/** An installation with words in its database and a file of two and a half mebibytes beside it. */
async function plant(folder: string) {
  await initFolder(folder, now);
  const connection = openSqlite(databaseFile(folder));
  connection.prepare('insert into settings values (?, ?)').run('kept', MARKER);
  connection.close();
  mkdirSync(path.join(folder, 'files', 'imports'), { recursive: true });
  writeFileSync(path.join(folder, 'files', 'imports', 'batch'), Buffer.alloc(2.5 * 1024 * 1024, MARKER));
  writeFileSync(path.join(folder, 'files', 'imports', 'empty'), '');
}

test('a sealed copy is one file that shows nothing, and brings everything back into an empty folder', async () => {
  using from = temporaryFolder();
  using to = temporaryFolder();
  await plant(from.folder);
  const { file, manifest } = await backupFolder(from.folder, null, now, { key });
  expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  expect(file).toMatch(/verbatim-2026-03-02T09-00-00-000Z\.vbk$/);
  expect(statSync(file).mode & 0o077).toBe(0);
  const bytes = readFileSync(file);
  for (const shown of [MARKER, 'SQLite format', 'manifest', manifest.secret, manifest.installationId])
    expect(bytes.includes(shown)).toBe(false);

  expect(await restoreFolder(to.folder, file, now, { key })).toEqual(manifest);
  const { connection, installationId, unlock } = await openFolder(to.folder, { isOwner: true, now });
  expect(installationId).toBe(manifest.installationId);
  expect(connection.prepare("select value from settings where name = 'kept'").pluck().get()).toBe(MARKER);
  connection.close();
  unlock();
  for (const name of ['batch', 'empty'])
    expect(readFileSync(path.join(to.folder, 'files', 'imports', name))).toEqual(
      readFileSync(path.join(from.folder, 'files', 'imports', name)),
    );
  // Nothing of what was unsealed on the way stays behind.
  expect(readdirSync(to.folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('two sealed copies of the same data share no bytes beyond their heads', async () => {
  using made = temporaryFolder();
  await plant(made.folder);
  const [one, two] = ['one.vbk', 'two.vbk'].map((name) => path.join(made.folder, name)) as [string, string];
  for (const file of [one, two]) await backupFolder(made.folder, file, now, { key });
  const [a, b] = [readFileSync(one), readFileSync(two)];
  const piece = a.subarray(1000, 1032);
  expect(b.includes(piece)).toBe(false);
});

test('a sealed copy that was changed, cut off, lengthened or is opened with another key is refused, and nothing comes of it', async () => {
  using from = temporaryFolder();
  await plant(from.folder);
  const { file } = await backupFolder(from.folder, null, now, { key });
  const bytes = readFileSync(file);
  const swapped = () => {
    // Two pieces of the same length change places.
    const head = 5 + 8 + 16;
    const length = 4 + 1024 * 1024 + 16;
    return Buffer.concat([
      bytes.subarray(0, head),
      bytes.subarray(head + length, head + 2 * length),
      bytes.subarray(head, head + length),
      bytes.subarray(head + 2 * length),
    ]);
  };
  const flipped = (at: number) => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] as number) ^ 1;
    return changed;
  };
  const cases: [string, Buffer, Uint8Array | null, RegExp][] = [
    ['one bit in the middle', flipped(Math.trunc(bytes.length / 2)), key, /changed or damaged/],
    ['one bit of the salt', flipped(20), key, /changed or damaged/],
    ['the last byte', flipped(bytes.length - 1), key, /changed or damaged/],
    ['cut off in a piece', bytes.subarray(0, bytes.length - 9), key, /ends in the middle/],
    ['cut off between pieces', bytes.subarray(0, 5 + 8 + 16 + 4 + 1024 * 1024 + 16), key, /ends in the middle/],
    ['pieces swapped', swapped(), key, /changed or damaged/],
    ['something added', Buffer.concat([bytes, Buffer.from('x')]), key, /added to its end/],
    ['another key', bytes, new Uint8Array(randomBytes(32)), /another VERBATIM_BACKUP_KEY/],
    ['no key', bytes, null, /is sealed: set VERBATIM_BACKUP_KEY/],
  ];
  for (const [what, harmed, used, words] of cases) {
    using to = temporaryFolder();
    const copy = path.join(from.folder, 'harmed.vbk');
    writeFileSync(copy, harmed);
    const error = await restoreFolder(to.folder, copy, now, { key: used }).catch((thrown: unknown) => thrown);
    expect(error, what).toBeInstanceOf(FolderError);
    expect((error as Error).message, what).toMatch(words);
    expect(existsSync(databaseFile(to.folder)), what).toBe(false);
    expect(
      readdirSync(to.folder).filter((name) => !name.startsWith('lock')),
      what,
    ).toEqual([]);
  }
});

test('a healthy installation is replaced by neither kind of copy', async () => {
  using made = temporaryFolder();
  await plant(made.folder);
  for (const used of [null, key]) {
    const { file } = await backupFolder(made.folder, null, now, { key: used });
    await expect(restoreFolder(made.folder, file, now, { key: used })).rejects.toThrow(/healthy/);
  }
  const connection = openSqlite(databaseFile(made.folder));
  expect(connection.prepare("select value from settings where name = 'kept'").pluck().get()).toBe(MARKER);
  connection.close();
});
