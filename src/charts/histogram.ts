import { type ChartFrame, chartTable, place } from './marks.ts';
import { showNumber, trimLabel } from './numerals.ts';

const COLUMNS_HEIGHT = 120;
/** Room above the highest column for its number. */
const TOP = 18;
/** Part of a bin's width left between two columns. */
const GAP = 0.08;
/** With more bins than these, numbers above the columns and labels below would run into each other. */
const LABELLED_MAX = 11;
/** Two of these side by side fit the narrowest screen. */
const END_LENGTH_MAX = 18;

export type HistogramInput = {
  readonly id: string;
  readonly title: string;
  /** Neighbouring ranges in order. */
  readonly bins: readonly { readonly label: string; readonly count: number }[];
  /** What is counted, such as `respondents`. */
  readonly unit: string;
  readonly note: string | null;
};

export type HistogramChart = ChartFrame & {
  height: number;
  baseY: number;
  columns: {
    x: string;
    middle: string;
    width: string;
    y: number;
    height: number;
    countY: number;
    /** Null where it would run into its neighbour. */
    count: string | null;
  }[];
  labels: { x: string; y: number; anchor: 'start' | 'middle' | 'end'; text: string }[];
};

/**
 * How many fall into each of a row of ranges.
 *
 * @param input counts per range; ranges without anybody are kept, since a gap is a finding
 * @returns marks for the chart-histogram partial and the table beside it
 */
export function histogram(input: HistogramInput): HistogramChart {
  const width = 1 / Math.max(1, input.bins.length);
  const highest = Math.max(...input.bins.map((bin) => bin.count), 1);
  const baseY = TOP + COLUMNS_HEIGHT;
  const isLabelled = input.bins.length <= LABELLED_MAX;
  const columns = input.bins.map((bin, index) => {
    const height = Math.round((bin.count / highest) * COLUMNS_HEIGHT * 10) / 10;
    return {
      x: place(width * (index + GAP / 2)),
      middle: place(width * (index + 0.5)),
      width: place(width * (1 - GAP)),
      y: baseY - height,
      height,
      countY: baseY - height - 5,
      count: isLabelled ? showNumber(bin.count) : null,
    };
  });
  const shortest = input.bins.every((bin) => [...bin.label].length <= 4);
  const labelled =
    isLabelled && shortest
      ? input.bins.map((bin, index) => ({ index, text: bin.label, anchor: 'middle' as const }))
      : labelEnds(input.bins.map((bin) => bin.label));
  return {
    id: input.id,
    title: input.title,
    description: input.bins.map((bin) => `${bin.label}: ${showNumber(bin.count)}`).join(', '),
    note: input.note,
    height: baseY + 20,
    baseY,
    columns,
    labels: labelled.map(({ index, text, anchor }) => ({
      x: anchor === 'start' ? '0%' : anchor === 'end' ? '100%' : place(width * (index + 0.5)),
      y: baseY + 15,
      anchor,
      text: trimLabel(text, END_LENGTH_MAX),
    })),
    table: chartTable(
      input.title,
      ['Range', input.unit],
      input.bins.map((bin) => [bin.label, showNumber(bin.count)]),
    ),
  };
}

/** Only the first and the last range are named when there is no room for all. */
function labelEnds(labels: readonly string[]): { index: number; text: string; anchor: 'start' | 'end' }[] {
  const first = labels[0];
  const last = labels.at(-1);
  if (first === undefined || last === undefined) return [];
  const ends = [{ index: 0, text: first, anchor: 'start' as const }];
  return labels.length === 1 ? ends : [...ends, { index: labels.length - 1, text: last, anchor: 'end' as const }];
}
