import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { runCli, startServer } from './run-cli.ts';

test('a source made on the command line is listed with its key, and a running server takes events with it', async () => {
  using place = temporaryFolder();
  const data = ['--data', place.folder];
  await using server = await startServer(['start', ...data]);
  expect((await runCli(['study', 'add', 'Moving house', ...data])).code).toBe(0);
  expect((await runCli(['source', 'list', '--study', 'Moving house', ...data])).stdout).toContain('no sources yet');
  const made = await runCli(['source', 'add', 'Shop', '--study', 'Moving house', '--json', ...data]);
  const { writeKey } = JSON.parse(made.stdout) as { writeKey: string };
  const listed = await runCli(['source', 'list', '--study', 'Moving house', '--json', ...data]);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'Shop', writeKey, endedAt: null }]);
  const answer = await fetch(`${server.url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-write-key': writeKey },
    body: '{"userId":"ada","event":"Signed Up"}',
  });
  expect(answer.status).toBe(200);
  expect((await runCli(['source', 'add', ' ', '--study', 'Moving house', ...data])).code).toBe(1);
});
