import { requireFinite } from '../stats/finite.ts';

/**
 * Stops a table that no reliability can be computed from.
 *
 * @param scores respondents × items
 * @param caller named in the message
 * @throws {RangeError} for fewer than two respondents or items, ragged rows, or a score that is not finite
 */
export function requireScores(scores: readonly (readonly number[])[], caller: string): void {
  if (scores.length < 2) throw new RangeError(`${caller} requires at least two respondents`);
  const items = scores[0]!.length;
  if (items < 2) throw new RangeError(`${caller} requires at least two items`);
  for (const row of scores) {
    if (row.length !== items) throw new RangeError(`${caller} requires the same items of every respondent`);
    requireFinite(row, caller);
  }
}

/**
 * The respondents who answered every item (listwise deletion).
 *
 * @param scores respondents × items, null where an answer is missing
 * @returns their rows, in the same order
 *
 * @example
 * completeRows([[1, 2], [3, null]]) // => [[1, 2]]
 */
export function completeRows(scores: readonly (readonly (number | null)[])[]): number[][] {
  return scores.flatMap((row) => (row.every((score) => score !== null) ? [[...row]] : []));
}
