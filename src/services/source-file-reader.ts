import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type DelimitedFormat, guessFormat, wideEncoding } from '../exchange/delimited.ts';
import { streamDelimited } from '../exchange/delimited-stream.ts';
import { streamLines } from '../exchange/line-stream.ts';
import { readJson } from '../model/event-message.ts';
import { type ColumnNames, type FileColumn, fileColumns, messageOfRow } from '../model/file-row.ts';
import { Problem } from '../model/problem.ts';
import type { FileCounts, LineFault } from '../store/source-files.ts';
import type { Source } from '../store/sources.ts';
import type { IntakeService } from './intake.ts';

/** What a file is before anything of it is kept. */
export type FileIdentity = { sha256: string; bytes: number; encoding: string; sample: string };
export type FileShape = { is: 'table'; format: DelimitedFormat } | { is: 'lines' };

export type FileToRead = { file: string; identity: FileIdentity; shape: FileShape; names: ColumnNames };

/** Why a file cannot be read as a whole; then nothing of it is kept. */
export class FileFault extends Error {}

const SAMPLE_BYTES = 65_536;
/** Far more than a message may have, and little enough to hold. */
const LINE_LETTERS_MAX = 256 * 1024;
const MESSAGES_AT_ONCE = 500;
const LETTERS_AT_ONCE = 4 * 1024 * 1024;

/** Reads all of a file once: its hash, and in which letters it is written. */
export async function identifyFile(path: string): Promise<FileIdentity> {
  const hash = createHash('sha256');
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let isUtf8 = true;
  const first: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (bytes < SAMPLE_BYTES) first.push(chunk.subarray(0, SAMPLE_BYTES - bytes));
    bytes += chunk.length;
    if (isUtf8)
      try {
        decoder.decode(chunk, { stream: true });
      } catch {
        isUtf8 = false;
      }
  }
  if (isUtf8)
    try {
      decoder.decode();
    } catch {
      isUtf8 = false;
    }
  const start = Buffer.concat(first);
  const encoding = wideEncoding(start) ?? (isUtf8 ? 'utf-8' : 'windows-1252');
  return { sha256: hash.digest('hex'), bytes, encoding, sample: new TextDecoder(encoding).decode(start) };
}

/** How a file is written, by the end of its name; null for a name that says nothing. */
export function shapeOf(name: string, sample: string): FileShape | null {
  if (/\.(csv|tsv|txt)$/i.test(name)) return { is: 'table', format: { ...guessFormat(sample), hasHeader: true } };
  return /\.(jsonl|ndjson|json)$/i.test(name) ? { is: 'lines' } : null;
}

