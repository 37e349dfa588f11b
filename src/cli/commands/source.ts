import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `source`: where events come from. */
export function addSourceCommand(program: Command, environment: Environment): void {
  const source = program.command('source').description('Sources of events: add one, list those of a study');

  const add = source
    .command('add <name>')
    .description('Make a source of events and print its write key')
    .requiredOption('--study <study>', 'in the workspace of which study, by id or name')
    .option('--json', 'print JSON')
    .action(async (name: string, { study }: { study: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const { publicId, writeKey } = await desk.withVerbatim(async ({ sources, studies }) =>
        sources.add((await studies.named(study)).workspaceId, name, null),
      );
      desk.say({ id: publicId, name, writeKey }, `${writeKey}  ${name}`);
    });
  withExample(add, 'source add Shop --study "Moving house"');

  const list = source
    .command('list')
    .description('List the sources of events of a study’s workspace with their write keys')
    .requiredOption('--study <study>', 'in the workspace of which study, by id or name')
    .option('--json', 'print JSON')
    .action(async ({ study }: { study: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const found = await desk.withVerbatim(async ({ store, studies }) =>
        store.sources.list((await studies.named(study)).workspaceId),
      );
      const sources = found.map(({ publicId, name, writeKey, createdAt, endedAt }) => ({
        id: publicId,
        name,
        writeKey,
        createdAt,
        endedAt,
      }));
      desk.say(
        sources,
        sources.length === 0
          ? 'There are no sources yet. Make one with "verbatim source add NAME --study STUDY"'
          : sources.map(({ name, writeKey, endedAt }) => `${writeKey}  ${name}${endedAt ? '  (ended)' : ''}`),
      );
    });
  withExample(list, 'source list --study "Moving house" --json');
}
