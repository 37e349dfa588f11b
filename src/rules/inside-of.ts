/**
 * Whether somebody is in any of several groups, or in all of them.
 *
 * @param parts for each group whether they are in it; undefined where that cannot be told
 * @returns undefined where what cannot be told would decide, and for no groups at all
 *
 * @example
 * insideOf([true, undefined], 'any') // => true
 * @example
 * insideOf([true, undefined], 'all') // => undefined
 */
export function insideOf(parts: readonly (boolean | undefined)[], combine: 'any' | 'all'): boolean | undefined {
  const decisive = combine === 'any';
  if (parts.includes(decisive)) return decisive;
  return parts.length === 0 || parts.includes(undefined) ? undefined : !decisive;
}
