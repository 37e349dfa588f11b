import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fisherExact } from '../stats/fisher-exact.ts';
import { shareContrast } from '../stats/share-contrast.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import type { CorrectedDocument } from './apply-corrections.ts';

/** Below so many answers a group's shares are shown and not tested. */
export const GROUP_BASE_MIN = 30;
/** Of all differences called real, so many may be chance. */
export const FALSE_DISCOVERY_RATE = 0.05;

export type ThemeCell = {
  count: number;
  n: number;
  share: ShareInterval | null;
  /** Share in the group minus share in all others, and its adjusted p; null where nothing was tested. */
  difference: number | null;
  p: number | null;
  test: 'chi-square' | 'exact' | null;
  /** How it differs from the rest at the false discovery rate of the whole table. */
  mark: 'more' | 'less' | null;
};
export type ThemeComparison = {
  groups: { label: string; n: number; isTested: boolean }[];
  rows: { theme: string; all: { count: number; n: number; share: ShareInterval | null }; cells: ThemeCell[] }[];
  n: number;
};

/**
 * How often each theme is spoken of in each group, against everybody else who answered. Two shares are compared by
 * chi-square (as the square of z), or exactly where fewer than five are expected in a corner; all p values of the table are
 * adjusted together by Benjamini and Hochberg, so that a large table finds no more by chance than a small one.
 *
 * @param documents answers with their corrected themes; whoever is not here is in no group and no base
 * @param groups may overlap, as options of a multiple choice do; an answer outside all of them is among the others
 */
export function compareThemes(
  documents: readonly Pick<CorrectedDocument, 'id' | 'themes'>[],
  themes: readonly string[],
  groups: readonly { label: string; members: ReadonlySet<string> }[],
): ThemeComparison {
  const n = documents.length;
  const place = new Map(themes.map((id, index) => [id, index]));
  const totals = new Int32Array(themes.length);
  const counts = groups.map(() => new Int32Array(themes.length));
  const bases = groups.map(() => 0);
  for (const { id, themes: own } of documents) {
    const at = own.flatMap(({ theme }) => place.get(theme) ?? []);
    for (const index of at) totals[index]! += 1;
    for (const [group, { members }] of groups.entries()) {
      if (!members.has(id)) continue;
      bases[group]! += 1;
      for (const index of at) counts[group]![index]! += 1;
    }
  }
  const isTested = bases.map((base) => base >= GROUP_BASE_MIN && n - base >= GROUP_BASE_MIN);
  const rows = themes.map((theme, index) => ({
    theme,
    all: { count: totals[index]!, n, share: wilsonInterval(totals[index]!, n) },
    cells: groups.map((_, group): ThemeCell => {
      const [count, base] = [counts[group]![index]!, bases[group]!];
      const cell = { count, n: base, share: wilsonInterval(count, base), mark: null };
      if (!isTested[group]) return { ...cell, difference: null, p: null, test: null };
      const one = { count, total: base };
      const rest = { count: totals[index]! - count, total: n - base };
      const apart = shareContrast(one, rest);
      return {
        ...cell,
        difference: apart?.difference ?? null,
        p: apart?.p ?? fisherExact(one, rest),
        test: apart?.p == null ? 'exact' : 'chi-square',
      };
    }),
  }));
  const cells = rows.flatMap((row) => row.cells);
  for (const [index, p] of benjaminiHochberg(cells.map((cell) => cell.p)).entries()) {
    const cell = cells[index]!;
    cell.p = p;
    if (p !== null && p <= FALSE_DISCOVERY_RATE && cell.difference !== null && cell.difference !== 0)
      cell.mark = cell.difference > 0 ? 'more' : 'less';
  }
  return {
    groups: groups.map(({ label }, index) => ({ label, n: bases[index]!, isTested: isTested[index]! })),
    rows,
    n,
  };
}
