import type { ColumnShape } from './column-shapes.ts';

/** What was done with an item, as a byte; 0 is a row that says nothing of it. */
export const STATES = ['', 'answered', 'refused', 'skipped', 'not_shown', 'not_reached'] as const;
const STATE_BYTES = new Map<string, number>(STATES.map((state, byte) => [state, byte]));
const ANSWERED = 1;

/** One value per row of a survey's table, in typed arrays. */
export type Column = {
  item: string;
  /** Writes a cell. `json` is the answer as it is stored; null where there is none. */
  set(row: number, state: string, json: string | null): void;
  /** Makes room for so many rows. */
  grow(rows: number): void;
  bytes(): number;
  /** Which of the offered options was chosen in a row, from 0; null where none was, or the item holds no single code. */
  optionAt(row: number): number | null;
  /** How many of the rows that count gave each value in each state. */
  tally(counts: Uint8Array, rows: number): { item: string; state: string; value: unknown; count: number }[];
};

/** The values of answered cells in one kind of array; `states` says which cells are answered. */
type Cells = {
  set(row: number, json: string): void;
  clear(row: number): void;
  grow(rows: number): void;
  bytes(): number;
  optionAt?(row: number): number | null;
  /** How often each value stands in the rows that count; `states` tells an empty list of choices from no answer. */
  tally(counts: Uint8Array, states: Uint8Array, rows: number): { value: unknown; count: number }[];
};

/** An empty column for one item. */
export function createColumn(shape: ColumnShape): Column {
  const { item } = shape;
  let states = new Uint8Array(0);
  const cells = createCells(shape);
  return {
    item,
    set: (row, state, json) => {
      states[row] = STATE_BYTES.get(state) ?? 0;
      if (state === 'answered' && json !== null) cells.set(row, json);
      else cells.clear(row);
    },
    grow: (rows) => {
      states = grown(states, rows);
      cells.grow(rows);
    },
    bytes: () => states.byteLength + cells.bytes(),
    optionAt: (row) => cells.optionAt?.(row) ?? null,
    tally: (counts, rows) => {
      const perState = new Uint32Array(STATES.length);
      // 1 and 0 instead of a branch: a row that does not count falls to state 0.
      for (let row = 0; row < rows; row += 1) perState[states[row]! * counts[row]!]! += 1;
      const given = cells.tally(counts, states, rows);
      const others = [...perState.entries()].filter(([byte, count]) => byte > ANSWERED && count > 0);
      // Answers that fit no cell, such as words or a value from before the item changed, count as answered all the same.
      const rest = (perState[ANSWERED] ?? 0) - given.reduce((sum, { count }) => sum + count, 0);
      return [
        ...given.map(({ value, count }) => ({ item, state: 'answered', value, count })),
        ...(rest > 0 ? [{ item, state: 'answered', value: null, count: rest }] : []),
        ...others.map(([byte, count]) => ({ item, state: STATES[byte] ?? '', value: null, count })),
      ];
    },
  };
}

function createCells(shape: ColumnShape): Cells {
  switch (shape.kind) {
    case 'code':
      return listedCells(
        shape.options.map((code) => JSON.stringify(code)),
        (length) => new Uint16Array(length),
      );
    case 'codes':
      return markedCells(shape.options);
    case 'number':
      return numberCells();
    case 'listed':
      return listedCells([], (length) => new Uint32Array(length));
    case 'none':
      return { set: () => {}, clear: () => {}, grow: () => {}, bytes: () => 0, tally: () => [] };
  }
}

type Whole = Uint8Array | Uint16Array | Uint32Array;

/** Each value by its number in a list of the values that occur, which begins with those that are offered; 0 is none. */
function listedCells(offered: readonly string[], make: (length: number) => Uint16Array | Uint32Array): Cells {
  const values = ['', ...offered];
  const numbers = new Map(values.map((json, number) => [json, number]));
  let cells = make(0);
  const most = 2 ** (8 * cells.BYTES_PER_ELEMENT) - 1;
  return {
    set: (row, json) => {
      let number = numbers.get(json);
      if (number === undefined && values.length <= most) {
        number = values.push(json) - 1;
        numbers.set(json, number);
      }
      cells[row] = number ?? 0;
    },
    clear: (row) => {
      cells[row] = 0;
    },
    grow: (rows) => {
      cells = grown(cells, rows);
    },
    bytes: () => cells.byteLength + values.length * 100,
    optionAt: (row) => {
      const number = cells[row] ?? 0;
      return number > 0 && number <= offered.length ? number - 1 : null;
    },
    tally: (counts, _, rows) => {
      const perValue = new Uint32Array(values.length);
      for (let row = 0; row < rows; row += 1) perValue[cells[row]! * counts[row]!]! += 1;
      return [...perValue.entries()]
        .filter(([number, count]) => number > 0 && count > 0)
        .map(([number, count]) => ({ value: JSON.parse(values[number] ?? 'null') as unknown, count }));
    },
  };
}

