import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { initFolder } from '../../src/store/data-folder.ts';
import type { OpenSource, Source } from '../../src/store/sources.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

/** A folder with a source whose own folder is watched, opened as often as a test starts the process. */
async function openInbox(folder: string) {
  await initFolder(folder, () => new Date());
  const reported: unknown[] = [];
  const open = () => openVerbatim({ folder, limits: testLimits, report: (error) => void reported.push(error) });
  const first = await open();
  const { workspaceId } = await first.studies.addTo('A study', null, null, null);
  const source = await first.sources.add(workspaceId, 'Warehouse', null);
  await first.inbox.save(source, true, '');
  await first.close();
  const at = path.join(folder, 'inbox', source.publicId);
  return { at, open, reported };
}

test('a file is read whatever it is called, and none that somebody is still writing is removed at the start', async () => {
  using place = temporaryFolder();
  const { at, open, reported } = await openInbox(place.folder);
  const content = (id: string) => `event,userId\nNamed,${id}\n`;
  for (const name of ['upload-2026-03-09.csv', '__proto__.csv', 'Łódź 🙂 – “nightly”.csv', `${'ü'.repeat(120)}.csv`])
    writeFileSync(path.join(at, name), content(name.slice(0, 20)));
  const written = ['.upload-nightly.csv', '.result-of-the-day.csv', 'upload-half.csv.part'];
  for (const name of written) writeFileSync(path.join(at, name), content('later'));
  // What a file manager leaves beside the folders of sources.
  writeFileSync(path.join(place.folder, 'inbox', '.DS_Store'), 'x');
  const verbatim = await open();
  try {
    await verbatim.inbox.look();
    await verbatim.inbox.look();
    expect(
      readdirSync(at)
        .filter((name) => !['done', 'failed'].includes(name))
        .toSorted(),
    ).toEqual(written.toSorted());
    const done = readdirSync(path.join(at, 'done'));
    expect(done.filter((name) => !name.endsWith('.result.txt'))).toHaveLength(4);
    expect(done.filter((name) => name.endsWith('.result.txt'))).toHaveLength(4);
    expect(reported).toEqual([]);
  } finally {
    await verbatim.close();
  }
});

test('a file that is written anew while it is read has changed, also where it is as long as before', async () => {
  using place = temporaryFolder();
  const { at, open } = await openInbox(place.folder);
  const file = path.join(at, 'again.csv');
  writeFileSync(file, 'event,userId\n');
  for (let n = 0; n < 20_000; n += 1000)
    appendFileSync(file, Array.from({ length: 1000 }, (_, k) => `Again,again-${(n + k) % 9}\n`).join(''));
  const verbatim = await open();
  try {
    await verbatim.inbox.look();
    const read = verbatim.inbox.look();
    const rows = verbatim.connection.prepare('select count(*) from intake_records').pluck();
    while ((rows.get() as number) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replaceAll('again-1', 'other-1'));
    utimesSync(file, new Date(), new Date());
    expect(statSync(file).size).toBe(before.length);
    await read;
    mkdirSync(path.join(at, 'failed'), { recursive: true });
    expect(readdirSync(path.join(at, 'failed')).join()).toContain('again.csv');
  } finally {
    await verbatim.close();
  }
});

test('an upload that breaks off is the sender’s to repeat, is no fault of ours, and leaves nothing behind', async () => {
  using place = temporaryFolder();
  const { at, open } = await openInbox(place.folder);
  const verbatim = await open();
  try {
    const [source] = await verbatim.store.sources.withInbox();
    const { serverKey } = verbatim.sources.secretsOf(source as Source);
    const opened = await verbatim.sources.findOpen(serverKey ?? '');
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('event,userId\n');
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
    );
    const signature = `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`;
    await expect(
      verbatim.inbox.upload(opened as OpenSource, { name: 'a.csv', signature, length: 0 }, body),
    ).rejects.toMatchObject({ kind: 'invalid', message: 'The upload broke off' });
    expect(readdirSync(at).toSorted()).toEqual(['done', 'failed']);
  } finally {
    await verbatim.close();
  }
});
