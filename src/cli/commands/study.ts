import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `study`: pieces of research. */
export function addStudyCommand(program: Command, environment: Environment): void {
  const study = program.command('study').description('Studies: add one, list them');

  const add = study
    .command('add <name>')
    .description('Make a study and print its id')
    .option('--workspace <workspace>', 'in which workspace, by id or name (default: the first)')
    .option('--json', 'print JSON')
    .action(async (name: string, { workspace }: { workspace?: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const added = await desk.withVerbatim((verbatim) => verbatim.studies.addTo(name, workspace ?? null, null, null));
      desk.say({ id: added.publicId, name: added.name }, `${added.publicId}  ${added.name}`);
    });
  withExample(add, 'study add "Moving house"');

  const list = study
    .command('list')
    .description('List every study')
    .option('--json', 'print JSON')
    .action(async (_options: object, self: Command) => {
      const desk = openDesk(self, environment);
      const studies = (await desk.withVerbatim(({ store }) => store.studies.all())).map(
        ({ publicId, name, workspaceName, createdAt }) => ({ id: publicId, name, workspace: workspaceName, createdAt }),
      );
      desk.say(
        studies,
        studies.length === 0
          ? 'There are no studies yet. Make one with "verbatim study add NAME"'
          : studies.map(({ id, name, workspace }) => `${id}  ${name}  (${workspace})`),
      );
    });
  withExample(list, 'study list --json');
}
