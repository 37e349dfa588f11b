import type { TableColumn } from '../../model/table-column.ts';
import type { Described, MeanComparison, ShareComparison } from '../../personas/draw-portrait.ts';
import { profileSegments } from '../../segments/profile.ts';
import type { TableBlock, TableRow } from '../../segments/table-cells.ts';
import { meanDifference } from '../../stats/mean-difference.ts';
import { deltaAsDifference } from '../../stats/rank-contrast.ts';
import type { SurveyTableColumn } from './table-columns.ts';

/**
 * What sets people apart from everyone else who was grouped, the largest difference first. Items of scales are told by their
 * scales.
 *
 * @param labels for every respondent 0 in the segment, 1 outside, null for those who do not count
 */
export function describePeople(labels: readonly (number | null)[], columns: readonly SurveyTableColumn[]): Described[] {
  const told = columns.filter(({ isScored }) => !isScored);
  const { blocks } = profileSegments(labels, { names: ['The segment', 'Everyone else'], columns: told });
  return blocks
    .flatMap((block, place): Described[] => {
      const { column, family, item } = told[place]!;
      const about = { label: column.name, family, item };
      if (column.kind === 'number')
        return [{ ...about, comparison: compareMeans(labels, block, column.values), codeLabel: null }];
      return block.rows.map((row) => ({ ...about, comparison: compareShares(block, row), codeLabel: row.label }));
    })
    .toSorted((a, b) => sizeOf(b) - sizeOf(a));
}

/** Means with their difference; of steps, how sure and how large it is is told by ranks. */
function compareMeans(
  labels: readonly (number | null)[],
  block: TableBlock,
  values: Extract<TableColumn, { kind: 'number' }>['values'],
): MeanComparison {
  const isOrdinal = block.kind === 'ordinal';
  const tested = block.rows[isOrdinal ? 1 : 0]!.cells[0]!;
  const [here, rest] = block.rows[0]!.cells as [TableRow['cells'][number], TableRow['cells'][number]];
  const of = (label: number) =>
    Array.from(values).filter((value, row) => labels[row] === label && !Number.isNaN(value));
  const interval = meanDifference(of(0), of(1));
  return {
    kind: 'mean',
    isInput: block.isInput,
    nHere: here.n,
    nRest: rest.n,
    effect: isOrdinal && tested.effect !== null ? deltaAsDifference(tested.effect) : tested.effect,
    adjustedP: tested.adjustedP,
    meanHere: here.value,
    meanRest: rest.value,
    difference: here.value === null || rest.value === null ? null : here.value - rest.value,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

function compareShares(block: TableBlock, { code, cells }: TableRow): ShareComparison {
  const [here, rest] = cells as [TableRow['cells'][number], TableRow['cells'][number]];
  const interval = ({ value, low, high }: TableRow['cells'][number]) =>
    value === null || low === null || high === null ? null : { share: value, low, high };
  return {
    kind: 'share',
    code: code ?? '',
    isInput: block.isInput,
    nHere: here.n,
    nRest: rest.n,
    effect: here.effect,
    adjustedP: here.adjustedP,
    here: interval(here),
    rest: interval(rest),
    difference: here.value === null || rest.value === null ? null : here.value - rest.value,
  };
}

/** What has no effect comes last. */
const sizeOf = ({ comparison: { effect } }: Described): number => (effect === null ? -1 : Math.abs(effect));
