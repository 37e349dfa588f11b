import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `config print`: what the environment comes to. */
export function addConfigCommand(program: Command, environment: Environment): void {
  const config = program.command('config').description('The configuration as Verbatim reads it');
  const print = config
    .command('print')
    .description('Print every setting as it holds; secrets are in the data folder and never shown')
    .option('--json', 'print JSON')
    .action((_options: object, self: Command) => {
      const desk = openDesk(self, environment);
      const { limits, dataFolder: _asked, post, embeddings, transcription, ...plain } = desk.config;
      const { smtpUrl: _secret, ...shownPost } = post ?? { smtpUrl: '' };
      const rest = {
        ...plain,
        post: post ? { smtpUrl: '(set)', ...shownPost } : null,
        embeddings: embeddings && { ...embeddings, key: embeddings.key === null ? null : '(set)' },
        transcription: transcription && { ...transcription, key: transcription.key === null ? null : '(set)' },
      };
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
