import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import Sqlite from 'better-sqlite3';

/*
 * What an installation keeps beside its database: recordings (`media`) and files that came in (`files`). Of recordings only
 * those are copied that the copied database knows, so that none comes back that could not be taken away with its consent.
 */

/** A file of a copy: where it stands in the data folder, and what it was when it was copied. */
export type CopiedFile = { path: string; bytes: number; sha256: string };

/** Whether a name is one of a recording or a file that came in, and nothing above. */
export const isWithin = (name: string): boolean =>
  /^(media|files)\/[A-Za-z0-9._/-]+$/.test(name) &&
  !name.split('/').some((part) => part === '' || part.startsWith('.'));

/** The SHA-256 of a file of any size, in hexadecimal. */
export async function sha256(file: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}

/** The files to be copied, by their places in the folder. */
function known(folder: string, database: string): string[] {
  const opened = new Sqlite(database, { readonly: true });
  try {
    const there = opened.prepare("select 1 from sqlite_master where type = 'table' and name = 'media_files'").get();
    const recordings = there
      ? (opened.prepare('select public_id from media_files where erased_at is null').pluck().all() as string[])
      : [];
    const files = existsSync(path.join(folder, 'files'))
      ? readdirSync(path.join(folder, 'files'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
      : [];
    return [...recordings.map((id) => `media/${id}`), ...files].filter(isWithin).sort();
  } finally {
    opened.close();
  }
}

/**
 * Copies the files that a copied database knows into a folder beside it. One that goes meanwhile, as with a withdrawal, is
 * not in the copy.
 *
 * @param target made only where there is something to copy
 */
export async function copyFiles(folder: string, database: string, target: string): Promise<CopiedFile[]> {
  const copied: CopiedFile[] = [];
  for (const name of known(folder, database)) {
    const to = path.join(target, name);
    try {
      await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
      await copyFile(path.join(folder, name), to, constants.COPYFILE_FICLONE);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    await chmod(to, 0o600);
    copied.push({ path: name, bytes: statSync(to).size, sha256: await sha256(to) });
  }
  return copied;
}

/** The first file of a copy that is missing or not what it was, in words for a person; null where all are. */
export async function faultIn(target: string, files: readonly CopiedFile[]): Promise<string | null> {
  for (const { path: name, bytes, sha256: expected } of files) {
    if (!isWithin(name)) return `“${name}” is no file of a data folder`;
    const file = path.join(target, name);
    if (!existsSync(file)) return `${file} is missing`;
    if (statSync(file).size !== bytes || (await sha256(file)) !== expected) return `${file} was changed or damaged`;
  }
  return null;
}

/** Puts the files of a copy where they stood; one that stands there already stays. Gives how many were put. */
export async function putFiles(folder: string, target: string, files: readonly CopiedFile[]): Promise<number> {
  let put = 0;
  for (const { path: name } of files) {
    const to = path.join(folder, name);
    if (existsSync(to)) continue;
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    await copyFile(path.join(target, name), `${to}.new`);
    await chmod(`${to}.new`, 0o600);
    await rename(`${to}.new`, to);
    put += 1;
  }
  return put;
}
