import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

test('a copy made beside a running server brings everything back after the database was damaged', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  const copy = path.join(place.folder, 'copies', 'monday.db');
  const at = ['--data', folder];
  await using server = await startServer(['start', ...at]);
  await runCli(['study', 'add', 'Kept', ...at]);
  const backup = await runCli(['backup', copy, '--json', ...at]);
  expect(backup.code).toBe(0);
  const { manifest } = JSON.parse(backup.stdout) as { manifest: Record<string, unknown> };
  expect(manifest).toMatchObject({ counts: { studies: 1 } });
  expect(backup.stdout).not.toContain('"secret"');
  expect((await server.stop()).code).toBe(0);

  const healthy = await runCli(['restore', copy, ...at]);
  expect(healthy.code).toBe(78);
  expect(healthy.stderr).toContain('healthy');

  writeFileSync(path.join(folder, 'verbatim.db'), 'these are not pages of a database');
  expect((await runCli(['study', 'list', ...at])).code).toBe(78);
  const sick = await runCli(['doctor', '--json', ...at]);
  expect(sick.code).toBe(1);
  expect(JSON.parse(sick.stdout)).toMatchObject({ isWell: false });

  const restored = await runCli(['restore', copy, ...at]);
  expect(restored.code).toBe(0);
  expect(readdirSync(folder).some((name) => name.startsWith('set-aside-'))).toBe(true);
  expect((await runCli(['study', 'list', ...at])).stdout).toContain('Kept');
});

test('the doctor finds nothing wrong with a new folder, and open permissions when there are some', async () => {
  using place = temporaryFolder();
  const folder = path.join(place.folder, 'data');
  await runCli(['init', '--data', folder]);
  const well = await runCli(['doctor', '--data', folder]);
  expect(well.code).toBe(0);
  expect(well.stdout).toContain('synchronous=2');

  chmodSync(path.join(folder, 'secret.json'), 0o644);
  const open = await runCli(['doctor', '--data', folder], { env: { VERBATIM_UNKNOWN: '1' } });
  expect(open.code).toBe(1);
  expect(open.stdout).toContain('secret.json (chmod 600)');
  expect(open.stdout).toMatch(/WRONG +configuration: VERBATIM_UNKNOWN/);
});

test('restore takes no copy without its manifest and changes nothing then', async () => {
  using place = temporaryFolder();
  const [folder, copy] = [path.join(place.folder, 'data'), path.join(place.folder, 'copy.db')];
  writeFileSync(copy, 'half a copy');
  const { code, stderr } = await runCli(['restore', copy, '--data', folder]);
  expect(code).toBe(78);
  expect(stderr).toContain('manifest');
  expect(existsSync(path.join(folder, 'verbatim.db'))).toBe(false);
});
