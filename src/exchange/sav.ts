import { cutBytes } from './cut-bytes.ts';
import type { DataCell, DataRow, DataTable } from './data-table.ts';
import { savBytes } from './sav-bytes.ts';
import { COMPRESSION_BIAS, SYSTEM_MISSING, savDictionary } from './sav-dictionary.ts';
import { type SavLayout, type SpssVariable, savLayout, spssValue } from './sav-layout.ts';

/** How many bytes are gathered before they are handed on. */
const CHUNK_BYTES = 65_536;
/** A very long text stands in segments of 256 bytes, of which all but the last byte are its own. */
const SEGMENT_BYTES = 255;

/** Of the eight marks before each group of eight values: what the value is, or where it stands. */
const LITERAL = 253;
const SPACES = 254;
const MISSING = 255;

/**
 * A table as an SPSS system file (`.sav`): UTF-8, compressed, with labels, codes for missing answers, measures and sets of
 * choices. SPSS, PSPP, R and Stata read it.
 *
 * @param options.createdAt written into the file, in UTC
 * @param options.casesCount how many rows there are; left out, it is said only if the rows are an array
 * @returns the file in pieces of some 64 kB
 * @throws {TypeError | RangeError} as `savLayout`, and for a cell that its column cannot hold
 */
export function* writeSav(
  table: DataTable,
  { createdAt, casesCount }: { createdAt: Date; casesCount?: number },
): Generator<Uint8Array> {
  const layout = savLayout(table);
  const counted = casesCount ?? (Array.isArray(table.rows) ? table.rows.length : null);
  yield savDictionary(layout, createdAt, counted);
  const cases = savCases(layout);
  yield* cases.write(table.rows);
  yield cases.end();
}

/**
 * The answers of a system file, to be written after `savDictionary` has been. For rows that come in parts: `write` each
 * part, then `end` once.
 */
export function savCases(layout: SavLayout) {
  const out = savBytes();
  const marks: number[] = [];
  const group = savBytes();

  const mark = (value: number) => {
    marks.push(value);
    if (marks.length === 8) closeGroup();
  };
  const closeGroup = () => {
    if (marks.length === 0) return;
    for (let index = 0; index < 8; index++) out.byte(marks[index] ?? 0);
    if (group.length() > 0) out.raw(group.take());
    marks.length = 0;
  };
  const number = (value: number) => {
    if (value === SYSTEM_MISSING) mark(MISSING);
    else if (Number.isInteger(value) && value > -COMPRESSION_BIAS && value <= 251 - COMPRESSION_BIAS) {
      mark(value + COMPRESSION_BIAS);
    } else {
      group.float64(value);
      mark(LITERAL);
    }
  };
  const eight = (bytes: Buffer, at: number) => {
    if (bytes.readBigInt64LE(at) === 0x2020202020202020n) mark(SPACES);
    else {
      group.raw(bytes.subarray(at, at + 8));
      mark(LITERAL);
    }
  };
  const cell = (variable: SpssVariable, value: DataCell) => {
    if (variable.width === 0) {
      const known = value === null ? SYSTEM_MISSING : spssValue(variable.column, value);
      number(typeof known === 'number' && Number.isFinite(known) ? known : SYSTEM_MISSING);
      return;
    }
    const bytes = textBytes(variable, value === null ? '' : `${value}`);
    for (let at = 0; at < bytes.length; at += 8) eight(bytes, at);
  };

  return {
    write: function* (rows: Iterable<DataRow>): Generator<Uint8Array> {
      for (const row of rows) {
        for (const [index, variable] of layout.variables.entries()) cell(variable, row[index] ?? null);
        if (out.length() >= CHUNK_BYTES) yield out.take();
      }
    },
    end: (): Uint8Array => {
      closeGroup();
      return out.take();
    },
  };
}

/** A text over all its segments, each filled with spaces to a multiple of eight. */
function textBytes({ segments, width, column }: SpssVariable, text: string): Buffer {
  const size = segments.reduce((sum, segment) => sum + Math.ceil(segment.width / 8) * 8, 0);
  const padded = Buffer.alloc(size, 0x20);
  const bytes = Buffer.from(Buffer.byteLength(text) > width ? cutToFit(text, width, column) : text);
  if (segments.length === 1) padded.set(bytes);
  else {
    for (let part = 0; part * SEGMENT_BYTES < bytes.length; part++) {
      padded.set(bytes.subarray(part * SEGMENT_BYTES, (part + 1) * SEGMENT_BYTES), part * (SEGMENT_BYTES + 1));
    }
  }
  return padded;
}

/** Only what the format itself cannot hold is cut; a column that promised shorter texts has broken its word. */
function cutToFit(
  text: string,
  width: number,
  { name, bytesMax = Number.POSITIVE_INFINITY }: { name: string; bytesMax?: number },
) {
  if (bytesMax <= width) throw new RangeError(`Column ${name} holds a text longer than its bytesMax`);
  return cutBytes(text, width);
}
