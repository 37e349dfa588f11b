import { type ChartFrame, chartTable, place } from './marks.ts';
import { showNumber } from './numerals.ts';

const ROW_HEIGHT = 40;
const BAR_TOP = 20;
const BAR_HEIGHT = 12;
const FOOT = 22;

export type ForcesInput = {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly {
    readonly label: string;
    /** `towards` what is new, or `away` from it. */
    readonly direction: 'towards' | 'away';
    /** How strong it is: people who speak of it, of those heard; each counts once. */
    readonly people: number;
    readonly of: number;
  }[];
  readonly note: string | null;
};
export type ForcesChart = ChartFrame & {
  height: number;
  axisHeight: number;
  labelY: number;
  rows: {
    label: string;
    value: string;
    direction: 'towards' | 'away';
    labelY: number;
    barY: number;
    barHeight: number;
    x: string;
    width: string;
  }[];
};

/**
 * What moves people towards something new, drawn to the right of a middle line, and what holds them with the old, to its
 * left, each as long as the part of people who speak of it; a bar to the edge is everybody.
 *
 * @returns marks for the chart-forces partial and the table beside it; where nothing was said all bars have no length
 */
export function forces(input: ForcesInput): ForcesChart {
  const axisHeight = input.rows.length * ROW_HEIGHT;
  return {
    id: input.id,
    title: input.title,
    description: input.rows.map(({ label, people, of }) => `${label}: ${told(people, of)}`).join('; '),
    note: input.note,
    height: axisHeight + FOOT,
    axisHeight,
    labelY: axisHeight + 16,
    rows: input.rows.map(({ label, direction, people, of }, index) => {
      const half = of === 0 ? 0 : people / of / 2;
      return {
        label,
        value: told(people, of),
        direction,
        labelY: index * ROW_HEIGHT + 14,
        barY: index * ROW_HEIGHT + BAR_TOP,
        barHeight: BAR_HEIGHT,
        x: place(direction === 'towards' ? 0.5 : 0.5 - half),
        width: place(half),
      };
    }),
    table: chartTable(
      input.title,
      ['Force', 'Direction', 'People', 'Of'],
      input.rows.map(({ label, direction, people, of }) => [
        label,
        direction === 'towards' ? 'towards the new' : 'stays with the old',
        showNumber(people),
        showNumber(of),
      ]),
    ),
  };
}

const told = (people: number, of: number): string => `${showNumber(people)} of ${showNumber(of)} people`;
