import type { Command } from 'commander';
import { withoutSecrets } from '../../config.ts';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `config print`: what the environment comes to. */
export function addConfigCommand(program: Command, environment: Environment): void {
  const config = program.command('config').description('The configuration as Verbatim reads it');
  const print = config
    .command('print')
    .description('Print every setting as it holds; of secrets, whether they are set')
    .option('--json', 'print JSON')
    .action((_options: object, self: Command) => {
      const desk = openDesk(self, environment);
      const { limits, dataFolder: _asked, ...rest } = withoutSecrets(desk.config);
      const settings = { ...rest, dataFolder: desk.folder, limits };
      desk.say(settings, [
        ...Object.entries({ ...rest, dataFolder: desk.folder }).map(
          ([name, value]) =>
            `${name} = ${value !== null && typeof value === 'object' ? JSON.stringify(value) : (value ?? '(not set)')}`,
        ),
        ...Object.entries(limits).map(([name, value]) => `limits.${name} = ${value}`),
      ]);
    });
  withExample(print, 'config print');
}
