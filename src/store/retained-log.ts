import path from 'node:path';
import { addLine, readLines } from './erased-log.ts';

/*
 * The ledger of retention stands in the folder beside the database, so that a copy from before knows how long a study
 * keeps what, whether it is held, and what had gone already. It holds random ids, days and times, and nothing of anybody.
 */

/** How a study keeps what it has from then on, or up to when something had gone; the later line counts. */
export type RetainedLine = { id: string; at: string /** The study's public id. */; study: string } & (
  | { what: 'settings'; identifiersDays: number | null; wordsDays: number | null; heldSince: string | null }
  | { what: 'gone'; identifiersBefore: string | null; wordsBefore: string | null }
);

export const retainedLogFile = (folder: string): string => path.join(folder, 'retention.log');

/** Adds a line, safe on disk when it returns. */
export const noteRetained = (folder: string, line: RetainedLine): void => addLine(retainedLogFile(folder), line);

/** Every line, the oldest first. */
export const readRetained = (folder: string): RetainedLine[] => readLines<RetainedLine>(retainedLogFile(folder));

/** Adds what another ledger notes and this one does not. */
export function takeRetained(folder: string, from: string): void {
  const known = new Set(readRetained(folder).map(({ id }) => id));
  for (const line of readLines<RetainedLine>(from)) if (!known.has(line.id)) noteRetained(folder, line);
}
