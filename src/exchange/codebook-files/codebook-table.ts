import { readColor } from '../../coding/code-hue.ts';
import { codeTree, flatTree, type TreeCode } from '../../coding/code-tree.ts';
import { writeCsv } from '../delimited.ts';

/** A code as a file tells of it; what the file says nothing of is null. */
export type FileCode = {
  name: string;
  /** The name of the code it stands under; empty for the top, null where the file does not say. */
  under: string | null;
  definition: string | null;
  inclusion: string | null;
  exclusion: string | null;
  /** #RRGGBB, empty for none. */
  color: string | null;
  isCodable: boolean | null;
};
export type WrittenCode = TreeCode & {
  definition: string;
  inclusion: string;
  exclusion: string;
  color: string | null;
  isCodable: number;
};
/** What a file holds: its codes in their order, what of it is not taken, line by line, and columns that mean nothing here. */
export type ReadCodebook = {
  codes: FileCode[];
  notTaken: { line: number; reason: string }[];
  columns: string[];
  isOurs: boolean;
};

export const CODES_MAX = 5_000;
const NAME_LETTERS = 200;
const NOTE_LETTERS = 20_000;
const OWN_HEADER = ['name', 'under', 'definition', 'inclusion', 'exclusion', 'color', 'codable'] as const;

/** What columns are called in files of other programs. */
const COLUMNS: Readonly<Record<keyof FileCode, readonly string[]>> = {
  name: ['name', 'tag', 'path', 'code', 'code name', 'codename'],
  under: ['under', 'parent', 'parent code'],
  definition: ['definition', 'description', 'memo', 'comment'],
  inclusion: ['inclusion', 'when to use', 'include'],
  exclusion: ['exclusion', 'when not to use', 'exclude'],
  color: ['color', 'colour'],
  isCodable: ['codable', 'iscodable'],
};

/** Between the names of a path, in files of other programs: “Price.Too high”, “Price / Too high”, “Price > Too high”. */
const PARTS = /\s*(?:›|>|::|\\|\/|\.)\s*/;

/**
 * Reads a codebook from a table: our own columns, or those of Taguette (tag, name or path, and description) and others.
 *
 * @param options.hasPaths whether a dot or a slash within a name parts the codes above from it
 * @throws {RangeError} in words for a researcher, for a table without a column of names or with too many rows
 *
 * @example
 * readCodebookTable(['tag', 'description'], [['price', 'What it costs']], { hasPaths: true }).codes[0].definition // => 'What it costs'
 */
export function readCodebookTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { hasPaths }: { hasPaths: boolean },
): ReadCodebook {
  if (rows.length > CODES_MAX)
    throw new RangeError(
      `This codebook has more than ${CODES_MAX.toLocaleString('en-GB')} rows: cut it into several files`,
    );
  const called = header.map((name) => name.trim().toLowerCase());
  const columnOf = (field: keyof FileCode): number =>
    COLUMNS[field].map((name) => called.indexOf(name)).find((index) => index >= 0) ?? -1;
  const at = {
    name: columnOf('name'),
    under: columnOf('under'),
    definition: columnOf('definition'),
    inclusion: columnOf('inclusion'),
    exclusion: columnOf('exclusion'),
    color: columnOf('color'),
    isCodable: columnOf('isCodable'),
  };
  if (at.name < 0)
    throw new RangeError(
      'No column is called “name”, “tag” or “path”: give the column with the names of the codes one of these headings',
    );
  const codes = new Map<string, FileCode>();
  /** Codes that are there only because others name them above themselves. */
  const fillers = new Set<string>();
  const notTaken: { line: number; reason: string }[] = [];
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    const cell = (column: number): string | null => (column < 0 ? null : (row[column] ?? '').trim());
    const written = cell(at.name) ?? '';
    const path = at.under < 0 && hasPaths ? written.split(PARTS).filter(Boolean) : [written];
    const [own = '', ...above] = path.toReversed();
    if (own === '') {
      notTaken.push({ line, reason: 'It has no name' });
      continue;
    }
    // Names are told apart over the whole codebook, so that a second “Other” keeps its path.
    const isElsewhere = codes.has(own) && path.length > 1 && codes.get(own)?.under !== above[0];
    const name = isElsewhere ? path.join(' · ') : own;
    if ([...name].length > NAME_LETTERS) {
      notTaken.push({ line, reason: `Its name is longer than ${NAME_LETTERS} characters` });
      continue;
    }
    if (codes.has(name) && !fillers.has(name)) {
      notTaken.push({ line, reason: `“${name}” stands there twice; the first is taken` });
      continue;
    }
    const long = (['definition', 'inclusion', 'exclusion'] as const).filter(
      (field) => [...(cell(at[field]) ?? '')].length > NOTE_LETTERS,
    );
    for (const field of long)
      notTaken.push({ line, reason: `The ${field} of “${name}” is longer than 20,000 characters and is left out` });
    const color = cell(at.color);
    const read = color === null || color === '' ? color : readColor(color);
    if (color && read === null) notTaken.push({ line, reason: `“${color}” of “${name}” is no colour such as #CC0066` });
    const note = (field: 'definition' | 'inclusion' | 'exclusion') => (long.includes(field) ? null : cell(at[field]));
    for (const [place, parent] of above.entries())
      if (!codes.has(parent)) {
        fillers.add(parent);
        codes.set(parent, { ...fillerCode(parent), under: above[place + 1] ?? null });
      }
    const told = cell(at.isCodable)?.toLowerCase() ?? null;
    fillers.delete(name);
    codes.set(name, {
      name,
      under: at.under >= 0 ? cell(at.under) : (above[0] ?? null),
      definition: note('definition'),
      inclusion: note('inclusion'),
      exclusion: note('exclusion'),
      color: read,
      isCodable: told === null || told === '' ? null : !['0', 'false', 'no', 'off'].includes(told),
    });
  }
  const known = new Set(Object.values(at).filter((column) => column >= 0));
  return {
    codes: [...codes.values()],
    notTaken,
    columns: header.filter((name, index) => !known.has(index) && name.trim() !== ''),
    isOurs: OWN_HEADER.every((name) => called.includes(name)),
  };
}

const fillerCode = (name: string): FileCode => ({
  name,
  under: null,
  definition: null,
  inclusion: null,
  exclusion: null,
  color: null,
  isCodable: null,
});
/** The whole codebook with every field, in its order; reading it again gives the same codebook. */
export function writeOwnCodebook(codes: readonly WrittenCode[]): string {
  const names = new Map(codes.map(({ id, name }) => [id, name]));
  return writeCsv(
    OWN_HEADER,
    flatTree(codeTree(codes)).map(({ code }) => [
      code.name,
      (code.parentId === null ? null : names.get(code.parentId)) ?? '',
      code.definition,
      code.inclusion,
      code.exclusion,
      code.color ?? '',
      code.isCodable,
    ]),
  );
}

/**
 * A codebook that Taguette takes: tag and description. A tag holds the names above it, parted by dots; what Taguette has no
 * place for stands in the description.
 */
export function writeTaguetteCodebook(codes: readonly WrittenCode[]): string {
  return writeCsv(
    ['tag', 'description'],
    flatTree(codeTree(codes)).map(({ code, path }) => [
      path.map((name) => name.replaceAll('.', '·')).join('.'),
      [
        code.definition,
        code.inclusion === '' ? '' : `When to use it: ${code.inclusion}`,
        code.exclusion === '' ? '' : `When not: ${code.exclusion}`,
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    ]),
  );
}
