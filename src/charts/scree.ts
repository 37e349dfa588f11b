import { type ChartFrame, chartTable, place } from './marks.ts';
import { showNumber } from './numerals.ts';

const TOP = 14;
const PLOT_HEIGHT = 160;
const AXIS_HEIGHT = 22;
/** What lies beyond so many eigenvalues is flat, and stands in the table. */
const DRAWN_MAX = 20;
/** With more than these, numbers below would run into each other. */
const LABELLED_MAX = 11;

export type ScreeInput = {
  readonly id: string;
  readonly title: string;
  /** From the largest: what was found, and what unrelated answers reach. */
  readonly eigenvalues: readonly { readonly found: number; readonly chance: number }[];
  readonly note: string | null;
};

export type ScreeChart = ChartFrame & {
  height: number;
  baseY: number;
  axisY: number;
  found: { x: string; y: number; isAbove: boolean }[];
  stretches: { x1: string; y1: number; x2: string; y2: number; isChance: boolean }[];
  labels: { x: string; text: string }[];
};

/**
 * Eigenvalues from the largest, against those of answers that have nothing to do with each other: factors stand out
 * before the two lines cross.
 *
 * @returns marks for the chart-scree partial and the table beside it, which holds every eigenvalue
 */
export function scree({ id, title, eigenvalues, note }: ScreeInput): ScreeChart {
  const drawn = eigenvalues.slice(0, DRAWN_MAX);
  const highest = Math.max(...drawn.flatMap(({ found, chance }) => [found, chance]), Number.MIN_VALUE);
  const xOf = (index: number) => place((index + 0.5) / Math.max(1, drawn.length));
  const yOf = (value: number) => Math.round((TOP + (1 - Math.max(0, value) / highest) * PLOT_HEIGHT) * 10) / 10;
  const stretch = (which: 'found' | 'chance') =>
    drawn.slice(1).map((one, before) => ({
      x1: xOf(before),
      y1: yOf(drawn[before]![which]),
      x2: xOf(before + 1),
      y2: yOf(one[which]),
      isChance: which === 'chance',
    }));
  return {
    id,
    title,
    description: drawn
      .map(({ found, chance }, index) => `${index + 1}: ${showNumber(found, 2)}, by chance ${showNumber(chance, 2)}`)
      .join('; '),
    note,
    height: TOP + PLOT_HEIGHT + AXIS_HEIGHT,
    baseY: TOP + PLOT_HEIGHT,
    axisY: TOP + PLOT_HEIGHT + 15,
    found: drawn.map(({ found, chance }, index) => ({ x: xOf(index), y: yOf(found), isAbove: found > chance })),
    stretches: [...stretch('chance'), ...stretch('found')],
    labels: drawn.flatMap((_, index) =>
      drawn.length <= LABELLED_MAX || index === 0 || index === drawn.length - 1
        ? [{ x: xOf(index), text: String(index + 1) }]
        : [],
    ),
    table: chartTable(
      title,
      ['Factor', 'Found', 'By chance (95th percentile)'],
      eigenvalues.map(({ found, chance }, index) => [String(index + 1), showNumber(found, 2), showNumber(chance, 2)]),
    ),
  };
}
