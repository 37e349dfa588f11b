import { expect, test } from 'vitest';
import { applyCorrections } from '../../src/themes/apply-corrections.ts';
import { reviewList } from '../../src/themes/review-list.ts';

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
