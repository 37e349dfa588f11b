import type * as Docx from 'docx';
import type { FigureCell } from '../../reports/document.ts';
import type { DocxLines } from './docx-lines.ts';
import { inkHex, PAGE, TEXT_WIDTH } from './docx-styles.ts';
import { columnWidths, keptTogether } from './office-table.ts';

const FIGURES_A_ROW = 3;

export type PlainTable = {
  columns: readonly { label: string; isNumber: boolean }[];
  rows: readonly { cells: readonly string[]; refs: readonly string[] }[];
};

/** Builds the tables of one document: of numbers, of figures in large type, and of the head of a sheet. */
export function docxTables(docx: typeof Docx, { line }: DocxLines) {
  const none = { style: 'none' as const, size: 0, color: 'auto' };
  const rule = { style: 'single' as const, size: 4, color: 'CFC9BD' };
  const strong = { style: 'single' as const, size: 8, color: inkHex('ink') };
  const bare: Docx.ITableBordersOptions = {
    top: none,
    bottom: none,
    left: none,
    right: none,
    insideHorizontal: none,
    insideVertical: none,
  };

  /** Lines between rows and none between columns; the header comes again on every page, and no row breaks. */
  function table({ columns, rows }: PlainTable): Docx.Table {
    const texts = [columns.map(({ label }) => label), ...rows.map(({ cells }) => cells)];
    const widths = columnWidths(texts, { width: TEXT_WIDTH, unit: 20, size: 9.5, padding: 10 });
    // Where all rows rest on the same, its caption says so once.
    const isShared = new Set(rows.map(({ refs }) => refs.join('\n'))).size <= 1;
    const cell = (text: string, column: number, isHead: boolean, refs: readonly string[] = []): Docx.TableCell =>
      new docx.TableCell({
        width: { size: widths[column] ?? 0, type: 'dxa' },
        verticalAlign: isHead ? 'bottom' : 'top',
        children: [
          line(columns[column]?.isNumber ? 'NumberCell' : 'Cell', [{ text: keptTogether(text), isStrong: isHead }], {
            refs,
            keepNext: isHead,
          }),
        ],
      });
    return new docx.Table({
      width: { size: TEXT_WIDTH, type: 'dxa' },
      columnWidths: widths,
      layout: 'fixed',
      margins: { left: 80, right: 80, top: 20, bottom: 20 },
      borders: { ...bare, top: strong, bottom: rule, insideHorizontal: rule },
      rows: [
        new docx.TableRow({
          tableHeader: true,
          cantSplit: true,
          children: columns.map(({ label }, column) => cell(label, column, true)),
        }),
        ...rows.map(
          ({ cells, refs }) =>
            new docx.TableRow({
              cantSplit: true,
              children: columns.map((_, column) =>
                cell(cells[column] ?? '', column, false, column === 0 && !isShared ? refs : []),
              ),
            }),
        ),
      ],
    });
  }

  function figures(cells: readonly FigureCell[]): Docx.Table {
    const across = Math.min(FIGURES_A_ROW, cells.length);
    const width = Math.floor(TEXT_WIDTH / across);
    const box = (figure: FigureCell | undefined): Docx.TableCell =>
      new docx.TableCell({
        width: { size: width, type: 'dxa' },
        children: figure
          ? [
              line('FigureValue', [{ text: figure.value }], { keepNext: true }),
              line('Cell', [{ text: figure.label }], { refs: figure.refs }),
              ...(figure.note === '' ? [] : [line('Cell', [{ text: figure.note, isSoft: true }])]),
            ]
          : [line('Cell', [])],
      });
    const rows: Docx.TableRow[] = [];
    for (let from = 0; from < cells.length; from += across)
      rows.push(
        new docx.TableRow({
          cantSplit: true,
          children: Array.from({ length: across }, (_, at) => box(cells[from + at])),
        }),
      );
    return new docx.Table({
      width: { size: width * across, type: 'dxa' },
      columnWidths: Array.from({ length: across }, () => width),
      layout: 'fixed',
      margins: { left: 0, right: 160, top: 100, bottom: 100 },
      borders: { ...bare, top: rule, bottom: rule },
      rows,
    });
  }

  /** What stands left and right at the head of a sheet, a strong rule below. */
  function head(left: readonly Docx.Paragraph[], right: readonly Docx.Paragraph[]): Docx.Table {
    const widths = right.length === 0 ? [TEXT_WIDTH] : [Math.round(TEXT_WIDTH * 0.64), 0];
    if (widths.length === 2) widths[1] = TEXT_WIDTH - widths[0]!;
    return new docx.Table({
      width: { size: TEXT_WIDTH, type: 'dxa' },
      columnWidths: widths,
      layout: 'fixed',
      margins: { left: 0, right: 0, top: 80, bottom: 160 },
      borders: { ...bare, bottom: strong },
      rows: [
        new docx.TableRow({
          cantSplit: true,
          children: [left, ...(right.length === 0 ? [] : [right])].map(
            (children, column) =>
              new docx.TableCell({
                width: { size: widths[column] ?? 0, type: 'dxa' },
                verticalAlign: column === 0 ? 'top' : 'bottom',
                margins: column === 0 ? { right: 280 } : {},
                children: [...children],
              }),
          ),
        }),
      ],
    });
  }

  return { table, figures, head };
}
export type DocxTables = ReturnType<typeof docxTables>;

/** The room for pictures, in points. */
export const TEXT_POINTS = Math.floor((PAGE.width - 2 * PAGE.margin) / 20);
