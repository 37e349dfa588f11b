import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readProject } from '../../src/exchange/refi-qda/read-project.ts';
import { temporaryFolder } from '../support/house.ts';
import { packQdpx, WHOLE_PROJECT } from '../support/refi-files.ts';
import { runCli } from './run-cli.ts';

test('a project comes in and goes out on the command line, and each says what became of it', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  const theirs = path.join(place.folder, 'theirs.qdpx');
  const ours = path.join(place.folder, 'ours.qdpx');
  writeFileSync(theirs, packQdpx(WHOLE_PROJECT));
  await runCli(['init', ...at]);
  await runCli(['study', 'add', 'Small study', ...at]);
  const looked = await runCli(['project', 'import', theirs, '--study', 'Small study', '--dry-run', ...at]);
  expect(looked.stdout).toContain('Codings: 1 found, 1 kept');
  expect(looked.stdout).toContain('Nothing was brought in');
  const came = await runCli(['project', 'import', theirs, '--study', 'Small study', '--may-quote', '--json', ...at]);
  expect(JSON.parse(came.stdout)).toMatchObject({ dryRun: false, isNew: true, interviews: 1 });
  const went = await runCli(['project', 'export', ours, '--study', 'Small study', '--unmasked', 'A move', ...at]);
  expect(went.stdout).toContain('Interviews: 1 found, 1 kept');
  expect(readProject(readFileSync(ours)).project.sources[0]?.selections[0]?.name).toBe('too dear');
  expect(
    (await runCli(['project', 'export', ours, '--study', 'Small study', '--audience', 'all', ...at])).code,
  ).not.toBe(0);
});
