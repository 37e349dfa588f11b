import { readDelimitedInParts } from '../exchange/delimited.ts';
import { languageTag } from '../exchange/surveys/codes.ts';
import {
  DIALECT_NAMES,
  detectDialect,
  instantsIn,
  type NeutralColumn,
  type ResponseDialect,
  responseReader,
} from '../exchange/surveys/response-dialects.ts';
import type { ColumnMeaning, ImportPlan } from '../model/import-plan.ts';
import { Problem } from '../model/problem.ts';
import type { SurveyDefinition } from '../model/survey.ts';

/** A file read, with the habits of the program that wrote it taken out. */
export type ResponseTable = {
  dialect: ResponseDialect;
  /** Null for a table that no known program wrote. */
  columns: NeutralColumn[] | null;
  header: string[] | null;
  rows: string[][];
  headerRows: number;
};

/** Between so many rows others are served. */
const READ_AT_ONCE = 500;

/** What a file says of a response besides its answers; in UTC. */
export type ResponseTimes = { startedAt?: string; completedAt?: string; language?: string };

/**
 * Reads a file of responses, whichever program wrote it.
 *
 * @param definition the survey it answers, whose options tell which columns belong together
 * @throws Problem `invalid` when quotation marks do not close
 */
export async function readTable(
  text: string,
  format: ImportPlan['format'],
  definition: SurveyDefinition,
): Promise<ResponseTable> {
  let rows: string[][];
  try {
    ({ rows } = await readDelimitedInParts(text, { ...format, hasHeader: false }));
  } catch (error) {
    throw new Problem('invalid', 'This file cannot be read as a table', {
      detail: `Try it without quotation marks as wrappers, or with another delimiter. The reader says: ${(error as Error).message}`,
      cause: error,
    });
  }
  const dialect = format.hasHeader ? detectDialect(rows) : 'plain';
  if (dialect !== 'plain') {
    const { columns, headerRows, read } = responseReader(rows, definition, dialect);
    const answers: string[][] = [];
    for (let from = headerRows; from < rows.length; from += READ_AT_ONCE) {
      for (const cells of rows.slice(from, from + READ_AT_ONCE)) answers.push(read(cells));
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { dialect, columns, header: columns.map(({ name }) => name), rows: answers, headerRows };
  }
  const [first, ...rest] = rows;
  if (!format.hasHeader || !first) return { dialect, columns: null, header: null, rows, headerRows: 0 };
  return { dialect, columns: null, header: first.map((name) => name.trim()), rows: rest, headerRows: 1 };
}

/**
 * When each response began and ended and in which language, where the program that wrote the file says so, or a column was
 * chosen as the time of the answers.
 *
 * @param now what lies after it is no time of an answer
 */
export function timesOf(
  table: ResponseTable,
  definition: SurveyDefinition,
  meanings: readonly ColumnMeaning[],
  now: Date,
): (row: number) => ResponseTimes {
  const { columns, rows } = table;
  const cellsOf = (is: NeutralColumn['meaning']['is']): string[] | null => {
    const index = columns?.findIndex(({ meaning }) => meaning.is === is) ?? -1;
    return index < 0 ? null : rows.map((cells) => cells[index] ?? '');
  };
  const starts = instantsIn(cellsOf('startedAt') ?? []);
  const ends = chosenTimes(table, meanings, now) ?? instantsIn(cellsOf('completedAt') ?? []);
  const chosen = meanings.indexOf('language');
  const languages = (chosen < 0 ? cellsOf('language') : rows.map((cells) => cells[chosen] ?? ''))?.map((cell) =>
    languageOf(cell, definition),
  );
  return (row) => {
    const [start, end, language] = [starts[row], ends[row], languages?.[row]];
    return {
      ...(end && { completedAt: end }),
      ...(start && !(end && end < start) && { startedAt: start }),
      ...(language && { language }),
    };
  };
}

/** The times of a column that somebody said holds them; null where none does. */
function chosenTimes({ rows }: ResponseTable, meanings: readonly ColumnMeaning[], now: Date): (string | null)[] | null {
  const index = meanings.indexOf('time');
  const latest = now.toISOString();
  return index < 0
    ? null
    : instantsIn(rows.map((cells) => cells[index] ?? '')).map((at) => (at !== null && at > latest ? null : at));
}

/** What is said of the column that was chosen as the time of the answers. */
export function timeNotes(table: ResponseTable, meanings: readonly ColumnMeaning[], now: Date): string[] {
  const times = chosenTimes(table, meanings, now);
  if (!times) return [];
  const index = meanings.indexOf('time');
  const unread = times.filter((one) => one === null).length;
  return [
    `“${table.header?.[index] || `Column ${index + 1}`}” says when people answered, in UTC${unread === 0 ? '' : `; in ${unread} of ${times.length} rows it cannot be read, could be read in two ways or lies in the future, and the time of importing stands instead. Dates are best written as 2026-03-09`}`,
  ];
}

/** The language of a survey that a cell names, by its tag or by one that is nearer or wider; null where it names none of them. */
function languageOf(cell: string, { languages }: Pick<SurveyDefinition, 'languages'>): string | null {
  const tag = languageTag(cell);
  if (tag === null || languages.includes(tag)) return tag;
  const [main] = tag.split('-');
  return languages.find((one) => one === main) ?? languages.find((one) => one.split('-')[0] === main) ?? null;
}

/** What is said of the column that was chosen as the language of the answers. */
export function languageNotes(
  { rows, header }: ResponseTable,
  meanings: readonly ColumnMeaning[],
  definition: SurveyDefinition,
): string[] {
  const index = meanings.indexOf('language');
  if (index < 0) return [];
  const strange = rows.filter((cells) => languageOf(cells[index] ?? '', definition) === null).length;
  return [
    `“${header?.[index] || `Column ${index + 1}`}” says in which language people answered${strange === 0 ? '' : `; in ${strange} of ${rows.length} rows it names none of the survey’s (${definition.languages.join(', ')}), and ${definition.languages[0] ?? 'en'} stands instead`}`,
  ];
}

/** Quotation marks that are read as letters may have been meant to wrap cells. */
export const quotesIn = ({ rows }: ResponseTable, { format }: ImportPlan): string[] =>
  !format.isQuoted && rows.some((cells) => cells.some((cell) => cell.includes('"')))
    ? ['Quotation marks in this file are read as letters. If they wrap cells, say so under “How the file is written”']
    : [];

const PEOPLE_NAMED = 3;

export function notesOn({ dialect, columns, headerRows, rows }: ResponseTable, repeated: readonly string[]): string[] {
  const notes: string[] = [];
  if (dialect !== 'plain')
    notes.push(
      `By its first rows this is a file of ${DIALECT_NAMES[dialect]}: ${headerRows === 1 ? 'one row of headings' : `${headerRows} rows of headings`}. It was read by the documented shape and never tried on a file from the program itself: look at the columns`,
    );
  for (const [is, what] of [
    ['startedAt', 'when each response began'],
    ['completedAt', 'when each response was sent'],
  ] as const) {
    const index = columns?.findIndex(({ meaning }) => meaning.is === is) ?? -1;
    if (index < 0) continue;
    const unread = instantsIn(rows.map((cells) => cells[index] ?? '')).filter((one) => one === null).length;
    notes.push(
      `“${columns?.[index]?.name}” is taken as ${what}, in UTC${unread === 0 ? '' : `; in ${unread} of ${rows.length} rows it cannot be read, or could be read in two ways, and the time of importing stands instead`}`,
    );
  }
  if (repeated.length > 0)
    notes.push(
      `${repeated.length === 1 ? 'One person stands' : `${repeated.length} people stand`} in more than one row: ${repeated.slice(0, PEOPLE_NAMED).join(', ')}${repeated.length > PEOPLE_NAMED ? ' and others' : ''}. Each row becomes a response of its own`,
    );
  return notes;
}

export function reasonOf(column: NeutralColumn | undefined): string | null {
  if (!column) return null;
  const parts =
    column.from.length > 1
      ? [`${column.from.length} columns of the file: ${column.choices.join(', ').slice(0, 200)}`]
      : [];
  const { meaning } = column;
  if (meaning.is === 'startedAt' || meaning.is === 'completedAt') parts.push('Taken as a time of the response');
  else if (meaning.is === 'language') parts.push('Taken as the language of the response');
  else if ('why' in meaning) parts.push(meaning.why);
  return parts.length > 0 ? parts.join('. ') : null;
}
