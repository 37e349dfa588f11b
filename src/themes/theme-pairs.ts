import { type Lift, lift } from '../stats/lift.ts';
import type { CorrectedDocument } from './apply-corrections.ts';

export type ThemePair = {
  themes: [string, string];
  both: number;
  first: number;
  second: number;
  /** Against how often it would happen if neither had to do with the other. */
  lift: Lift | null;
};

/** Pairs that stand in fewer answers together are left out. */
export const PAIR_MIN = 5;

/**
 * Which themes are named in the same answers, the most frequent pairs first.
 *
 * Only answers with two themes or more can name a pair, and only answers that name a theme at all can be expected to: the
 * base is all answers with any theme.
 *
 * @returns pairs that at least five answers name, with the base they are counted on, and how many answers hold several
 */
export function themePairs(documents: readonly Pick<CorrectedDocument, 'themes'>[]): {
  pairs: ThemePair[];
  n: number;
  several: number;
} {
  const single = new Map<string, number>();
  const together = new Map<string, { themes: [string, string]; both: number }>();
  let n = 0;
  let several = 0;
  for (const { themes } of documents) {
    const ids = [...new Set(themes.map(({ theme }) => theme))].sort();
    if (ids.length === 0) continue;
    n += 1;
    if (ids.length > 1) several += 1;
    for (const [index, one] of ids.entries()) {
      single.set(one, (single.get(one) ?? 0) + 1);
      for (const other of ids.slice(index + 1)) {
        const key = `${one} ${other}`;
        const pair = together.get(key) ?? { themes: [one, other] as [string, string], both: 0 };
        pair.both += 1;
        together.set(key, pair);
      }
    }
  }
  const pairs = [...together.values()]
    .filter(({ both }) => both >= PAIR_MIN)
    .map(({ themes, both }): ThemePair => {
      const [first, second] = [single.get(themes[0]) ?? 0, single.get(themes[1]) ?? 0];
      return { themes, both, first, second, lift: lift({ both, first, second, total: n }) };
    })
    .sort((a, b) => b.both - a.both || (a.themes.join() < b.themes.join() ? -1 : 1));
  return { pairs, n, several };
}
