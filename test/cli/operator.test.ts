import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keptCopies } from '../../src/store/kept-copies.ts';
import { temporaryFolder } from '../support/house.ts';
import { olderResponses, plantOlderInstallation } from '../support/older-installation.ts';
import { root, runCli, startServer } from './run-cli.ts';

/* The README's chapter for operators, command by command, in a folder that stands for /srv. */

const made = temporaryFolder();
const srv = made.folder;
const bin = path.join(srv, 'bin');
let exported: Record<string, string> = {};

beforeAll(() => {
  // What `npx verbatim` starts where Verbatim is installed.
  mkdirSync(bin);
  writeFileSync(
    path.join(bin, 'npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${path.join(root, 'bin/verbatim.js')}" "$@"\n`,
  );
  chmodSync(path.join(bin, 'npx'), 0o755);
});
afterAll(() => made[Symbol.dispose]());

/** The commands below a heading of the chapter, with their folders in ours. */
function commandsOf(heading: string): string[] {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const chapter = readme.slice(readme.indexOf('## Running it for others'));
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(chapter.slice(chapter.indexOf(`**${heading}.**`))) ?? [];
  const commands = block.split('\n').filter((line) => line !== '');
  expect(commands.length, heading).toBeGreaterThan(1);
  return commands.map((line) => line.replaceAll('/srv/', `${srv}/`));
}

/** Runs one line as a shell does; `serve` is started, asked whether it is ready, and stopped. */
async function run(command: string): Promise<string> {
  const [, name, value] = /^export (\w+)=(.*)$/.exec(command) ?? [];
  if (name !== undefined) {
    exported = { ...exported, [name]: value ?? '' };
    return '';
  }
  if (command.startsWith('npx verbatim serve')) {
    await using server = await startServer(command.split(' ').slice(2), { env: exported });
    expect((await fetch(`${server.url}/readyz`)).status, command).toBe(200);
    expect((await server.stop()).code, command).toBe(0);
    return server.said.stdout;
  }
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: srv,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: process.env['HOME'] ?? '', ...exported },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = (await once(child, 'close')) as [number];
  expect(code, `${command}\n${said}`).toBe(0);
  return said;
}

test('set up, copy, restore into an empty folder and upgrade, as the README says', async () => {
  const [install, ...setUp] = commandsOf('Set up');
  expect(install).toBe('npm ci');
  for (const command of setUp) await run(command);

  for (const command of commandsOf('Copies')) await run(command);
  const copies = path.join(srv, 'copies');
  expect(readdirSync(copies).sort()).toEqual(['open.db', 'open.db.json', 'sealed.vbk']);
  expect(readFileSync(path.join(copies, 'sealed.vbk')).includes('ada@example.org')).toBe(false);
  expect(statSync(path.join(copies, 'sealed.vbk')).mode & 0o077).toBe(0);

  const restored: string[] = [];
  for (const command of commandsOf('Restoring')) restored.push(await run(command));
  expect(restored.join('\n')).toContain('First study');
  expect(restored.at(-1)).toContain('Nothing is wrong');
  expect(existsSync(path.join(srv, 'again', 'verbatim.db'))).toBe(true);

  const older = path.join(srv, 'older');
  plantOlderInstallation(older);
  const upgraded: string[] = [];
  for (const command of commandsOf('Upgrading')) upgraded.push(await run(command));
  expect(upgraded.at(-1)).toContain('Nothing is wrong');
  expect(keptCopies(older).map(({ kind }) => kind)).toEqual(['before-upgrade']);
  // Everything that was said is there as it was.
  const { stdout, code } = await runCli(['responses', 'export', 'small', '--format', 'csv', '--data', older]);
  expect(code).toBe(0);
  const shape = (csv: string) => {
    const [head = '', ...rows] = csv.trim().split(/\r?\n/);
    const names = head.replace('\uFEFF', '').split(',');
    return rows.map((row) => Object.fromEntries(row.split(',').map((cell, at) => [names[at], cell])));
  };
  const now = shape(stdout);
  const then = shape(olderResponses());
  expect(then).toHaveLength(3);
  expect(now).toHaveLength(3);
  for (const [at, row] of then.entries()) expect(now[at]).toMatchObject(row);
});
