import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `start`: what `npm start` runs. */
export function addStartCommand(program: Command, environment: Environment): void {
  const command = program
    .command('start')
    .description('Make the data folder if there is none yet, then serve')
    .action(async (_options: object, self: Command) => {
      const { folder, config } = openDesk(self, environment);
      const { initIfNew } = await import('../new-folder.ts');
      await initIfNew(folder, config);
      const { serveFolder } = await import('../serve-folder.ts');
      await serveFolder({ folder, config });
    });
  withExample(command, 'start');
}
