import type { Pager, Slab } from './pdf-slabs.ts';

type Place = { page: number; y: number };

/**
 * Sets slabs in columns that are read one after the other on every page; on the last, all end at about the same height.
 *
 * @param area the left edges of the columns, and the top and bottom of pages
 * @returns where the longest of them ends
 */
export function flowInColumns(
  pager: Pager,
  slabs: readonly Slab[],
  from: Place,
  area: { xs: readonly number[]; top: number; bottom: number },
): Place {
  const columns = area.xs.length;
  let rest = slabs;
  let at = from;
  let end = from;
  while (rest.length > 0) {
    const space = area.bottom - at.y;
    const part = partOf(rest, space, columns);
    const count = part === null ? fitting(rest, space, columns) : rest.length;
    const isFresh = at.y === area.top;
    if (count > 0 || isFresh) {
      const set = count > 0 ? rest.slice(0, count) : rest;
      const last = pager.flow(
        set,
        pager.sideBySide(area.xs, { ...at, ...(part === null ? {} : { bottom: at.y + part }) }),
      );
      end = part === null || last.page > at.page ? last : { page: at.page, y: Math.max(at.y + part, last.y) };
      rest = rest.slice(set.length);
    }
    at = { page: at.page + 1, y: area.top };
  }
  return end;
}

/** The least height at which everything fits so many columns; null where it does not fit at all. */
function partOf(slabs: readonly Slab[], space: number, columns: number): number | null {
  const total = slabs.reduce((sum, { height, gap }) => sum + height + gap, 0);
  for (let height = total / columns; height <= space; height += 6)
    if (fitting(slabs, height, columns) === slabs.length) return height;
  return null;
}

/** How many slabs fit so many columns of a height. */
function fitting(slabs: readonly Slab[], height: number, columns: number): number {
  let [column, used, start] = [0, 0, 0];
  while (start < slabs.length) {
    let end = start;
    while (end < slabs.length - 1 && slabs[end]!.hold > 0) end += 1;
    const own = slabs.slice(start, end + 1).reduce((sum, slab) => sum + slab.height + slab.gap, 0);
    if (used + own > height) [column, used] = [column + 1, slabs[start]!.header?.height ?? 0];
    if (column >= columns || own > height) return start;
    used += own;
    start = end + 1;
  }
  return slabs.length;
}
