import { cutBytes } from './cut-bytes.ts';
import { type DataColumn, type DataTable, type MultipleSet, momentOf, namedValues } from './data-table.ts';
import { shortNames, spssNames } from './spss-names.ts';

/** Limits of the format, in bytes of UTF-8. */
const TEXT_MAX = 32_767;
const LABEL_MAX = 255;
const VALUE_LABEL_MAX = 120;
/** How far a missing text counts: no variable compares more of it. */
const MISSING_TEXT_MAX = 8;
/** A text wider than the first of these is cut into segments that are each counted as the second. */
const SEGMENT_WIDTH = 255;
const SEGMENT_COUNTED = 252;
/** From the calendar's first day, 14 October 1582, to 1970. */
const CALENDAR_OFFSET_S = 12_219_379_200;

export type SpssFormat = { name: 'F' | 'A' | 'DATE' | 'DATETIME' | 'TIME'; width: number; decimals: number };
export type SpssVariable = {
  name: string;
  label: string;
  /** Bytes of a text; 0 for a number. */
  width: number;
  segments: { shortName: string; width: number }[];
  format: SpssFormat;
  measure: DataColumn['measure'];
  valueLabels: { value: number | string; label: string }[];
  missing: { values: (number | string)[]; range: [number, number] | null };
  column: DataColumn;
};
/** What the format could not take as it was. */
export type SavNotice = { column: string; kind: 'renamed' | 'label-cut' | 'value-label-cut' | 'text-cut' };
export type SavLayout = {
  label: string;
  variables: SpssVariable[];
  multipleSets: { name: string; label: string; counted: number; variables: SpssVariable[] }[];
  notices: SavNotice[];
};

/**
 * How a table stands in a system file: names made valid, widths measured, labels cut to what fits, codes in order.
 * Walks the rows once when a text column does not say its `bytesMax`.
 *
 * @throws {TypeError} when rows that can be walked only once would have to be walked twice
 * @throws {RangeError} for missing codes that the format cannot hold: more than three texts, texts over eight bytes, or
 *   numbers that only a range could hold which takes in other named values
 */
export function savLayout(table: Pick<DataTable, 'label' | 'columns' | 'rows' | 'multipleSets'>): SavLayout {
  const { columns } = table;
  const names = spssNames(columns.map(({ name }) => name));
  const notices: SavNotice[] = [];
  const notice = (column: DataColumn, kind: SavNotice['kind'], isTrue: boolean) => {
    if (isTrue && !notices.some((one) => one.column === column.name && one.kind === kind)) {
      notices.push({ column: column.name, kind });
    }
  };
  const widths = textWidths(table).map((width, index) => {
    notice(columns[index]!, 'text-cut', width > TEXT_MAX);
    return Math.min(width, TEXT_MAX);
  });
  const segmentWidths = widths.map(segmentsOf);
  const short = shortNames(
    names,
    segmentWidths.map(({ length }) => length),
  );

  const variables = columns.map((column, index): SpssVariable => {
    const name = names[index]!;
    const width = widths[index]!;
    notice(column, 'renamed', name !== column.name);
    notice(column, 'label-cut', Buffer.byteLength(column.label) > LABEL_MAX);
    const valueLabels = namedValues(column).map(({ value, label }) => {
      notice(column, 'value-label-cut', Buffer.byteLength(label) > VALUE_LABEL_MAX);
      return { value: spssValue(column, value), label: cutBytes(label, VALUE_LABEL_MAX) };
    });
    return {
      name,
      label: cutBytes(column.label, LABEL_MAX),
      width,
      segments: segmentWidths[index]!.map((segment, i) => ({ shortName: short[index]![i]!, width: segment })),
      format: formatOf(column, width),
      measure: column.measure,
      valueLabels,
      missing: missingOf(column),
      column,
    };
  });
  const multipleSets = (table.multipleSets ?? []).map((set) => multipleSetOf(set, variables));
  const setNames = spssNames(multipleSets.map(({ name }) => cutBytes(name, 63)));
  return {
    label: cutBytes(table.label, 64),
    variables,
    multipleSets: multipleSets.map((set, index) => ({ ...set, name: `$${setNames[index]}` })),
    notices,
  };
}

/**
 * A cell as the format keeps it: dates in seconds since 14 October 1582, times in seconds since midnight.
 *
 * @throws {TypeError} for words in a column of numbers, or a number in a column of dates
 *
 * @example
 * spssValue({ name: 'd', label: '', type: 'date', measure: 'scale' }, '1582-10-15') // => 86400
 */
