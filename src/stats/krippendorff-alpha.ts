/** How far apart two values are: `nominal` only whether they differ; the others take values as numbers. */
export type AlphaMetric = 'nominal' | 'ordinal' | 'interval' | 'ratio';

/**
 * Pairs of values that different coders gave the same thing, each thing counting for as many as it has values:
 * `cells[c × size + k]`, symmetric; `totals` are its rows, `n` all pairable values.
 */
export type Coincidences = { size: number; cells: Float64Array; totals: Float64Array; n: number };
/** The squared distance of two values by their places among all; some metrics depend on how often values occur. */
export type PlaceDistance = (c: number, k: number) => number;

/**
 * Krippendorff's alpha: how far any number of coders agree beyond chance, with whatever values are missing.
 *
 *   alpha = 1 − Do / De,  the disagreement seen over the one that chance would give with these values
 *
 * @param units for each thing coded, what each coder said; null where a coder said nothing. Things with fewer than two
 *   values say nothing of agreement and are left out
 * @returns from below 0 to 1 (agreement of 0 is what chance gives); null when no thing has two values, or when all values
 *   are the same, since nothing then varies to agree on
 * @throws {RangeError} for a value that is no finite number, or below 0 with `ratio`
 * @see Krippendorff (2011), Computing Krippendorff's alpha-reliability
 *
 * @example
 * krippendorffAlpha([[0, 1], [1, 1], [0, 0], [0, 0], [0, 1], [0, 0]]) // => 0.3125
 */
export function krippendorffAlpha(
  units: readonly (readonly (number | null)[])[],
  metric: AlphaMetric = 'nominal',
): number | null {
  const values = valuesOf(units, metric);
  const found = countCoincidences(placesOf(units, values), values.length);
  return alphaOf(found, metricDistance(values, found.totals, metric));
}

/**
 * Alpha of values that are no numbers, such as sets of codes.
 *
 * @param distance not squared: 0 for the same value, and symmetric
 * @param keyOf the same text for the same value
 * @returns as `krippendorffAlpha`
 *
 * @example
 * const units = [[['a'], ['a']], [['a'], ['b']], [['b'], ['b']]];
 * alphaByDistance(units, { keyOf: String, distance: (a, b) => (String(a) === String(b) ? 0 : 1) }) // => 0.4444444
 */
export function alphaByDistance<Value>(
  units: readonly (readonly (Value | null)[])[],
  by: { keyOf: (value: Value) => string; distance: (a: Value, b: Value) => number },
): number | null {
  const { places, distance, size } = placeByDistance(units, by);
  return alphaOf(countCoincidences(places, size), distance);
}

/** Values of any kind as places in a list that does not depend on their order, with the distance between places. */
export function placeByDistance<Value>(
  units: readonly (readonly (Value | null)[])[],
  { keyOf, distance }: { keyOf: (value: Value) => string; distance: (a: Value, b: Value) => number },
): { places: number[][]; size: number; distance: PlaceDistance } {
  const byKey = new Map<string, Value>();
  for (const unit of units) for (const value of unit) if (value !== null) byKey.set(keyOf(value), value);
  const keys = [...byKey.keys()].sort();
  const place = new Map(keys.map((key, index) => [key, index]));
  const apart = keys.map((a) => keys.map((b) => distance(byKey.get(a)!, byKey.get(b)!)));
  return {
    places: units.map((unit) => unit.flatMap((value) => (value === null ? [] : place.get(keyOf(value))!))),
    size: keys.length,
    distance: (c, k) => apart[c]![k]!,
  };
}

/**
 * The values that occur, in order.
 *
 * @throws {RangeError} for a value that is no finite number, or below 0 with `ratio`
 */
export function valuesOf(units: readonly (readonly (number | null)[])[], metric: AlphaMetric): number[] {
  const values = [...new Set(units.flat())].filter((value) => value !== null).sort((a, b) => a - b);
  if (values.some((value) => !Number.isFinite(value) || (metric === 'ratio' && value < 0)))
    throw new RangeError('krippendorffAlpha requires finite numbers, from 0 on for ratios');
  return values;
}

/** Each thing's values as places among all values. */
export function placesOf(units: readonly (readonly (number | null)[])[], values: readonly number[]): number[][] {
  const place = new Map(values.map((value, index) => [value, index]));
  return units.map((unit) => unit.flatMap((value) => (value === null ? [] : place.get(value)!)));
}

/** @param units places of values, `size` of which there are */
export function countCoincidences(units: readonly (readonly number[])[], size: number): Coincidences {
  const cells = new Float64Array(size * size);
  for (const unit of units)
    if (unit.length >= 2)
      for (const [i, a] of unit.entries())
        for (const [j, b] of unit.entries()) if (i !== j) cells[a * size + b]! += 1 / (unit.length - 1);
  return summed(cells, size);
}

export function summed(cells: Float64Array, size: number): Coincidences {
  const totals = new Float64Array(size);
  let n = 0;
  for (let c = 0; c < size; c += 1) {
    for (let k = 0; k < size; k += 1) totals[c]! += cells[c * size + k]!;
    n += totals[c]!;
  }
  return { size, cells, totals, n };
}

/** The mean disagreement that chance gives with these values; 0 where nothing varies. */
export function expectedDisagreement({ size, totals, n }: Coincidences, distance: PlaceDistance): number {
  let sum = 0;
  for (let c = 0; c < size; c += 1)
    for (let k = c + 1; k < size; k += 1)
      if (totals[c]! > 0 && totals[k]! > 0) sum += 2 * totals[c]! * totals[k]! * distance(c, k);
  return n > 1 ? sum / (n * (n - 1)) : 0;
}

/** Null where nothing varies. */
export function alphaOf(found: Coincidences, distance: PlaceDistance): number | null {
  const expected = expectedDisagreement(found, distance);
  if (expected === 0) return null;
  let seen = 0;
  for (let c = 0; c < found.size; c += 1)
    for (let k = c + 1; k < found.size; k += 1) {
      const together = found.cells[c * found.size + k]!;
      if (together > 0) seen += 2 * together * distance(c, k);
    }
  return 1 - seen / found.n / expected;
}

/** The squared distance of two values by their places. */
export function metricDistance(
  values: readonly number[],
  totals: ArrayLike<number>,
  metric: AlphaMetric,
): PlaceDistance {
  if (metric === 'nominal') return (c, k) => (c === k ? 0 : 1);
  if (metric === 'interval') return (c, k) => (values[c]! - values[k]!) ** 2;
  if (metric === 'ratio') return (c, k) => (c === k ? 0 : ((values[c]! - values[k]!) / (values[c]! + values[k]!)) ** 2);
  const middles: number[] = [];
  let before = 0;
  for (let c = 0; c < values.length; c += 1) {
    middles.push(before + totals[c]! / 2);
    before += totals[c]!;
  }
  // Half of either and all that lies between, which is how far the middles of their ranks are apart.
  return (c, k) => (middles[k]! - middles[c]!) ** 2;
}
