import type { CutAt } from '../model/defined-segmentation.ts';
import { median } from '../stats/quantile.ts';

export type CutVariable = {
  id: string;
  name: string;
  /** Null for whoever gave no answer. */
  values: readonly (number | null)[];
  /** The ends of its scale; null where it has none. */
  range: { min: number; max: number } | null;
  at: CutAt;
};
export type CutCells = {
  /** Where each variable was cut, rising; a value equal to a cut lies below it. */
  cuts: { id: string; name: string; at: number[] }[];
  /** Every cell there can be, those of nobody as well; `key` says which bands it is of and stays the same from time to time. */
  cells: { key: string; name: string }[];
  /** For each person the place of the cell, null where a variable is missing. */
  labels: (number | null)[];
};

const BANDS: Readonly<Record<number, readonly string[]>> = { 2: ['lower', 'higher'], 3: ['low', 'middle', 'high'] };

/**
 * People in cells by where they lie on two or three variables: quadrants, when two are cut once.
 *
 * @throws {RangeError} in words for a researcher: where a variable cannot be cut as was asked
 *
 * @example
 * cutCells([
 *   { id: 'a', name: 'Calm', values: [1, 2, 3, 4], range: null, at: 'median' },
 *   { id: 'b', name: 'Spend', values: [9, 5, null, 20], range: null, at: [10] },
 * ]).labels // => [0, 0, null, 3]
 */
export function cutCells(variables: readonly CutVariable[]): CutCells {
  const cuts = variables.map((variable) => ({ id: variable.id, name: variable.name, at: cutsOf(variable) }));
  const widths = cuts.map(({ at }) => at.length + 1);
  const count = widths.reduce((all, width) => all * width, 1);
  const cells = Array.from({ length: count }, (_, cell) => {
    const bands = bandsOf(cell, widths);
    const words = bands.map((band, index) => `${bandName(band, widths[index]!)} ${cuts[index]!.name.slice(0, 60)}`);
    const name = words.join(', ');
    return { key: bands.join('-'), name: name.charAt(0).toUpperCase() + name.slice(1) };
  });
  const people = variables[0]?.values.length ?? 0;
  const labels = Array.from({ length: people }, (_, person) => {
    let cell = 0;
    for (const [index, { values }] of variables.entries()) {
      const value = values[person] ?? null;
      if (value === null) return null;
      cell = cell * widths[index]! + cuts[index]!.at.filter((cut) => value > cut).length;
    }
    return cell;
  });
  return { cuts, cells, labels };
}

function cutsOf({ name, values, range, at }: CutVariable): number[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) throw new RangeError(`Nobody has a value of “${name}”, so it cannot be cut`);
  if (known.every((value) => value === known[0]))
    throw new RangeError(`Everybody has the same value of “${name}” (${known[0]}), so it cannot be cut`);
  if (at === 'midpoint') {
    if (range === null)
      throw new RangeError(`“${name}” has no scale whose middle could be taken: give a number instead`);
    return [(range.min + range.max) / 2];
  }
  if (at === 'median') {
    const middle = median(known)!;
    if (!known.some((value) => value > middle))
      throw new RangeError(
        `Half of all people or more have the highest value of “${name}” (${middle}), so nobody lies above the median: give a number instead`,
      );
    return [middle];
  }
  return [...new Set(at)].toSorted((a, b) => a - b);
}

/** The band of each variable, the first variable's counting most. */
function bandsOf(cell: number, widths: readonly number[]): number[] {
  const bands: number[] = [];
  let rest = cell;
  for (const width of widths.toReversed()) {
    bands.unshift(rest % width);
    rest = Math.floor(rest / width);
  }
  return bands;
}

const bandName = (band: number, width: number): string => BANDS[width]?.[band] ?? `band ${band + 1} of`;