export function spssValue(column: DataColumn, value: number | string): number | string {
  if (column.type === 'text') return String(value);
  if (column.type === 'number') {
    if (typeof value !== 'number') throw new TypeError(`Column ${column.name} holds numbers, and a cell holds words`);
    return value;
  }
  if (typeof value !== 'string') throw new TypeError(`Column ${column.name} holds dates, and a cell holds a number`);
  const seconds = momentOf(column.type, value) / 1000;
  return column.type === 'time' ? seconds : seconds + CALENDAR_OFFSET_S;
}

/** For every column the bytes of its longest text, at least 1; 0 for numbers and dates. */
function textWidths({ columns, rows }: Pick<DataTable, 'columns' | 'rows'>): number[] {
  const widths = columns.map((column) => {
    if (column.type !== 'text') return 0;
    return Math.max(1, column.bytesMax ?? 0, ...namedValues(column).map(({ value }) => Buffer.byteLength(`${value}`)));
  });
  const unknown = columns.flatMap((column, index) =>
    column.type === 'text' && column.bytesMax === undefined ? [index] : [],
  );
  if (unknown.length === 0) return widths;
  if ((rows[Symbol.iterator]() as unknown) === rows) {
    throw new TypeError('savLayout requires rows that can be walked twice, or bytesMax for every text column');
  }
  for (const row of rows) {
    for (const index of unknown) {
      const cell = row[index];
      if (cell !== null && cell !== undefined) widths[index] = Math.max(widths[index]!, Buffer.byteLength(`${cell}`));
    }
  }
  return widths;
}

function segmentsOf(width: number): number[] {
  if (width <= SEGMENT_WIDTH) return [width];
  const count = Math.ceil(width / SEGMENT_COUNTED);
  return Array.from({ length: count }, (_, index) =>
    index < count - 1 ? SEGMENT_WIDTH : width - index * SEGMENT_COUNTED,
  );
}

function formatOf({ type, decimals, measure }: DataColumn, width: number): SpssFormat {
  if (type === 'text') return { name: 'A', width, decimals: 0 };
  if (type === 'date') return { name: 'DATE', width: 11, decimals: 0 };
  if (type === 'datetime') return { name: 'DATETIME', width: 20, decimals: 0 };
  if (type === 'time') return { name: 'TIME', width: 8, decimals: 0 };
  const shown = Math.min(16, decimals ?? (measure === 'scale' ? 2 : 0));
  return { name: 'F', width: Math.max(measure === 'scale' ? 12 : 8, shown + 3), decimals: shown };
}

/** Up to three codes one by one; more of them as a range, with one beside it where that keeps the range narrow. */
function missingOf(column: DataColumn): SpssVariable['missing'] {
  const values = [...new Set((column.missing ?? []).map(({ value }) => spssValue(column, value)))];
  if (column.type === 'text') {
    if (values.length > 3) throw new RangeError(`Column ${column.name} has more than three texts for missing`);
    if (values.some((value) => Buffer.byteLength(`${value}`) > MISSING_TEXT_MAX)) {
      throw new RangeError(`Column ${column.name} has a text for missing that is longer than eight bytes`);
    }
  }
  if (values.length <= 3) return { values, range: null };

  const sorted = (values as number[]).sort((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const others = (column.valueLabels ?? [])
    .map(({ value }) => spssValue(column, value) as number)
    .filter((value) => !sorted.includes(value));
  const best = [
    { values: [first], range: [sorted[1]!, last] as [number, number] },
    { values: [last], range: [first, sorted.at(-2)!] as [number, number] },
  ]
    .filter(({ range: [from, to] }) => !others.some((value) => value >= from && value <= to))
    .sort((a, b) => a.range[1] - a.range[0] - (b.range[1] - b.range[0]))[0];
  if (!best) throw new RangeError(`Column ${column.name} has missing codes with other values between them`);
  return best;
}

function multipleSetOf(set: MultipleSet, variables: readonly SpssVariable[]) {
  const chosen = set.columns.map((name) => {
    const found = variables.find(({ column }) => column.name === name);
    if (!found) throw new RangeError(`The set ${set.name} names a column that is not there: ${name}`);
    return found;
  });
  return { name: set.name, label: cutBytes(set.label, LABEL_MAX), counted: set.counted, variables: chosen };
}
