import { type Adjustment, adjustP } from '../stats/adjust-p.ts';
import type { Moments } from '../stats/hedges-g.ts';
import { meanDifferenceOf } from '../stats/mean-difference.ts';
import { type Overlap, overlappingMeans, overlappingShares } from '../stats/overlapping-samples.ts';
import { type CountedShare, shareContrast } from '../stats/share-contrast.ts';
import { meanTrend, shareTrend, type Trend } from '../stats/trend.ts';

/** Two waves that the same people answered: how many, and how their two answers go together. */
export type WaveOverlap = Overlap & { from: number; to: number };

/** One thing over the waves, in their order; under weights counts and n are those of the effective base. */
export type WaveRow = { id: string; label: string; overlaps?: readonly WaveOverlap[] } & (
  | { kind: 'share'; waves: readonly CountedShare[] }
  | { kind: 'mean'; waves: readonly (Moments | null)[] }
);

/** Later less earlier. */
export type WaveStep = {
  from: number;
  to: number;
  difference: number;
  low: number;
  high: number;
  p: number | null;
  adjustedP: number | null;
  /** How many people the test knows to be in both waves; 0 where it takes the waves for separate samples. */
  paired: number;
};

export type WaveTrend = {
  id: string;
  label: string;
  kind: WaveRow['kind'];
  /** Whether it rises or falls steadily; null with fewer than three waves, since two have only a difference. */
  trend: (Trend & { adjustedP: number | null }) | null;
  /** Each wave against the one before it, and the last against the first. */
  steps: WaveStep[];
};

/** Below this many on a side nothing is tested. */
const BASE_MIN = 30;

/**
 * What changed over waves, with all tests adjusted together.
 *
 * @param rows over the same waves; nobody asked is a total of 0, or null
 * @param scores when the waves were, in any unit, where they do not follow each other evenly
 * @throws {RangeError} with a sentence, when rows are not over the same waves
 *
 * @example
 * const rows = [{ id: 'q', label: 'Yes', kind: 'share', waves: [{ count: 50, total: 100 }, { count: 70, total: 100 }] }]
 * waveTrends(rows)[0]?.steps[0]?.difference // => 0.2
 */
export function waveTrends(
  rows: readonly WaveRow[],
  options: { scores?: readonly number[]; adjustment?: Adjustment; baseMin?: number } = {},
): WaveTrend[] {
  const { scores, adjustment = 'benjamini-hochberg', baseMin = BASE_MIN } = options;
  const count = rows[0]?.waves.length ?? 0;
  if (rows.some(({ waves }) => waves.length !== count)) throw new RangeError('All rows must be over the same waves');
  const found = rows.map((row): WaveTrend => {
    const sizes = row.waves.map((wave) => (wave === null ? 0 : 'total' in wave ? wave.total : wave.n));
    const asked = [...sizes.keys()].filter((wave) => sizes[wave]! > 0);
    const pairs = asked.slice(1).map((to, i) => [asked[i]!, to] as const);
    if (asked.length > 2) pairs.push([asked[0]!, asked.at(-1)!]);
    const isEnough = asked.every((wave) => sizes[wave]! >= baseMin);
    const trend = asked.length < 3 || !isEnough ? null : trendOf(row, asked, scores);
    return {
      id: row.id,
      label: row.label,
      kind: row.kind,
      trend: trend && { ...trend, adjustedP: null },
      steps: pairs.flatMap(([from, to]) => {
        const step = stepOf(row, from, to);
        const isTested = Math.min(sizes[from]!, sizes[to]!) >= baseMin;
        return step ? [{ from, to, ...step, p: isTested ? step.p : null, adjustedP: null }] : [];
      }),
    };
  });
  const tests = found.flatMap(({ trend, steps }) => [...(trend ? [trend] : []), ...steps]);
  const adjusted = adjustP(
    tests.map(({ p }) => p),
    adjustment,
  );
  for (const [i, test] of tests.entries()) test.adjustedP = adjusted[i]!;
  return found;
}

function trendOf(row: WaveRow, asked: readonly number[], scores?: readonly number[]): Trend | null {
  const own = asked.map((wave) => scores?.[wave] ?? wave + 1);
  return row.kind === 'share'
    ? shareTrend(
        asked.map((wave) => row.waves[wave]!),
        own,
      )
    : meanTrend(
        asked.map((wave) => row.waves[wave]!),
        own,
      );
}

function stepOf(row: WaveRow, from: number, to: number) {
  const overlap = row.overlaps?.find((one) => one.from === from && one.to === to) ?? null;
  const step = overlap ? overlappingStep(row, overlap) : separateStep(row, from, to);
  return (
    step && { difference: step.difference, low: step.low, high: step.high, p: step.p, paired: overlap ? overlap.n : 0 }
  );
}

const separateStep = (row: WaveRow, from: number, to: number) =>
  row.kind === 'share'
    ? shareContrast(row.waves[to]!, row.waves[from]!)
    : meanDifferenceOf(row.waves[to]!, row.waves[from]!);

const overlappingStep = (row: WaveRow, overlap: WaveOverlap) =>
  row.kind === 'share'
    ? overlappingShares(row.waves[overlap.to]!, row.waves[overlap.from]!, overlap)
    : overlappingMeans(row.waves[overlap.to]!, row.waves[overlap.from]!, overlap);
