import type { Command } from 'commander';
import { ConfigError } from '../../config.ts';
import type { Check } from '../database-checks.ts';
import { type Desk, type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';
import { CheckFailed } from '../exit.ts';

/** `doctor`: what could be wrong, looked at one by one; it changes nothing. */
export function addDoctorCommand(program: Command, environment: Environment): void {
  const command = program
    .command('doctor')
    .description(
      'Check configuration, data folder, database (a file or a PostgreSQL), copies and disk; ends with 1 when something is wrong',
    )
    .option('--json', 'print JSON')
    .action(async (_options: object, self: Command) => {
      const { examineFolder } = await import('../examine-folder.ts');
      const { desk, configuration } = openAnyDesk(self, environment);
      const checks = [configuration, ...(await examineFolder(desk.folder, desk.config.databaseUrl, () => new Date()))];
      const isWell = checks.every(({ state }) => state !== 'wrong');
      const mark = { good: 'ok   ', note: 'note ', wrong: 'WRONG' };
      desk.say({ folder: desk.folder, isWell, checks }, [
        ...checks.map(({ name, state, detail }) => `${mark[state]}  ${name}: ${detail}`),
        isWell ? 'Nothing is wrong.' : 'Something is wrong: see the lines marked WRONG.',
      ]);
      if (!isWell) throw new CheckFailed();
    });
  withExample(command, 'doctor', 'doctor --json');
}

/** A desk even where the environment does not read well, since that is one of the things to find out. */
function openAnyDesk(command: Command, environment: Environment): { desk: Desk; configuration: Check } {
  const name = 'configuration';
  try {
    return { desk: openDesk(command, environment), configuration: { name, state: 'good', detail: 'reads well' } };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const desk = openPlaces(command, environment);
    return { desk, configuration: { name, state: 'wrong', detail: error.faults.join('; ') } };
  }
}

/** Where the data is, as far as that reads well. */
function openPlaces(command: Command, environment: Environment): Desk {
  const folder = { VERBATIM_DATA: environment['VERBATIM_DATA'] || undefined };
  const database = Object.fromEntries(
    ['DATABASE_URL', 'DATABASE_URL_FILE'].map((name) => [name, environment[name] || undefined]),
  );
  try {
    return openDesk(command, { ...folder, ...database });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return openDesk(command, folder);
  }
}
