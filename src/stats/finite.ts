/**
 * Stops a wrong number at the door, so that no NaN travels into a result.
 *
 * @param caller named in the message
 * @throws {RangeError} when any value is NaN or infinite
 */
export function requireFinite(values: ArrayLike<number>, caller: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new RangeError(`${caller} requires finite numbers only`);
  }
}
