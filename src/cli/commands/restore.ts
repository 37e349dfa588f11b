import path from 'node:path';
import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `restore`: puts a copy where a database was lost. */
export function addRestoreCommand(program: Command, environment: Environment): void {
  const command = program
    .command('restore <file>')
    .description('Put a copy in place of a lost or damaged database; a healthy one is never replaced')
    .option('--json', 'print JSON')
    .action(async (file: string, _options: object, self: Command) => {
      const desk = openDesk(self, environment);
      const { restoreFolder } = await import('../../store/data-folder.ts');
      const { secret: _kept, ...manifest } = await restoreFolder(desk.folder, path.resolve(file), () => new Date());
      desk.say({ folder: desk.folder, manifest }, [
        `Restored ${desk.folder} from the copy of ${manifest.createdAt}`,
        ...Object.entries(manifest.counts).map(([table, count]) => `  ${table.replaceAll('_', ' ')}: ${count}`),
        ...(manifest.files?.length ? [`  recordings and files: ${manifest.files.length}`] : []),
        'What stood there before is kept beside it in a folder named set-aside-…',
      ]);
    });
  withExample(command, 'restore data/live/backups/verbatim-2026-03-02T09-00-00-000Z.db');
}
