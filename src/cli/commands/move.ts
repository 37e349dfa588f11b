import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';
import { UsageError } from '../exit.ts';

/** `move`: carries an installation over to a PostgreSQL. */
export function addMoveCommand(program: Command, environment: Environment): void {
  const command = program
    .command('move')
    .description(
      'Carry the data over to a PostgreSQL, while no server runs; compares every table, and goes on where it was interrupted',
    )
    .option('--to <url>', 'the PostgreSQL, as postgres://…; without it DATABASE_URL')
    .option('--json', 'print JSON')
    .action(async ({ to }: { to?: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const url = to === undefined ? desk.config.databaseUrl : readConfig({ DATABASE_URL: to }).databaseUrl;
      if (url === null) throw new UsageError('name the PostgreSQL with --to or DATABASE_URL');
      const { moveInstallation } = await import('../../store/open-installation.ts');
      // Progress goes beside the outcome, so that standard output holds the outcome alone.
      const tables = await moveInstallation(
        desk.folder,
        url,
        () => new Date(),
        ({ table, rows }) => void process.stderr.write(`${table}: ${rows}\n`),
      );
      const rows = tables.reduce((sum, one) => sum + one.rows, 0);
      desk.say({ folder: desk.folder, tables }, [
        `Moved ${tables.length} tables with ${rows} rows; each was compared with the file and is the same`,
        `The file that they came from is kept in ${desk.folder} in a folder named set-aside-…`,
        'From now on start Verbatim with DATABASE_URL set to that PostgreSQL.',
      ]);
    });
  withExample(command, 'move --to postgres://verbatim@db.example/verbatim', 'move --json');
}
