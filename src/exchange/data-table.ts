/** What every export is written from: columns that know what they mean, and rows of plain cells. */

/** A number, words, a date as `momentOf` reads it, or null where nothing was said. */
export type DataCell = number | string | null;
export type DataRow = readonly DataCell[];
export type ValueLabel = { value: number | string; label: string };

export type DataColumn = {
  name: string;
  label: string;
  type: 'number' | 'text' | 'date' | 'datetime' | 'time';
  /** Digits shown after the decimal point. */
  decimals?: number;
  measure: 'nominal' | 'ordinal' | 'scale';
  valueLabels?: readonly ValueLabel[];
  /** Codes that stand for “no answer”, each with its reason. They need not be repeated in `valueLabels`. */
  missing?: readonly ValueLabel[];
  /** The name of the set of choices that this column is one choice of. */
  multipleSet?: string;
  description?: string;
  /** Of a text column: the longest text in UTF-8 bytes. Saves a walk through all rows when it is known. */
  bytesMax?: number;
};

/** Several columns that hold one question: each is a choice, and `counted` says it was taken. */
export type MultipleSet = { name: string; label: string; counted: number; columns: readonly string[] };

export type DataTable = {
  name: string;
  label: string;
  columns: readonly DataColumn[];
  /** As wide as there are columns. Some formats walk them twice, so an array or a fresh iterator for each walk. */
  rows: Iterable<DataRow>;
  multipleSets?: readonly MultipleSet[];
};

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d))?$/;
const DAY_MS = 86_400_000;

/**
 * A date, a date with a time or a time of day, as a number that formats can count from.
 *
 * @param text `2026-03-01`; `2026-03-01T09:30:00Z`, in UTC where it names no zone; `09:30` or `09:30:15`
 * @returns milliseconds since 1970 in UTC; of a time of day, since midnight
 * @throws {RangeError} for what is no such date or time
 *
 * @example
 * momentOf('date', '1970-01-02') // => 86400000
 * @example
 * momentOf('time', '00:01') // => 60000
 * @example
 * momentOf('date', '2026-02-30') // => throws RangeError
 */
export function momentOf(type: 'date' | 'datetime' | 'time', text: string): number {
  const time = type === 'time' ? TIME.exec(text) : null;
  if (time) {
    const [hours, minutes, seconds] = [Number(time[1]), Number(time[2]), Number(time[3] ?? 0)];
    if (hours < 24 && minutes < 60 && seconds < 60) return (hours * 3600 + minutes * 60 + seconds) * 1000;
  }
  if (type !== 'time' && (type === 'date' ? DATE : DATE_TIME).test(text)) {
    const day = Date.parse(`${text.slice(0, 10)}T00:00Z`);
    const isDay = !Number.isNaN(day) && new Date(day).toISOString().startsWith(text.slice(0, 10));
    const hasZone = /(Z|[+-]\d\d:\d\d)$/.test(text.slice(10));
    const moment = type === 'date' ? day : Date.parse(`${text.slice(0, 10)}T${text.slice(11)}${hasZone ? '' : 'Z'}`);
    if (isDay && !Number.isNaN(moment)) return moment;
  }
  throw new RangeError(`momentOf cannot read this as a ${type}`);
}

/**
 * A moment as a spreadsheet or a statistics program reads it: no zone, no letters.
 *
 * @example
 * momentText('datetime', 0) // => '1970-01-01 00:00:00'
 * @example
 * momentText('time', 60000) // => '00:01:00'
 */
export function momentText(type: 'date' | 'datetime' | 'time', moment: number): string {
  const [day, time] = new Date(type === 'time' ? moment % DAY_MS : moment).toISOString().slice(0, 19).split('T');
  if (type === 'date') return `${day}`;
  return type === 'time' ? `${time}` : `${day} ${time}`;
}

/**
 * Every value that has a name in a column, those for “no answer” last and marked. A value named twice keeps its first name.
 *
 * @example
 * namedValues({ name: 'q', label: '', type: 'number', measure: 'nominal', missing: [{ value: -9, label: 'Refused' }] })
 * // => [{ value: -9, label: 'Refused', isMissing: true }]
 */
export function namedValues(column: DataColumn): (ValueLabel & { isMissing: boolean })[] {
  const isMissing = new Set(column.missing?.map(({ value }) => value));
  const named = new Map<number | string, ValueLabel>();
  for (const entry of [...(column.valueLabels ?? []), ...(column.missing ?? [])]) {
    if (!named.has(entry.value)) named.set(entry.value, entry);
  }
  return [...named.values()]
    .map(({ value, label }) => ({ value, label, isMissing: isMissing.has(value) }))
    .sort((a, b) => Number(a.isMissing) - Number(b.isMissing));
}
