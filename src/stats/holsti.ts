/**
 * Holsti's coefficient: twice what two coders decided alike over all that both decided. Nothing is taken off for chance.
 *
 * @param alike decisions that both made
 * @param first all decisions of the one coder, `second` of the other
 * @returns 0 to 1; null when neither decided anything
 * @throws {RangeError} when more is alike than either decided
 * @see Holsti (1969), Content analysis for the social sciences and humanities, p. 140
 *
 * @example
 * holsti(6, 10, 8) // => 0.6666667
 */
export function holsti(alike: number, first: number, second: number): number | null {
  if (!(alike >= 0 && alike <= first && alike <= second))
    throw new RangeError('holsti requires no more decisions alike than either coder made');
  return first + second === 0 ? null : (2 * alike) / (first + second);
}
