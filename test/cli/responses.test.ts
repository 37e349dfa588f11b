import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mapColumns } from '../../src/cli/commands/responses.ts';
import { temporaryFolder } from '../support/house.ts';
import { plantNotice } from '../support/plant-notice.ts';
import { smallSurvey } from '../support/small-survey.ts';
import { runCli } from './run-cli.ts';

const table = [
  'respondent,city,mood,Region,outdoors,story',
  'r1,city,7,north,5,"It was late, and ""enough"" was enough"',
  'r2,village,99,south,2,Nothing',
  'r3,In a city,,north,,',
].join('\n');

test('a survey, a table of answers and its export go round through the command line alone', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  const [definition, answers] = ['survey.json', 'answers.csv'].map((name) => path.join(place.folder, name)) as [
    string,
    string,
  ];
  writeFileSync(definition, JSON.stringify(smallSurvey));
  writeFileSync(answers, table);
  await runCli(['init', ...at]);
  await plantNotice(path.join(place.folder, 'data'));
  await runCli(['study', 'add', 'Small study', ...at]);
  const survey = await runCli(
    ['survey', 'import', definition, '--study', 'Small study', '--publish', '--json', ...at],
    {
      env: { PUBLIC_URL: 'https://ask.example.org' },
    },
  );
  expect(JSON.parse(survey.stdout)).toEqual({
    slug: 'small',
    address: 'https://ask.example.org/s/small',
    published: true,
  });

  const load = [
    'responses',
    'import',
    answers,
    '--survey',
    'small',
    '--map',
    'person=respondent',
    '--map',
    'attribute:region=4',
  ];
  const refused = await runCli([...load, ...at]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toBe('');
  expect(refused.stderr).toContain('row 3, column 3');

  const tried = await runCli([...load, '--dry-run', '--json', ...at]);
  expect(JSON.parse(tried.stdout)).toMatchObject({
    dryRun: true,
    imported: 0,
    fitting: 2,
    faultyRows: 1,
    faults: [{ row: 3, column: 3 }],
  });

  const loaded = await runCli([...load, '--leave-out-faulty', '--json', ...at]);
  const { batch, ...counts } = JSON.parse(loaded.stdout) as { batch: string };
  expect(counts).toMatchObject({ imported: 2, leftOut: 1 });

  const out = path.join(place.folder, 'out.jsonl');
  expect((await runCli(['responses', 'export', 'small', '--format', 'jsonl', '--out', out, ...at])).code).toBe(0);
  const lines = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { answers: Record<string, unknown> });
  expect(lines).toHaveLength(2);
  expect(lines.map((line) => line.answers['city'])).toEqual([
    { state: 'answered', value: 'city' },
    { state: 'answered', value: 'city' },
  ]);
  const first = lines.find((line) => (line.answers['mood'] as { state: string }).state === 'answered');
  const third = lines.find((line) => line !== first);
  expect(first?.answers['holds.outdoors']).toEqual({ state: 'answered', value: 5 });
  expect(third?.answers['mood']).toEqual({ state: 'skipped' });

  const sav = path.join(place.folder, 'out.sav');
  expect((await runCli(['responses', 'export', 'small', '--format', 'sav', '--out', sav, ...at])).code).toBe(0);
  expect(readFileSync(sav).subarray(0, 4).toString()).toBe('$FL2');
  const sps = path.join(place.folder, 'read.sps');
  expect((await runCli(['responses', 'export', 'small', '--format', 'sps', '--out', sps, ...at])).code).toBe(0);
  expect(readFileSync(sps, 'utf8')).toContain("/FILE='read.csv'");
  expect(readFileSync(path.join(place.folder, 'read.csv'), 'utf8').trim().split(/\r\n/)).toHaveLength(3);
  expect((await runCli(['responses', 'export', 'small', '--format', 'sps', ...at])).code).toBe(2);
  const book = await runCli(['responses', 'export', 'small', '--format', 'codebook', ...at]);
  expect(book.stdout).toContain('## city');

  const csv = await runCli(['responses', 'export', 'small', ...at]);
  expect(csv.stdout.trim().split(/\r\n/)).toHaveLength(3);
  const listed = await runCli(['survey', 'list', '--study', 'Small study', '--json', ...at]);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ slug: 'small', state: 'open', completed: 2 }]);

  expect((await runCli(['responses', 'undo', batch, ...at])).code).toBe(0);
  const after = await runCli(['survey', 'list', '--study', 'Small study', '--json', ...at]);
  expect(JSON.parse(after.stdout)).toMatchObject([{ completed: 0 }]);
});

