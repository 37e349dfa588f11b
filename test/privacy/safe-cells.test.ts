import { describe, expect, test } from 'vitest';
import { type CellTable, hiddenCells, mayTell, safeCells } from '../../src/privacy/safe-cells.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const policy = { least: 10 };

test('a share is told of enough people, when those who have it and those who have not are many or none', () => {
  expect([mayTell(policy, 10), mayTell(policy, 9), mayTell(null, 1)]).toEqual([true, false, true]);
  expect([mayTell(policy, 10, 100), mayTell(policy, 0, 100), mayTell(policy, 100, 100)]).toEqual([true, true, true]);
  expect([mayTell(policy, 9, 100), mayTell(policy, 91, 100), mayTell(policy, 0, 9)]).toEqual([false, false, false]);
});

test('no cell is hidden alone, and hidden ones are many together', () => {
  const hide = (counts: number[]) =>
    hiddenCells(
      [...counts, counts.reduce((a, b) => a + b, 0)],
      [{ whole: counts.length, parts: [...counts.keys()] }],
      policy,
    );
  expect(hide([50, 37, 3, 10])).toEqual([false, false, true, true, false]);
  expect(hide([50, 4, 3, 12]), 'seven in two cells are too few').toEqual([false, true, true, true, false]);
  expect(hide([50, 8, 7, 0]), 'fifteen are not, and nobody is no cell').toEqual([false, true, true, false, false]);
  expect(hide([50, 40, 0]), 'nothing is hidden without need').toEqual([false, false, false, false]);
});

describe('tables of two ways', () => {
  /** Whether a number follows from what is shown: by the ranks of the equations with it and without. */
  function small({ counts, bases, isExclusive, splits }: CellTable): string[] {
    const { cells, bases: hiddenBases } = safeCells({ counts, bases, isExclusive, splits }, policy);
    const [split] = splits;
    const columns = split!.parts;
    // Each person is in one column of the split, or in none, and gives one answer, or none.
    const rows = counts.length + 1;
    const unknowns = (columns.length + 1) * rows;
    const inside = columns.map((column) => [
      ...counts.map((row) => row[column]!),
      bases[column]! - counts.reduce((sum, row) => sum + row[column]!, 0),
    ]);
    const everybody = [...counts.map((row) => row[0]!), bases[0]! - counts.reduce((sum, row) => sum + row[0]!, 0)];
    const truth = [
      ...inside,
      everybody.map((count, row) => count - inside.reduce((sum, column) => sum + column[row]!, 0)),
    ].flat();
    const vector = (where: (column: number, row: number) => boolean) =>
      Array.from({ length: unknowns }, (_, i) => Number(where(Math.floor(i / rows), i % rows)));
    const shown: number[][] = [];
    const known = (isHidden: boolean, where: (column: number, row: number) => boolean) => {
      if (!isHidden) shown.push(vector(where));
    };
    known(hiddenBases[0]!, () => true);
    columns.forEach((column, place) => known(hiddenBases[column]!, (one) => one === place));
    counts.forEach((_, row) => {
      known(cells[row]![0]!, (__, one) => one === row);
      columns.forEach((column, place) => known(cells[row]![column]!, (a, b) => a === place && b === row));
    });
    const rank = rankOf(shown);
    const found: string[] = [];
    const look = (name: string, where: (column: number, row: number) => boolean) => {
      const sum = vector(where);
      const people = sum.reduce((total, one, i) => total + one * truth[i]!, 0);
      if (people > 0 && people < 10 && rankOf([...shown, sum]) === rank) found.push(`${name}: ${people}`);
    };
    for (let column = 0; column <= columns.length; column += 1) {
      look(`column ${column}`, (one) => one === column);
      for (let row = 0; row < rows; row += 1) look(`cell ${column} ${row}`, (a, b) => a === column && b === row);
    }
    for (let row = 0; row < rows; row += 1) {
      look(`row ${row}`, (_, one) => one === row);
      look(`not row ${row}`, (_, one) => one !== row);
    }
    return found;
  }

  function rankOf(rows: readonly (readonly number[])[]): number {
    const left = rows.map((row) => [...row]);
    let rank = 0;
    for (let column = 0; column < (left[0]?.length ?? 0); column += 1) {
      const at = left.findIndex((row, index) => index >= rank && Math.abs(row[column]!) > 1e-9);
      if (at < 0) continue;
      [left[rank], left[at]] = [left[at]!, left[rank]!];
      for (let other = rank + 1; other < left.length; other += 1) {
        const times = left[other]![column]! / left[rank]![column]!;
        if (times !== 0) left[other] = left[other]!.map((value, index) => value - times * left[rank]![index]!);
      }
      rank += 1;
    }
    return rank;
  }

  test('give no cell, base, remainder or complement of one to nine people away, in two thousand of them', () => {
    let hidden = 0;
    let all = 0;
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const random = mulberry32(seed);
      const [answers, columns] = [2 + Math.floor(random() * 4), 2 + Math.floor(random() * 3)];
      const inside = Array.from({ length: columns + 1 }, (_, column) =>
        Array.from({ length: answers + 1 }, (__, row) => {
          const most = column === columns || row === answers ? 25 : 60;
          return random() < 0.2 ? 0 : Math.floor(random() ** 2 * most);
        }),
      );
      const total = Array.from({ length: answers + 1 }, (_, row) => inside.reduce((sum, own) => sum + own[row]!, 0));
      const own = [total, ...inside.slice(0, columns)];
      const table: CellTable = {
        counts: Array.from({ length: answers }, (_, row) => own.map((column) => column[row]!)),
        bases: own.map((column) => column.reduce((sum, count) => sum + count, 0)),
        isExclusive: true,
        splits: [{ whole: 0, parts: Array.from({ length: columns }, (_, i) => i + 1) }],
      };
      const { cells } = safeCells(table, policy);
      hidden += cells.flat().filter(Boolean).length;
      all += cells.flat().length;
      expect(small(table), `table ${seed}`).toEqual([]);
    }
    expect(hidden).toBeGreaterThan(1_000);
    expect(hidden).toBeLessThan(all);
  }, 60_000);
});
