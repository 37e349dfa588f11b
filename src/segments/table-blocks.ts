import type { ChoiceColumn, ChoicesColumn, NumberColumn } from '../model/table-column.ts';
import { adjustP } from '../stats/adjust-p.ts';
import type { CountedValue } from '../stats/counted-values.ts';
import { meanDifferenceOf } from '../stats/mean-difference.ts';
import { meanIntervalOf } from '../stats/mean-interval.ts';
import { pairwiseMeans } from '../stats/pairwise-means.ts';
import { rankContrast } from '../stats/rank-contrast.ts';
import { EXPECTED_MIN, pooledShareTest, shareContrast } from '../stats/share-contrast.ts';
import { type StudentizedRange, studentizedRange } from '../stats/studentized-range.ts';
import { weightedMedian } from '../stats/weighted-median.ts';
import { chiSquareTest, rankTest, welchTest } from './family-tests.ts';
import {
  baseOf,
  type FamilyTest,
  plainCell,
  SPECK,
  shareCell,
  standingOf,
  type TableBlock,
  type TableCell,
  type TableFrame,
  type TableRow,
  type TableRules,
} from './table-cells.ts';
import {
  choiceWithout,
  countedOf,
  effectiveBase,
  effectiveShare,
  type Members,
  momentsOf,
  type NumberTally,
  numbersWithout,
  rankNumbers,
  tallyChoice,
  tallyNumbers,
} from './tally-columns.ts';

/** Tests wait here until all of the table are known, since they are adjusted together. */
type Pending = { p: number; take: (adjustedP: number) => void };

/**
 * The blocks of a table, one for each thing that was asked: figures of each column, each against the rest of its family,
 * all pairs of a family, and all columns of a family together. All p values of the table are adjusted together.
 *
 * @param asked what goes into the rows
 * @param asked.isInput shown without tests
 */
export function tableBlocks(
  asked: readonly { column: ChoiceColumn | ChoicesColumn | NumberColumn; isInput?: boolean; showsMedian?: boolean }[],
  frame: TableFrame,
): { blocks: TableBlock[]; tests: number } {
  const pending: Pending[] = [];
  const ranges = new Map<number, StudentizedRange>();
  const rangeOf = (groups: number): StudentizedRange => {
    const known = ranges.get(groups) ?? studentizedRange(groups);
    ranges.set(groups, known);
    return known;
  };
  const blocks = asked.map(({ column, isInput = false, showsMedian = false }) =>
    column.kind === 'number'
      ? numberBlock(column, isInput, showsMedian, frame, pending, rangeOf)
      : choiceBlock(column, isInput, frame, pending),
  );
  const adjusted = adjustP(
    pending.map(({ p }) => p),
    frame.rules.adjustment,
  );
  for (const [i, { take }] of pending.entries()) take(adjusted[i]!);
  for (const block of blocks)
    for (const row of block.rows) for (const cell of row.cells) cell.above.sort((a, b) => a - b);
  return { blocks, tests: pending.length };
}

function choiceBlock(
  column: ChoiceColumn | ChoicesColumn,
  isInput: boolean,
  frame: TableFrame,
  pending: Pending[],
): TableBlock {
  const { weights, rules } = frame;
  const tallies = frame.columns.map((members) => tallyChoice(column, members, weights));
  const total = tallyChoice(column, frame.everyone, weights);
  const rows = column.options.map(
    ({ code, label }, option): TableRow => ({
      kind: 'share',
      code,
      label,
      cells: tallies.map((tally) => shareCell(tally, total, option, rules)),
      total: shareCell(total, total, option, rules),
    }),
  );
  const tests: FamilyTest[] = [];
  for (const [f, family] of frame.families.entries()) {
    const all = tallyChoice(column, family.members, weights);
    const rests = family.columns.map((place) => choiceWithout(all, tallies[place]!));
    for (const [option, row] of rows.entries())
      for (const [i, place] of family.columns.entries()) {
        const [own, rest] = [effectiveShare(tallies[place]!, option), effectiveShare(rests[i]!, option)];
        const cell = row.cells[place]!;
        const compared = shareContrast(own, rest);
        cell.z = compared?.z ?? null;
        cell.effect = compared?.h ?? null;
        cell.effectLow = compared?.hLow ?? null;
        cell.effectHigh = compared?.hHigh ?? null;
        if (!isInput && isTested(cell, rest.total, rules)) awaitCell(pending, compared?.p ?? null, cell);
      }
    if (isInput || !family.isDisjoint) continue;
    const open = family.columns.filter((place) => standingOf(tallies[place]!.base, rules) !== 'hidden');
    if (column.kind === 'choice') {
      const test = chiSquareTest(
        open.map((place) => tallies[place]!),
        f,
        weights !== null,
      );
      if (test) addTest(tests, test, pending);
    }
    for (const [option, row] of rows.entries())
      eachPair(open, (first, second) => {
        const { z, p } = pooledShareTest(
          effectiveShare(tallies[first]!, option),
          effectiveShare(tallies[second]!, option),
        );
        if (p !== null && z !== null) awaitPair(pending, p, z > 0 ? [first, second] : [second, first], row, rules);
      });
  }
  return {
    id: column.id,
    name: column.name,
    kind: column.kind,
    isInput,
    bases: tallies.map(({ base }) => baseOf(base, rules)),
    totalBase: baseOf(total.base, rules),
    rows,
    tests,
  };
}

