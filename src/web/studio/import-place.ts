import type { Request } from 'express';
import type { Delimiter } from '../../exchange/delimited.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import { field } from '../form.ts';
import { buttons, type fieldMaker, type head } from './frame.ts';
import { readUpload } from './upload.ts';

/* What imports of answers and of people have in common. */

const DELIMITERS: { value: string; label: string; sign: Delimiter }[] = [
  { value: 'tab', label: 'Tab', sign: '\t' },
  { value: 'comma', label: 'Comma', sign: ',' },
  { value: 'semicolon', label: 'Semicolon', sign: ';' },
  { value: 'bar', label: 'Vertical bar', sign: '|' },
];

/** Small files are in by then, and their page shows the end at once. */
const LOADING_WAIT_MS = 3000;
const SAMPLES_SHOWN = 3;
const SAMPLE_LETTERS = 80;

/** Takes the one file of a form. */
export const importUpload = ({ verbatim: { limits } }: House) =>
  readUpload({ fileSize: limits?.uploadBytes ?? 1, files: 1, fields: 20 }, 'file');

/** The file that was sent. @throws Problem `invalid` for none, or an empty one */
export function sentFile({ file }: Request): { name: string; bytes: Buffer } {
  if (!file || file.size === 0)
    throw new Problem('invalid', 'Choose a file', {
      errors: [{ pointer: '#/file', detail: 'Choose a file that is not empty' }],
    });
  return { name: Buffer.from(file.originalname, 'latin1').toString('utf8'), bytes: file.buffer };
}

/** The page that takes a file, above those that came before. */
export const importFilePage = (
  {
    action,
    cancel,
    lineFor,
    ...page
  }: { head: ReturnType<typeof head>; action: string; cancel: string; lineFor: string },
  batches: readonly { fileName: string; href: string; rowCount: number; state: string; createdAt: string }[],
) => ({
  ...page,
  view: 'studio/import-file',
  action,
  isUpload: true,
  fields: (make: ReturnType<typeof fieldMaker>) => [
    make.file('file', 'A table', '.csv,.tsv,.txt,text/csv,text/tab-separated-values', {
      isRequired: true,
      hint: `CSV or TSV, a line for each ${lineFor}`,
    }),
    make.boxes('header', 'Its first line', [{ value: '1', label: 'holds the names of the columns' }]),
  ],
  buttons: buttons('Look at it', { label: 'Cancel', href: cancel }),
  more: {
    table: {
      caption: 'Imports so far',
      columns: [
        { label: 'File', isNumber: false },
        { label: 'Rows', isNumber: true },
        { label: 'State', isNumber: false },
        { label: 'When', isNumber: false },
      ],
      rows: batches.map(({ fileName, href, rowCount, state, createdAt }) => ({
        cells: [
          { text: fileName, href, isNumber: false },
          { text: rowCount.toLocaleString('en-GB'), href: null, isNumber: true },
          { text: state, href: null, isNumber: false },
          { text: showDate(createdAt), href: null, isNumber: false },
        ],
      })),
    },
    hasBatches: batches.length > 0,
  },
});

export const delimiterChoices = (chosen: string) =>
  DELIMITERS.map(({ value, label, sign }) => ({ value, label, isChosen: sign === chosen }));

/** How the form says that the file is written. */
export const formatIn = (form: Form) => ({
  delimiter: DELIMITERS.find(({ value }) => value === field(form, 'delimiter'))?.sign ?? (',' as const),
  isQuoted: field(form, 'quoted') === '1',
  hasHeader: field(form, 'header') === '1',
});

/** The first cells of a column that say something. */
export const sampleOf = (rows: readonly (readonly string[])[], column: number): string =>
  rows
    .map((row) => row[column] ?? '')
    .filter((cell) => cell.trim() !== '')
    .slice(0, SAMPLES_SHOWN)
    .map((cell) => (cell.length > SAMPLE_LETTERS ? `${cell.slice(0, SAMPLE_LETTERS)}…` : cell))
    .join(' · ');

/** True for what the page of an import says itself, above its columns. */
export const isForColumns = (error: unknown): error is Problem => error instanceof Problem && error.kind === 'invalid';

/** Waits a moment for what goes on loading, or being taken back, while its page shows how far it is; a fault is logged. */
export async function waitAMoment(
  { log }: House,
  work: Promise<unknown>,
  { publicId }: { publicId: string },
  fault: string,
): Promise<void> {
  work.catch((error: unknown) => log.error({ err: error, batch: publicId }, fault));
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, LOADING_WAIT_MS))]);
}
