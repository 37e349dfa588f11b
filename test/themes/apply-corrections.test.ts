import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answersByTheme, applyCorrections, type FoundThemes } from '../../src/themes/apply-corrections.ts';
import { type Correction, standing, type ThemeAction } from '../../src/themes/correction.ts';

const found: FoundThemes = {
  themes: [
    {
      id: 'rent',
      label: 'rent, landlord',
      words: ['rent', 'landlord'],
      subThemes: [
        { id: 'rent.1', label: 'rise', words: ['rise'], size: 1 },
        { id: 'rent.2', label: 'deposit', words: ['deposit'], size: 1 },
      ],
    },
    { id: 'school', label: 'school, child', words: ['school', 'child'], subThemes: [] },
    { id: 'noise', label: 'noise, street', words: ['noise', 'street'], subThemes: [] },
  ],
  documents: [
    { id: 'a.1', themes: [{ theme: 'rent', subTheme: 'rent.1', confidence: 0.9 }] },
    { id: 'b.1', themes: [{ theme: 'rent', subTheme: 'rent.2', confidence: 0.8 }] },
    {
      id: 'c.1',
      themes: [
        { theme: 'school', subTheme: null, confidence: 0.7 },
        { theme: 'noise', subTheme: null, confidence: 0.6 },
      ],
    },
    { id: 'd.1', themes: [{ theme: 'noise', subTheme: null, confidence: 0.5 }] },
    { id: 'e.1', themes: [] },
  ],
};
const journal = (...actions: ThemeAction[]): Correction[] =>
  actions.map((action, index) => ({ number: index + 1, action }));
const corrected = (...actions: ThemeAction[]) => applyCorrections(found, journal(...actions));
const themesOf = (state: ReturnType<typeof corrected>, id: string) =>
  state.documents.find((document) => document.id === id)?.themes.map(({ theme }) => theme);
const split: ThemeAction = {
  kind: 'split',
  theme: 'rent',
  parts: [{ subTheme: 'rent.2', theme: 'deposits', label: 'deposit', words: ['deposit'] }],
};
const merge = (from: string, into: string): ThemeAction => ({ kind: 'merge', from, into, fromLabel: from });

describe('corrections over a run', () => {
  test('without any, a run is shown as it was found', () => {
    const state = corrected();
    expect(state.themes.map(({ id, label }) => [id, label])).toEqual(found.themes.map(({ id, label }) => [id, label]));
    expect(themesOf(state, 'c.1')).toEqual(['school', 'noise']);
    expect([state.changed, state.actions]).toEqual([0, 0]);
  });

  test('a merged theme answers to both ids, keeps the name of the one it was merged into, and holds an answer once', () => {
    const state = corrected(merge('school', 'noise'));
    expect(state.themes.map(({ id }) => id)).toEqual(['rent', 'noise']);
    expect(state.themes[1]).toMatchObject({ label: 'noise, street', isMerged: true, found: ['school', 'noise'] });
    expect([state.shownAs.get('school'), state.shownAs.get('noise')]).toEqual(['noise', 'noise']);
    expect(themesOf(state, 'c.1')).toEqual(['noise']);
    expect(state.documents.find(({ id }) => id === 'c.1')?.themes[0]?.confidence).toBe(0.7);
  });

  test('merges of merges lead to one theme, and a merge in a circle says nothing', () => {
    const state = corrected(merge('school', 'noise'), merge('noise', 'rent'), merge('rent', 'school'));
    expect(state.themes.map(({ id }) => id)).toEqual(['rent']);
    expect(['school', 'noise', 'rent'].map((id) => state.shownAs.get(id))).toEqual(['rent', 'rent', 'rent']);
  });

  test('a sub-theme that is split off takes its answers with it and leaves the rest', () => {
    const state = corrected(split);
    expect([themesOf(state, 'a.1'), themesOf(state, 'b.1')]).toEqual([['rent'], ['deposits']]);
    expect(state.themes.find(({ id }) => id === 'deposits')).toMatchObject({ label: 'deposit', isSplitOff: true });
    expect(state.themes[0]?.subThemes.map(({ id }) => id)).toEqual(['rent.1']);
  });

  test('what a hand said of an answer outweighs run, split and merge', () => {
    const moved: ThemeAction = { kind: 'move', document: 'b.1', from: 'rent', to: 'school' };
    expect(themesOf(corrected(moved, split), 'b.1')?.[0]).toBe('school');
    expect(themesOf(corrected(split, moved), 'b.1')?.[0]).toBe('school');
  });

  test('an answer that is not of its theme falls to its next one, or to none', () => {
    const state = corrected(
      { kind: 'bar', document: 'c.1', theme: 'school' },
      { kind: 'bar', document: 'd.1', theme: 'noise' },
    );
    expect([themesOf(state, 'c.1'), themesOf(state, 'd.1')]).toEqual([['noise'], []]);
    expect(state.barred).toEqual([
      { document: 'c.1', theme: 'school' },
      { document: 'd.1', theme: 'noise' },
    ]);
  });

  test('an answer without shared wording can be put into a theme', () => {
    const state = corrected({ kind: 'pin', document: 'e.1', theme: 'rent' });
    expect(state.documents.find(({ id }) => id === 'e.1')).toMatchObject({
      themes: [{ theme: 'rent', confidence: 1 }],
      isByHand: true,
    });
  });

  test('an answer moved out of a theme that is later merged into the other stays there', () => {
    const state = corrected({ kind: 'move', document: 'd.1', from: 'noise', to: 'school' }, merge('noise', 'school'));
    expect(themesOf(state, 'd.1')).toEqual(['school']);
    expect(state.barred).toEqual([]);
  });

  test('to confirm an answer is no change, to move one is; what was undone counts for nothing', () => {
    const pin: ThemeAction = { kind: 'pin', document: 'a.1', theme: 'rent' };
    const move: ThemeAction = { kind: 'move', document: 'd.1', from: 'noise', to: 'rent' };
    expect(corrected(pin)).toMatchObject({ changed: 0, actions: 1 });
    expect(corrected(pin, move)).toMatchObject({ changed: 1, actions: 2 });
    expect(corrected(pin, move, { kind: 'undo', of: 2 })).toMatchObject({ changed: 0, actions: 1 });
  });

  test('a later name wins, also over the name of a theme that was merged in', () => {
    const state = corrected(
      { kind: 'rename', theme: 'school', label: 'Children' },
      merge('school', 'noise'),
      { kind: 'rename', theme: 'noise', label: 'Street life' },
      { kind: 'lock', theme: 'noise' },
    );
    expect(state.themes[1]).toMatchObject({ label: 'Street life', isRenamed: true, isLocked: true });
  });

  test('themes come with the answers that speak of them, the largest first, and none that nobody speaks of', () => {
    expect(
      answersByTheme(corrected(merge('school', 'noise'), { kind: 'bar', document: 'a.1', theme: 'rent' }, split)),
    ).toEqual([
      { id: 'noise', label: 'noise, street', answers: new Set(['c.1', 'd.1']) },
      { id: 'deposits', label: 'deposit', answers: new Set(['b.1']) },
    ]);
  });
});