async function* textIn(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
    yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Read = { line: number; message: unknown; letters: number } | { line: number; reason: string };

async function* messagesInTable(
  parts: AsyncIterable<string>,
  format: DelimitedFormat,
  names: ColumnNames,
): AsyncGenerator<Read> {
  let columns: FileColumn[] | null = null;
  // A row is told of once the next has come: only of the last can it be that the file was cut off in it.
  let before: { line: number; cells: string[] } | null = null;
  const read = ({ line, cells }: { line: number; cells: string[] }, meant: readonly FileColumn[]): Read => {
    const { message, fault } = messageOfRow(meant, cells);
    return message
      ? { line, message, letters: cells.reduce((sum, cell) => sum + cell.length, 0) }
      : { line, reason: fault };
  };
  for await (const row of streamDelimited(parts, format, LINE_LETTERS_MAX)) {
    if (columns === null) {
      const meant = fileColumns(row.cells, names);
      if (meant.fault !== undefined) throw new FileFault(`Line ${row.line}: ${meant.fault}`);
      columns = meant.columns;
      continue;
    }
    if (before) yield read(before, columns);
    before = row;
  }
  if (columns === null) throw new FileFault('There is no line in it');
  if (!before) return;
  if (before.cells.length < columns.length)
    throw new FileFault(
      `Line ${before.line}, the last, has ${before.cells.length} of ${columns.length} cells: the file was cut off`,
    );
  yield read(before, columns);
}

async function* messagesInLines(parts: AsyncIterable<string>): AsyncGenerator<Read> {
  for await (const { line, text, isWhole } of streamLines(parts, LINE_LETTERS_MAX)) {
    if (text === null) {
      yield { line, reason: `it is longer than ${LINE_LETTERS_MAX / 1024} KB` };
      continue;
    }
    let value: unknown;
    try {
      value = readJson(text);
    } catch {
      if (!isWhole) throw new FileFault(`Line ${line}, the last, ends in the middle: the file was cut off`);
      yield { line, reason: 'it is no JSON' };
      continue;
    }
    // When it was sent says nothing of when the file is read: its times are history.
    const message = isPlain(value) ? { ...value, sentAt: undefined } : value;
    yield { line, message, letters: text.length };
  }
}

/** Reads a file that was identified, in two goes: whether it can be read to its end, and then message by message. */
export function sourceFileReader(intake: IntakeService) {
  async function* messagesIn({ file, identity, shape, names }: FileToRead): AsyncGenerator<Read> {
    const parts = textIn(file, identity.encoding);
    try {
      if (shape.is === 'lines') yield* messagesInLines(parts);
      else yield* messagesInTable(parts, shape.format, names);
    } catch (error) {
      const code = String((error as { code?: unknown }).code);
      if (code === 'CSV_QUOTE_NOT_CLOSED')
        throw new FileFault('A quotation mark is opened and never closed: the file was cut off, or a cell holds one');
      if (code === 'CSV_MAX_RECORD_SIZE')
        throw new FileFault(`A row is longer than ${LINE_LETTERS_MAX / 1024} KB: a quotation mark may not be closed`);
      if (code.startsWith('CSV_')) throw new FileFault((error as Error).message);
      throw error;
    }
  }

  return {
    /**
     * Keeps what a file tells, in batches that each are safe before the next is read. A message without an id has one by
     * the content of the file and its line, so that the same file read again is the same messages.
     *
     * @param refuse hears of every line that cannot be kept, in order
     * @param advance hears how far it is; gives false to stop
     * @returns null when it was stopped
     * @throws FileFault before anything was kept, for a file that cannot be read to its end
     */
    read: async (
      source: Source,
      about: FileToRead,
      refuse: (fault: LineFault) => void,
      advance: (counts: FileCounts) => Promise<boolean>,
    ): Promise<FileCounts | null> => {
      let seen = 0;
      for await (const _ of messagesIn(about)) {
        seen += 1;
        if (seen % MESSAGES_AT_ONCE === 0 && !(await advance({ lines: 0, kept: 0, known: 0, refused: 0 }))) return null;
      }
      if (seen === 0) throw new FileFault('There is no line in it that tells of anything');

      const counts: FileCounts = { lines: 0, kept: 0, known: 0, refused: 0 };
      let batch: { line: number; message: unknown }[] = [];
      let unread: LineFault[] = [];
      let letters = 0;
      const keep = async (): Promise<boolean> => {
        const [lines, refused] = [batch, unread];
        batch = [];
        unread = [];
        letters = 0;
        for (;;) {
          try {
            const { kept, fresh, faults } = await intake.collect(
              { ...source, isServer: true },
              { messages: lines.map(({ message }) => message), mayNameNobody: true },
              { idOf: (index) => `file ${about.identity.sha256} ${lines[index]?.line}`, hasLetters: false },
            );
            counts.kept += fresh;
            counts.known += kept - fresh;
            refused.push(...faults.map(({ index, reason }) => ({ line: lines[index]?.line ?? 0, reason })));
            counts.refused += refused.length;
            for (const fault of refused.sort((a, b) => a.line - b.line)) refuse(fault);
            return advance(counts);
          } catch (error) {
            if (!(error instanceof Problem && error.kind === 'busy')) throw error;
            if (!(await advance(counts))) return false;
            await wait((error.retryAfterSeconds ?? 1) * 1000);
          }
        }
      };
      for await (const one of messagesIn(about)) {
        counts.lines += 1;
        if ('reason' in one) unread.push(one);
        else {
          batch.push(one);
          letters += one.letters;
        }
        const isFull = batch.length + unread.length >= MESSAGES_AT_ONCE || letters >= LETTERS_AT_ONCE;
        if (isFull && !(await keep())) return null;
      }
      return (await keep()) ? counts : null;
    },
  };
}
