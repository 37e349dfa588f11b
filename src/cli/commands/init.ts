import type { Command } from 'commander';
import { type Environment, openDesk, urlHost } from '../desk.ts';
import { withExample } from '../example.ts';

/** `init`: makes the data folder, and nothing else ever does but commands that say so. */
export function addInitCommand(program: Command, environment: Environment): void {
  const command = program
    .command('init')
    .description('Make the data folder of a new installation and print its one-time set-up code')
    .option('--if-new', 'do nothing when there is a whole one already')
    .option('--json', 'print JSON')
    .action(async (options: { ifNew?: boolean }, self: Command) => {
      const desk = openDesk(self, environment);
      const { folder, config } = desk;
      if (options.ifNew) {
        const { initIfNew } = await import('../new-folder.ts');
        if (!(await initIfNew(folder, config))) {
          desk.say({ folder, created: false }, `There is a Verbatim in ${folder} already; nothing was done.`);
          return;
        }
      } else {
        const { newInstallation } = await import('../new-folder.ts');
        await newInstallation(folder, config.databaseUrl);
      }
      const code = await desk.withVerbatim((verbatim) => verbatim.accounts.newSetUpCode());
      const address = `${config.publicUrl ?? `http://${urlHost(config.host)}:${config.port}`}/set-up`;
      desk.say({ folder, created: true, setUpCode: code, setUpAddress: address }, [
        `Made ${folder}`,
        `Set-up code: ${code}`,
        `Start Verbatim with "npx verbatim serve", then enter the code at ${address}`,
        'Every start prints a new code until the first account is made.',
      ]);
    });
  withExample(command, 'init', 'init --if-new --data /srv/verbatim');
}
