import { expect, test } from 'vitest';
import { applyCorrections, type FoundThemes } from '../../src/themes/apply-corrections.ts';
import type { Correction, ThemeAction } from '../../src/themes/correction.ts';
import { stillChecked } from '../../src/themes/still-checked.ts';

const sub = (id: string) => ({ id, label: id, words: [], size: 5 });
const found: FoundThemes = {
  themes: ['a', 'b', 'c'].map((id) => ({ id, label: id, words: [], subThemes: [sub(`${id}1`), sub(`${id}2`)] })),
  documents: [],
};
const journal = (...actions: ThemeAction[]): Correction[] =>
  actions.map((action, index) => ({ number: index + 1, action }));
const merge = (from: string, into: string): ThemeAction => ({ kind: 'merge', from, into, fromLabel: from });
const split = (theme: string, subTheme: string): ThemeAction => ({
  kind: 'split',
  theme,
  parts: [{ subTheme, theme: 'new', label: 'new', words: [] }],
});
/** What still stands of a check of `checked` made after `before`, once `after` was done too. */
const left = (checked: string[], before: ThemeAction[], after: ThemeAction[]) => {
  const then = applyCorrections(found, journal(...before));
  return [...stillChecked(then.themes, checked, applyCorrections(found, journal(...before, ...after)))].sort();
};

test('a theme that gave a part away is another one until the split is undone', () => {
  expect(left(['a', 'b'], [], [split('a', 'a1')])).toEqual(['b']);
  expect(left(['a', 'b'], [], [split('a', 'a1'), { kind: 'undo', of: 1 }])).toEqual(['a', 'b']);
  expect(left(['a', 'new'], [split('a', 'a1')], [])).toEqual(['a', 'new']);
  expect(left(['a', 'new'], [split('a', 'a1')], [{ kind: 'undo', of: 1 }])).toEqual([]);
});

test('a theme that took another in is the one that was checked only where both were', () => {
  expect(left(['a', 'b', 'c'], [], [merge('a', 'b')])).toEqual(['b', 'c']);
  expect(left(['b', 'c'], [], [merge('a', 'b')])).toEqual(['c']);
  expect(left(['a', 'c'], [], [merge('a', 'b')])).toEqual(['c']);
});

test('themes that were one when they were checked are not told of once they come apart', () => {
  expect(left(['b', 'c'], [merge('a', 'b')], [])).toEqual(['b', 'c']);
  expect(left(['b', 'c'], [merge('a', 'b')], [{ kind: 'undo', of: 1 }])).toEqual(['c']);
});

test('names, locks and single answers change nothing', () => {
  const other: ThemeAction[] = [
    { kind: 'rename', theme: 'a', label: 'x' },
    { kind: 'lock', theme: 'b' },
    { kind: 'bar', document: 'd.1', theme: 'a' },
  ];
  expect(left(['a', 'b', 'c'], [], other)).toEqual(['a', 'b', 'c']);
});
