import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** A file of the operator's folder that is not read; the message says why, in words for people. */
export class OperatorFileError extends Error {}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? 'unknown');
const inKb = (bytes: number): string => `${Math.ceil(bytes / 1024).toLocaleString('en-GB')} KB`;

/** The names in a folder, sorted; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new OperatorFileError(`the folder cannot be read (${codeOf(error)})`, { cause: error });
  }
}

/**
 * Reads a regular file that lies in a folder: what leads out of it, a device or a pipe could be anything.
 *
 * @param bytesMost a larger one is refused unread
 * @throws {OperatorFileError}
 */
export function readOperatorFile(folder: string, name: string, bytesMost: number): Buffer {
  let file: number | null = null;
  try {
    const real = realpathSync(path.join(folder, name));
    if (path.relative(realpathSync(folder), real).split(path.sep)[0] === '..')
      throw new OperatorFileError('it leads out of its folder: put the file itself there');
    // A pipe would have its reader wait, and what is swapped for a link meanwhile is not followed.
    file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile()) throw new OperatorFileError('it is no regular file');
    if (found.size > bytesMost)
      throw new OperatorFileError(
        `it has ${inKb(found.size)}, and at most ${inKb(bytesMost)} are read: make it smaller`,
      );
    return readFileSync(file);
  } catch (error) {
    if (error instanceof OperatorFileError) throw error;
    throw new OperatorFileError(`it cannot be read (${codeOf(error)})`, { cause: error });
  } finally {
    if (file !== null) closeSync(file);
  }
}
