import { correlation } from '../stats/correlation.ts';
import { completeRows, requireScores } from './complete-rows.ts';
import { cronbachAlpha } from './cronbach-alpha.ts';

/** An item whose key looks the wrong way round. */
export type SuspectedItem = {
  /** Its place in the scale. */
  item: number;
  /** Its correlation with the sum of the others, as the key has it, and when it and the other suspects are turned. */
  itemRest: number;
  turnedItemRest: number;
};

export type ReversedCheck = {
  suspects: SuspectedItem[];
  alpha: number | null;
  /** With the suspects turned; null without any. */
  turnedAlpha: number | null;
};

/** Whether a correlation is below zero by more than chance, two-sided at 5 %, by Fisher's transformation. */
const isClearlyNegative = (r: number, n: number): boolean =>
  n > 3 && Math.atanh(Math.max(r, -1 + 1e-12)) * Math.sqrt(n - 3) < -1.96;

/**
 * Items that somebody forgot to reverse, or reversed by mistake: they fall where the others rise, by more than chance, and
 * rise with them once they are turned. They are turned one after the other, the worst first, since two of them hide each
 * other; when most of a scale would have to be turned, nothing is said, because then the few are as likely right.
 *
 * @param scores respondents × items; reversed items already turned as the key says, null where an answer is missing
 * @throws {RangeError} for fewer than two complete respondents or two items, or ragged rows
 *
 * @example
 * reversedItems([[1, 2, 5], [2, 3, 4], [4, 4, 2], [5, 5, 1], [3, 3, 3]]).suspects.map(({ item }) => item) // => [2]
 */
export function reversedItems(scores: readonly (readonly (number | null)[])[]): ReversedCheck {
  const complete = completeRows(scores);
  requireScores(complete, 'reversedItems');
  const items = complete[0]!.length;
  const signs: number[] = Array(items).fill(1);
  const restOf = (item: number): number | null =>
    correlation(
      complete.map((row) => signs[item]! * row[item]!),
      complete.map((row) => row.reduce((sum, score, i) => (i === item ? sum : sum + signs[i]! * score), 0)),
    );
  const asKeyed = signs.map((_, item) => restOf(item));
  const alpha = cronbachAlpha(complete);

  for (let turn = 0; turn < items; turn++) {
    const [worst] = signs
      .map((sign, item) => ({ item, sign, rest: restOf(item) ?? 0 }))
      .filter(({ sign, rest }) => sign === 1 && isClearlyNegative(rest, complete.length))
      .sort((a, b) => a.rest - b.rest);
    if (!worst) break;
    signs[worst.item] = -1;
  }
  const turned = signs.flatMap((sign, item) => (sign === -1 ? [item] : []));
  const suspects = turned
    .map((item) => ({ item, itemRest: asKeyed[item]!, turnedItemRest: restOf(item)! }))
    .filter(({ itemRest, turnedItemRest }) => itemRest < 0 && turnedItemRest > 0);
  if (suspects.length === 0 || suspects.length * 2 >= items + (items === 2 ? 1 : 0))
    return { suspects: [], alpha, turnedAlpha: null };
  const flipped = new Set(suspects.map(({ item }) => item));
  return {
    suspects,
    alpha,
    turnedAlpha: cronbachAlpha(complete.map((row) => row.map((score, item) => (flipped.has(item) ? -score : score)))),
  };
}
