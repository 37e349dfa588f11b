import { createWriteStream, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseFile, initFolder } from '../../src/store/data-folder.ts';
import { openSqlite } from '../../src/store/database.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { startServer } from '../cli/run-cli.ts';
import { temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

const LINES = 100_000;
/** Much less than the file: what holds it whole ends here. */
const HEAP_MB = 96;

/** A folder with a source whose own folder is watched, and in it a file of about 50 MB. */
async function plant(folder: string): Promise<string> {
  await initFolder(folder, () => new Date());
  const verbatim = await openVerbatim({ folder, limits: testLimits });
  const { workspaceId } = await verbatim.studies.addTo('A study', null, null, null);
  const source = await verbatim.sources.add(workspaceId, 'Warehouse', null);
  // What is left out is read all the same, and need not be kept.
  await verbatim.inbox.save(source, true, 'padding = -');
  await verbatim.close();
  const inbox = path.join(folder, 'inbox', source.publicId);
  mkdirSync(inbox, { recursive: true });
  const output = createWriteStream(path.join(inbox, '.large.csv'));
  output.write('event,userId,n,padding\n');
  const padding = 'x'.repeat(500);
  for (let n = 0; n < LINES; n += 1)
    if (!output.write(`Large,large-${n % 50},${n},${padding}\n`))
      await new Promise<void>((go) => output.once('drain', () => go()));
  output.end();
  await finished(output);
  renameSync(path.join(inbox, '.large.csv'), path.join(inbox, 'large.csv'));
  return inbox;
}

test('a file of a hundred thousand lines, the process killed in its middle, is kept once and never held in memory', {
  timeout: 600_000,
}, async () => {
  using place = temporaryFolder();
  const inbox = await plant(place.folder);
  const database = openSqlite(databaseFile(place.folder));
  const countRecords = database.prepare('select count(*) from intake_records').pluck();
  const serve = () =>
    startServer(['serve', '--data', place.folder], { env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } });
  const until = async (isSo: () => boolean, server: Awaited<ReturnType<typeof serve>>) => {
    for (const end = Date.now() + 240_000; !isSo(); await wait(10))
      if (Date.now() > end || server.child.exitCode !== null)
        throw new Error(`It did not come about: ${server.said.stderr.slice(-500)}`);
  };

  const first = await serve();
  await until(() => (countRecords.get() as number) > LINES / 10, first);
  first.child.kill('SIGKILL');
  await first.ended;
  const atKill = countRecords.get() as number;
  expect(atKill).toBeLessThan(LINES);
  expect(readdirSync(inbox)).toContain('large.csv');
  expect(readdirSync(path.join(inbox, 'done'))).toEqual([]);

  const second = await serve();
  await until(() => readdirSync(path.join(inbox, 'done')).length === 2, second);
  await second.stop();
  database.close();

  const result = readdirSync(path.join(inbox, 'done')).find((name) => name.endsWith('.result.txt')) ?? '';
  const [, fresh, known] =
    /(\d+) new, (\d+) known already, 0 refused/.exec(readFileSync(path.join(inbox, 'done', result), 'utf8')) ?? [];
  expect([Number(fresh) + Number(known), Number(known)]).toEqual([LINES, atKill]);
  expect(readdirSync(inbox).toSorted()).toEqual(['done', 'failed']);

  const verbatim = await openVerbatim({ folder: place.folder, limits: testLimits });
  try {
    await verbatim.logs.settle();
    const one = (text: string) => verbatim.connection.prepare(text).pluck().get();
    expect(one('select count(*) from intake_records')).toBe(LINES);
    expect(one("select count(distinct properties ->> 'n') from events where name = 'Large'")).toBe(LINES);
    expect(one('select count(*) from events')).toBe(LINES);
    // The line of the file that was being read is the one that says that it was read.
    expect(verbatim.connection.prepare('select state, lines from source_files').all()).toEqual([
      { state: 'done', lines: LINES },
    ]);
    expect(verbatim.connection.pragma('integrity_check', { simple: true })).toBe('ok');
  } finally {
    await verbatim.close();
  }
});
