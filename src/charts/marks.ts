/**
 * What every chart shares. Marks are placed in per cent of the picture's width and in pixels of its height, so that a
 * picture grows with its page while its words keep their size.
 */

/** The table beside a chart, as the data-table partial lays it out. */
export type ChartTable = {
  caption: string;
  columns: { label: string; isNumber: boolean }[];
  rows: { cells: { text: string; href: null; isNumber: boolean }[] }[];
};

/** What all charts carry: their name, their content in one sentence, and the numbers themselves. */
export type ChartFrame = {
  id: string;
  title: string;
  description: string;
  note: string | null;
  table: ChartTable;
};

/** So many characters fit beside a value on the narrowest screen. */
export const LABEL_LENGTH_MAX = 34;

/**
 * A place along the picture's width as an SVG length.
 *
 * @param part 0 at the left edge, 1 at the right; what lies outside is drawn at the edge
 *
 * @example
 * place(0.25) // => '25%'
 */
export function place(part: number): string {
  return `${Math.round(Math.min(1, Math.max(0, part)) * 1e4) / 100}%`;
}

/**
 * A table of numbers: the first column names the row, the others are numbers already written out.
 *
 * @param caption names the table; the chart's own title
 * @param headings one per column
 * @param rows one text per column
 */
export function chartTable(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): ChartTable {
  return {
    caption,
    columns: headings.map((label, index) => ({ label, isNumber: index > 0 })),
    rows: rows.map((texts) => ({ cells: texts.map((text, index) => ({ text, href: null, isNumber: index > 0 })) })),
  };
}
