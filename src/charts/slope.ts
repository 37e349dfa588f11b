import { type JoinedPoints, joinedPoints } from './joined-points.ts';
import { type ChartFrame, chartTable, place } from './marks.ts';
import { showNumber, showPercent } from './numerals.ts';
import type { TrendPoint } from './trend.ts';

const PLOT_TOP = 24;
const PLOT_HEIGHT = 72;
const HEIGHT = PLOT_TOP + PLOT_HEIGHT + 24;
/** With more marks than these, their values would run into each other. */
const VALUES_MOST = 6;

export type SlopeInput = {
  readonly id: string;
  readonly title: string;
  /** What stands below, short: one for each point, such as `A`. */
  readonly marks: readonly string[];
  /** The same in full, for the table. */
  readonly names: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    /** Shares, 0 to 1, or numbers in a unit of their own. */
    readonly measure: 'share' | 'number';
    /** One for each mark; null where there are too few to show. */
    readonly points: readonly (TrendPoint | null)[];
    /** What it is among everybody, drawn as a line; null when that is not known. */
    readonly all: number | null;
  }[];
  readonly note: string | null;
};

export type SlopeChart = Omit<ChartFrame, 'description'> & {
  height: number;
  rows: (JoinedPoints & {
    label: string;
    description: string;
    baseY: number;
    markY: number;
    allY: number | null;
    marks: { x: string; text: string; value: string | null }[];
  })[];
};

/**
 * How a few things rise and fall from group to group, each with its interval and against everybody: one small picture for
 * each thing. Shares are drawn on one scale, from zero; numbers each on their own, since they share no unit.
 *
 * @param input things in the order to be shown, each with a point for every group
 * @returns marks for the chart-slope partial and the table beside it; no rows give an empty picture
 */
export function slope(input: SlopeInput): SlopeChart {
  const endsOf = ({ points, all }: SlopeInput['rows'][number]) => [
    ...points.flatMap((point) => (point ? [point.low ?? point.value, point.high ?? point.value] : [])),
    ...(all === null ? [] : [all]),
  ];
  const shareTop = Math.max(...input.rows.filter(({ measure }) => measure === 'share').flatMap(endsOf), 0);
  const xOf = (index: number) => place((index + 0.5) / Math.max(1, input.marks.length));
  const showIn = (measure: 'share' | 'number') => (value: number) =>
    measure === 'share' ? showPercent(value, 0) : showNumber(value, 2);
  return {
    id: input.id,
    title: input.title,
    note: input.note,
    height: HEIGHT,
    rows: input.rows.map((row) => {
      const ends = endsOf(row);
      const bottom = row.measure === 'share' || ends.length === 0 ? 0 : Math.min(...ends);
      // Where all is the same there is no scale; it then stands at the foot of its picture.
      const reach = (row.measure === 'share' ? shareTop : Math.max(...ends, bottom) - bottom) || 1;
      const yOf = (value: number) => Math.round(PLOT_TOP + (1 - (value - bottom) / reach) * PLOT_HEIGHT);
      const show = showIn(row.measure);
      return {
        label: row.label,
        description: `${row.label}: ${row.points
          .map((point, at) => `${input.marks[at]} ${point ? show(point.value) : 'too few'}`)
          .join(', ')}${row.all === null ? '' : `; everybody ${show(row.all)}`}`,
        baseY: PLOT_TOP + PLOT_HEIGHT,
        markY: HEIGHT - 6,
        allY: row.all === null ? null : yOf(row.all),
        marks: input.marks.map((text, at) => ({
          x: xOf(at),
          text,
          value: input.marks.length > VALUES_MOST ? null : row.points[at] ? show(row.points[at].value) : '–',
        })),
        ...joinedPoints(row.points, { xOf, yOf }),
      };
    }),
    table: chartTable(
      input.title,
      ['Row', ...input.names, 'Everybody'],
      input.rows.map((row) => {
        const show = showIn(row.measure);
        return [
          row.label,
          ...row.points.map((point) =>
            point === null
              ? 'too few'
              : `${show(point.value)}${point.low === null || point.high === null ? '' : ` (${show(point.low)} to ${show(point.high)})`}, n ${showNumber(point.n)}`,
          ),
          row.all === null ? '–' : show(row.all),
        ];
      }),
    ),
  };
}
