import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { visitor } from '../journeys/visitor.ts';
import { temporaryFolder } from '../support/house.ts';
import { root, startServer } from './run-cli.ts';

/** The flags of Node in the start line of the document, for a code folder and a data folder. */
function documentedFlags(code: string, data: string): string[] {
  const line = /node (--permission[\s\S]*?)\/opt\/verbatim\/bin/.exec(
    readFileSync(path.join(root, 'docs/asvs.md'), 'utf8'),
  )?.[1];
  return (line ?? '')
    .replaceAll('/opt/verbatim', code)
    .replaceAll('/var/lib/verbatim', data)
    .split(/[\s\\]+/)
    .filter((flag) => flag !== '');
}

test('it starts and serves with the permissions of Node that the document names', async () => {
  using place = temporaryFolder();
  const data = path.join(place.folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const flags = documentedFlags(root, place.folder);
  expect(flags.length).toBeGreaterThan(4);
  await using server = await startServer(['start', '--data', path.join(data, 'live')], {
    env: { NODE_OPTIONS: flags.join(' '), VERBATIM_LOG_LEVEL: 'warn' },
  });
  const ada = visitor(server.url);
  const code = /set-up code ([a-z0-9-]+)/.exec(server.said.stdout)?.[1] ?? '';
  const form = { name: 'Ada', email: 'ada@example.org', password: 'three words together', workspace: 'Research' };
  expect((await ada.post('/set-up', { code, ...form })).status).toBe(303);
  const { location } = await ada.post('/studio/new-study', { name: 'A study' });
  expect((await ada.get(location)).status).toBe(200);
  expect((await ada.get('/readyz')).status).toBe(200);
});

test('code that ran under them could start no program, and write and read nothing elsewhere', () => {
  using place = temporaryFolder();
  using elsewhere = temporaryFolder();
  const written = path.join(elsewhere.folder, 'written');
  const tries = `
    const { spawnSync } = await import('node:child_process');
    const { writeFileSync, readFileSync } = await import('node:fs');
    const told = [];
    for (const act of [
      () => spawnSync('true'),
      () => writeFileSync(${JSON.stringify(written)}, 'x'),
      () => readFileSync('/etc/passwd'),
      () => writeFileSync(${JSON.stringify(path.join(root, 'src/main.ts'))}, 'x', { flag: 'r+' }),
    ]) try { act(); told.push('done'); } catch (error) { told.push(error.code); }
    console.log(told.join());`;
  const ended = spawnSync(
    process.execPath,
    [...documentedFlags(root, place.folder), '--input-type=module', '--eval', tries],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  expect(ended.stdout.trim()).toBe(Array(4).fill('ERR_ACCESS_DENIED').join());
  expect(existsSync(written)).toBe(false);
});
