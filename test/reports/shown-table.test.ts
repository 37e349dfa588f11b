import { expect, test } from 'vitest';
import { layOutTable } from '../../src/exchange/table-layout.ts';
import { choiceColumn } from '../../src/model/table-column.ts';
import { bannerTable } from '../../src/reports/banner-table.ts';
import { packTable, unpackTable } from '../../src/reports/shown-table.ts';

const option = (code: string) => ({ code, label: code });
const column = (id: string, codes: string[], at: (i: number) => string | null) =>
  choiceColumn(
    { id, name: id, options: codes.map(option) },
    Array.from({ length: 200 }, (_, i) => at(i)),
  );

test('a kept table shows what it showed when it was made, in far fewer letters', () => {
  const table = bannerTable({
    title: 'T',
    rows: [{ column: column('likes', ['yes', 'no'], (i) => (i % 7 === 0 ? null : i % 2 === i % 3 ? 'yes' : 'no')) }],
    banners: [{ of: column('town', ['a', 'b', 'c', 'd'], (i) => 'aabbbbbbcc'[i % 10]!) }],
  });
  const kept = JSON.stringify(packTable(table));
  const shown = unpackTable(JSON.parse(kept));
  expect(layOutTable(shown, { counts: true })).toEqual(layOutTable(table, { counts: true }));
  expect(shown.blocks[0]!.rows[0]!.cells.map(({ standing, low }) => [standing, low])).toEqual(
    table.blocks[0]!.rows[0]!.cells.map(({ standing, low }) => [standing, low]),
  );
  expect(new Set(shown.blocks[0]!.rows[0]!.cells.map(({ standing }) => standing)).size).toBeGreaterThan(1);
  expect(kept.length).toBeLessThan(JSON.stringify(table).length / 1.5);
});
