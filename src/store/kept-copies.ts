import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { SEALED_END } from './sealed-copy.ts';

/** A copy in the folder's `backups`. */
export type KeptCopy = {
  file: string;
  /** When it was made: by its name, or by the file where somebody named it otherwise. */
  at: Date;
  kind: 'daily' | 'before-upgrade' | 'named';
  isSealed: boolean;
  bytes: number;
};

const NAMED = /^(verbatim|before-schema-\d+)-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.(db|vbk)$/;
const DAY_MS = 86_400_000;
/** What was erased is gone from every copy after so many days. */
export const COPY_DAYS_MOST = 35;
/** A copy that is being made stands in a folder that begins so. */
export const UNFINISHED = '.copy-';

export const backupsFolder = (folder: string): string => path.join(folder, 'backups');

/** The copies that stand in a data folder, newest first. */
export function keptCopies(folder: string): KeptCopy[] {
  const backups = backupsFolder(folder);
  if (!existsSync(backups)) return [];
  return readdirSync(backups)
    .filter((name) => !name.startsWith('.') && (name.endsWith('.db') || name.endsWith(SEALED_END)))
    .map((name): KeptCopy => {
      const file = path.join(backups, name);
      const { mtimeMs, size } = statSync(file);
      const [, stem, day, hour, minute, second, ms] = NAMED.exec(name) ?? [];
      return {
        file,
        at: stem === undefined ? new Date(mtimeMs) : new Date(`${day}T${hour}:${minute}:${second}.${ms}Z`),
        kind: stem === undefined ? 'named' : stem === 'verbatim' ? 'daily' : 'before-upgrade',
        isSealed: name.endsWith(SEALED_END),
        bytes: size,
      };
    })
    .sort((a, b) => b.at.getTime() - a.at.getTime());
}

/**
 * Removes copies that have had their time: of the daily ones all but the newest `keep`, and whatever is older than
 * `COPY_DAYS_MOST` days. The newest of all stays, and so do copies that somebody gave a name of their own.
 *
 * @returns the files removed
 */
export function dropOldCopies(folder: string, keep: number, now: Date): string[] {
  const [, ...older] = keptCopies(folder).filter(({ kind }) => kind !== 'named');
  const newestDaily = new Set(
    keptCopies(folder)
      .filter(({ kind }) => kind === 'daily')
      .slice(0, keep)
      .map(({ file }) => file),
  );
  const dropped = older.filter(
    ({ file, kind, at }) =>
      now.getTime() - at.getTime() > COPY_DAYS_MOST * DAY_MS || (kind === 'daily' && !newestDaily.has(file)),
  );
  for (const { file } of dropped) {
    rmSync(file, { force: true });
    rmSync(`${file}.json`, { force: true });
    rmSync(`${file}.files`, { recursive: true, force: true });
  }
  return dropped.map(({ file }) => file);
}

/** Removes what is left of copies that were interrupted. Only for whoever makes copies alone. */
export function dropUnfinishedCopies(folder: string): void {
  const backups = backupsFolder(folder);
  if (!existsSync(backups)) return;
  for (const name of readdirSync(backups))
    if (name.startsWith(UNFINISHED)) rmSync(path.join(backups, name), { recursive: true, force: true });
}
