import { z } from 'zod';
import {
  ATTRIBUTE_FAMILIES,
  ATTRIBUTE_NAME_MAX,
  ATTRIBUTE_TYPES,
  type AttributeFamily,
  type AttributeType,
  type AttributeValue,
  type KnownAttribute,
  readAs,
  typedAttribute,
} from './attribute.ts';
import { ROLE_LETTERS, readRole } from './buying-role.ts';
import { cleanText } from './clean-text.ts';
import { readMessage } from './event-message.ts';
import { ImportPlan } from './import-plan.ts';

/** What a column of a table of people means: who they are, something known of them, their company, their role in it, or nothing. */
export const PeopleColumn = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('ignore') }),
  z.strictObject({ is: z.literal('id') }),
  z.strictObject({ is: z.literal('company') }),
  z.strictObject({ is: z.literal('role') }),
  z.strictObject({
    is: z.literal('attribute'),
    name: z.string().min(1).max(ATTRIBUTE_NAME_MAX),
    type: z.enum(ATTRIBUTE_TYPES as [AttributeType, ...AttributeType[]]),
    family: z.enum(ATTRIBUTE_FAMILIES as [AttributeFamily, ...AttributeFamily[]]),
  }),
]);
export type PeopleColumn = z.infer<typeof PeopleColumn>;

/** As many attributes as one message tells of. */
export const PEOPLE_COLUMNS_MAX = 500;
export const PeopleImportPlan = z.strictObject({
  format: ImportPlan.shape.format,
  columns: z.array(PeopleColumn).max(PEOPLE_COLUMNS_MAX),
});
export type PeopleImportPlan = z.infer<typeof PeopleImportPlan>;

/** Enough cells to tell what a column holds. */
const SAMPLE_ROWS = 1000;
const ID_NAME =
  /^((user|person|people|customer|client|contact|member|participant|respondent|external)[ _-]?)?(id|key)$/i;
const COMPANY_NAME = /^(company|account|group|organi[sz]ation)[ _-]?(id|key)$/i;
const ROLE_NAME = /^(buying[ _-]?)?role$/i;
const ADDRESS_NAME = /^e[ _-]?mail([ _-]?address)?$/i;

/**
 * A cell as a program would have sent it: a number where the digits are written as a number is, so that a post code such
 * as 01067 stays text; true and false as such.
 */
export function toldValue(cell: string): AttributeValue {
  if (/^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(cell)) return Number(cell);
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return cell;
}

/** One cell in ten may be a slip; with more of them the column is text. */
const SLIPS_MAX = 0.1;

/** What cells under a new name would make of the attribute; null when all are empty. */
function meaningOf(name: string, cells: readonly string[]): KnownAttribute | null {
  const told = cells
    .filter((cell) => cell !== '')
    .map((cell) => ({ cell, known: typedAttribute(undefined, name, toldValue(cell), 'person').known }));
  const [usual] = [...Map.groupBy(told, ({ known }) => known.type).values()].sort((a, b) => b.length - a.length);
  const first = usual?.[0];
  if (!first) return null;
  const others = told.filter(({ known }) => known.type !== first.known.type);
  // One that could be read as the usual type and does not look it would lose something: the nought of 01067.
  const isSlip = others.every(({ cell }) => readAs(first.known.type, cell) === null);
  return isSlip && others.length <= told.length * SLIPS_MAX ? first.known : { ...first.known, type: 'text' };
}

/**
 * What the columns of a table of people seem to mean. The id is the first column called like one, else the e-mail
 * address, else the first column whose cells are all there and all different. A name that is known keeps its
 * type and family; others have those that the values would give them if a program told of them. The id of a company is one
 * by its name, and a role is one where there is a company.
 *
 * @param header null for a table without one
 * @param known what the workspace knows of attributes by name
 *
 * @example
 * guessPeopleColumns(['User ID', 'age'], [['u1', '34']], new Map())
 * // => [{ is: 'id' }, { is: 'attribute', name: 'age', type: 'number', family: 'demographic' }]
 */
