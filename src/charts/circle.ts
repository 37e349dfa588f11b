import { type ChartFrame, chartTable } from './marks.ts';
import { showNumber, trimLabel } from './numerals.ts';

const WIDTH = 460;
const HEIGHT = 340;
const RADIUS = 108;
const LABEL_RADIUS = RADIUS + 22;
const LABEL_LETTERS = 16;

export type CircleInput = {
  readonly id: string;
  readonly title: string;
  /** In degrees, 0 at the top and on clockwise; `distance` from the middle in any unit. */
  readonly points: readonly {
    readonly label: string;
    readonly expected: number;
    readonly observed: number;
    readonly distance: number;
  }[];
  readonly note: string | null;
};

export type CircleChart = ChartFrame & {
  viewBox: string;
  middle: { x: number; y: number };
  radius: number;
  spokes: { x: number; y: number }[];
  points: { x: number; y: number }[];
  labels: { x: number; y: number; anchor: 'start' | 'middle' | 'end'; text: string }[];
};

/**
 * Points around a circle where they were found, their names where theory puts them: the nearer each point lies to the
 * line of its name, the better the two agree.
 *
 * @returns marks for the chart-circle partial and the table beside it
 */
export function circle({ id, title, points, note }: CircleInput): CircleChart {
  const middle = { x: WIDTH / 2, y: HEIGHT / 2 };
  const farthest = Math.max(...points.map(({ distance }) => distance), Number.MIN_VALUE);
  const at = (degrees: number, radius: number) => {
    const angle = ((degrees - 90) * Math.PI) / 180;
    return {
      x: Math.round((middle.x + radius * Math.cos(angle)) * 10) / 10,
      y: Math.round((middle.y + radius * Math.sin(angle)) * 10) / 10,
    };
  };
  return {
    id,
    title,
    description: points
      .map(
        ({ label, expected, observed }) => `${label} ${showNumber(observed, 0)}°, expected ${showNumber(expected, 0)}°`,
      )
      .join('; '),
    note,
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    middle,
    radius: RADIUS,
    spokes: points.map(({ expected }) => at(expected, RADIUS)),
    points: points.map(({ observed, distance }) => at(observed, (RADIUS * distance) / farthest)),
    labels: points.map(({ label, expected }) => {
      const { x, y } = at(expected, LABEL_RADIUS);
      const anchor = Math.abs(x - middle.x) < 12 ? 'middle' : x > middle.x ? 'start' : 'end';
      return { x, y: y + 4, anchor, text: trimLabel(label, LABEL_LETTERS) };
    }),
    table: chartTable(
      title,
      ['Row', 'Expected', 'Found'],
      points.map(({ label, expected, observed }) => [
        label,
        `${showNumber(expected, 0)}°`,
        `${showNumber(observed, 0)}°`,
      ]),
    ),
  };
}
