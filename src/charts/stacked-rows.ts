import { type ChartFrame, chartTable, place } from './marks.ts';
import { showNumber, showPercent } from './numerals.ts';

/** The most shades there are from the first step to the last; the style sheet names them `shade-0` to `shade-10`. */
const SHADES = 11;
const HUES = 8;
/** Part of a lane left free before the next one. */
const LANE_GAP = 0.08;

export type StackedRowsInput = {
  readonly id: string;
  readonly title: string;
  /** What the parts of every row are, in their order; steps come in shades of one colour, other parts in colours. */
  readonly parts: { readonly labels: readonly string[]; readonly are: 'steps' | 'choices' };
  readonly rows: readonly {
    readonly label: string;
    /** Said at the end of the row, such as its mean and n. */
    readonly value: string;
    /** One for each part. */
    readonly cells: readonly { readonly share: number; readonly low: number; readonly high: number }[];
    /** Further columns of the table. */
    readonly more: readonly string[];
  }[];
  /**
   * `one-bar` sets the parts of a row end to end, where they add up to a whole; `lanes` gives each part a place of its
   * own, where several may be chosen at once.
   */
  readonly layout: 'one-bar' | 'lanes';
  /** Headings of the further columns. */
  readonly moreHeadings: readonly string[];
  readonly note: string | null;
};

export type StackedRowsChart = Omit<ChartFrame, 'description'> & {
  legend: { label: string; partClass: string }[];
  rows: {
    label: string;
    value: string;
    description: string;
    tracks: { x: string; width: string }[];
    marks: { x: string; width: string; partClass: string }[];
  }[];
};

/**
 * How each of several rows falls into the same parts: one bar per row, so that rows can be held against each other.
 *
 * @param input shares from 0 to 1, rows in the order to be shown
 * @returns marks for the chart-stacked-rows partial and the table beside it, with an interval for every share; no rows
 *   give an empty picture
 */
export function stackedRows(input: StackedRowsInput): StackedRowsChart {
  const { labels, are } = input.parts;
  const partClasses = labels.map((_, index) =>
    are === 'steps'
      ? `shade-${labels.length < 2 ? SHADES - 1 : Math.round((index / (labels.length - 1)) * (SHADES - 1))}`
      : `seg-${(index % HUES) + 1}`,
  );
  const lane = 1 / Math.max(1, labels.length);
  const laneWidth = lane * (1 - LANE_GAP);
  const marksOf = (shares: readonly number[]) => {
    let before = 0;
    return shares.flatMap((share, index) => {
      const start = input.layout === 'lanes' ? index * lane : before;
      before += share;
      const width = input.layout === 'lanes' ? share * laneWidth : share;
      return share > 0 ? [{ x: place(start), width: place(width), partClass: partClasses[index] ?? '' }] : [];
    });
  };
  return {
    id: input.id,
    title: input.title,
    note: input.note,
    legend: labels.map((label, index) => ({ label, partClass: partClasses[index] ?? '' })),
    rows: input.rows.map(({ label, value, cells }) => ({
      label,
      value,
      description: `${label}: ${cells.map(({ share }, index) => `${labels[index]} ${showPercent(share, 0)}`).join(', ')}`,
      tracks:
        input.layout === 'lanes'
          ? labels.map((_, index) => ({ x: place(index * lane), width: place(laneWidth) }))
          : [{ x: '0%', width: '100%' }],
      marks: marksOf(cells.map(({ share }) => share)),
    })),
    table: chartTable(
      input.title,
      ['Row', ...labels, ...input.moreHeadings],
      input.rows.map(({ label, cells, more }) => [
        label,
        ...cells.map(
          ({ share, low, high }) =>
            `${showPercent(share)} (${showNumber(low * 100, 1)} to ${showNumber(high * 100, 1)})`,
        ),
        ...more,
      ]),
    ),
  };
}
