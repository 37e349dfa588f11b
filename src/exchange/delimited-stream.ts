import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { type DelimitedFormat, optionsOf, plainTable } from './delimited.ts';

/** A row with the line of the file on which it begins, from 1. */
export type StreamedRow = { line: number; cells: string[] };

type Record = { record: string[]; info: { lines: number } };

/**
 * Reads a table that may be larger than memory, row by row, the header first if there is one. Cells are as written.
 *
 * @param parts the text in pieces of any length
 * @param lettersMax a row may not be longer, so that a quotation mark that never closes does not fill the memory
 * @throws Error naming the line where quotation marks do not close, or where a row is too long
 */
export async function* streamDelimited(
  parts: AsyncIterable<string>,
  format: DelimitedFormat,
  lettersMax: number,
): AsyncGenerator<StreamedRow> {
  const parser = parse({ ...optionsOf(format), info: true, max_record_size: lettersMax });
  const ended = finished(parser);
  // Heard below; a fault that comes before must not count as nobody's.
  ended.catch(() => {});
  let isFirst = true;
  let told = 0;
  const rows = function* (): Generator<StreamedRow> {
    for (let next = parser.read() as Record | null; next !== null; next = parser.read() as Record | null) {
      const { record, info } = next;
      const inner = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
      yield { line: info.lines - inner + told, cells: record };
    }
  };
  try {
    for await (const part of parts) {
      let text = part;
      if (isFirst) {
        text = plainTable(part, format);
        told = /^\uFEFF?sep=/.test(part) && text.length < part.length ? 1 : 0;
        isFirst = false;
      }
      let isTaken = parser.write(text);
      yield* rows();
      // A parser that is full or has given up says so a moment later.
      while (!isTaken && !parser.destroyed) {
        await new Promise((resolve) => setImmediate(resolve));
        yield* rows();
        isTaken = !parser.writableNeedDrain;
      }
      if (parser.destroyed) break;
    }
    if (!parser.destroyed) parser.end();
    const isOver = () => parser.readableEnded || parser.destroyed;
    while (!isOver()) {
      yield* rows();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
  } finally {
    parser.destroy();
  }
}
