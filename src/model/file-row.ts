import { instantOf } from './attribute.ts';
import { toldValue } from './people-import.ts';

/** A table of people or of what they did, as a warehouse or another program exports it: rows become messages. */

/** What a column may be of a message; a column of any other name is something known of the person, or a property. */
export const ROW_FIELDS = [
  'type',
  'event',
  'userId',
  'anonymousId',
  'previousId',
  'groupId',
  'messageId',
  'timestamp',
] as const;
type RowField = (typeof ROW_FIELDS)[number];

export type FileColumn =
  | { is: 'ignore' }
  | { is: 'field'; field: RowField }
  /** Where in the message its cells go; a path of one name goes to the traits or properties, as the row's type says. */
  | { is: 'value'; path: string[] };

/** Names of columns by what they are here, as somebody wrote them down. */
export type ColumnNames = Readonly<Record<string, string>>;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');
const FIELD_BY_NAME: ReadonlyMap<string, RowField> = new Map(ROW_FIELDS.map((field) => [plain(field), field]));
const NAME_MAX = 200;
const NAMES_MAX = 500;

/**
 * Reads lines such as `Visitor ID = userId`; a dash leaves a column out.
 *
 * @example
 * readColumnNames('Visitor ID = userId\nNotes = -').names // => { 'Visitor ID': 'userId', Notes: '-' }
 */
export function readColumnNames(text: string): { names: Record<string, string>; faults: string[] } {
  const faults: string[] = [];
  const entries = new Map<string, string>();
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.trim() === '') continue;
    const at = line.lastIndexOf('=');
    const [theirs, ours] = [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
    if (at < 0 || theirs === '' || ours === '' || theirs.length > NAME_MAX || ours.length > NAME_MAX)
      faults.push(line.trim().slice(0, 60));
    else entries.set(theirs, ours);
  }
  if (entries.size > NAMES_MAX) faults.push(`more than ${NAMES_MAX} lines`);
  return { names: Object.fromEntries(entries), faults };
}

/**
 * What the columns of a table mean, by their names.
 *
 * @returns the columns, or why no row could be read by them
 *
 * @example
 * fileColumns(['user_id', 'plan'], {})
 * // => { columns: [{ is: 'field', field: 'userId' }, { is: 'value', path: ['plan'] }] }
 * @example
 * fileColumns(['plan'], {}).fault // => 'no column says who it is about: name one userId or anonymousId'
 */
export function fileColumns(
  header: readonly string[],
  names: ColumnNames,
): { columns: FileColumn[]; fault?: never } | { fault: string; columns?: never } {
  const taken = new Set<string>();
  const columns: FileColumn[] = [];
  for (const written of header) {
    const own = written.trim();
    const name = Object.hasOwn(names, own) ? (names[own] ?? own) : own;
    const field = FIELD_BY_NAME.get(plain(name));
    if (name === '' || name === '-' || name.length > NAME_MAX) columns.push({ is: 'ignore' });
    else if (taken.has(field ?? name)) return { fault: `two columns are “${field ?? name}”` };
    else {
      taken.add(field ?? name);
      columns.push(field ? { is: 'field', field } : { is: 'value', path: pathOf(name) });
    }
  }
  if (!['userId', 'anonymousId', 'groupId'].some((field) => taken.has(field)))
    return { fault: 'no column says who it is about: name one userId or anonymousId' };
  return { columns };
}

/** `context.page.url` names a place in the message; of traits and properties all that follows is one name. */
function pathOf(name: string): string[] {
  const [head = '', ...rest] = name.split('.');
  if (rest.length === 0) return [name];
  if (head === 'context') return [head, ...rest];
  return head === 'traits' || head === 'properties' ? [head, rest.join('.')] : [name];
}

type Plain = Record<string, unknown>;

/**
 * One row as a message, not yet read as one. An empty cell says nothing.
 *
 * @returns the message, or why the row cannot be one
 *
 * @example
 * messageOfRow([{ is: 'field', field: 'userId' }, { is: 'value', path: ['age'] }], ['u1', '34'])
 * // => { message: { userId: 'u1', type: 'identify', traits: { age: 34 } } }
 */
export function messageOfRow(
  columns: readonly FileColumn[],
  cells: readonly string[],
): { message: Plain; fault?: never } | { fault: string; message?: never } {
  if (cells.length !== columns.length) return { fault: `it has ${cells.length} cells, and not ${columns.length}` };
  const message: Plain = {};
  const loose: Plain = {};
  const placed = new Map<string, Plain>();
  for (const [index, column] of columns.entries()) {
    const cell = (cells[index] ?? '').trim();
    if (cell === '' || column.is === 'ignore') continue;
    if (column.is === 'field') message[column.field] = cell;
    else if (column.path.length === 1) setOwn(loose, column.path[0] ?? '', toldValue(cell));
    else put(placed, column.path, toldValue(cell));
  }
  if (message['timestamp'] !== undefined) {
    const at = timeIn(String(message['timestamp']));
    if (at === null)
      return { fault: `“${String(message['timestamp']).slice(0, 60)}” is no time such as 2026-03-09T14:30:00Z` };
    message['timestamp'] = at;
  }
  const type = String(message['type'] ?? kindOf(message)).toLowerCase();
  message['type'] = type;
  const isDeed = type === 'track' || type === 'page' || type === 'screen';
  if (isDeed && type !== 'track') message['name'] = loose['name'];
  const whole = { ...Object.fromEntries(placed) } as Record<string, Plain>;
  const about = isDeed ? 'properties' : 'traits';
  whole[about] = { ...loose, ...whole[about] };
  return { message: { ...message, ...whole } };
}

const kindOf = (message: Plain): string =>
  message['event'] !== undefined ? 'track' : message['groupId'] !== undefined ? 'group' : 'identify';

function put(placed: Map<string, Plain>, [head = '', ...path]: readonly string[], value: unknown): void {
  let place = placed.get(head) ?? {};
  placed.set(head, place);
  for (const name of path.slice(0, -1)) {
    const next = Object.hasOwn(place, name) ? place[name] : undefined;
    const inner = typeof next === 'object' && next !== null ? (next as Plain) : {};
    setOwn(place, name, inner);
    place = inner;
  }
  setOwn(place, path.at(-1) ?? '', value);
}

/** Also a name such as `__proto__` is a name like any other. */
const setOwn = (place: Plain, name: string, value: unknown) =>
  Object.defineProperty(place, name, { value, enumerable: true, writable: true, configurable: true });

/** ISO 8601, with a space in it too, or seconds or milliseconds since 1970. */
function timeIn(text: string): string | number | null {
  if (/^\d{10}$/.test(text)) return Number(text) * 1000;
  if (/^\d{13}$/.test(text)) return Number(text);
  return Number.isNaN(instantOf(text)) ? null : text;
}
