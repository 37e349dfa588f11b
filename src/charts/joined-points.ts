export type JoinedPoints = {
  points: { x: string; y: number; whisker: { from: number; to: number } | null }[];
  stretches: { x1: string; y1: number; x2: string; y2: number }[];
};

/**
 * Points of a row with their intervals, each joined to the one before it that is known.
 *
 * @param row null where nothing is known
 * @param at where the point of an index lies across, and a value up and down
 *
 * @example
 * const at = { xOf: String, yOf: (value) => 10 - value }
 * joinedPoints([{ value: 1, low: 0, high: 2 }, null, { value: 3, low: null, high: null }], at)
 * // => { points: [{ x: '0', y: 9, whisker: { from: 8, to: 10 } }, { x: '2', y: 7, whisker: null }], stretches: [{ x1: '0', y1: 9, x2: '2', y2: 7 }] }
 */
export function joinedPoints(
  row: readonly ({ value: number; low: number | null; high: number | null } | null)[],
  at: { xOf: (index: number) => string; yOf: (value: number) => number },
): JoinedPoints {
  const known = row.flatMap((point, index) => (point ? [{ ...point, x: at.xOf(index), y: at.yOf(point.value) }] : []));
  return {
    points: known.map(({ x, y, low, high }) => ({
      x,
      y,
      whisker: low === null || high === null ? null : { from: at.yOf(high), to: at.yOf(low) },
    })),
    stretches: known.slice(1).map(({ x, y }, before) => ({ x1: known[before]!.x, y1: known[before]!.y, x2: x, y2: y })),
  };
}
