/** One to five. */
type Fifths = { recency: number; frequency: number; monetary: number };

/**
 * What buyers are called by when they last bought (fifths, 5 the latest) and what they are worth: the mean of the fifths of
 * how often and for how much they bought, rounded up. Every buyer is in one cell.
 */
export const PURCHASE_CELLS = [
  { key: 'best', name: 'Best customers', recency: [4, 5], worth: [4, 5] },
  { key: 'growing', name: 'Growing', recency: [4, 5], worth: [2, 3] },
  { key: 'new', name: 'New, or little so far', recency: [4, 5], worth: [1, 1] },
  { key: 'steady', name: 'Steady', recency: [3, 3], worth: [3, 5] },
  { key: 'occasional', name: 'Occasional', recency: [3, 3], worth: [1, 2] },
  { key: 'win-back', name: 'Worth winning back', recency: [1, 2], worth: [4, 5] },
  { key: 'slipping', name: 'Slipping away', recency: [1, 2], worth: [2, 3] },
  { key: 'gone', name: 'Gone', recency: [1, 2], worth: [1, 1] },
] as const;

/**
 * The place of a buyer's cell.
 *
 * @throws {RangeError} for fifths outside 1 to 5
 *
 * @example
 * PURCHASE_CELLS[purchaseCell({ recency: 5, frequency: 3, monetary: 4 })].key // => 'best'
 */
export function purchaseCell({ recency, frequency, monetary }: Fifths): number {
  const worth = Math.ceil((frequency + monetary) / 2);
  const cell = PURCHASE_CELLS.findIndex(
    (one) => recency >= one.recency[0] && recency <= one.recency[1] && worth >= one.worth[0] && worth <= one.worth[1],
  );
  if (cell < 0) throw new RangeError('purchaseCell requires fifths from 1 to 5');
  return cell;
}
