import { type ChartFrame, chartTable, LABEL_LENGTH_MAX, place } from './marks.ts';
import { showDifference, trimLabel } from './numerals.ts';

const ROW_HEIGHT = 38;
const DOT_TOP = 26;
const ZERO_HEIGHT = 22;
/** Marks keep this far from both edges, so that a dot at the end is whole. */
const MARGIN = 0.03;

export type DotsInput = {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly {
    readonly label: string;
    /** Against whatever zero stands for, in any unit all rows share. */
    readonly difference: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
  /** Digits after the point. */
  readonly digits: number;
  /** What zero stands for, such as `the rest`. */
  readonly zeroLabel: string;
  readonly segmentClass: string | null;
  readonly note: string | null;
};

export type DotsChart = ChartFrame & {
  height: number;
  segmentClass: string | null;
  axisHeight: number;
  zero: { x: string; labelY: number; label: string };
  rows: {
    label: string;
    value: string;
    labelY: number;
    y: number;
    x: string;
    whisker: { from: string; to: string } | null;
  }[];
};

/**
 * Differences from a common zero as dots on stems, zero in the middle so that both directions weigh the same.
 *
 * @param input differences with their intervals, in the order to be shown
 * @returns marks for the chart-dots partial and the table beside it; when nothing differs, all dots stand at zero
 */
export function dots(input: DotsInput): DotsChart {
  const reach = Math.max(
    ...input.rows.flatMap((row) => [row.difference, row.low ?? 0, row.high ?? 0].map(Math.abs)),
    Number.MIN_VALUE,
  );
  const placeOf = (value: number) => place(0.5 + (value / reach) * (0.5 - MARGIN));
  const axisHeight = input.rows.length * ROW_HEIGHT;
  return {
    id: input.id,
    title: input.title,
    description: `Against ${input.zeroLabel}: ${input.rows
      .map((row) => `${row.label} ${showDifference(row.difference, input.digits)}`)
      .join(', ')}`,
    note: input.note,
    height: axisHeight + ZERO_HEIGHT,
    segmentClass: input.segmentClass,
    axisHeight,
    zero: { x: '50%', labelY: axisHeight + 14, label: trimLabel(input.zeroLabel, LABEL_LENGTH_MAX) },
    rows: input.rows.map((row, index) => ({
      label: trimLabel(row.label, LABEL_LENGTH_MAX),
      value: showDifference(row.difference, input.digits),
      labelY: index * ROW_HEIGHT + 14,
      y: index * ROW_HEIGHT + DOT_TOP,
      x: placeOf(row.difference),
      whisker: row.low === null || row.high === null ? null : { from: placeOf(row.low), to: placeOf(row.high) },
    })),
    table: chartTable(
      input.title,
      ['Row', `Against ${input.zeroLabel}`, 'Interval'],
      input.rows.map((row) => [
        row.label,
        showDifference(row.difference, input.digits),
        row.low === null || row.high === null
          ? '–'
          : `${showDifference(row.low, input.digits)} to ${showDifference(row.high, input.digits)}`,
      ]),
    ),
  };
}