export function guessPeopleColumns(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  known: ReadonlyMap<string, KnownAttribute>,
): PeopleColumn[] {
  const sample = rows.slice(0, SAMPLE_ROWS);
  const width = Math.max(header?.length ?? 0, ...sample.map((row) => row.length));
  const names = Array.from({ length: width }, (_, index) => (header?.[index] ?? '').trim());
  const cellsOf = (index: number) => sample.map((row) => (row[index] ?? '').trim());
  const isOfEach = (index: number) => {
    const cells = cellsOf(index);
    return cells.length > 0 && cells.every((cell) => cell !== '') && new Set(cells).size === cells.length;
  };
  const places = [...names.keys()];
  const id =
    places.find((index) => ID_NAME.test(names[index] ?? '')) ??
    places.find((index) => ADDRESS_NAME.test(names[index] ?? '')) ??
    places.find(isOfEach);
  const company = places.find((index) => index !== id && COMPANY_NAME.test(names[index] ?? ''));
  const role = company === undefined ? undefined : places.find((index) => ROLE_NAME.test(names[index] ?? ''));
  const taken = new Set<string>();
  return names.map((written, index): PeopleColumn => {
    if (index === id) return { is: 'id' };
    if (index === company) return { is: 'company' };
    if (index === role) return { is: 'role' };
    const name = written === '' && header === null ? `column ${index + 1}` : written;
    if (name === '' || name.length > ATTRIBUTE_NAME_MAX || taken.has(name)) return { is: 'ignore' };
    const meaning = known.get(name) ?? meaningOf(name, cellsOf(index));
    if (!meaning) return { is: 'ignore' };
    taken.add(name);
    return { is: 'attribute', name, type: meaning.type, family: meaning.family };
  });
}

export type CellFault = { line: number; column: number; detail: string };
export type PeopleRow = {
  /** Where the row begins in the file, from 1. */
  line: number;
  id: string;
  attributes: { name: string; family: AttributeFamily; value: AttributeValue }[];
  /** The id of a company they belong to, and their role in it. */
  company: { id: string; role: string | null } | null;
};

const TYPE_WORDS: Readonly<Record<AttributeType, string>> = {
  text: 'text',
  number: 'a number such as 12.5',
  date: 'a date such as 2026-03-09',
  'yes-no': 'yes or no',
  list: 'a list',
};

/**
 * Reads one row. An empty cell says nothing; one that cannot be read is left out, and the others are kept.
 *
 * @returns no row where nobody is named
 */
export function readPeopleRow(
  columns: readonly PeopleColumn[],
  cells: readonly string[],
  line: number,
): { row: PeopleRow | null; faults: CellFault[] } {
  const idColumn = columns.findIndex(({ is }) => is === 'id');
  const raw = (cells[idColumn] ?? '').trim();
  // An id is read as one that comes with an event.
  const { message, fault } = readMessage({ type: 'identify', userId: raw }, { receivedAtMs: 0 });
  if (!message?.userId)
    return {
      row: null,
      faults: [
        { line, column: idColumn, detail: raw === '' ? 'no id' : (fault ?? 'no id').replace('userId', 'the id') },
      ],
    };
  const row: PeopleRow = { line, id: message.userId, attributes: [], company: null };
  const faults: CellFault[] = [];
  const cellOf = (is: PeopleColumn['is']): [string, number] => {
    const index = columns.findIndex((column) => column.is === is);
    return [(cells[index] ?? '').trim(), index];
  };
  const [companyCell, companyColumn] = cellOf('company');
  const [roleCell, roleColumn] = cellOf('role');
  if (companyCell !== '') {
    const told = readMessage({ type: 'group', userId: raw, groupId: companyCell }, { receivedAtMs: 0 });
    const id = told.message?.body.groupId;
    if (id === undefined)
      faults.push({ line, column: companyColumn, detail: (told.fault ?? '').replace('groupId', 'the company’s id') });
    else row.company = { id, role: roleCell === '' ? null : readRole(roleCell) };
  }
  if (roleCell !== '' && (row.company === null || row.company.role === null))
    faults.push({
      line,
      column: roleColumn,
      detail: row.company === null ? 'a role without a company' : `longer than ${ROLE_LETTERS} letters`,
    });
  columns.forEach((column, index) => {
    const cell = (cells[index] ?? '').trim();
    if (column.is !== 'attribute' || cell === '') return;
    const { text, isTooLong } = cleanText(cell, 'line');
    const { name, type, family } = column;
    const value = readAs(type, type === 'list' ? listIn(text) : text);
    if (isTooLong) faults.push({ line, column: index, detail: 'longer than 1,000 letters' });
    else if (value === null)
      faults.push({ line, column: index, detail: `“${text.slice(0, 60)}” is not ${TYPE_WORDS[type]}` });
    else row.attributes.push({ name, family, value });
  });
  return { row, faults };
}

const listIn = (text: string): string[] =>
  text
    .split(/[;|]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** How many lines of the file a row takes: a cell in quotation marks may run over several. */
export const linesOf = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 1);
