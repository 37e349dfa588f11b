import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

test('a key made on the command line opens its study, is listed without itself, and ends when it is told to', async () => {
  using place = temporaryFolder();
  const data = ['--data', place.folder];
  const study = ['--study', 'Moving house', ...data];
  await using server = await startServer(['start', ...data]);
  expect((await runCli(['study', 'add', 'Moving house', ...data])).code).toBe(0);
  const account = ['user', 'add', '--email', 'ada@example.org', '--admin', '--password-stdin', ...data];
  expect((await runCli(account, { stdin: 'three words together\n' })).code).toBe(0);
  const make = ['key', 'add', 'Report', '--user', 'ada@example.org', '--scopes', 'survey:read', '--json', ...study];
  const { key, id } = JSON.parse((await runCli(make)).stdout) as { key: string; id: string };
  const ask = () => fetch(`${server.url}/api/v1/key`, { headers: { authorization: `Bearer ${key}` } });
  expect(await (await ask()).json()).toMatchObject({ id, name: 'Report', scopes: ['survey:read'] });
  const listed = await runCli(['key', 'list', '--json', ...study]);
  expect(listed.stdout).not.toContain(key);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id, state: 'open', madeBy: 'ada' }]);
  expect((await runCli(['key', 'end', id, ...study])).code).toBe(0);
  expect((await ask()).status).toBe(401);
});
