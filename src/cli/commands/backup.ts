import path from 'node:path';
import type { Command } from 'commander';
import { type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `backup`: a checked copy, also while a server is running. */
export function addBackupCommand(program: Command, environment: Environment): void {
  const command = program
    .command('backup [file]')
    .description(
      'Copy the database while it is in use, with recordings and files, and check the copy; its manifest stands beside it, or all of it in one sealed file where VERBATIM_BACKUP_KEY is set',
    )
    .option('--database-only', 'leave out recordings and files that came in')
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, options: { databaseOnly?: boolean }, self: Command) => {
      const desk = openDesk(self, environment);
      const { backupFolder, filesFolder } = await import('../../store/data-folder.ts');
      const target = file === undefined ? null : path.resolve(file);
      const copy = await backupFolder(desk.folder, target, () => new Date(), {
        withFiles: !options.databaseOnly,
        key: desk.config.backups.key,
      });
      const isSealed = desk.config.backups.key !== null;
      const { secret: _kept, ...manifest } = copy.manifest;
      desk.say({ file: copy.file, manifest }, [
        `Copied to ${copy.file} (${manifest.bytes} bytes, checked)`,
        ...(isSealed
          ? ['It is sealed: only VERBATIM_BACKUP_KEY opens it, so keep that key somewhere else, and never lose it.']
          : []),
        ...(!isSealed && manifest.files?.length
          ? [`${manifest.files.length} recordings and files are in ${filesFolder(copy.file)}, each checked.`]
          : []),
        ...(isSealed
          ? []
          : [`Keep it together with ${copy.file}.json, which holds the secret that quotes are checked with.`]),
      ]);
    });
  withExample(command, 'backup', 'backup /mnt/copies/monday.db');
}
