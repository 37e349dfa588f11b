import type { TableColumn } from '../model/table-column.ts';
import { correlation } from '../stats/correlation.ts';
import { studentQuantile } from '../stats/distributions.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import { type WaveOverlap, type WaveRow, type WaveTrend, waveTrends } from './wave-trends.ts';

/** A share (0 to 1) or a mean among the people of one wave, with its 95% interval. */
export type MeasuredPoint = {
  n: number;
  /** How many equally weighted answers would know as much; n where nothing is weighted. */
  effectiveN: number;
  value: number;
  low: number | null;
  high: number | null;
};

export type MeasuredItem = {
  id: string;
  name: string;
  kind: WaveRow['kind'];
  rows: { id: string; label: string; points: (MeasuredPoint | null)[]; trend: WaveTrend | null }[];
  /** How many people of each pair of waves gave both an answer. */
  both: { from: number; to: number; n: number }[];
};

/** What is measured: a column, and which of its answers may be held against others. */
export type MeasuredColumn = {
  column: TableColumn;
  /** Whether a response was asked in the way that is compared. */
  fits?: (row: number) => boolean;
  /** Whether it was offered an option, by the option's place. */
  offered?: (row: number, option: number) => boolean;
};

type Groups = {
  /** For each wave the places of its responses. */
  waves: readonly (readonly number[])[];
  /** One for each response, 0 for whoever does not count; null where nothing is weighted. */
  weights: readonly number[] | null;
  /** The person behind each response; null where nobody in particular was asked. */
  people: readonly (number | null)[];
};

/** With fewer people in both waves, how their answers go together is not known well enough to be used. */
export const PAIRS_MIN = 30;

/**
 * Every column measured in each wave, and what changed tested, all tests of all columns adjusted together. Where enough
 * people answered two waves, the test takes them for the same people.
 *
 * @returns columns that at least two waves answered, or at least one where there is only one wave
 */
export function measureWaves(columns: readonly MeasuredColumn[], groups: Groups): MeasuredItem[] {
  const pairs = pairsAmong(groups);
  const measured = columns.flatMap((one) => measureColumn(one, groups, pairs));
  const trends = new Map(waveTrends(measured.flatMap(({ tested }) => tested)).map((trend) => [trend.id, trend]));
  return measured.map(({ item }) => ({
    ...item,
    rows: item.rows.map((row) => ({ ...row, trend: trends.get(row.id) ?? null })),
  }));
}

function measureColumn(
  measured: MeasuredColumn,
  groups: Groups,
  pairs: Pairs,
): { item: MeasuredItem; tested: WaveRow[] }[] {
  const { column } = measured;
  const series = seriesOf(measured);
  if (series.length === 0) return [];
  const needed = Math.min(2, groups.waves.length);
  const rows = series.flatMap(({ id, label, valueAt }) => {
    const values = groups.waves.map((rowsOfWave) =>
      rowsOfWave.flatMap((row) => {
        const value = valueAt(row);
        const weight = groups.weights?.[row] ?? 1;
        return value === null || !(weight > 0) ? [] : [{ value, weight }];
      }),
    );
    if (values.filter((own) => own.length > 0).length < needed) return [];
    const steps = pairsOf(values.map((own) => own.length));
    return [{ id, label, valueAt, values, steps, overlaps: overlapsOf(valueAt, steps, pairs) }];
  });
  const first = rows[0];
  if (!first) return [];
  const kind = column.kind === 'number' ? 'mean' : 'share';
  return [
    {
      item: {
        id: column.id,
        name: column.name,
        kind,
        rows: rows.map(({ id, label, values }) => ({
          id,
          label,
          points: values.map((own) => pointOf(kind, own, column)),
          trend: null,
        })),
        both: first.steps.map(([from, to]) => ({
          from,
          to,
          n: valuesInBoth(first.valueAt, pairs(from, to)).before.length,
        })),
      },
      tested: rows.map(({ id, label, values, overlaps }): WaveRow => {
        const moments = values.map(momentsOf);
        return kind === 'share'
          ? {
              id,
              label,
              kind,
              overlaps,
              waves: moments.map((own) =>
                own ? { count: Math.min(1, own.mean) * own.effectiveN, total: own.effectiveN } : { count: 0, total: 0 },
              ),
            }
          : {
              id,
              label,
              kind,
              overlaps,
              waves: moments.map((own) => (own ? { n: own.effectiveN, mean: own.mean, variance: own.variance } : null)),
            };
      }),
    },
  ];
}

type Value = { value: number; weight: number };

