import { type ChartFrame, chartTable } from './marks.ts';
import { showNumber } from './numerals.ts';

/** The drawing's own measure; it is stretched to the width of its place. */
const WIDTH = 100;
const HEIGHT = 40;
const MARGIN = 2;

export type LineInput = {
  readonly id: string;
  readonly title: string;
  /** In order, evenly spaced: a day without a value is a day of 0. */
  readonly points: readonly { readonly label: string; readonly value: number }[];
  /** What is counted, such as `responses`. */
  readonly unit: string;
  readonly note: string | null;
};

export type LineChart = ChartFrame & {
  /** For a polyline: `x,y x,y`, empty when there is nothing to draw. */
  path: string;
  /** The ends with their values; of a single day there is but the first. */
  firstLabel: string;
  lastLabel: string;
};

/**
 * A small line over days, from zero up to its highest value, so that a quiet day looks quiet.
 *
 * @param input one point per day
 * @returns the line for the chart-line partial and the table beside it; a single day is drawn as a level line
 */
export function line(input: LineInput): LineChart {
  const highest = Math.max(...input.points.map((point) => point.value), Number.MIN_VALUE);
  const heightOf = (value: number) => HEIGHT - MARGIN - (value / highest) * (HEIGHT - 2 * MARGIN);
  const round = (value: number) => Math.round(value * 100) / 100;
  const last = input.points.length - 1;
  const labelOf = (point: LineInput['points'][number] | undefined) =>
    point === undefined ? '' : `${point.label}: ${showNumber(point.value)}`;
  const drawn = last === 0 ? [input.points[0]!, input.points[0]!] : input.points;
  const step = WIDTH / Math.max(1, drawn.length - 1);
  const ends = [input.points[0], input.points[last]];
  return {
    id: input.id,
    title: input.title,
    description:
      ends[0] === undefined || ends[1] === undefined
        ? `No ${input.unit} yet`
        : `${ends[0].label} to ${ends[1].label}: from ${showNumber(ends[0].value)} to ${showNumber(ends[1].value)} ${input.unit}, at most ${showNumber(highest)} in one step`,
    note: input.note,
    path: drawn.map((point, index) => `${round(index * step)},${round(heightOf(point.value))}`).join(' '),
    firstLabel: labelOf(ends[0]),
    lastLabel: last === 0 ? '' : labelOf(ends[1]),
    table: chartTable(
      input.title,
      ['Row', input.unit],
      input.points.map((point) => [point.label, showNumber(point.value)]),
    ),
  };
}
