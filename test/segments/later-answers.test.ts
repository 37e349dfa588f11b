import { expect, test } from 'vitest';
import { buildInputTable, type InputBlock } from '../../src/segments/input-table.ts';
import { laterAnswers } from '../../src/segments/later-answers.ts';

const n = 60;
const block = (id: string, columns: InputBlock['columns']): InputBlock => ({
  id,
  name: id,
  centring: 'none',
  weight: 1,
  columns,
});
const wishes = (values: (number | null)[]) =>
  block('wants', [{ id: 'answer:wants', name: 'Wants', kind: 'ordinal', values }]);
const town = (values: (number | null)[], levels: string[]) =>
  block('town', [{ id: 'answer:town', name: 'Town', kind: 'nominal', values, levels }]);

test('answers given later stand where the table has them, and a level is known by its name', () => {
  const each = Array.from({ length: n }, (_, i) => i);
  const table = buildInputTable(
    [
      wishes(each.map((i) => 1 + (i % 5))),
      town(
        each.map((i) => i % 3),
        ['North', 'South', 'West'],
      ),
    ],
    { missing: 'fill', isBalanced: true },
  );
  const columnOf = (name: string) => table.columns.findIndex((column) => column.name === name);
  // An option came first since, and one is not offered any more.
  const rows = laterAnswers(table, [wishes([4, null, 2]), town([1, 2, null], ['East', 'North', 'South'])]);
  const told = (row: number, name: string) => rows[row]![columnOf(name)];
  expect(rows).toHaveLength(3);
  expect([told(0, 'Wants'), told(0, 'Town: North'), told(0, 'Town: South')]).toEqual([4, 1, 0]);
  expect([told(1, 'Wants'), told(1, 'Town: North'), told(1, 'Town: South')]).toEqual([Number.NaN, 0, 1]);
  expect([told(2, 'Wants'), told(2, 'Town: North')]).toEqual([2, Number.NaN]);
  // Worded anew, it is still the first.
  const renamed = laterAnswers(table, [wishes([4]), town([0], ['The north', 'South', 'West'])]);
  expect(renamed[0]![columnOf('Town: North')]).toBe(1);
});