test('a file is masked unless a reason is given, and the reason is kept', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  const [definition, answers] = ['survey.json', 'answers.csv'].map((name) => path.join(place.folder, name));
  writeFileSync(definition ?? '', JSON.stringify(smallSurvey));
  writeFileSync(answers ?? '', 'respondent,city,story\nr1,city,Write to anna@example.org');
  await runCli(['init', ...at]);
  await plantNotice(path.join(place.folder, 'data'));
  await runCli(['study', 'add', 'Small study', ...at]);
  await runCli(['survey', 'import', definition ?? '', '--study', 'Small study', '--publish', ...at]);
  await runCli(['responses', 'import', answers ?? '', '--survey', 'small', '--map', 'person=respondent', ...at]);
  const exported = (more: readonly string[]) => runCli(['responses', 'export', 'small', ...more, ...at]);
  const masked = await exported([]);
  expect(masked.stdout).toContain('Write to [e-mail]');
  expect(masked.stdout).not.toContain('anna@example.org');
  expect((await exported(['--unmasked', 'The insurer asked'])).stdout).toContain('Write to anna@example.org');
  expect((await exported(['--unmasked', ' '])).code).not.toBe(0);
});

test('what is not there is said by name, with the code for a failed command', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  await runCli(['init', ...at]);
  await plantNotice(path.join(place.folder, 'data'));
  const study = await runCli(['survey', 'list', '--study', 'Nowhere', ...at]);
  expect(study.code).toBe(1);
  expect(study.stderr).toContain('There is no study “Nowhere”');
  const survey = await runCli(['responses', 'export', 'nothing', ...at]);
  expect(survey.code).toBe(1);
  expect(survey.stderr).toContain('There is no survey “nothing”');
});

test('a meaning given by hand is taken from the column it was guessed for', () => {
  const header = ['a', 'mood', 'how are you'];
  const guessed = ['ignore', 'item:mood', 'ignore'];
  expect(mapColumns(guessed, ['mood=how are you'], header, new Set(['mood']))).toEqual([
    'ignore',
    'ignore',
    'item:mood',
  ]);
  expect(() => mapColumns(guessed, ['moood=1'], header, new Set(['mood']))).toThrow('is no item of this survey');
  expect(() => mapColumns(guessed, ['mood=9'], header, new Set(['mood']))).toThrow('there is no column “9”');
  expect(() => mapColumns(guessed, ['mood=1', 'person=a'], header, new Set(['mood']))).toThrow('two meanings');
});

test('a survey of another program takes its own answers, by the values it records', async () => {
  using place = temporaryFolder();
  const at = ['--data', path.join(place.folder, 'data')];
  const write = (name: string, text: string) => {
    writeFileSync(path.join(place.folder, name), text);
    return path.join(place.folder, name);
  };
  const survey = write(
    'coffee.json',
    JSON.stringify({
      title: 'Coffee',
      pages: [
        {
          name: 'p',
          elements: [
            { type: 'radiogroup', name: 'ritual', title: 'How often?', choices: [1, 2, 3, 4, 5] },
            { type: 'checkbox', name: 'beans', title: 'Which beans?', choices: ['from Kenya', 'from Peru'] },
            { type: 'boolean', name: 'milk', title: 'With milk?' },
          ],
        },
      ],
    }),
  );
  const answers = write(
    'answers.csv',
    'ritual,beans,milk,lang\n1,from Kenya;from Peru,true,en\n5,from Peru,false,en\n',
  );
  await runCli(['init', ...at]);
  await plantNotice(path.join(place.folder, 'data'));
  await runCli(['study', 'add', 'Coffee', ...at]);
  const made = await runCli(['survey', 'import', survey, '--study', 'Coffee', '--publish', ...at]);
  // Where the server listens is not known here.
  expect(made.stdout).toContain('coffee  /s/coffee\n');
  expect(made.stdout).toContain('Put this path after the address that “verbatim serve” prints');
  expect(made.stdout).not.toContain('127.0.0.1');
  expect(made.stdout).toContain('ritual: choices → codes: 1 is o1, 2 is o2, 3 is o3, 4 is o4, 5 is o5');
  const load = ['responses', 'import', answers, '--survey', 'coffee', '--json', ...at];
  expect(JSON.parse((await runCli(load)).stdout)).toMatchObject({
    imported: 2,
    leftOut: 0,
    columns: ['item:ritual', 'item:beans', 'item:milk', 'language'],
  });
  const strange = write('strange.csv', 'ritual\n7\n');
  const refused = await runCli(['responses', 'import', strange, '--survey', 'coffee', ...at]);
  expect(refused.stderr).toContain(
    '“7” stands here. Choose one of the answers listed: o1 or 1, o2 or 2, o3 or 3, o4 or 4, o5 or 5',
  );
});
