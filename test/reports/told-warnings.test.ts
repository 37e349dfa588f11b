import { expect, test } from 'vitest';
import { toldWarnings } from '../../src/reports/told-warnings.ts';

const run = (...languages: number[]) => ({
  warnings: ['The answers are in 2 languages: English (90), Kazakh (3).', 'None comes out alike when found again.'],
  languages: languages.map((n) => ({ n })),
  answered: languages.reduce((sum, n) => sum + n, 0),
  uncoded: 0,
});

test('warnings give no number to others than researchers where a language is of too few answers', () => {
  expect(toldWarnings(run(90, 3), null)).toHaveLength(2);
  expect(toldWarnings(run(90, 3), { least: 10 })).toEqual(['None comes out alike when found again.']);
  expect(toldWarnings(run(90, 30), { least: 10 })).toHaveLength(2);
  expect(toldWarnings({ ...run(90, 30), uncoded: 4 }, { least: 10 }), 'four without a theme').toHaveLength(1);
});
