import type { SegmentProfile } from './profile.ts';
import type { FamilyTest, TableBlock } from './table-cells.ts';

/** Of what segments were not made from, how much tells them apart. */
export type TellingCount = {
  telling: number;
  /** Things that could be tested; all their p values are adjusted together. */
  tested: number;
};

/** From this Cramér's V on a thing tells segments apart enough to speak of … */
export const V_LEAST = 0.1;
/** … and from this share of explained variance, which is the square of it … */
const VARIANCE_LEAST = V_LEAST ** 2;
/** … and where several answers can be chosen, from this Cohen's h of one of them, which is twice it. */
const H_LEAST = 2 * V_LEAST;

/** How many things of a profile tell its segments apart, of those that segments were not made from. */
export function countTelling({ blocks, rules }: Pick<SegmentProfile, 'blocks' | 'rules'>): TellingCount {
  const stands = blocks.filter(({ isInput }) => !isInput).map((block) => standsOf(block, rules.alpha));
  return {
    telling: stands.filter((one) => one.isTelling).length,
    tested: stands.filter((one) => one.isTested).length,
  };
}

function standsOf({ kind, rows, tests }: TableBlock, alpha: number): { isTested: boolean; isTelling: boolean } {
  if (kind !== 'choices')
    return { isTested: tests.length > 0, isTelling: tests.some((test) => isTelling(test, alpha)) };
  const cells = rows.flatMap((row) => row.cells).filter(({ adjustedP }) => adjustedP !== null);
  return {
    isTested: cells.length > 0,
    isTelling: cells.some(({ adjustedP, effect }) => adjustedP! < alpha && Math.abs(effect ?? 0) >= H_LEAST),
  };
}

const isTelling = ({ effect, adjustedP }: FamilyTest, alpha: number): boolean =>
  adjustedP !== null && adjustedP < alpha && effect.value >= (effect.name === 'cramers-v' ? V_LEAST : VARIANCE_LEAST);
