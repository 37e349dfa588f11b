import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FolderError, folderState, initFolder, lockFolder } from '../../store/data-folder.ts';

/*
 * What makes a folder a demonstration is a mark in it, written before anything else. Only a folder with the mark is ever
 * removed, so that no real study can be lost to a demonstration.
 */

type Mark = { what: 'demonstration'; isBuilt: boolean };

const markFile = (folder: string) => path.join(folder, '.demonstration.json');
const writeMark = (folder: string, isBuilt: boolean) =>
  writeFileSync(markFile(folder), JSON.stringify({ what: 'demonstration', isBuilt } satisfies Mark), { mode: 0o600 });

/**
 * Makes an empty folder for the demonstration, unless a finished one is there already.
 *
 * @param isFresh removes an earlier demonstration first; one that was never finished is removed in any case
 * @returns whether the demonstration is still to be built
 * @throws {FolderError} when something else is there, or an earlier demonstration is still running
 */
export async function prepareDemoFolder(folder: string, { isFresh }: { isFresh: boolean }): Promise<boolean> {
  const now = () => new Date();
  const found = folderState(folder);
  const isDemo = existsSync(markFile(folder));
  if (!isDemo && found.state !== 'missing' && found.state !== 'new') {
    throw new FolderError(
      `${folder} holds something that is no demonstration, so it is left alone.\n` +
        'Choose an empty folder for the demonstration with:\n  npx verbatim demo --data FOLDER',
    );
  }
  if (isDemo) {
    const { isBuilt } = JSON.parse(readFileSync(markFile(folder), 'utf8')) as Mark;
    if (isBuilt && found.state === 'whole' && !isFresh) return false;
    // Taken for a moment, which fails while another process serves or builds it.
    lockFolder(folder, now)();
    rmSync(folder, { recursive: true, force: true });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeMark(folder, false);
  await initFolder(folder, now);
  return true;
}

/** Notes that the demonstration is whole, so that the next start opens it as it is. */
export const markBuilt = (folder: string): void => writeMark(folder, true);