function numberBlock(
  column: NumberColumn,
  isInput: boolean,
  showsMedian: boolean,
  frame: TableFrame,
  pending: Pending[],
  rangeOf: (groups: number) => StudentizedRange,
): TableBlock {
  const { weights, rules } = frame;
  const isOrdinal = column.isOrdinal === true;
  const ranked = rankNumbers(column, isOrdinal || showsMedian);
  const tallyOf = (members: Members) => tallyNumbers(ranked, members, weights);
  const tallies = frame.columns.map(tallyOf);
  const total = tallyOf(frame.everyone);
  const counted = tallies.map((tally) => countedOf(tally, ranked));
  const meanCell = (tally: NumberTally): TableCell => {
    const moments = momentsOf(tally, ranked.middle);
    const interval = moments && meanIntervalOf(moments);
    return plainCell(tally.base, rules, moments?.mean ?? null, interval?.low ?? null, interval?.high ?? null);
  };
  const medianCell = (tally: NumberTally, values: readonly CountedValue[]): TableCell => {
    const found = weightedMedian(values);
    return plainCell(tally.base, rules, found?.median ?? null, found?.low ?? null, found?.high ?? null);
  };
  const means: TableRow = {
    kind: 'mean',
    code: null,
    label: 'Mean',
    cells: tallies.map(meanCell),
    total: meanCell(total),
  };
  const medians: TableRow | null =
    ranked.ranks.length === 0
      ? null
      : {
          kind: 'median',
          code: null,
          label: 'Median',
          cells: tallies.map((tally, place) => medianCell(tally, counted[place]!)),
          total: medianCell(total, countedOf(total, ranked)),
        };
  // Ranks tell of the medians, means of themselves: one row is tested, so that nothing is tested twice.
  const tested = isOrdinal && medians ? medians : means;
  const tests: FamilyTest[] = [];
  for (const [f, family] of frame.families.entries()) {
    const all = tallyOf(family.members);
    for (const place of family.columns) {
      const rest = numbersWithout(all, tallies[place]!);
      const cell = tested.cells[place]!;
      let p: number | null = null;
      if (isOrdinal) {
        const compared = rankContrast(counted[place]!, countedOf(rest, ranked));
        cell.effect = compared?.delta ?? null;
        cell.effectLow = compared?.low ?? null;
        cell.effectHigh = compared?.high ?? null;
        p = compared === null || compared.expected < EXPECTED_MIN ? null : compared.p;
      } else {
        const [own, others] = [momentsOf(tallies[place]!, ranked.middle), momentsOf(rest, ranked.middle)];
        const compared = own && others && meanDifferenceOf(own, others);
        cell.effect = compared?.hedgesG ?? null;
        cell.effectLow = compared?.hedgesGLow ?? null;
        cell.effectHigh = compared?.hedgesGHigh ?? null;
        p = compared?.p ?? null;
      }
      if (!isInput && isTested(cell, effectiveBase(rest.base), rules)) awaitCell(pending, p, cell);
    }
    if (isInput || !family.isDisjoint) continue;
    const open = family.columns.filter((place) => standingOf(tallies[place]!.base, rules) !== 'hidden');
    if (open.length < 2) continue;
    if (isOrdinal) {
      const test = rankTest(
        open.map((place) => counted[place]!),
        f,
      );
      if (test) addTest(tests, test, pending);
      eachPair(open, (first, second) => {
        const pair = rankContrast(counted[first]!, counted[second]!);
        if (pair && pair.expected >= EXPECTED_MIN && pair.delta !== 0)
          awaitPair(pending, pair.p, pair.delta > 0 ? [first, second] : [second, first], tested, rules);
      });
    } else {
      const moments = open.map((place) => momentsOf(tallies[place]!, ranked.middle)!);
      const test = welchTest(moments, f);
      if (test) addTest(tests, test, pending);
      for (const { first, second, difference, p } of pairwiseMeans(moments, 'games-howell', rangeOf(open.length))) {
        const [one, two] = [open[first]!, open[second]!];
        awaitPair(pending, p, difference < 0 ? [one, two] : [two, one], tested, rules);
      }
    }
  }
  return {
    id: column.id,
    name: column.name,
    kind: isOrdinal ? 'ordinal' : 'number',
    isInput,
    bases: tallies.map(({ base }) => baseOf(base, rules)),
    totalBase: baseOf(total.base, rules),
    rows: medians ? [means, medians] : [means],
    tests,
  };
}

const isTested = ({ standing }: TableCell, restBase: number, { baseMin }: TableRules): boolean =>
  standing !== 'hidden' && restBase + SPECK >= baseMin;

function eachPair(places: readonly number[], visit: (first: number, second: number) => void): void {
  for (const [i, first] of places.entries()) for (const second of places.slice(i + 1)) visit(first, second);
}

function awaitCell(pending: Pending[], p: number | null, cell: TableCell): void {
  if (p === null) return;
  cell.p = p;
  pending.push({
    p,
    take: (adjustedP) => {
      cell.adjustedP = adjustedP;
    },
  });
}

function awaitPair(
  pending: Pending[],
  p: number,
  [higher, lower]: readonly [number, number],
  row: TableRow,
  { alpha }: TableRules,
): void {
  pending.push({
    p,
    take: (adjustedP) => {
      if (adjustedP < alpha) row.cells[higher]!.above.push(lower);
    },
  });
}

function addTest(tests: FamilyTest[], test: FamilyTest, pending: Pending[]): void {
  tests.push(test);
  pending.push({
    p: test.p,
    take: (adjustedP) => {
      test.adjustedP = adjustedP;
    },
  });
}
