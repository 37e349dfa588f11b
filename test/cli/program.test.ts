import { type Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { exitFor, UsageError } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';
import { ConfigError } from '../../src/config.ts';
import { Problem } from '../../src/model/problem.ts';
import { FolderError } from '../../src/store/data-folder.ts';
import { temporaryFolder } from '../support/house.ts';
import { runCli } from './run-cli.ts';

/** Every command that does something, by how it is called. */
function leaves(command: Command, called: string[] = []): { called: string; command: Command }[] {
  const own = [...called, command.name()];
  if (command.commands.length === 0) return [{ called: own.join(' '), command }];
  return command.commands.flatMap((sub) => leaves(sub, own));
}
const all = leaves(createProgram({}));

test.each(all)('$called says what it does and shows an example', ({ command }) => {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  expect(command.description().length).toBeGreaterThan(15);
  for (const option of command.options) expect(option.description, option.flags).not.toBe('');
  expect(help).toMatch(/Examples?:\n {2}\$ verbatim /);
});

test('each kind of end has a code of its own', () => {
  expect(
    exitFor(new Problem('invalid', 'No', { detail: 'Mend it', errors: [{ pointer: '#/a', detail: 'b' }] })),
  ).toEqual({
    code: 1,
    message: 'No\nMend it\n  #/a: b',
  });
  expect(exitFor(new UsageError('no such column'))).toEqual({ code: 2, message: 'error: no such column' });
  expect(exitFor(new CommanderError(1, 'commander.unknownOption', ''))).toEqual({ code: 2, message: '' });
  expect(exitFor(new CommanderError(0, 'commander.helpDisplayed', ''))).toEqual({ code: 0, message: '' });
  expect(exitFor(new FolderError('lost'))).toEqual({ code: 78, message: 'lost' });
  expect(exitFor(new ConfigError(['PORT is odd'])).code).toBe(78);
  const bug = exitFor(new TypeError('x is not a function'));
  expect(bug.code).toBe(70);
  expect(bug.message).toContain('program.test.ts');
});

test('a wrong call ends with 2 and leaves standard output empty', async () => {
  for (const args of [
    ['nonsense'],
    ['themes'],
    ['user', 'add', '--email', 'a@example.org', '--password-stdin'],
    ['study', 'list', '--no-such'],
  ]) {
    const { code, stdout, stderr } = await runCli(args, { stdin: 'a long enough password\n' });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('error:');
  }
});

test('routes need no data folder and say who may use each address', async () => {
  using place = temporaryFolder();
  const { code, stdout } = await runCli(['routes', '--json', '--data', `${place.folder}/none`]);
  expect(code).toBe(0);
  const routes = JSON.parse(stdout) as { method: string; path: string; access: string }[];
  expect(routes).toContainEqual({ method: 'GET', path: '/livez', access: 'anyone' });
  const studio = routes.filter(({ path }) => path.startsWith('/studio'));
  expect(studio.length).toBeGreaterThan(20);
  const may = ['signed-in', 'viewer', 'researcher', 'owner', 'admin'];
  for (const { path, access } of studio) expect(may, path).toContain(access);
});

test('an account is made from standard input, once, and only with a good password', async () => {
  using place = temporaryFolder();
  const at = ['--data', place.folder];
  await runCli(['init', ...at]);
  const add = ['user', 'add', '--email', 'ada@example.org', '--admin', '--password-stdin', ...at];
  expect((await runCli(add, { stdin: 'short\n' })).code).toBe(1);
  const made = await runCli([...add, '--json'], { stdin: 'four words and a number 7\nnot this line\n' });
  expect(JSON.parse(made.stdout)).toMatchObject({ email: 'ada@example.org', name: 'ada' });
  const twice = await runCli(add, { stdin: 'four words and a number 7\n' });
  expect(twice.code).toBe(1);
  expect(twice.stderr).toContain('There is an account with this address already');
});

test('the configuration is printed without its secrets', async () => {
  using place = temporaryFolder();
  const { code, stdout } = await runCli(['config', 'print', '--json'], {
    env: {
      VERBATIM_DATA: place.folder,
      VERBATIM_EMBEDDINGS_URL: 'http://127.0.0.1:8080/v1/embeddings',
      VERBATIM_EMBEDDINGS_MODEL: 'small',
      VERBATIM_EMBEDDINGS_KEY: 'TOP-SECRET',
      VERBATIM_SMTP_URL: 'smtps://user:TOP-SECRET@mail.example',
      VERBATIM_MAIL_FROM: 'research@lab.example',
    },
  });
  expect(code).toBe(0);
  expect(stdout).not.toContain('TOP-SECRET');
  expect(JSON.parse(stdout)).toMatchObject({
    embeddings: { model: 'small', key: '(set)' },
    post: { smtpUrl: '(set)' },
  });
});
