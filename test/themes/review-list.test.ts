import { expect, test } from 'vitest';
import { applyCorrections } from '../../src/themes/apply-corrections.ts';
import { reviewList } from '../../src/themes/review-list.ts';

const placing = (confidences: readonly number[]) =>
  confidences.map((confidence, index) => ({
    id: `p${String(index).padStart(3, '0')}.1`,
    themes: [{ theme: 'x', subTheme: null, confidence }],
  }));

test('answers placed since add a tenth of their own, and take none of the run out of its tenth', () => {
  const ofRun = Array.from({ length: 30 }, (_, index) => ({
    id: `d${String(index).padStart(2, '0')}.1`,
    themes: [{ theme: 'x', subTheme: null, confidence: 0.5 + index / 100 }],
  }));
  const themes = [{ id: 'x', label: 'x', words: [], subThemes: [] }];
  const listOf = (confidences: readonly number[], pins: readonly string[] = []) => {
    const placed = placing(confidences);
    const found = { themes, documents: [...ofRun, ...placed], placed: placed.map(({ id }) => id) };
    const journal = pins.map((document, index) => ({
      number: index + 1,
      action: { kind: 'pin' as const, document, theme: 'x' },
    }));
    return reviewList(found, applyCorrections(found, journal));
  };
  const run = ['d00.1', 'd01.1', 'd02.1'];
  expect(listOf([0.1, 0.2, 0.3]).open).toEqual(run);
  const unsure = Array.from({ length: 20 }, (_, index) => 0.1 + index / 1000);
  expect(listOf(unsure).open).toEqual(['p000.1', 'p001.1', ...run]);
  const done = listOf(unsure, ['p000.1', 'p001.1', ...run]);
  expect(done).toEqual({ open: [], done: 5 });
  // Whatever comes in, one in ten is added at most, also where all of it is less sure than what was there.
  const more = [...unsure, ...Array.from({ length: 20 }, () => 0.9)];
  expect(listOf(more, ['p000.1', 'p001.1', ...run])).toEqual({ open: ['p002.1', 'p003.1'], done: 5 });
});

test('the least sure tenth is told from the run, and does not fill up again', () => {
  const found = {
    themes: [{ id: 'x', label: 'x', words: [], subThemes: [] }],
    documents: Array.from({ length: 30 }, (_, index) => ({
      id: `d${String(index).padStart(2, '0')}.1`,
      themes: [{ theme: 'x', subTheme: null, confidence: index / 30 }],
    })),
    placed: [],
  };
  expect(reviewList(found, applyCorrections(found, [])).open).toEqual(['d00.1', 'd01.1', 'd02.1']);
  const journal = [{ number: 1, action: { kind: 'pin' as const, document: 'd01.1', theme: 'x' } }];
  expect(reviewList(found, applyCorrections(found, journal))).toEqual({ open: ['d00.1', 'd02.1'], done: 1 });
});
