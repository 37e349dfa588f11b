import { expect, test } from 'vitest';
import { themeDrift } from '../../src/themes/theme-drift.ts';

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
