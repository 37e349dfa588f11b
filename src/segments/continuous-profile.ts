import type { ColumnOption, NumberColumn, TableColumn } from '../model/table-column.ts';
import { adjustP } from '../stats/adjust-p.ts';
import { correlation } from '../stats/correlation.ts';
import { normalQuantile, studentTwoSidedP } from '../stats/distributions.ts';
import { meanInterval } from '../stats/mean-interval.ts';
import { quantile } from '../stats/quantile.ts';
import { EXPECTED_MIN } from '../stats/share-contrast.ts';
import { standardDeviation } from '../stats/variance.ts';
import { TABLE_RULES } from './table-cells.ts';

/** How a measure goes with something else. */
export type Relation = {
  id: string;
  name: string;
  /** The option, where it goes with choosing that rather than not. */
  option: ColumnOption | null;
  /** Pearson's r, or Spearman's rho where one of the two is only in order. */
  measure: 'r' | 'rho';
  value: number;
  /** 95%, by Fisher's z. */
  low: number;
  high: number;
  n: number;
  p: number;
  adjustedP: number;
};

/** How people lie on a measure, without being put into groups. */
export type MeasureProfile = {
  id: string;
  name: string;
  n: number;
  mean: number | null;
  low: number | null;
  high: number | null;
  standardDeviation: number | null;
  /** A quarter of the people lies below the first, half below the second, three quarters below the third. */
  quartiles: [number, number, number] | null;
  /** Neighbouring ranges, the last with its upper end; of a few whole steps each step by itself. */
  bins: { from: number; to: number; count: number }[];
  /** Strongest first. */
  relations: Relation[];
};

const BINS = 10;
/** So many steps each have a place of their own. */
const STEPS_MOST = 11;

/**
 * What to tell of people who fall into no groups: how they lie on each measure, and what goes with it. All p values are
 * adjusted together (Benjamini and Hochberg). Fewer than 30 people who answered both are not tested, nor are options that
 * hardly anybody chose or hardly anybody did not.
 *
 * @param measures numbers, over the same respondents as the columns
 * @param columns what they are held against; a measure is not held against itself, and texts are passed over
 * @param isPart whether a column is part of a measure, by their ids, so that going with it says nothing
 */
export function continuousProfile(
  measures: readonly NumberColumn[],
  columns: readonly TableColumn[],
  isPart: (measure: string, column: string) => boolean = () => false,
): { measures: MeasureProfile[]; tests: number } {
  const others = columns.flatMap(comparedWith);
  const found = measures.map((measure) => ({
    measure,
    relations: others
      .filter(({ id }) => id !== measure.id && !isPart(measure.id, id))
      .flatMap((other) => relate(measure, other)),
  }));
  const adjusted = adjustP(
    found.flatMap(({ relations }) => relations.map(({ p }) => p)),
    'benjamini-hochberg',
  );
  let next = 0;
  return {
    measures: found.map(({ measure, relations }) => ({
      ...distribution(measure),
      relations: relations
        .map((relation) => ({ ...relation, adjustedP: adjusted[next++]! }))
        .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || (keyOf(a) < keyOf(b) ? -1 : 1)),
    })),
    tests: adjusted.length,
  };
}

const keyOf = ({ id, option }: { id: string; option: ColumnOption | null }): string => `${id} ${option?.code ?? ''}`;

function distribution(column: NumberColumn): Omit<MeasureProfile, 'relations'> {
  const values = Array.from(column.values).filter((value) => !Number.isNaN(value));
  const interval = meanInterval(values);
  const quarter = (p: number) => quantile(values, p)!;
  return {
    id: column.id,
    name: column.name,
    n: values.length,
    mean: interval?.mean ?? values[0] ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    standardDeviation: standardDeviation(values),
    quartiles: values.length === 0 ? null : [quarter(0.25), quarter(0.5), quarter(0.75)],
    bins: binsOf(column, values),
  };
}

function binsOf({ min, max }: NumberColumn, values: readonly number[]): MeasureProfile['bins'] {
  if (values.length === 0) return [];
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [min ?? Number.POSITIVE_INFINITY, max ?? Number.NEGATIVE_INFINITY],
  );
  if (least === most) return [{ from: least, to: most, count: values.length }];
  if (most - least < STEPS_MOST && [least, ...values].every(Number.isInteger))
    return Array.from({ length: Math.floor(most - least) + 1 }, (_, i) => ({
      from: least + i,
      to: least + i,
      count: values.filter((value) => value === least + i).length,
    }));
  const width = (most - least) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - least) / width))]! += 1;
  return counts.map((count, i) => ({ from: least + i * width, to: least + (i + 1) * width, count }));
}

type Compared = { id: string; name: string; option: ColumnOption | null; isOrdinal: boolean; values: Float64Array };

function comparedWith(column: TableColumn): Compared[] {
  const { id, name } = column;
  if (column.kind === 'text') return [];
  if (column.kind === 'number')
    return [{ id, name, option: null, isOrdinal: column.isOrdinal === true, values: column.values }];
  return column.options.map((option, index) => ({
    id,
    name,
    option,
    isOrdinal: false,
    values:
      column.kind === 'choice'
        ? Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : Number(code === index)))
        : Float64Array.from(column.answered, (isAnswered, person) =>
            isAnswered === 1 ? column.chosen[index]![person]! : Number.NaN,
          ),
  }));
}

function relate(measure: NumberColumn, other: Compared): Omit<Relation, 'adjustedP'>[] {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [person, x] of measure.values.entries()) {
    const y = other.values[person]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    xs.push(x);
    ys.push(y);
  }
  const n = xs.length;
  if (n < TABLE_RULES.baseMin) return [];
  if (other.option !== null) {
    const chosen = ys.reduce((sum, y) => sum + y, 0);
    if (Math.min(chosen, n - chosen) < EXPECTED_MIN) return [];
  }
  const isRanked = other.isOrdinal || measure.isOrdinal === true;
  const value = isRanked ? correlation(ranks(xs), ranks(ys)) : correlation(xs, ys);
  if (value === null) return [];
  const t = value * Math.sqrt((n - 2) / Math.max(Number.MIN_VALUE, 1 - value ** 2));
  return [
    {
      id: other.id,
      name: other.name,
      option: other.option,
      measure: isRanked ? 'rho' : 'r',
      value,
      ...intervalOf(value, n, isRanked),
      n,
      p: Number.isFinite(t) ? studentTwoSidedP(t, n - 2) : 0,
    },
  ];
}

/** @see Bonett and Wright (2000), Psychometrika 65(1), 23–28, for the wider one of ranks */
function intervalOf(value: number, n: number, isRanked: boolean): { low: number; high: number } {
  if (Math.abs(value) === 1) return { low: value, high: value };
  const error = normalQuantile(0.975) * Math.sqrt((isRanked ? 1 + value ** 2 / 2 : 1) / (n - 3));
  return { low: Math.tanh(Math.atanh(value) - error), high: Math.tanh(Math.atanh(value) + error) };
}

/** Equal values share the middle of their places. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to += 1;
    for (let i = from; i <= to; i++) found[order[i]!] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return found;
}
