import { FolderError, folderState, initFolder } from '../store/data-folder.ts';
import type { Config } from './desk.ts';

/**
 * Makes the data folder unless a whole one is there.
 *
 * @returns whether it was made
 * @throws {FolderError} when what is there is broken, or nothing is where the operator expects data: a disk that was not
 *   mounted must not become a new, empty installation
 */
export async function initIfNew(
  folder: string,
  { expectData, databaseUrl }: Pick<Config, 'expectData' | 'databaseUrl'>,
): Promise<boolean> {
  const { state } = folderState(folder);
  if (state === 'whole') return false;
  if (expectData && state !== 'broken') {
    throw new FolderError(
      `${folder} is ${state === 'missing' ? 'missing' : 'empty'}, but VERBATIM_EXPECT_DATA=1 says that data is there. ` +
        'Nothing has been made.\nCheck that the disk or volume is mounted. For a first start, make the folder with:\n' +
        '  npx verbatim init\nTo bring back a copy:\n  npx verbatim restore COPY.db',
    );
  }
  await newInstallation(folder, databaseUrl);
  return true;
}

/** Makes a new installation, its database where the configuration says. */
export async function newInstallation(folder: string, databaseUrl: Config['databaseUrl']): Promise<void> {
  const now = () => new Date();
  if (databaseUrl === null) return initFolder(folder, now);
  const { initOnPostgres } = await import('../store/open-installation.ts');
  await initOnPostgres(folder, databaseUrl, now);
}
