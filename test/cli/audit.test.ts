import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

/** Removes the end of a log as somebody could who has the file and no key. */
function cutOff(folder: string, from: number): void {
  const database = new Sqlite(path.join(folder, 'verbatim.db'));
  const guards = database
    .prepare("select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'audit_log'")
    .all() as { name: string; sql: string }[];
  for (const { name } of guards) database.exec(`drop trigger ${name}`);
  database.prepare('delete from audit_log where number >= ?').run(from);
  for (const { sql } of guards) database.exec(sql);
  database.close();
}
const outcomeOf = async (folder: string, ...more: string[]) => {
  const { code, stdout } = await runCli(['audit', 'verify', '--json', ...more, '--data', folder]);
  return { code, found: JSON.parse(stdout) as Record<string, unknown> };
};

test('a log whose end was cut off is whole by itself, and found out by the manifest of a copy', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  const elsewhere = path.join(place.folder, 'monday.db');
  await runCli(['init', '--data', folder]);
  for (const file of [[], [elsewhere], []]) expect((await runCli(['backup', ...file, '--data', folder])).code).toBe(0);
  const { auditHead } = JSON.parse(readFileSync(`${elsewhere}.json`, 'utf8')) as { auditHead: { number: number } };
  expect(auditHead.number).toBe(2);
  expect(await outcomeOf(folder)).toMatchObject({ code: 0, found: { isWhole: true, rows: 3, agreed: 2 } });
  expect(await outcomeOf(folder, '--copy', elsewhere)).toMatchObject({ code: 0, found: { agreed: 3 } });

  cutOff(folder, 3);
  const cut = await outcomeOf(folder);
  expect(cut.code).toBe(1);
  expect(cut.found).toMatchObject({
    isWhole: false,
    rows: 2,
    changed: [],
    missing: [],
    contradicted: [{ number: 3, reason: 'cut-off' }],
  });
  const words = await runCli(['audit', 'verify', '--data', folder]);
  expect(words.stdout).toContain('knows row 3: its end was cut off');

  // Going on from the cut does not hide it: the row that comes in the place of the lost one is another.
  await runCli(['backup', '--data', folder]);
  expect((await outcomeOf(folder)).found).toMatchObject({ contradicted: [{ number: 3, reason: 'another' }] });
});

test('a restore is a row, and accounts for what came after the copy that was put in place', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  const copies = ['first', 'second'].map((name) => path.join(place.folder, `${name}.db`));
  await runCli(['init', '--data', folder]);
  for (const copy of copies) await runCli(['backup', copy, '--data', folder]);
  writeFileSync(path.join(folder, 'verbatim.db'), 'these are not pages of a database');
  expect((await runCli(['restore', copies[0] ?? '', '--data', folder])).code).toBe(0);
  const after = await outcomeOf(folder, '--copy', ...copies);
  expect(after).toMatchObject({
    code: 0,
    found: { isWhole: true, rows: 2, agreed: 1, contradicted: [], explained: [{ number: 2 }] },
  });
});

test('a copy whose manifest names another end of the log is not restored', async () => {
  using place = temporaryFolder();
  const [folder, copy] = [path.join(place.folder, 'data'), path.join(place.folder, 'copy.db')];
  await runCli(['init', '--data', folder]);
  await runCli(['backup', copy, '--data', folder]);
  const manifest = JSON.parse(readFileSync(`${copy}.json`, 'utf8')) as Record<string, unknown>;
  writeFileSync(`${copy}.json`, JSON.stringify({ ...manifest, auditHead: { number: 9, hash: 'x' } }));
  const { code, stderr } = await runCli(['restore', copy, '--data', path.join(place.folder, 'other')]);
  expect(code).toBe(78);
  expect(stderr).toContain('ends at row 1, and its manifest says 9');
});

test('a report lists files that were taken out since a day, by whom and why', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  await runCli(['init', ...at]);
  await runCli(['study', 'add', 'Kept', ...at]);
  const out = path.join(place.folder, 'kept.qdpx');
  expect((await runCli(['project', 'export', out, '--study', 'Kept', '--internal', 'For the board', ...at])).code).toBe(
    0,
  );
  const told = await runCli(['audit', 'report', '--since', '2026-01-01', ...at]);
  expect(told.code).toBe(0);
  expect(told.stdout).toMatch(/operator {2}export {2}done {2}in Kept/);
  expect(told.stdout).toContain('“For the board”');
  expect(told.stdout).toContain('1 files');
  expect((await runCli(['audit', 'report', '--since', '2999-01-01', ...at])).stdout).toContain('0 looks, 0 files');
  const wrong = await runCli(['audit', 'report', '--since', 'yesterday', ...at]);
  expect([wrong.code, wrong.stderr.includes('--since is a day')]).toEqual([2, true]);
});

test('settings that are other than at the last start leave a row with their names and not what they say', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  const env = { VERBATIM_METRICS_TOKEN: 'a-token-that-is-secret' };
  for (const own of [{}, {}, { ...env, VERBATIM_SMALLEST_CELL: '12' }]) {
    await using server = await startServer(['start', ...at], { env: own });
    await server.stop();
  }
  const database = new Sqlite(path.join(place.folder, 'data', 'verbatim.db'), { readonly: true });
  const rows = database.prepare("select actor_kind, detail from audit_log where action = 'configuration'").all();
  const everything = JSON.stringify(database.prepare('select * from audit_log').all());
  const kept = JSON.stringify(database.prepare('select * from settings').all());
  database.close();
  expect(rows).toHaveLength(1);
  const { names } = JSON.parse((rows[0] as { detail: string }).detail) as { names: string[] };
  expect(names).toContain('metricsToken');
  expect(names.some((name) => /smallestCell|leastCell/i.test(name))).toBe(true);
  expect(names).toHaveLength(2);
  expect(everything + kept).not.toContain('a-token-that-is');
});

test('the doctor sees a row that was changed, and that what guards the log is gone', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  await runCli(['init', '--data', folder]);
  expect((await runCli(['backup', '--data', folder])).code).toBe(0);
  expect((await runCli(['backup', '--data', folder])).code).toBe(0);
  expect((await runCli(['doctor', '--data', folder])).stdout).toContain('audit log: 2 rows, unbroken');
  const database = new Sqlite(path.join(folder, 'verbatim.db'));
  database.exec('drop trigger audit_log_no_update');
  database.exec('update audit_log set status = 423 where number = 1');
  database.close();
  const { code, stdout } = await runCli(['doctor', '--data', folder]);
  expect(code).toBe(1);
  expect(stdout).toContain('WRONG  audit log: what keeps its rows from being changed is gone: audit_log_no_update');
  expect(stdout).toContain('"verbatim audit verify" says which');
});
