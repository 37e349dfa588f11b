import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `serve`: opens what is there and answers requests until it is told to stop. */
export function addServeCommand(program: Command, environment: Environment): void {
  const command = program
    .command('serve')
    .description('Answer requests on HOST:PORT until told to stop; makes no data folder unless VERBATIM_INIT=1')
    .action(async (_options: object, self: Command) => {
      const { folder, config } = openDesk(self, environment);
      if (config.mayInit) {
        const { initIfNew } = await import('../new-folder.ts');
        await initIfNew(folder, config);
      }
      const { serveFolder } = await import('../serve-folder.ts');
      await serveFolder({ folder, config });
    });
  withExample(command, 'serve', 'serve --data /srv/verbatim');
}
