import { expect, test } from 'vitest';
import { compareThemes, GROUP_BASE_MIN } from '../../src/themes/compare-themes.ts';

const speaking = (id: string, ...themes: string[]) => ({
  id,
  themes: themes.map((theme) => ({ theme, confidence: 0.9 })),
});
const many = (n: number, prefix: string, ...themes: string[]) =>
  Array.from({ length: n }, (_, index) => speaking(`${prefix}${index}`, ...themes));

test('a group is held against all others, and the whole table is adjusted together', () => {
  const documents = [...many(60, 'a', 'rent'), ...many(40, 'b'), ...many(20, 'c', 'rent'), ...many(80, 'd', 'noise')];
  const town = new Set(documents.slice(0, 100).map(({ id }) => id));
  const table = compareThemes(
    documents,
    ['rent', 'noise'],
    [
      { label: 'Town', members: town },
      { label: 'Few', members: new Set(['a1', 'a2']) },
    ],
  );
  const [rent] = table.rows;
  expect(rent?.all).toMatchObject({ count: 80, n: 200 });
  expect(rent?.cells[0]).toMatchObject({ count: 60, n: 100, test: 'chi-square', mark: 'more' });
  expect(rent?.cells[0]?.share).toMatchObject({ share: 0.6 });
  expect(rent?.cells[0]?.difference).toBeCloseTo(0.4, 12);
  expect(rent?.cells[0]?.share?.low).toBeCloseTo(0.502, 3);
  expect(rent?.cells[1]).toMatchObject({ count: 2, n: 2, p: null, mark: null, test: null });
  expect(table.groups.map(({ isTested }) => isTested)).toEqual([true, false]);
});

test('rare themes are tested exactly, and a chance difference is not marked', () => {
  const documents = [...many(3, 'a', 'rare'), ...many(57, 'b'), ...many(1, 'c', 'rare'), ...many(59, 'd')];
  const half = new Set(documents.slice(0, 60).map(({ id }) => id));
  const cell = compareThemes(documents, ['rare'], [{ label: 'Half', members: half }]).rows[0]?.cells[0];
  expect(cell).toMatchObject({ test: 'exact', mark: null });
  expect(cell?.p).toBeCloseTo(0.6186, 3);
});

test('groups below the least base are never tested', () => {
  const documents = [...many(GROUP_BASE_MIN - 1, 'a', 'x'), ...many(100, 'b')];
  const few = new Set(documents.slice(0, GROUP_BASE_MIN - 1).map(({ id }) => id));
  expect(compareThemes(documents, ['x'], [{ label: 'Few', members: few }]).rows[0]?.cells[0]?.p).toBeNull();
});
