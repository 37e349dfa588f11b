/**
 * The reliability of a scale that is so many times as long (Spearman and Brown). From the correlation of two items, with
 * `times` 2, it is the reliability of the pair.
 *
 *   times × r / (1 + (times − 1) × r)
 *
 * @param reliability of the scale as it is, or the correlation of its halves, above −1
 * @param times how many times as long, above 0; 2 unless told
 * @returns at most 1; negative when the halves oppose each other
 * @throws {RangeError} when the formula has no value for this
 *
 * @example
 * spearmanBrown(0.5) // => 0.66667
 */
export function spearmanBrown(reliability: number, times = 2): number {
  const below = 1 + (times - 1) * reliability;
  if (!(times > 0 && reliability <= 1 && below > 0))
    throw new RangeError('spearmanBrown requires a reliability above −1 and up to 1, and a positive length');
  return (times * reliability) / below;
}