function seriesOf({ column, fits = () => true, offered = () => true }: MeasuredColumn) {
  if (column.kind === 'number')
    return [
      {
        id: column.id,
        label: 'Mean',
        valueAt: (row: number) => (Number.isNaN(column.values[row]!) || !fits(row) ? null : column.values[row]!),
      },
    ];
  if (column.kind === 'text') return [];
  return column.options.map(({ code, label }, option) => ({
    id: `${column.id}=${code}`,
    label,
    valueAt: (row: number) => {
      const isAnswered = column.kind === 'choice' ? column.codes[row]! >= 0 : column.answered[row] === 1;
      if (!isAnswered || !fits(row) || !offered(row, option)) return null;
      return Number(column.kind === 'choice' ? column.codes[row] === option : column.chosen[option]![row] === 1);
    },
  }));
}

/** Weighted moments, the variance as a sample's of the effective base. */
function momentsOf(values: readonly Value[]) {
  if (values.length === 0) return null;
  let [sum, squares, total] = [0, 0, 0];
  for (const { value, weight } of values) {
    sum += weight;
    squares += weight ** 2;
    total += weight * value;
  }
  const mean = total / sum;
  const spread = values.reduce((all, { value, weight }) => all + weight * (value - mean) ** 2, 0) / sum;
  // Equal weights give n, and not a hair beside it.
  const effectiveN = Math.min(values.length, sum ** 2 / squares);
  return {
    n: values.length,
    effectiveN,
    mean,
    variance: effectiveN > 1 ? (spread * effectiveN) / (effectiveN - 1) : 0,
  };
}

function pointOf(kind: WaveRow['kind'], values: readonly Value[], column: TableColumn): MeasuredPoint | null {
  const moments = momentsOf(values);
  if (!moments) return null;
  const { n, effectiveN, mean, variance } = moments;
  if (kind === 'share') {
    const interval = wilsonInterval(Math.min(effectiveN, Math.max(0, mean * effectiveN)), effectiveN);
    return { n, effectiveN, value: mean, low: interval?.low ?? null, high: interval?.high ?? null };
  }
  if (effectiveN < 2) return { n, effectiveN, value: mean, low: null, high: null };
  const reach = studentQuantile(0.975, effectiveN - 1) * Math.sqrt(variance / effectiveN);
  const [min, max] = column.kind === 'number' ? [column.min, column.max] : [undefined, undefined];
  return {
    n,
    effectiveN,
    value: mean,
    low: Math.max(min ?? Number.NEGATIVE_INFINITY, mean - reach),
    high: Math.min(max ?? Number.POSITIVE_INFINITY, mean + reach),
  };
}

/** Each wave that answered with the next, and the first with the last. */
function pairsOf(sizes: readonly number[]): [number, number][] {
  const asked = [...sizes.keys()].filter((wave) => sizes[wave]! > 0);
  const pairs = asked.slice(1).map((to, i): [number, number] => [asked[i]!, to]);
  if (asked.length > 2) pairs.push([asked[0]!, asked.at(-1)!]);
  return pairs;
}

type Pairs = (from: number, to: number) => readonly (readonly [number, number])[];

/** The responses of those who answered two waves, worked out once for each two; of somebody's several in a wave, the last. */
function pairsAmong({ waves, people, weights }: Groups): Pairs {
  const rowsOf = waves.map((rows) => {
    const byPerson = new Map<number, number>();
    for (const row of rows) {
      const person = people[row] ?? null;
      if (person !== null && (weights?.[row] ?? 1) > 0) byPerson.set(person, row);
    }
    return byPerson;
  });
  const known = new Map<string, [number, number][]>();
  return (from, to) => {
    const key = `${from} ${to}`;
    const found =
      known.get(key) ??
      [...rowsOf[from]!].flatMap(([person, row]): [number, number][] => {
        const later = rowsOf[to]!.get(person);
        return later === undefined ? [] : [[row, later]];
      });
    known.set(key, found);
    return found;
  };
}

/** The values of those who gave one in both waves. */
function valuesInBoth(
  valueAt: (row: number) => number | null,
  pairs: readonly (readonly [number, number])[],
): { before: number[]; after: number[] } {
  const both: { before: number[]; after: number[] } = { before: [], after: [] };
  for (const [earlier, later] of pairs) {
    const [before, after] = [valueAt(earlier), valueAt(later)];
    if (before === null || after === null) continue;
    both.before.push(before);
    both.after.push(after);
  }
  return both;
}

function overlapsOf(
  valueAt: (row: number) => number | null,
  steps: readonly [number, number][],
  pairs: Pairs,
): WaveOverlap[] {
  return steps.flatMap(([from, to]) => {
    const { before, after } = valuesInBoth(valueAt, pairs(from, to));
    if (before.length < PAIRS_MIN) return [];
    const together = correlation(before, after);
    return together === null ? [] : [{ from, to, n: before.length, correlation: together }];
  });
}
