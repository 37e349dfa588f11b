import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { SCHEMA_VERSION } from '../../src/store/migrate.ts';
import { compareWithTold, letAnswer, MANY_FROM_ONE, moreOf, plantHouse, sayFigure } from '../support/answering.ts';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const isRoot = process.getuid?.() === 0;

/** Overwrites a stretch of a file with what no database writes. */
function overwrite(file: string, from: number, bytes: number): void {
  const whole = readFileSync(file);
  whole.fill(0x5a, from, from + bytes);
  writeFileSync(file, whole);
}

/** What each harm does to a data folder, given another installation's beside it. */
const HARMS: Readonly<Record<string, (folder: string, other: string) => void>> = {
  'the folder is lost': (folder) => rmSync(folder, { recursive: true }),
  'the folder is empty, as where a disk was not mounted': (folder) => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  },
  'the database is lost': (folder) => rmSync(path.join(folder, 'verbatim.db')),
  'the database is emptied': (folder) => truncateSync(path.join(folder, 'verbatim.db'), 0),
  'the head of the database is damaged': (folder) => overwrite(path.join(folder, 'verbatim.db'), 0, 100),
  'the middle of the database is damaged': (folder) => {
    const file = path.join(folder, 'verbatim.db');
    overwrite(file, Math.floor(statSync(file).size / 2), 200_000);
  },
  'the database is cut off': (folder) => {
    const file = path.join(folder, 'verbatim.db');
    truncateSync(file, Math.floor(statSync(file).size / 2));
  },
  'the database is another’s': (folder, other) =>
    cpSync(path.join(other, 'verbatim.db'), path.join(folder, 'verbatim.db')),
  'the identity is lost': (folder) => rmSync(path.join(folder, 'identity.json')),
  'the secret is lost': (folder) => rmSync(path.join(folder, 'secret.json')),
  'the database is a newer version’s': (folder) => {
    const database = new Sqlite(path.join(folder, 'verbatim.db'));
    database.exec(`insert into schema_migrations values (${SCHEMA_VERSION + 1}, 'from-the-future', '', null)`);
    database.close();
  },
};

/** Every file of a folder with what is in it, but for those that say who looks after it. */
function contentOf(folder: string): Record<string, string> {
  const files = globSync('**/*', { cwd: folder })
    .filter((name) => !/^lock\.|-shm$/.test(name))
    .sort();
  return Object.fromEntries(
    files
      .filter((name) => statSync(path.join(folder, name)).isFile())
      // A log that nothing stands in is as good as none.
      .filter((name) => !(name.endsWith('-wal') && statSync(path.join(folder, name)).size === 0))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(path.join(folder, name)))
          .digest('hex'),
      ]),
  );
}

test('whatever became of a data folder, a server starts with all answers or not at all, and says what helps', async () => {
  using place = temporaryFolder();
  const [kept, other, folder, copy] = ['kept', 'other', 'data', 'copy.db'].map((name) =>
    path.join(place.folder, name),
  ) as [string, string, string, string];
  const { slug } = await plantHouse(kept);
  await plantHouse(other);
  const server = await startServer(['serve', '--data', kept], { env: MANY_FROM_ONE });
  const answering = await letAnswer(server.port, slug);
  await moreOf(answering, 100);
  await answering.stop();
  expect((await runCli(['backup', copy, '--data', kept])).code).toBe(0);
  expect((await server.stop()).code).toBe(0);

  const honest: string[] = [];
  for (const [name, harm] of Object.entries(HARMS)) {
    rmSync(folder, { recursive: true, force: true });
    cpSync(kept, folder, { recursive: true });
    harm(folder, other);
    const before = existsSync(folder) ? contentOf(folder) : null;
    const { code, stdout, stderr } = await runCli(['serve', '--data', folder]);
    expect({ code, stdout }, `${name}: ${stderr}`).toEqual({ code: 78, stdout: '' });
    expect(stderr, name).toContain('npx verbatim');
    expect(stderr, name).not.toMatch(/\n\s+at .*:\d+:\d+/);
    expect(existsSync(folder) ? contentOf(folder) : null, name).toEqual(before);
    honest.push(name);
  }

  // What may not be written to.
  rmSync(folder, { recursive: true, force: true });
  cpSync(kept, folder, { recursive: true });
  chmodSync(place.folder, 0o755);
  chmodSync(folder, isRoot ? 0o755 : 0o500);
  for (const name of globSync('*', { cwd: folder }))
    if (statSync(path.join(folder, name)).isFile()) chmodSync(path.join(folder, name), isRoot ? 0o644 : 0o400);
  const { code, stderr } = await runCli(['serve', '--data', folder], { under: isRoot ? NOBODY : [] });
  expect({ code, said: /\n\s+at /.test(stderr) ? stderr : '' }, stderr).toEqual({ code: 78, said: '' });
  honest.push('it may not be written to');
  if (!isRoot) chmodSync(folder, 0o700);

  // The copy helps where the database is lost or damaged.
  for (const name of ['the database is lost', 'the middle of the database is damaged', 'the database is emptied']) {
    rmSync(folder, { recursive: true, force: true });
    cpSync(kept, folder, { recursive: true });
    HARMS[name]?.(folder, other);
    expect((await runCli(['restore', copy, '--data', folder])).code, name).toBe(0);
    expect(compareWithTold(folder, answering.acknowledged), name).toMatchObject({
      integrity: 'ok',
      lost: 0,
      doubled: 0,
    });
  }

  // Rubbish in the place of the log that was emptied at the last end is passed over.
  rmSync(folder, { recursive: true, force: true });
  renameSync(kept, folder);
  writeFileSync(path.join(folder, 'verbatim.db-wal'), Buffer.alloc(100_000, 0x5a));
  expect((await (await startServer(['serve', '--data', folder])).stop()).code).toBe(0);
  expect(compareWithTold(folder, answering.acknowledged)).toMatchObject({ integrity: 'ok', lost: 0, doubled: 0 });
  honest.push('rubbish stands in the log');

  sayFigure(
    `bad start: ${honest.length} of ${Object.keys(HARMS).length + 2} honest; ${answering.acknowledged.length} acknowledged, 0 lost`,
  );
});
