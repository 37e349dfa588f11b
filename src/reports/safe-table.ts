import { type CellPolicy, type HiddenTable, type Sum, safeCells } from '../privacy/safe-cells.ts';
import type { BannerColumn } from './banner-table.ts';
import type { ShownBlock, ShownCell, ShownTable } from './shown-table.ts';

/**
 * A table as others than the study's researchers read it: without the figures of too few people, and without those that
 * would give them away, in any column of the same people. Where a block hides something, its tests are left out as well,
 * since their size could be solved for what is hidden.
 *
 * @param policy null leaves it as it is
 * @returns the table, and whether anything is hidden in it
 */
export function safeTable(table: ShownTable, policy: CellPolicy): { table: ShownTable; isAnyHidden: boolean } {
  if (policy === null) return { table, isAnyHidden: false };
  const splits = splitsOf(table);
  const people = safeCells(
    { counts: [], bases: [table.total.n, ...table.columns.map(({ n }) => n)], isExclusive: true, splits },
    policy,
  );
  const blocks = table.blocks.map((block) => safeBlock(table, block, people, splits, policy));
  return {
    table: {
      ...table,
      total: people.bases[0] ? hiddenBase(table.total) : table.total,
      columns: table.columns.map((column, at) => (people.bases[at + 1] ? hiddenBase(column) : column)),
      blocks: blocks.map(({ block }) => block),
    },
    isAnyHidden: people.bases.includes(true) || blocks.some(({ isAnyHidden }) => isAnyHidden),
  };
}

/**
 * Which columns are parts of which, the total being column 0: those of a question together where nobody is in two, else
 * each by itself; and those within an answer, of the column of that answer.
 */
function splitsOf({ columns, families }: ShownTable): Sum[] {
  const places = (own: readonly number[], whole: number, isTogether: boolean): Sum[] =>
    isTogether ? [{ whole, parts: own.map((at) => at + 1) }] : own.map((at) => ({ whole, parts: [at + 1] }));
  return [
    ...families.flatMap(({ columns: own, within, isTestedInPairs }) => [
      ...places(own, 0, isTestedInPairs),
      ...columns.flatMap((column, at) =>
        within !== null && column.within === null && column.label === within
          ? places(own, at + 1, isTestedInPairs)
          : [],
      ),
    ]),
    ...columns.flatMap(({ isNet }, at) => (isNet ? places([at], 0, false) : [])),
  ];
}

function safeBlock(
  { columns }: ShownTable,
  block: ShownBlock,
  people: HiddenTable,
  splits: readonly Sum[],
  policy: CellPolicy,
): { block: ShownBlock; isAnyHidden: boolean } {
  const bases = [block.totalBase, ...block.bases].map(({ n }) => n);
  const shares = block.rows.filter(({ kind }) => kind === 'share');
  const safe = safeCells(
    {
      counts: shares.map(({ total, cells }) => [total, ...cells].map(({ count }) => count ?? 0)),
      bases,
      isExclusive: block.kind !== 'choices',
      splits,
    },
    policy,
  );
  const isBaseHidden = (at: number) => safe.bases[at]! || people.bases[at]!;
  // A mean tells of the whole column, so that it could give away what the column hides.
  const isColumnTold = (at: number) => !isBaseHidden(at) && !safe.cells.some((row) => row[at]);
  const isHidden = (row: ShownBlock['rows'][number], at: number): boolean => {
    const line = shares.indexOf(row);
    if (line < 0) return !isColumnTold(at);
    const own = safe.cells[line]!;
    return isBaseHidden(at) || own[at]! || (at > 0 && columns[at - 1]!.isNet && isOptionHidden(own, at - 1));
  };
  // The people of a net are those of its options, of which one may be hidden.
  const isOptionHidden = (own: readonly boolean[], net: number) =>
    columns.some(
      ({ question, within, isNet }, at) =>
        !isNet && question === columns[net]!.question && within === columns[net]!.within && own[at + 1],
    );
  let isAnyHidden = safe.bases.includes(true);
  const rows = block.rows.map((row) => {
    const hide = (cell: ShownCell, at: number): ShownCell => {
      if (isHidden(row, at)) {
        isAnyHidden = true;
        return { ...cell, value: null, low: null, high: null, count: null, above: [], isHidden: true };
      }
      return { ...cell, above: cell.above.filter((other) => !isHidden(row, other + 1)) };
    };
    return { ...row, total: hide(row.total, 0), cells: row.cells.map((cell, at) => hide(cell, at + 1)) };
  });
  return {
    isAnyHidden,
    block: {
      ...block,
      totalBase: isBaseHidden(0) ? hiddenBase(block.totalBase) : block.totalBase,
      bases: block.bases.map((base, at) => (isBaseHidden(at + 1) ? hiddenBase(base) : base)),
      rows,
      tests: isAnyHidden ? [] : block.tests,
    },
  };
}

const hiddenBase = <B extends Pick<BannerColumn, 'n' | 'weighted' | 'effectiveN'>>(base: B): B => ({
  ...base,
  n: 0,
  weighted: 0,
  effectiveN: 0,
  isHidden: true,
});
