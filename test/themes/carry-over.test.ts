import { expect, test } from 'vitest';
import { applyCorrections, type FoundThemes } from '../../src/themes/apply-corrections.ts';
import { carryOver, wordsOf } from '../../src/themes/carry-over.ts';
import type { Correction, ThemeAction } from '../../src/themes/correction.ts';

const sizes = { one: 100, two: 10, three: 400 };
const found: FoundThemes = {
  themes: Object.keys(sizes).map((id) => ({ id, label: id, words: [id], subThemes: [] })),
  documents: Object.entries(sizes).flatMap(([theme, size]) =>
    Array.from({ length: size }, (_, index) => ({
      id: `${theme}${index}.1`,
      themes: [{ theme, subTheme: null, confidence: 1 - index / 1000 }],
    })),
  ),
};
function carried(...actions: ThemeAction[]) {
  const journal: Correction[] = actions.map((action, index) => ({ number: index + 1, action }));
  return carryOver(applyCorrections(found, journal), journal);
}
const keptIn = (theme: string, { kept }: ReturnType<typeof carried>) => kept.filter((one) => one.theme === theme);

test('without corrections the next run is free', () => {
  expect(carried()).toEqual({ kept: [], barred: [], sameWords: [], leftOutWords: [] });
});

test('a renamed theme is carried on by its surest answers: a fifth, five at least and fifty at most', () => {
  const rename = (theme: string): ThemeAction => ({ kind: 'rename', theme, label: 'New' });
  expect(keptIn('one', carried(rename('one'))).map(({ documentId }) => documentId)).toEqual(
    Array.from({ length: 20 }, (_, index) => `one${index}.1`),
  );
  expect(keptIn('two', carried(rename('two')))).toHaveLength(5);
  expect(keptIn('three', carried(rename('three')))).toHaveLength(50);
});

test('of a locked, a merged and a split theme every answer stays', () => {
  expect(keptIn('one', carried({ kind: 'lock', theme: 'one' }))).toHaveLength(100);
  expect(keptIn('one', carried({ kind: 'merge', from: 'two', into: 'one', fromLabel: 'two' }))).toHaveLength(110);
});

test('an answer that was moved stays where it was put, and out of where it was taken from', () => {
  const state = carried({ kind: 'move', document: 'one7.1', from: 'one', to: 'two' });
  expect(state.kept).toContainEqual({ documentId: 'one7.1', theme: 'two' });
  expect(state.barred).toEqual([{ documentId: 'one7.1', theme: 'one' }]);
  // Nothing could be kept out of a theme that came out under another id.
  expect(keptIn('one', state).length).toBeGreaterThanOrEqual(5);
  expect(keptIn('one', state).some(({ documentId }) => documentId === 'one7.1')).toBe(false);
});

test('an undone correction frees the next run again', () => {
  expect(carried({ kind: 'lock', theme: 'one' }, { kind: 'undo', of: 1 }).kept).toEqual([]);
});

test('words that mean the same are joined where groups share one', () => {
  const words = (list: string[]): ThemeAction => ({ kind: 'same-words', words: list });
  const journal = [words(['cheap', 'low cost']), words(['flat', 'apartment']), words(['low cost', 'budget'])];
  expect(wordsOf(journal.map((action, index) => ({ number: index + 1, action })))).toEqual({
    sameWords: [
      ['flat', 'apartment'],
      ['cheap', 'low cost', 'budget'],
    ],
    leftOutWords: [],
  });
});
