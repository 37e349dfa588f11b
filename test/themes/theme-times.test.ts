import { expect, test } from 'vitest';
import { themeTimes } from '../../src/themes/theme-times.ts';

const speaking = (id: string, ...themes: string[]) => ({
  id,
  themes: themes.map((theme) => ({ theme, confidence: 0.9 })),
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
