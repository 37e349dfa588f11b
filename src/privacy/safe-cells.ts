/** How few people a figure may rest on; null for those who see everything, the study's own researchers. */
export type CellPolicy = { least: number } | null;

/** The smallest cell unless a study sets another, and what no study may go below. */
export const LEAST_CELL = 10;
export const LEAST_CELL_MIN = 5;
export const LEAST_CELL_MAX = 100;

/**
 * Whether a number of people is too small to be told. Nobody is no small number: nobody can be known by it.
 *
 * @example
 * isTooFew(9, { least: 10 }) // => true
 * @example
 * isTooFew(0, { least: 10 }) // => false
 */
export const isTooFew = (count: number, policy: CellPolicy): boolean =>
  policy !== null && count > 0 && count < policy.least;

/**
 * Whether a figure may be told of so many people: a mean, a quantile, or a share, when `base` is known to the reader as
 * well. Then those who are not counted are known too, and must be many as well.
 *
 * @example
 * mayTell({ least: 10 }, 95, 100) // => false
 */
export const mayTell = (policy: CellPolicy, count: number, base?: number): boolean =>
  policy === null ||
  (base === undefined
    ? count >= policy.least
    : base >= policy.least && !isTooFew(count, policy) && !isTooFew(base - count, policy));

/** A number of people that is the sum of others, each person in one part at most, and everybody in one. */
export type Sum = { whole: number; parts: readonly number[] };

/**
 * Which cells to hide, so that no small one can be read or worked out. Cells of fewer than the least are hidden first; then
 * as many more as it takes: no sum is left with one hidden cell, no hidden cells of a sum come to a small number, and none
 * follows from all sums together. Of those that could help, the smallest is hidden.
 *
 * @param counts how many people are in each cell
 * @param sums which cells are sums of which, by index into `counts`
 * @returns for each cell, whether it is hidden
 *
 * @example
 * hiddenCells([4, 12, 30, 46], [{ whole: 3, parts: [0, 1, 2] }], { least: 10 }) // => [true, true, false, false]
 */
export function hiddenCells(counts: readonly number[], sums: readonly Sum[], policy: CellPolicy): boolean[] {
  const hidden = counts.map((count) => isTooFew(count, policy));
  if (policy === null) return hidden;
  for (;;) {
    protectSums(counts, sums, hidden, policy.least);
    const leaking = follows(counts, sums, hidden, policy.least);
    const near = sums.flatMap(({ whole, parts }) =>
      leaking !== null && (whole === leaking || parts.includes(leaking)) ? [...parts, whole] : [],
    );
    const next = smallestShown(counts, hidden, near) ?? smallestShown(counts, hidden, counts.keys());
    if (leaking === null || next === null) return hidden;
    hidden[next] = true;
  }
}

/** Hides more until no sum by itself gives a hidden cell, or a small number of people in several, away. */
function protectSums(counts: readonly number[], sums: readonly Sum[], hidden: boolean[], least: number): void {
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const sum of sums) {
      while (leaks(sum, counts, hidden, least)) {
        const next = smallestShown(counts, hidden, sum.parts) ?? smallestShown(counts, hidden, [sum.whole]);
        if (next === null) break;
        hidden[next] = true;
        isChanged = true;
      }
    }
  }
}

function leaks({ whole, parts }: Sum, counts: readonly number[], hidden: readonly boolean[], least: number): boolean {
  const unknown = parts.filter((part) => hidden[part]);
  if (hidden[whole]) return unknown.length === 0;
  if (unknown.length === 0) return false;
  return unknown.length === 1 || total(unknown, counts) < least;
}

const total = (cells: readonly number[], counts: readonly number[]) =>
  cells.reduce((sum, cell) => sum + (counts[cell] ?? 0), 0);

/** Of the cells that are shown and hold somebody, the smallest; of equal ones the first. */
function smallestShown(counts: readonly number[], hidden: readonly boolean[], cells: Iterable<number>): number | null {
  let best: number | null = null;
  for (const cell of cells)
    if (!hidden[cell] && (counts[cell] ?? 0) > 0 && (best === null || counts[cell]! < counts[best]!)) best = cell;
  return best;
}

/**
 * A hidden cell that all sums together give away: alone, or with others in a number of people that is too small. The sums
 * are solved for what is hidden.
 */
function follows(
  counts: readonly number[],
  sums: readonly Sum[],
  hidden: readonly boolean[],
  least: number,
): number | null {
  const unknown = counts.flatMap((_, cell) => (hidden[cell] ? [cell] : []));
  const column = new Map(unknown.map((cell, at) => [cell, at]));
  const rows = sums.flatMap((sum) => {
    const row = new Map<number, number>();
    for (const part of sum.parts) if (hidden[part]) row.set(column.get(part)!, 1);
    if (hidden[sum.whole]) row.set(column.get(sum.whole)!, -1);
    return row.size > 0 ? [row] : [];
  });
  for (const row of solved(rows)) {
    const signs = new Set(row.values());
    const cells = [...row.keys()].map((at) => unknown[at]!);
    const isOneSided = signs.size === 1;
    if (isOneSided && (cells.length === 1 || total(cells, counts) < least)) return cells[0] ?? null;
  }
  return null;
}

