import type { Clock } from './calendar.ts';
import { type Range, UNKNOWN, type Verdict } from './compare.ts';
import type { CompiledLeaf, Found } from './leaf.ts';

/** One fact of many, in typed arrays that grow: a row for each of them, by number. */
export type FactColumn = {
  /** Undefined takes away what was there. */
  set(row: number, value: Found | undefined): void;
  get(row: number): Found | undefined;
  /** Decides the first so many rows. */
  decide(asked: Asked, clock: Clock | undefined, rows: number): Uint8Array;
  bytes(): number;
};
export type Asked = Pick<CompiledLeaf, 'test' | 'testInstant' | 'range' | 'missing'>;

const FIRST_ROWS = 1_024;
const KNOWN_MAX = 4_096;
const ISO_LENGTH = '2026-03-09T14:30:00.000Z'.length;

/**
 * An empty column. Numbers lie as they are and times as milliseconds (NaN is none); whatever else occurs has a number in
 * a list of all that occur, so that a comparison is made once for each of those. Arrays are made when something needs
 * them.
 */
export function createFactColumn(): FactColumn {
  let numbers = new Float64Array(0);
  let instants = new Float64Array(0);
  let codes: Uint8Array | Uint16Array | Uint32Array = new Uint8Array(0);
  /** What the codes stand for; the first stands for nothing. */
  const values: (Found | undefined)[] = [undefined];
  const textCodes = new Map<string, number>();
  const otherCodes = new Map<string, number>();

  const codeOf = (value: Found): number => {
    const [map, key] = typeof value === 'string' ? [textCodes, value] : [otherCodes, JSON.stringify(value)];
    const found = map.get(key);
    if (found !== undefined) return found;
    const code = values.push(value) - 1;
    map.set(key, code);
    if (code > 255 && codes.BYTES_PER_ELEMENT === 1) codes = Uint16Array.from(codes);
    if (code > 65_535 && codes.BYTES_PER_ELEMENT === 2) codes = Uint32Array.from(codes);
    return code;
  };

  return {
    set: (row, value) => {
      if (row < numbers.length) numbers[row] = Number.NaN;
      if (row < instants.length) instants[row] = Number.NaN;
      if (row < codes.length) codes[row] = 0;
      if (value === undefined) return;
      if (typeof value === 'number' && !Number.isNaN(value)) {
        if (row >= numbers.length) numbers = grownFloats(numbers, row);
        numbers[row] = value;
        return;
      }
      const instant = typeof value === 'string' ? instantIn(value) : Number.NaN;
      if (!Number.isNaN(instant)) {
        if (row >= instants.length) instants = grownFloats(instants, row);
        instants[row] = instant;
        return;
      }
      const code = codeOf(value);
      if (row >= codes.length) codes = grownCodes(codes, row);
      codes[row] = code;
    },
    get: (row) => {
      const number = row < numbers.length ? numbers[row]! : Number.NaN;
      if (!Number.isNaN(number)) return number;
      const instant = row < instants.length ? instants[row]! : Number.NaN;
      if (!Number.isNaN(instant)) return new Date(instant).toISOString();
      return row < codes.length ? values[codes[row]!] : undefined;
    },
    decide: ({ test, testInstant, range, missing }, clock, rows) => {
      const verdicts = new Uint8Array(rows).fill(missing);
      const coded = Math.min(rows, codes.length);
      if (coded > 0) {
        const perCode = Uint8Array.from(values, (value) => (value === undefined ? missing : test(value, clock)));
        for (let row = 0; row < coded; row += 1) verdicts[row] = perCode[codes[row]!]!;
      }
      const numbered = Math.min(rows, numbers.length);
      if (numbered > 0) {
        if (range) inRange(numbers, range, verdicts, numbered);
        else testNumbers(numbers, (number) => test(number, clock), verdicts, numbered);
      }
      const timed = Math.min(rows, instants.length);
      for (let row = 0; row < timed; row += 1) {
        const instant = instants[row]!;
        if (!Number.isNaN(instant)) verdicts[row] = instantVerdict(instant, { test, testInstant }, clock);
      }
      return verdicts;
    },
    bytes: () =>
      numbers.byteLength +
      instants.byteLength +
      codes.byteLength +
      values.reduce<number>((sum, value) => sum + 80 + (typeof value === 'string' ? value.length : 0), 0),
  };
}

/** Worked out instead of branched over, which a processor would guess wrongly half of the time. */
function inRange(numbers: Float64Array, { low, high }: Range, verdicts: Uint8Array, rows: number): void {
  for (let row = 0; row < rows; row += 1) {
    const number = numbers[row]!;
    const isNone = Number(Number.isNaN(number));
    verdicts[row] = (Number(number >= low) & Number(number <= high)) + isNone * verdicts[row]!;
  }
}

/** Many people share few numbers: what those come to is worked out once. */
function testNumbers(
  numbers: Float64Array,
  test: (number: number) => Verdict,
  verdicts: Uint8Array,
  rows: number,
): void {
  const known = new Map<number, Verdict>();
  for (let row = 0; row < rows; row += 1) {
    const number = numbers[row]!;
    if (Number.isNaN(number)) continue;
    let verdict = known.get(number);
    if (verdict === undefined) {
      verdict = test(number);
      if (known.size < KNOWN_MAX) known.set(number, verdict);
    }
    verdicts[row] = verdict;
  }
}

function instantVerdict(
  instant: number,
  { test, testInstant }: Pick<Asked, 'test' | 'testInstant'>,
  clock: Clock | undefined,
): Verdict {
  if (!testInstant) return test(new Date(instant).toISOString(), clock);
  return clock ? testInstant(instant, clock) : UNKNOWN;
}

/** A time that is written just as it would be written again; NaN for any other text. */
function instantIn(text: string): number {
  if (text.length !== ISO_LENGTH || text[ISO_LENGTH - 1] !== 'Z' || text[10] !== 'T') return Number.NaN;
  const instant = Date.parse(text);
  return !Number.isNaN(instant) && new Date(instant).toISOString() === text ? instant : Number.NaN;
}

/** Room for a row, and for half as many again, so that growing seldom happens. */
const roomFor = (row: number): number => Math.max(FIRST_ROWS, Math.ceil((row + 1) * 1.5));

function grownFloats(array: Float64Array<ArrayBuffer>, row: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(roomFor(row)).fill(Number.NaN, array.length);
  larger.set(array);
  return larger;
}

function grownCodes<T extends Uint8Array | Uint16Array | Uint32Array>(array: T, row: number): T {
  const larger = new (array.constructor as new (length: number) => T)(roomFor(row));
  larger.set(array);
  return larger;
}
