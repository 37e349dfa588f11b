import { expect, test } from 'vitest';
import { applyCorrections } from '../../src/themes/apply-corrections.ts';
import { compareThemes, GROUP_BASE_MIN } from '../../src/themes/compare-themes.ts';
import { reviewList } from '../../src/themes/review-list.ts';
import { themeDrift } from '../../src/themes/theme-drift.ts';
import { themePairs } from '../../src/themes/theme-pairs.ts';
import { themeTimes } from '../../src/themes/theme-times.ts';

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

test('pairs are counted on answers that speak of anything, with their lift', () => {
  const { pairs, n, several } = themePairs([
    ...many(10, 'a', 'rent', 'noise'),
    ...many(30, 'b', 'rent'),
    ...many(10, 'c', 'noise'),
    ...many(50, 'd', 'school'),
    ...many(20, 'e'),
    ...many(4, 'f', 'rent', 'school'),
  ]);
  expect([n, several]).toEqual([104, 14]);
  expect(pairs).toMatchObject([{ themes: ['noise', 'rent'], both: 10, first: 20, second: 44 }]);
  expect(pairs[0]?.lift?.lift).toBeCloseTo(10 / 104 / ((20 / 104) * (44 / 104)), 10);
});

test('drift is told only when it is clear and both sides have fifty answers', () => {
  const now = new Date('2026-06-30T00:00:00.000Z');
  const answers = (n: number, without: number, at: string) =>
    Array.from({ length: n }, (_, index) => ({ at, hasTheme: index >= without }));
  const [lately, before] = ['2026-06-20T00:00:00.000Z', '2026-01-20T00:00:00.000Z'];
  const drift = themeDrift([...answers(100, 12, lately), ...answers(1000, 40, before)], now);
  expect(drift).toMatchObject({ lately: { share: 0.12, n: 100 }, before: { share: 0.04, n: 1000 } });
  expect(themeDrift([...answers(100, 5, lately), ...answers(1000, 40, before)], now)).toBeNull();
  expect(themeDrift([...answers(49, 40, lately), ...answers(1000, 40, before)], now)).toBeNull();
  expect(themeDrift([...answers(1000, 400, lately), ...answers(49, 0, before)], now)).toBeNull();
  expect(themeDrift([...answers(100, 4, lately), ...answers(1000, 120, before)], now)).toBeNull();
});

test('months follow each other without a gap, each with its base, and a change is read from sound ones', () => {
  const at = (id: string, day: string, ...themes: string[]) => ({
    ...speaking(id, ...themes),
    at: `${day}T12:00:00.000Z`,
  });
  const january = Array.from({ length: 40 }, (_, index) =>
    at(`j${index}`, '2026-01-31', ...(index < 4 ? ['rent'] : [])),
  );
  const march = Array.from({ length: 40 }, (_, index) =>
    at(`m${index}`, '2026-03-01', ...(index < 20 ? ['rent'] : [])),
  );
  const { times, rows } = themeTimes([...march, ...january, at('x', '2026-04-01', 'rent')], ['rent'], 'month');
  expect(times.map(({ label, n }) => [label, n])).toEqual([
    ['Jan 2026', 40],
    ['Feb 2026', 0],
    ['Mar 2026', 40],
    ['Apr 2026', 1],
  ]);
  expect(rows[0]?.points.map((point) => point?.share ?? null)).toEqual([0.1, null, 0.5, 1]);
  expect(rows[0]?.change?.difference).toBeCloseTo(0.4, 10);
});

test('weeks begin on Monday', () => {
  const one = (day: string) => ({ ...speaking(day, 'x'), at: `${day}T00:00:00.000Z` });
  const { times } = themeTimes([one('2026-03-08'), one('2026-03-09')], ['x'], 'week');
  expect(times.map(({ short, n }) => [short, n])).toEqual([
    ['2/3', 1],
    ['9/3', 1],
  ]);
});

test('the least sure tenth is told from the run, and does not fill up again', () => {
  const found = {
    themes: [{ id: 'x', label: 'x', words: [], subThemes: [] }],
    documents: Array.from({ length: 30 }, (_, index) => ({
      id: `d${String(index).padStart(2, '0')}.1`,
      themes: [{ theme: 'x', subTheme: null, confidence: index / 30 }],
    })),
  };
  expect(reviewList(found, applyCorrections(found, [])).open).toEqual(['d00.1', 'd01.1', 'd02.1']);
  const journal = [{ number: 1, action: { kind: 'pin' as const, document: 'd01.1', theme: 'x' } }];
  expect(reviewList(found, applyCorrections(found, journal))).toEqual({ open: ['d00.1', 'd02.1'], done: 1 });
});
