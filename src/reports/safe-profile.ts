import { type CellPolicy, isTooFew } from '../privacy/safe-cells.ts';
import type { SegmentProfile } from '../segments/profile.ts';
import type { TableCell } from '../segments/table-cells.ts';
import { safeTable } from './safe-table.ts';
import type { ShownBlock, ShownCell } from './shown-table.ts';

/**
 * A profile as others than the study's researchers read it. Where anything of it is hidden, so are what tells segments apart
 * and the outcomes, which are worked out from the same numbers.
 *
 * @param policy null leaves it as it is
 * @returns null where a segment itself has too few people, so that nothing may be told by segment
 */
export function safeProfile<
  Profile extends SegmentProfile & { drivers: unknown[]; outcomes: unknown[]; responses: number },
>(profile: Profile, policy: CellPolicy): { profile: Profile; isAnyHidden: boolean; isRestHidden: boolean } | null {
  if (policy === null) return { profile, isAnyHidden: false, isRestHidden: false };
  const total = { n: profile.n, weighted: profile.n, effectiveN: profile.n };
  const columns = profile.segments.map(({ name, n, weighted, effectiveN, standing }) => ({
    letter: '',
    label: name,
    question: '',
    within: null,
    isNet: false,
    n,
    weighted,
    effectiveN,
    standing,
  }));
  const { table, isAnyHidden } = safeTable(
    {
      title: '',
      columns,
      families: [{ question: '', within: null, columns: [...columns.keys()], isTestedInPairs: true }],
      total,
      blocks: profile.blocks,
      weighting: profile.weighting,
      filter: null,
      tests: profile.tests,
      rules: profile.rules,
    },
    policy,
  );
  if (table.total.isHidden || table.columns.some(({ isHidden }) => isHidden)) return null;
  return {
    isAnyHidden,
    isRestHidden: isTooFew(profile.responses - profile.n, policy),
    profile: {
      ...profile,
      // Blocks keep what else they say, such as their family.
      blocks: table.blocks.map(blank),
      ...(isAnyHidden ? { drivers: [], outcomes: [] } : {}),
    },
  };
}

/** What is hidden loses everything that was worked out from it. */
function blank(block: ShownBlock): SegmentProfile['blocks'][number] {
  const cellOf = (cell: ShownCell): TableCell => ({
    ...(cell as TableCell),
    ...(cell.isHidden
      ? {
          standing: 'hidden',
          n: 0,
          weighted: 0,
          effectiveN: 0,
          index: null,
          z: null,
          effect: null,
          effectLow: null,
          effectHigh: null,
          p: null,
          adjustedP: null,
        }
      : {}),
  });
  return {
    ...block,
    rows: block.rows.map((row) => {
      const isAnyHidden = row.total.isHidden || row.cells.some(({ isHidden }) => isHidden);
      return {
        ...row,
        total: cellOf(row.total),
        // A residual or an index is worked out from all columns of its row.
        cells: row.cells.map(cellOf).map((cell) => (isAnyHidden ? { ...cell, index: null, z: null, p: null } : cell)),
      };
    }),
  };
}
