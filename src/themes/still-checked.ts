import type { CorrectedTheme, CorrectedThemes } from './apply-corrections.ts';

type Made = Pick<CorrectedTheme, 'id' | 'found' | 'subThemes'>;

/**
 * Which themes are now what was checked then: made of the same themes of the run and the same of their sub-themes, or of
 * several that were all checked. One that took in something unchecked, or gave something away, is another theme.
 *
 * @param then the themes as they stood when they were checked
 * @param checked which of those were checked, by id
 * @param now the themes as they stand
 * @returns ids of themes of `now`
 *
 * @example
 * const [a, b] = [{ id: 'a', found: ['a'], subThemes: [] }, { id: 'b', found: ['b'], subThemes: [] }];
 * const now = { themes: [{ id: 'a', found: ['a', 'b'], subThemes: [] }], shownAs: new Map([['b', 'a']]) };
 * [...stillChecked([a, b], ['a'], now)] // => []
 * @example
 * const [a, b] = [{ id: 'a', found: ['a'], subThemes: [] }, { id: 'b', found: ['b'], subThemes: [] }];
 * const now = { themes: [{ id: 'a', found: ['a', 'b'], subThemes: [] }], shownAs: new Map([['b', 'a']]) };
 * [...stillChecked([a, b], ['a', 'b'], now)] // => ['a']
 */
export function stillChecked(
  then: readonly Made[],
  checked: readonly string[],
  now: Pick<CorrectedThemes, 'shownAs'> & { readonly themes: readonly Made[] },
): Set<string> {
  const parts = new Map<string, Set<string>>();
  for (const theme of then) {
    if (!checked.includes(theme.id)) continue;
    const shown = now.shownAs.get(theme.id) ?? theme.id;
    parts.set(shown, (parts.get(shown) ?? new Set<string>()).union(partsOf(theme)));
  }
  return new Set(
    now.themes.flatMap((theme) => {
      const own = parts.get(theme.id);
      return own?.symmetricDifference(partsOf(theme)).size === 0 ? [theme.id] : [];
    }),
  );
}

const partsOf = ({ found, subThemes }: Made): Set<string> =>
  new Set([...found.map((id) => `theme ${id}`), ...subThemes.map(({ id }) => `sub-theme ${id}`)]);