/** Rows of a system of equations brought to their reduced form, each by its columns that are not zero. */
function solved(rows: Map<number, number>[]): Map<number, number>[] {
  const left = rows.map((row) => new Map(row));
  const done: Map<number, number>[] = [];
  while (left.length > 0) {
    const row = left.pop()!;
    const [pivot] = row.keys();
    if (pivot === undefined) continue;
    scale(row, 1 / row.get(pivot)!);
    for (const other of [...left, ...done]) {
      const times = other.get(pivot);
      if (times !== undefined) subtract(other, row, times);
    }
    done.push(row);
  }
  return done.filter((row) => row.size > 0);
}

function scale(row: Map<number, number>, by: number): void {
  for (const [at, value] of row) row.set(at, value * by);
}

function subtract(row: Map<number, number>, other: ReadonlyMap<number, number>, times: number): void {
  for (const [at, value] of other) {
    const next = (row.get(at) ?? 0) - times * value;
    // Sums hold each cell once, so that what is left is a small fraction or nothing.
    if (Math.abs(next) < 1e-9) row.delete(at);
    else row.set(at, Math.round(next * 1e9) / 1e9);
  }
}

/** Rows are answers, columns groups of people. */
export type CellTable = {
  /** How many people of the group gave the answer, answers by groups. */
  counts: readonly (readonly number[])[];
  /** How many people there are in each group: the base of its shares. */
  bases: readonly number[];
  /** Whether each person gives one of the answers at most; else each answer is a yes or no of its own. */
  isExclusive: boolean;
  /** Columns that share nobody among each other, all of them parts of another: people split by one thing. */
  splits: readonly Sum[];
};

/** For each cell and base, whether it is hidden. */
export type HiddenTable = { cells: boolean[][]; bases: boolean[] };

/**
 * A table whose small cells are hidden, with those that would give them away: by the base of their column, by the people
 * who did not give an answer, by everybody, or by those in no column. Where a base is hidden, so is its whole column.
 *
 * @param table numbers of people, without weights
 *
 * @example
 * safeCells({ counts: [[40, 37, 3], [60, 33, 27]], bases: [100, 70, 30], isExclusive: true, splits: [{ whole: 0, parts: [1, 2] }] }, { least: 10 })
 * // => { cells: [[false, true, true], [false, true, true]], bases: [false, false, false] }
 */
export function safeCells(table: CellTable, policy: CellPolicy): HiddenTable {
  const { bases, isExclusive } = table;
  const width = bases.length;
  if (policy === null) return { cells: table.counts.map((row) => row.map(() => false)), bases: bases.map(() => false) };
  // Whoever is in no column of a split stands in a column of their own, which is known though nobody shows it.
  const columns: { base: number; counts: number[] }[] = bases.map((base, at) => ({
    base,
    counts: table.counts.map((row) => row[at] ?? 0),
  }));
  const splits = table.splits.map(({ whole, parts }): Sum => {
    const restOf = (get: (column: { base: number; counts: number[] }) => number) =>
      Math.max(0, get(columns[whole]!) - parts.reduce((sum, at) => sum + get(columns[at]!), 0));
    columns.push({
      base: restOf(({ base }) => base),
      counts: table.counts.map((_, row) => restOf((one) => one.counts[row]!)),
    });
    return { whole, parts: [...parts, columns.length - 1] };
  });
  // Each column: its base, the answers, and those who gave none of them (or not this one).
  const rows = table.counts.length;
  const lines = isExclusive ? rows + 2 : 1 + 2 * rows;
  const cell = (column: number, line: number) => column * lines + line;
  const counts = columns.flatMap(({ base, counts: own }) =>
    isExclusive
      ? [base, ...own, Math.max(0, base - own.reduce((sum, count) => sum + count, 0))]
      : [base, ...own, ...own.map((count) => Math.max(0, base - count))],
  );
  const sums: Sum[] = columns.flatMap((_, column): Sum[] =>
    isExclusive
      ? [{ whole: cell(column, 0), parts: Array.from({ length: rows + 1 }, (__, line) => cell(column, 1 + line)) }]
      : Array.from({ length: rows }, (__, row) => ({
          whole: cell(column, 0),
          parts: [cell(column, 1 + row), cell(column, 1 + rows + row)],
        })),
  );
  for (const { whole, parts } of splits)
    for (let line = 0; line < lines; line += 1)
      sums.push({ whole: cell(whole, line), parts: parts.map((column) => cell(column, line)) });
  const hidden = hiddenCells(counts, sums, policy);
  // No share is told of a hidden base.
  const isGone = (column: number) => hidden[cell(column, 0)]!;
  return {
    cells: table.counts.map((_, row) =>
      Array.from({ length: width }, (__, column) => isGone(column) || hidden[cell(column, 1 + row)]!),
    ),
    bases: Array.from({ length: width }, (_, column) => isGone(column)),
  };
}
