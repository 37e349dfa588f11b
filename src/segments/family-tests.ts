import { analysisOfVariance } from '../stats/analysis-of-variance.ts';
import { association, raoScottDesignEffect } from '../stats/association.ts';
import type { CountedValue } from '../stats/counted-values.ts';
import { kruskalWallis } from '../stats/kruskal-wallis.ts';
import { chiSquareNoncentrality } from '../stats/noncentrality.ts';
import { EXPECTED_MIN } from '../stats/share-contrast.ts';
import type { FamilyTest } from './table-cells.ts';
import type { ChoiceTally, Sums } from './tally-columns.ts';

/** Tests of all columns of a family together; null where there is too little to test. */

/** Fewer than five expected in more than a fifth of the cells, or less than one in any, and chi-square says nothing (Cochran). */
const FEW_EXPECTED_MOST = 0.2;

export function chiSquareTest(tallies: readonly ChoiceTally[], family: number, isWeighted: boolean): FamilyTest | null {
  const options = tallies[0]?.options.map((_, option) => option) ?? [];
  const n = tallies.reduce((sum, { base }) => sum + base.n, 0);
  const weight = tallies.reduce((sum, { base }) => sum + base.weight, 0);
  if (!(weight > 0)) return null;
  const cellsOf = (part: (sums: Sums) => number) =>
    options.map((option) => tallies.map((tally) => part(tally.options[option]!)));
  const designEffect = isWeighted
    ? (raoScottDesignEffect(
        cellsOf((sums) => sums.weight),
        cellsOf((sums) => sums.squares),
        n,
      ) ?? 1)
    : 1;
  const found = association(
    cellsOf((sums) => (sums.weight * n) / weight),
    { designEffect },
  );
  const expected =
    found?.cells.flat().flatMap((cell) => (cell.expected > 0 ? [cell.expected / designEffect] : [])) ?? [];
  const few = expected.filter((count) => count < EXPECTED_MIN).length;
  if (found === null || few > FEW_EXPECTED_MOST * expected.length || expected.some((count) => count < 1)) return null;
  return {
    family,
    kind: 'chi-square',
    statistic: found.chiSquare,
    df: found.df,
    df2: null,
    p: found.p,
    adjustedP: null,
    effect: { name: 'cramers-v', value: found.cramersVCorrected, low: found.cramersVLow, high: found.cramersVHigh },
    designEffect,
  };
}

export function welchTest(moments: Parameters<typeof analysisOfVariance>[0], family: number): FamilyTest | null {
  const found = analysisOfVariance(moments);
  if (found?.welch == null) return null;
  return {
    family,
    kind: 'welch',
    statistic: found.welch.f,
    df: found.welch.df1,
    df2: found.welch.df2,
    p: found.welch.p,
    adjustedP: null,
    effect: { name: 'omega-squared', value: found.omega2, low: found.eta2Low, high: found.eta2High },
    designEffect: 1,
  };
}

export function rankTest(groups: readonly (readonly CountedValue[])[], family: number): FamilyTest | null {
  const found = kruskalWallis(groups);
  if (found === null) return null;
  const n = groups.flat().reduce((sum, { count }) => sum + count, 0);
  const { low, high } = chiSquareNoncentrality(found.h, found.df);
  return {
    family,
    kind: 'kruskal-wallis',
    statistic: found.h,
    df: found.df,
    df2: null,
    p: found.p,
    adjustedP: null,
    effect: {
      name: 'epsilon-squared',
      value: found.epsilon2,
      low: Math.min(1, low / (n - 1)),
      high: Math.min(1, high / (n - 1)),
    },
    designEffect: 1,
  };
}
