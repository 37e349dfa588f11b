import type { Command } from 'commander';
import type { Verbatim } from '../../verbatim.ts';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `routes`: every address and who may use it, from the same list that the doorway checks. */
export function addRoutesCommand(program: Command, environment: Environment): void {
  const command = program
    .command('routes')
    .description('List every address, its method, and who may use it; needs no data folder')
    .option('--json', 'print JSON')
    .action(async (_options: object, self: Command) => {
      const desk = openDesk(self, environment);
      const { limits, publicUrl, trustProxy } = desk.config;
      const [{ createApp }, { createRenderer }, { templatesFolder, viewsFolder }, { default: pino }] =
        await Promise.all([
          import('../../web/app.ts'),
          import('../../render/renderer.ts'),
          import('../../verbatim.ts'),
          import('pino'),
        ]);
      // Doors only keep Verbatim until somebody knocks, and nobody does here.
      const verbatim = { limits, now: () => new Date() } as Verbatim;
      const routes = await createApp({
        verbatim,
        renderer: createRenderer({ viewsFolder, templatesFolder }),
        log: pino({ level: 'silent' }),
        publicUrl,
        trustProxy,
        isOpen: () => false,
      }).routes();
      const width = Math.max(...routes.map(({ path }) => path.length));
      desk.say(
        routes,
        routes.map(({ method, path, access }) => `${method.padEnd(4)}  ${path.padEnd(width)}  ${access}`),
      );
    });
  withExample(command, 'routes --json');
}
