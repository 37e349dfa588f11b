import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { wholeNotice } from '../support/plant-notice.ts';
import { runCli } from './run-cli.ts';

/** Runs a command that ends well. */
async function run(words: string[], data: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli([...words, ...data]);
  expect(code, `${words.join(' ')}\n${stderr}`).toBe(0);
  return stdout;
}

test('a notice is set from a file and comes back as it was, and times that break its promise are told until they keep it', async () => {
  using place = temporaryFolder();
  const data = ['--data', place.folder];
  await run(['init'], data);
  await run(['study', 'add', 'Moving house'], data);
  const file = path.join(place.folder, 'notice.json');
  writeFileSync(file, JSON.stringify(wholeNotice));
  await run(['notice', 'set', file, '--study', 'Moving house'], data);
  expect(JSON.parse(await run(['notice', 'show', '--study', 'Moving house'], data))).toEqual(wholeNotice);

  const promise =
    'The notice says: 24 months after the last answer. To keep that, let both parts go after 730 days or fewer.';
  const first = await run(['retention', 'Moving house', '--identifiers', '90'], data);
  expect(first).toContain('Kept: what leads to somebody for 90 days, words until somebody decides');
  expect(first).toContain(promise);
  const second = await run(['retention', 'Moving house', '--words', '730'], data);
  expect(second).toContain('Kept: what leads to somebody for 90 days, words for 730 days');
  expect(second).not.toContain(promise);
  expect(await run(['retention', 'Moving house', '--identifiers', 'keep'], data)).toContain('until somebody decides');

  writeFileSync(file, '{"minimumAge": "young"}');
  const refused = await runCli(['notice', 'set', file, ...data]);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('minimumAge');
  const wrong = await runCli(['retention', 'Moving house', '--words', 'soon', ...data]);
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain('Enter whole days from 1 to 36500');
});
