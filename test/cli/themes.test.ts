import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/house.ts';
import { runCli } from './run-cli.ts';

const subjects = [
  [
    'the rent went up',
    'our rent doubled',
    'the landlord raised the rent',
    'rent and the landlord again',
    'a letter about the rent',
    'the landlord wanted more rent',
    'rent too high',
  ],
  [
    'the baby came',
    'a second baby',
    'baby and no room',
    'no room for the baby',
    'we had a baby, no room',
    'the baby needed a room',
    'baby on the way',
  ],
];

test('themes are found in a bare file, every row in its place, and standard output holds JSON alone', async () => {
  using place = temporaryFolder();
  const file = path.join(place.folder, 'answers.tsv');
  // A quotation mark that never closes is a letter here, and must not swallow the rows after it.
  const rows = [...subjects.flatMap((texts, group) => texts.map((text) => `${group}\t${text}`)), '1\t"say baby', '0\t'];
  writeFileSync(file, `${rows.join('\n')}\n`);
  const args = ['themes', file, '--no-header', '--text', '2', '--themes', '2', '--seed', '3', '--json'];
  const { code, stdout, stderr } = await runCli(args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  type Found = {
    n: number;
    seed: number;
    themes: { size: number; quotes: string[] }[];
    documents: { id: string; theme: string | null }[];
  };
  const found = JSON.parse(stdout) as Found;
  expect(found.n).toBe(16);
  expect(found.seed).toBe(3);
  expect(found.documents.map(({ id }) => id)).toEqual(rows.map((_, index) => String(index + 1)));
  expect(found.documents.at(-1)?.theme).toBe(null);
  const [rent, baby] = [found.documents[0]?.theme, found.documents[7]?.theme];
  expect(rent).not.toBe(baby);
  expect(found.documents.slice(0, 7).every(({ theme }) => theme === rent)).toBe(true);
  for (const quote of found.themes.flatMap((theme) => theme.quotes))
    expect(rows.some((row) => row.includes(quote))).toBe(true);
  expect((await runCli(args)).stdout).toBe(stdout);
});

test('columns go by their names, and ids by a column that must not repeat', async () => {
  using place = temporaryFolder();
  const file = path.join(place.folder, 'answers.csv');
  writeFileSync(file, 'who,what\na,too loud\nb,"too loud, really"\nb,too loud\n');
  const doubled = await runCli(['themes', file, '--text', 'what', '--id', 'who']);
  expect(doubled.code).toBe(1);
  expect(doubled.stderr).toContain('Two rows have the id “b”');
  const unnamed = await runCli(['themes', file, '--text', 'nothing']);
  expect(unnamed.code).toBe(2);
  expect(unnamed.stderr).toContain('“who”, “what”');
  const few = await runCli(['themes', file, '--text', 'what', '--json']);
  expect(JSON.parse(few.stdout)).toMatchObject({ n: 3, reason: expect.stringContaining('Too few answers') });
});
