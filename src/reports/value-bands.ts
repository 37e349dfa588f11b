/** A stretch of numbers: from `from`, included, up to `below`, excluded; null where it has no end. */
export type Band = { from: number | null; below: number | null; label: string };
export type Banded = { bands: Band[]; codes: Int16Array };

/** So few different numbers are each a band of their own. */
const FEW = 6;
const BANDS = 4;

const show = new Intl.NumberFormat('en-GB', {
  maximumFractionDigits: 2,
  maximumSignificantDigits: 2,
  roundingPriority: 'morePrecision',
});

/**
 * Numbers in bands that hold about as many each, parted at the quartiles, so that a number can be looked at like a group.
 * Equal numbers are never torn apart. The same numbers give the same bands in whatever order they come.
 *
 * @param values not a number where nothing is known
 * @returns bands, named by the smallest and largest number in each, and which one each value is in: −1 where it is not known
 *
 * @example
 * valueBands(Float64Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8)).bands.map(({ label }) => label) // => ['1 to 2', '3 to 4', '5 to 6', '7 to 9']
 */
export function valueBands(values: Float64Array): Banded {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  const distinct = new Set<number>();
  for (const value of sorted) {
    distinct.add(value);
    if (distinct.size > FEW) break;
  }
  const cuts =
    distinct.size <= FEW
      ? [...distinct].slice(1)
      : [
          ...new Set(
            Array.from({ length: BANDS - 1 }, (_, index) => {
              const cut = sorted[Math.floor((sorted.length * (index + 1)) / BANDS)]!;
              // Where the smallest number is very common, it is a band, and all above it are parted from it.
              return cut > sorted[0]! ? cut : sorted.find((value) => value > cut)!;
            }),
          ),
        ];
  const bandOf = (value: number): number => {
    let band = 0;
    while (band < cuts.length && value >= cuts[band]!) band += 1;
    return band;
  };
  const codes = Int16Array.from(values, (value) => (Number.isFinite(value) ? bandOf(value) : -1));
  if (sorted.length === 0) return { bands: [], codes };
  const ends = Array.from({ length: cuts.length + 1 }, () => ({
    least: Number.POSITIVE_INFINITY,
    most: Number.NEGATIVE_INFINITY,
  }));
  for (const value of sorted) {
    const end = ends[bandOf(value)]!;
    end.least = Math.min(end.least, value);
    end.most = Math.max(end.most, value);
  }
  return {
    bands: ends.map(({ least, most }, index) => ({
      from: index === 0 ? null : cuts[index - 1]!,
      below: cuts[index] ?? null,
      label: least === most ? show.format(least) : `${show.format(least)} to ${show.format(most)}`,
    })),
    codes,
  };
}
