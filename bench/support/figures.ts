/** The value below which a share of the values lies; NaN for none. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** A number as a person reads it: three digits that say something. */
export const show = (value: number): string =>
  Number.isNaN(value) ? '–' : Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-GB') : value.toPrecision(3);

/** A table for people: the first row names the columns, numbers stand to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    );
  }
}

/** Whether a figure reaches its goal. */
export type Goal = { name: string; value: number; goal: string; isReached: boolean };

export const atLeast = (name: string, value: number, goal: number): Goal => ({
  name,
  value,
  goal: `at least ${goal}`,
  isReached: value >= goal,
});
export const atMost = (name: string, value: number, goal: number): Goal => ({
  name,
  value,
  goal: `at most ${goal}`,
  isReached: value <= goal,
});

/** The goals in a table, and everything once more as one line of JSON for programs. */
export function printGoals(bench: string, goals: readonly Goal[], more: Record<string, unknown>): void {
  console.log('');
  printTable([
    ['goal', 'measured', 'wanted', ''],
    ...goals.map(({ name, value, goal, isReached }) => [
      name,
      show(value),
      goal,
      isReached ? 'reached' : 'NOT REACHED',
    ]),
  ]);
  console.log('');
  console.log(JSON.stringify({ bench, goals, ...more }));
}

/** @throws {Error} since a run with wrong replies or lost rows is not slow but invalid */
export function invalid(why: string): never {
  throw new Error(`This run is invalid: ${why}`);
}