describe('undoing', () => {
  const theme = fc.constantFrom('rent', 'school', 'noise', 'deposits');
  const document = fc.constantFrom('a.1', 'b.1', 'c.1', 'd.1', 'e.1');
  const action: fc.Arbitrary<ThemeAction> = fc.oneof(
    fc.record({ kind: fc.constant('rename' as const), theme, label: fc.string({ minLength: 1, maxLength: 8 }) }),
    fc.record({ kind: fc.constant('merge' as const), from: theme, into: theme, fromLabel: fc.constant('x') }),
    fc.constant(split),
    fc.record({ kind: fc.constant('move' as const), document, from: fc.option(theme), to: theme }),
    fc.record({ kind: fc.constant('bar' as const), document, theme }),
    fc.record({ kind: fc.constant('pin' as const), document, theme }),
    fc.record({ kind: fc.constant('lock' as const), theme }),
  );
  const actions = fc.array(action, { maxLength: 12 });
  const shown = (...list: ThemeAction[]) => {
    const { shownAs, ...state } = corrected(...list);
    return { ...state, shownAs: [...shownAs].sort() };
  };

  test('gives back what was shown before, whatever was done before and after', () => {
    fc.assert(
      fc.property(actions, action, actions, (before, one, later) => {
        const undo: ThemeAction = { kind: 'undo', of: before.length + 1 };
        const number = (list: readonly ThemeAction[]) => applyCorrections(found, journal(...list)).documents;
        expect(shown(...before, one, undo)).toEqual(shown(...before));
        expect(number([...before, one, ...later, undo])).toEqual(
          number([...before, { kind: 'undo', of: 0 }, ...later]),
        );
      }),
    );
  });

  test('and undoing that gives back what was undone', () => {
    fc.assert(
      fc.property(actions, action, (before, one) => {
        const number = before.length + 1;
        const twice: ThemeAction[] = [
          { kind: 'undo', of: number },
          { kind: 'undo', of: number + 1 },
        ];
        expect(shown(...before, one, ...twice)).toEqual(shown(...before, one));
      }),
    );
  });

  test('every answer keeps to themes that are shown, and to each of them once', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const state = corrected(...list);
        const ids = new Set(state.themes.map(({ id }) => id));
        for (const { themes } of state.documents) {
          expect(new Set(themes.map((one) => one.theme)).size).toBe(themes.length);
          for (const one of themes) expect(ids.has(one.theme)).toBe(true);
        }
      }),
    );
  });

  test('corrections of different answers, names and words come to the same in any order', () => {
    const independent: ThemeAction[] = [
      { kind: 'rename', theme: 'rent', label: 'Money' },
      { kind: 'move', document: 'a.1', from: 'rent', to: 'school' },
      { kind: 'bar', document: 'd.1', theme: 'noise' },
      { kind: 'pin', document: 'e.1', theme: 'school' },
      { kind: 'lock', theme: 'school' },
      { kind: 'leave-out', words: ['flat'] },
      split,
      merge('noise', 'rent'),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(independent, { minLength: 8 }), (list) => {
        expect(shown(...list)).toEqual(shown(...independent));
      }),
    );
  });

  test('a journal is read without being changed', () => {
    const list = journal({ kind: 'lock', theme: 'rent' }, { kind: 'undo', of: 1 });
    Object.freeze(list);
    expect(standing(list)).toEqual([]);
    expect(applyCorrections(found, list).themes[0]?.isLocked).toBe(false);
  });
});
