import { type JoinedPoints, joinedPoints } from './joined-points.ts';
import { type ChartFrame, chartTable, LABEL_LENGTH_MAX, place } from './marks.ts';
import { showDifference, showNumber, showPercent, trimLabel } from './numerals.ts';

const ROW_HEIGHT = 104;
const PLOT_TOP = 26;
const PLOT_HEIGHT = 64;
const AXIS_HEIGHT = 22;

export type TrendPoint = {
  readonly n: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
};

export type TrendInput = {
  readonly id: string;
  readonly title: string;
  /** Shares, 0 to 1, or numbers in a unit of their own. */
  readonly measure: 'share' | 'number';
  /** What stands below: one name for each point in time. */
  readonly times: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    /** One for each time; null where there is nothing. */
    readonly points: readonly (TrendPoint | null)[];
    /** How the chosen two times differ, later minus earlier. */
    readonly change: { readonly difference: number; readonly low: number; readonly high: number } | null;
  }[];
  /** Names the difference, such as `Autumn against spring`. */
  readonly changeLabel: string;
  readonly note: string | null;
};

export type TrendChart = ChartFrame & {
  height: number;
  axisY: number;
  times: { x: string; label: string }[];
  rows: (JoinedPoints & {
    label: string;
    value: string;
    labelY: number;
    baseY: number;
  })[];
};

/**
 * How values went over a few points in time, each with its interval: one small picture for each row, all on one scale, so
 * that rows can be held against each other.
 *
 * @param input rows with one point for each time
 * @returns marks for the chart-trend partial and the table beside it; no rows give an empty picture
 */
export function trend(input: TrendInput): TrendChart {
  const drawn = input.rows.flatMap((row) => row.points.filter((point) => point !== null));
  const ends = drawn.flatMap((point) => [point.low ?? point.value, point.high ?? point.value]);
  // Shares begin at zero; a mean has no zero that says anything.
  const bottom = input.measure === 'share' ? 0 : Math.min(...ends);
  // Where all is the same there is no scale; it then stands at the foot of its picture.
  const reach = Math.max(...ends) - bottom || 1;
  const show = (value: number) => (input.measure === 'share' ? showPercent(value) : showNumber(value, 2));
  const showChange = (value: number) =>
    input.measure === 'share' ? `${showDifference(value * 100, 1)} points` : showDifference(value, 2);
  const xOf = (index: number) => place((index + 0.5) / input.times.length);
  const axisY = input.rows.length * ROW_HEIGHT;

  return {
    id: input.id,
    title: input.title,
    description: input.rows
      .map((row) => `${row.label}: ${row.points.map((point) => (point ? show(point.value) : 'not asked')).join(', ')}`)
      .join('; '),
    note: input.note,
    height: axisY + AXIS_HEIGHT,
    axisY: axisY + 14,
    times: input.times.map((label, index) => ({
      x: xOf(index),
      label: trimLabel(label, Math.max(3, Math.floor(LABEL_LENGTH_MAX / input.times.length))),
    })),
    rows: input.rows.map((row, index) => {
      const yOf = (value: number) =>
        Math.round(index * ROW_HEIGHT + PLOT_TOP + (1 - (value - bottom) / reach) * PLOT_HEIGHT);
      const last = row.points.findLast((point) => point !== null);
      return {
        label: trimLabel(row.label, LABEL_LENGTH_MAX - 8),
        value: last ? show(last.value) : '–',
        labelY: index * ROW_HEIGHT + 14,
        baseY: index * ROW_HEIGHT + PLOT_TOP + PLOT_HEIGHT,
        ...joinedPoints(row.points, { xOf, yOf }),
      };
    }),
    table: chartTable(
      input.title,
      ['Row', ...input.times, input.changeLabel],
      input.rows.map((row) => [
        row.label,
        ...row.points.map((point) =>
          point === null
            ? 'not asked'
            : `${show(point.value)}${point.low === null || point.high === null ? '' : ` (${show(point.low)} to ${show(point.high)})`}, n ${showNumber(point.n)}`,
        ),
        row.change
          ? `${showChange(row.change.difference)} (${showChange(row.change.low)} to ${showChange(row.change.high)})`
          : '–',
      ]),
    ),
  };
}
