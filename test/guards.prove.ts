import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutGuard } from './guards/guard.ts';
import { guards } from './guards/rows.ts';

/*
 * A test that passes with its guard taken away proves nothing. So each guard is taken away in a copy of the code, and the
 * test that is named for it must then fail, by what it expects and not because the program no longer runs.
 *
 * GUARD=A8 proves those of one row alone, GUARD=A8,A10 of several.
 */

const ROOT = path.resolve(import.meta.dirname, '..');
const asked = process.env['GUARD']?.split(',') ?? null;
const chosen = guards.filter(({ serves }) => asked?.includes(serves) ?? true);
const copy = mkdtempSync(path.join(tmpdir(), 'verbatim-guards-'));

beforeAll(async () => {
  for (const name of readdirSync(ROOT))
    if (!['.git', 'node_modules', 'live', 'live-demo'].includes(name))
      cpSync(path.join(ROOT, name), path.join(copy, name), {
        recursive: true,
        filter: (from) => !from.startsWith(path.join(ROOT, 'data/live')),
      });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** A name as a pattern; between a describe and its test stands a blank or an arrow. */
const words = (name: string): string => name.split(' ').map(RegExp.escape).join('(?: > | )');

type Told = { name: string; status: string; why: string };

/** What became of the tests whose names begin so; an empty list where their file did not even load. */
async function ran(file: string, name: string): Promise<Told[]> {
  const out = path.join(copy, 'told.json');
  rmSync(out, { force: true });
  const { PROVE: _, VITEST: __, VITEST_POOL_ID: ___, VITEST_WORKER_ID: ____, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...['--config', 'test/guards/in-copy.config.ts', '--reporter', 'json', '--outputFile', out],
      ...['--testNamePattern', `^\\s*${words(name)}`],
      file,
    ],
    { cwd: copy, env: { ...env, NODE_ENV: 'test' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  // Whoever ends the proof ends what it began.
  const stop = () => child.kill();
  process.once('exit', stop);
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said += piece;
  });
  await new Promise((resolve) => child.once('close', resolve));
  process.off('exit', stop);
  if (!existsSync(out)) throw new Error(`The tests did not run: ${said.slice(0, 2000)}`);
  type Report = {
    testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
  };
  return (JSON.parse(readFileSync(out, 'utf8')) as Report).testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ fullName, status, failureMessages }) => ({
      name: fullName.trim(),
      status,
      why: failureMessages.join('\n').slice(0, 600),
    }))
    .filter((told) => told.name.startsWith(name) && told.status !== 'skipped');
}

describe('each guard is missed once it is gone', () => {
  test.each(chosen.map((guard) => [`${guard.serves}: ${guard.keepsFrom}`, guard] as const))('%s', async (_, guard) => {
    const place = path.join(copy, guard.file);
    const whole = readFileSync(place, 'utf8');
    const [file, name] = guard.test;
    writeFileSync(place, withoutGuard(whole, guard));
    try {
      const told = await ran(file, name);
      expect(told.length, `${file} has no test “${name}”, or could not be loaded without the guard`).toBeGreaterThan(0);
      expect(told.filter(({ status }) => status === 'failed').length, `“${name}” passes without the guard`).not.toBe(0);
    } finally {
      writeFileSync(place, whole);
    }
  });

  const tests = new Map(chosen.map(({ test: [file, name] }) => [`${file} ${name}`, [file, name] as const]));
  test.each([...tests.values()])('and with all of them %s passes: %s', async (file, name) => {
    const told = await ran(file, name);
    expect(told.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
  });
});
