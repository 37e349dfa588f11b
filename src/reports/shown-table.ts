import type { TableBlock, TableCell, TableRow } from '../segments/table-cells.ts';
import type { BannerColumn, BannerTable } from './banner-table.ts';

/** What pages and files show of a cell; what it was tested with is not kept. */
export type ShownCell = Pick<TableCell, 'value' | 'low' | 'high' | 'count' | 'standing' | 'above'> & HiddenMark;
/** Set where too few people are behind a figure for this reader; the figure itself is gone. */
export type HiddenMark = { isHidden?: true };
export type ShownRow = Omit<TableRow, 'cells' | 'total'> & { cells: ShownCell[]; total: ShownCell };
type ShownBase = TableBlock['totalBase'] & HiddenMark;
export type ShownBlock = Omit<TableBlock, 'rows' | 'bases' | 'totalBase'> & {
  bases: ShownBase[];
  totalBase: ShownBase;
  rows: ShownRow[];
};
/** A table as pages and files show it. */
export type ShownTable = Omit<BannerTable, 'blocks' | 'columns' | 'total'> & {
  columns: (BannerColumn & HiddenMark)[];
  total: BannerTable['total'] & HiddenMark;
  blocks: ShownBlock[];
};

const STANDINGS = ['enough', 'warned', 'hidden'] as const;

type PackedCell = [
  value: number | null,
  low: number | null,
  high: number | null,
  count: number | null,
  standing: number,
  above: number[],
];
/** A table as it is kept: of many thousand cells nothing is written twice. */
export type PackedTable = Omit<ShownTable, 'blocks'> & {
  blocks: (Omit<ShownBlock, 'rows'> & {
    rows: (Omit<ShownRow, 'cells' | 'total'> & { cells: PackedCell[]; total: PackedCell })[];
  })[];
};

export const packTable = (table: ShownTable): PackedTable => ({
  ...table,
  blocks: table.blocks.map((block) => ({
    ...block,
    rows: block.rows.map((row) => ({ ...row, cells: row.cells.map(packCell), total: packCell(row.total) })),
  })),
});

export const unpackTable = (table: PackedTable): ShownTable => ({
  ...table,
  blocks: table.blocks.map((block) => ({
    ...block,
    rows: block.rows.map((row) => ({ ...row, cells: row.cells.map(unpackCell), total: unpackCell(row.total) })),
  })),
});

const packCell = ({ value, low, high, count, standing, above }: ShownCell): PackedCell => [
  value,
  low,
  high,
  count,
  STANDINGS.indexOf(standing),
  above,
];

const unpackCell = ([value, low, high, count, standing, above]: PackedCell): ShownCell => ({
  value,
  low,
  high,
  count,
  standing: STANDINGS[standing]!,
  above,
});