/** Several choices as marks: bit `o` of a row's words is option `o`; as many words of 32 bits as the options need. */
function markedCells(offered: readonly string[]): Cells {
  const options = [...offered];
  const at = new Map(options.map((code, option) => [code, option]));
  let width = Math.max(1, Math.ceil(options.length / 32));
  let length = 0;
  let words = new Uint32Array(0);
  /** The marks of a list of codes that has been seen; most people choose what somebody chose before. */
  const known = new Map<string, Uint32Array>();

  const widen = () => {
    const wider = new Uint32Array(length * (width + 1));
    for (let row = 0; row < length; row += 1)
      wider.set(words.subarray(row * width, (row + 1) * width), row * (width + 1));
    words = wider;
    width += 1;
    known.clear();
  };
  const optionOf = (code: string): number => {
    const found = at.get(code);
    if (found !== undefined) return found;
    const option = options.push(code) - 1;
    at.set(code, option);
    if (option >= width * 32) widen();
    return option;
  };
  const marksOf = (json: string): Uint32Array => {
    const seen = known.get(json);
    if (seen) return seen;
    const value = JSON.parse(json) as unknown;
    const chosen = (Array.isArray(value) ? value : []).map((code) => optionOf(String(code)));
    const marks = new Uint32Array(width);
    for (const option of chosen) marks[option >>> 5]! |= 1 << (option & 31);
    if (known.size >= 4096) known.clear();
    known.set(json, marks);
    return marks;
  };
  return {
    set: (row, json) => {
      const marks = marksOf(json);
      words.set(marks, row * width);
    },
    clear: (row) => {
      words.fill(0, row * width, (row + 1) * width);
    },
    grow: (rows) => {
      length = rows;
      words = grown(words, rows * width);
    },
    bytes: () => words.byteLength + options.length * 100 + known.size * 100,
    tally: (counts, states, rows) => {
      const combinations = new Map<number | string, { marks: Uint32Array; count: number }>();
      for (let row = 0; row < rows; row += 1) {
        if (counts[row] !== 1 || states[row] !== ANSWERED) continue;
        const key = width === 1 ? words[row]! : words.subarray(row * width, (row + 1) * width).join();
        const found = combinations.get(key);
        if (found) found.count += 1;
        else combinations.set(key, { marks: words.subarray(row * width, (row + 1) * width), count: 1 });
      }
      return [...combinations.values()].map(({ marks, count }) => ({
        value: options.filter((_, option) => ((marks[option >>> 5] as number) >>> (option & 31)) & 1),
        count,
      }));
    },
  };
}

/** Numbers and steps as they are; NaN is none. */
function numberCells(): Cells {
  let cells = new Float64Array(0);
  return {
    set: (row, json) => {
      // Only a number's own letters: Number('""') would be a nought that nobody gave.
      cells[row] = /^-?\d/.test(json) ? Number(json) : Number.NaN;
    },
    clear: (row) => {
      cells[row] = Number.NaN;
    },
    grow: (rows) => {
      const before = cells.length;
      cells = grown(cells, rows);
      cells.fill(Number.NaN, before);
    },
    bytes: () => cells.byteLength,
    tally: (counts, _, rows) => {
      // Steps and ages are small and whole: counting them in an array is ten times as quick as in a map.
      const small = new Uint32Array(256);
      const others = new Map<number, number>();
      for (let row = 0; row < rows; row += 1) {
        if (counts[row] !== 1) continue;
        const value = cells[row] as number;
        const whole = value & 255;
        if (whole === value) small[whole]! += 1;
        else if (!Number.isNaN(value)) others.set(value, (others.get(value) ?? 0) + 1);
      }
      return [
        ...[...small.entries()].filter(([, count]) => count > 0).map(([value, count]) => ({ value, count })),
        ...[...others].map(([value, count]) => ({ value, count })),
      ];
    },
  };
}

function grown<T extends Whole | Float64Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array.subarray(0, Math.min(array.length, length)));
  return larger;
}
