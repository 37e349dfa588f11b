import type { Command } from 'commander';
import { API_SCOPES } from '../../model/api-scope.ts';
import { type Environment, openDesk, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';

type AddOptions = { study: string; user: string; scopes: string; days: string };

/** `key`: what programs work in a study with, for whoever owns the data folder. */
export function addKeyCommand(program: Command, environment: Environment): void {
  const key = program.command('key').description('Keys of the API: make one, list those of a study, end one');

  const add = key
    .command('add <name>')
    .description('Make a key for one program and print it, this once')
    .requiredOption('--study <study>', 'which study it opens, by id or name')
    .requiredOption('--user <address>', 'the owner of the study who answers for it; it ends with their membership')
    .requiredOption('--scopes <scopes>', `what it may do, divided by commas: ${Object.keys(API_SCOPES).join(', ')}`)
    .option('--days <days>', 'for how many days it opens, at most 365', '90')
    .option('--json', 'print JSON')
    .action(async (name: string, { study, user, scopes, days }: AddOptions, self: Command) => {
      const desk = openDesk(self, environment);
      const made = await desk.withVerbatim(async (verbatim) =>
        verbatim.apiKeys.addFor(await studyNamed(verbatim, study), user, {
          name,
          scopes: scopes.split(',').map((scope) => scope.trim()),
          days,
        }),
      );
      desk.say(
        { id: made.row.publicId, name: made.row.name, key: made.key, expiresAt: made.row.expiresAt },
        `${made.key}  ${made.row.name}`,
      );
    });
  withExample(
    add,
    'key add "Nightly report" --study "Moving house" --user ada@example.org --scopes aggregate:read,responses:read',
  );

  const list = key
    .command('list')
    .description('List the keys of a study: what they may do, and whether they still open')
    .requiredOption('--study <study>', 'of which study, by id or name')
    .option('--json', 'print JSON')
    .action(async ({ study }: { study: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const found = await desk.withVerbatim(async (verbatim) =>
        verbatim.apiKeys.list(await studyNamed(verbatim, study)),
      );
      const keys = found.map(({ publicId, name, ending, scopes, state, maker, expiresAt, usedAt }) => ({
        id: publicId,
        name,
        ending,
        scopes,
        state,
        madeBy: maker,
        expiresAt,
        usedAt,
      }));
      desk.say(
        keys,
        keys.length === 0
          ? 'There are no keys yet. Make one with "verbatim key add NAME --study STUDY --user ADDRESS --scopes SCOPES"'
          : keys.map(
              ({ id, name, ending, state, scopes }) => `${id}  …${ending}  ${state}  ${name}: ${scopes.join(', ')}`,
            ),
      );
    });
  withExample(list, 'key list --study "Moving house" --json');

  const end = key
    .command('end <id>')
    .description('End a key: it opens nothing from then on')
    .requiredOption('--study <study>', 'of which study, by id or name')
    .option('--json', 'print JSON')
    .action(async (id: string, { study }: { study: string }, self: Command) => {
      const desk = openDesk(self, environment);
      await desk.withVerbatim(async (verbatim) => verbatim.apiKeys.end(await studyNamed(verbatim, study), id, null));
      desk.say({ id }, `The key ${id} opens nothing any more`);
    });
  withExample(end, 'key end kQw3vT9xR2mZb7LpA1cYfg --study "Moving house"');
}
