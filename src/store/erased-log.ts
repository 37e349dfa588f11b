import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ErasedIds } from './erasures.ts';

/*
 * The ledger of erasures stands in the folder beside the database, a line of JSON for each, so that a copy of the database
 * from before an erasure does not bring anybody back. It holds random ids and a day, and nothing of the person.
 */

export type ErasedLine = { id: string; on: string } & ErasedIds;

export const erasedLogFile = (folder: string): string => path.join(folder, 'erased.log');

export const noteErased = (folder: string, line: ErasedLine): void => addLine(erasedLogFile(folder), line);

/** Adds a line of JSON to a ledger, safe on disk when it returns. */
export function addLine(ledger: string, line: object): void {
  const file = openSync(ledger, 'a', 0o600);
  try {
    // A line that was cut off by a stop stands alone then.
    writeSync(file, `\n${JSON.stringify(line)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Every erasure that was noted, each once, the oldest first; lines that were cut off by a stop are left out. */
export function readErased(folder: string): ErasedLine[] {
  return readLines(erasedLogFile(folder));
}

/** Lines of a ledger, each once by its id; none where there is no ledger. */
export function readLines<Line extends { id: string }>(ledger: string): Line[] {
  return existsSync(ledger) ? linesIn(readFileSync(ledger, 'utf8')) : [];
}

function linesIn<Line extends { id: string }>(all: string): Line[] {
  const lines = new Map<string, Line>();
  for (const text of all.split('\n')) {
    if (text.trim() === '') continue;
    try {
      const line = JSON.parse(text) as Line;
      lines.set(line.id, line);
    } catch {}
  }
  return [...lines.values()];
}

/**
 * Adds what another ledger notes and this one does not.
 *
 * @throws Error when there is no such file
 */
export function takeErased(folder: string, from: string): void {
  const known = new Set(readErased(folder).map(({ id }) => id));
  for (const line of linesIn<ErasedLine>(readFileSync(from, 'utf8'))) if (!known.has(line.id)) noteErased(folder, line);
}
