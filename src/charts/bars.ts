import { type ChartFrame, chartTable, LABEL_LENGTH_MAX, place } from './marks.ts';
import { showNumber, showPercent, trimLabel } from './numerals.ts';

const ROW_HEIGHT = 44;
const BAR_TOP = 20;
const BAR_HEIGHT = 14;
const REFERENCE_HEIGHT = 22;
/** It starts or ends at the dashed line, so it has half the picture at least. */
const REFERENCE_LENGTH_MAX = 14;

export type BarsInput = {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly {
    readonly label: string;
    /** 0 to 1. */
    readonly share: number;
    /** How many people or answers it is; null when there is no such number. */
    readonly count: number | null;
    /** The interval around the share, 0 to 1; null when there is none. */
    readonly low: number | null;
    readonly high: number | null;
    readonly segmentClass: string | null;
    /** Set beside a share that differs from the rest. */
    readonly mark: '▲' | '▼' | null;
  }[];
  /** A share all rows are held against, drawn as a dashed line. */
  readonly reference: { readonly label: string; readonly share: number } | null;
  readonly note: string | null;
};

export type BarsChart = ChartFrame & {
  height: number;
  rows: {
    label: string;
    value: string;
    segmentClass: string | null;
    labelY: number;
    barY: number;
    barHeight: number;
    width: string;
    whisker: { from: string; to: string; y: number } | null;
  }[];
  reference: { x: string; height: number; labelY: number; label: string; anchor: 'start' | 'end' } | null;
};

function showInterval(low: number | null, high: number | null): string {
  return low === null || high === null ? '–' : `${showPercent(low)} to ${showPercent(high)}`;
}

/**
 * Horizontal bars of shares, each with its interval, against one common share when there is one. The track behind a bar
 * is the whole, so that bars of different charts can be held against each other.
 *
 * @param input shares from 0 to 1, in the order to be shown
 * @returns marks for the chart-bars partial and the table beside it; no rows give an empty picture
 */
export function bars(input: BarsInput): BarsChart {
  const rowsHeight = input.rows.length * ROW_HEIGHT;
  const rows = input.rows.map((row, index) => {
    const top = index * ROW_HEIGHT;
    const barY = top + BAR_TOP;
    return {
      label: trimLabel(row.label, LABEL_LENGTH_MAX),
      value: `${showPercent(row.share)}${row.mark === null ? '' : ` ${row.mark}`}`,
      segmentClass: row.segmentClass,
      labelY: top + 14,
      barY,
      barHeight: BAR_HEIGHT,
      width: place(row.share),
      whisker:
        row.low === null || row.high === null
          ? null
          : { from: place(row.low), to: place(row.high), y: barY + BAR_HEIGHT / 2 },
    };
  });
  const { reference } = input;
  return {
    id: input.id,
    title: input.title,
    description: `${input.rows.map((row) => `${row.label} ${showPercent(row.share)}`).join(', ')}${
      reference === null ? '' : `; ${reference.label} ${showPercent(reference.share)}`
    }`,
    note: input.note,
    height: rowsHeight + (reference === null ? 0 : REFERENCE_HEIGHT),
    rows,
    reference:
      reference === null
        ? null
        : {
            x: place(reference.share),
            height: rowsHeight,
            labelY: rowsHeight + 14,
            label: `${trimLabel(reference.label, REFERENCE_LENGTH_MAX)} ${showPercent(reference.share)}`,
            anchor: reference.share > 0.5 ? 'end' : 'start',
          },
    table: chartTable(
      input.title,
      ['Row', 'Share', 'Interval', 'n'],
      [
        ...input.rows.map((row) => [
          row.label,
          `${showPercent(row.share)}${row.mark === null ? '' : ` ${row.mark}`}`,
          showInterval(row.low, row.high),
          row.count === null ? '–' : showNumber(row.count),
        ]),
        ...(reference === null ? [] : [[reference.label, showPercent(reference.share), '–', '–']]),
      ],
    ),
  };
}
