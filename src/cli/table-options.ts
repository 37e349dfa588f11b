import { type Command, Option } from 'commander';
import type { Delimiter } from '../exchange/delimited.ts';
import { UsageError } from './exit.ts';

/** How a table is written, as far as the caller says so; what they leave open is guessed. */
export type TableOptions = { header: boolean; delimiter?: Delimiter; quotes?: boolean };

const DELIMITERS: Readonly<Record<string, Delimiter>> = {
  ',': ',',
  ';': ';',
  '|': '|',
  '\t': '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  tab: '\t',
};

/** Adds `--no-header`, `--delimiter`, `--quotes` and `--no-quotes`. */
export function withTableOptions(command: Command): Command {
  return command
    .option('--no-header', 'the first line is a row, not names of columns')
    .addOption(
      new Option(
        '--delimiter <mark>',
        'what stands between cells: comma, semicolon, tab or pipe (default: guessed)',
      ).argParser(readDelimiter),
    )
    .option('--quotes', 'quotation marks wrap cells (default: guessed)')
    .option('--no-quotes', 'quotation marks are letters like any other');
}

/**
 * Reads a delimiter as people write it.
 *
 * @throws {UsageError} for anything else
 *
 * @example
 * readDelimiter('semicolon') // => ';'
 */
export function readDelimiter(text: string): Delimiter {
  const delimiter = Object.hasOwn(DELIMITERS, text) ? DELIMITERS[text] : undefined;
  if (delimiter === undefined) throw new UsageError('--delimiter is comma, semicolon, tab or pipe');
  return delimiter;
}

/**
 * The index of a column named by its header or by its number, counted from 1. A header goes before a number.
 *
 * @throws {UsageError} when there is no such column
 *
 * @example
 * columnIndex('age', ['id', 'age'], 2) // => 1
 * @example
 * columnIndex('2', null, 2) // => 1
 */
export function columnIndex(column: string, header: readonly string[] | null, width: number): number {
  const named = header?.indexOf(column) ?? -1;
  if (named >= 0) return named;
  const number = /^\d{1,5}$/.test(column) ? Number(column) : 0;
  if (number >= 1 && number <= width) return number - 1;
  const names = header === null ? `numbers 1 to ${width}` : header.map((name) => `“${name}”`).join(', ');
  throw new UsageError(`there is no column “${column}”; there are ${names}`);
}
