import type { Pager, Slab } from './pdf-slabs.ts';

type Place = { page: number; y: number };

/**
 * Sets slabs in two columns that are read one after the other on every page; on the last, both end at about the same height.
 *
 * @param area the left edges of the columns, and the top and bottom of pages
 */
export function flowInTwo(
  pager: Pager,
  slabs: readonly Slab[],
  from: Place,
  area: { xs: readonly [number, number]; top: number; bottom: number },
): void {
  let rest = slabs;
  let at = from;
  while (rest.length > 0) {
    const space = area.bottom - at.y;
    const half = halfOf(rest, space);
    const count = half === null ? fitting(rest, space) : rest.length;
    const isFresh = at.y === area.top;
    if (count > 0 || isFresh) {
      const set = count > 0 ? rest.slice(0, count) : rest;
      pager.flow(set, pager.sideBySide(area.xs, { ...at, ...(half === null ? {} : { bottom: at.y + half }) }));
      rest = rest.slice(set.length);
    }
    at = { page: at.page + 1, y: area.top };
  }
}

/** The least height at which everything fits two columns; null where it does not fit at all. */
function halfOf(slabs: readonly Slab[], space: number): number | null {
  const total = slabs.reduce((sum, { height, gap }) => sum + height + gap, 0);
  for (let height = total / 2; height <= space; height += 6) if (fitting(slabs, height) === slabs.length) return height;
  return null;
}

/** How many slabs fit two columns so high. */
function fitting(slabs: readonly Slab[], height: number): number {
  let [column, used, start] = [0, 0, 0];
  while (start < slabs.length) {
    let end = start;
    while (end < slabs.length - 1 && slabs[end]!.hold > 0) end += 1;
    const own = slabs.slice(start, end + 1).reduce((sum, slab) => sum + slab.height + slab.gap, 0);
    if (used + own > height) [column, used] = [column + 1, 0];
    if (column > 1 || own > height) return start;
    used += own;
    start = end + 1;
  }
  return slabs.length;
}
