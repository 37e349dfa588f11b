import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { type Desk, type Environment, openDesk } from '../desk.ts';
import { withExample } from '../example.ts';

/** `restore`: puts a copy where a database was lost. */
export function addRestoreCommand(program: Command, environment: Environment): void {
  const command = program
    .command('restore <file>')
    .description('Put a copy in place of a lost or damaged database; a healthy one is never replaced')
    .option('--erased <file>', 'an erased.log kept elsewhere, whose erasures are carried through as well')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { erased?: string }, self: Command) => {
      const desk = openDesk(self, environment);
      const { readErased, takeErased } = await import('../../store/erased-log.ts');
      const { readRetained, retainedLogFile, takeRetained } = await import('../../store/retained-log.ts');
      const { restoreFolder } = await import('../../store/data-folder.ts');
      const setAside = () =>
        (existsSync(desk.folder) ? readdirSync(desk.folder) : []).filter((name) => name.startsWith('set-aside-'))
          .length;
      const before = setAside();
      const { secret: _kept, ...manifest } = await restoreFolder(desk.folder, path.resolve(file), () => new Date(), {
        key: desk.config.backups.key,
      });
      if (options.erased !== undefined) {
        takeErased(desk.folder, path.resolve(options.erased));
        // The ledger of retention is kept beside it.
        takeRetained(desk.folder, retainedLogFile(path.dirname(path.resolve(options.erased))));
      }
      const noted = readErased(desk.folder).length + readRetained(desk.folder).length;
      const erased = noted > 0 ? await carryThrough(desk) : 0;
      desk.say({ folder: desk.folder, manifest, erased }, [
        `Restored ${desk.folder} from the copy of ${manifest.createdAt}`,
        ...Object.entries(manifest.counts).map(([table, count]) => `  ${table.replaceAll('_', ' ')}: ${count}`),
        ...(manifest.files?.length ? [`  recordings and files: ${manifest.files.length}`] : []),
        ...(noted === 0
          ? []
          : [
              erased === null
                ? 'The ledgers of erasures and retention are carried through at the next start, after the upgrade'
                : `Erased again, by the ledger: ${erased}`,
            ]),
        ...(setAside() > before ? ['What stood there before is kept beside it in a folder named set-aside-…'] : []),
      ]);
    });
  withExample(command, 'restore data/live/backups/verbatim-2026-03-02T09-00-00-000Z.db');
}

/** Null for a copy of an older version: what was erased since goes when a server starts, before it does anything else. */
async function carryThrough(desk: Desk): Promise<number | null> {
  const { FolderError } = await import('../../store/data-folder.ts');
  try {
    return await desk.withVerbatim(async ({ erasure, retention }) => {
      const erased = await erasure.catchUp();
      await retention.perform();
      return erased;
    });
  } catch (error) {
    if (error instanceof FolderError) return null;
    throw error;
  }
}
