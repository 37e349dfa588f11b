/** How far apart two values are: `nominal` only whether they differ; the others take values as numbers. */
export type AlphaMetric = 'nominal' | 'ordinal' | 'interval' | 'ratio';

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
  const pairable = units
    .map((unit) => unit.filter((value): value is number => value !== null))
    .filter((unit) => unit.length >= 2);
  const values = [...new Set(pairable.flat())].sort((a, b) => a - b);
  if (values.some((value) => !Number.isFinite(value) || (metric === 'ratio' && value < 0)))
    throw new RangeError('krippendorffAlpha requires finite numbers, from 0 on for ratios');
  if (values.length < 2) return null;

  const place = new Map(values.map((value, index) => [value, index]));
  const size = values.length;
  const coincidences = new Float64Array(size * size);
  for (const unit of pairable)
    for (const [i, a] of unit.entries())
      for (const [j, b] of unit.entries())
        if (i !== j) coincidences[place.get(a)! * size + place.get(b)!]! += 1 / (unit.length - 1);
  const totals = values.map((_, c) =>
    coincidences.subarray(c * size, (c + 1) * size).reduce((sum, one) => sum + one, 0),
  );
  const n = totals.reduce((sum, one) => sum + one, 0);

  const distance = distances(values, totals, metric);
  let [seen, expected] = [0, 0];
  for (let c = 0; c < size; c += 1)
    for (let k = c + 1; k < size; k += 1) {
      const apart = distance(c, k);
      seen += coincidences[c * size + k]! * apart;
      expected += totals[c]! * totals[k]! * apart;
    }
  return 1 - ((n - 1) * seen) / expected;
}

/** The squared distance of two values by their places. */
function distances(values: readonly number[], totals: readonly number[], metric: AlphaMetric) {
  if (metric === 'nominal') return () => 1;
  if (metric === 'interval') return (c: number, k: number) => (values[c]! - values[k]!) ** 2;
  if (metric === 'ratio') return (c: number, k: number) => ((values[c]! - values[k]!) / (values[c]! + values[k]!)) ** 2;
  const upTo = totals.map((_, c) => totals.slice(0, c + 1).reduce((sum, one) => sum + one, 0));
  return (c: number, k: number) => (upTo[k]! - upTo[c]! + totals[c]! - (totals[c]! + totals[k]!) / 2) ** 2;
}
