import { type ChartFrame, chartTable, place } from './marks.ts';
import { showNumber, showPercent } from './numerals.ts';

export type StackInput = {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly {
    readonly label: string;
    /** 0 to 1; together at most 1, and what is missing from 1 is left blank. */
    readonly share: number;
    readonly count: number | null;
    readonly segmentClass: string;
  }[];
  readonly note: string | null;
};

export type StackChart = ChartFrame & {
  parts: { label: string; value: string; segmentClass: string; x: string; width: string }[];
};

/**
 * One whole, cut into its parts, side by side in one bar. The legend below names each part.
 *
 * @param input the parts in the order to be shown
 * @returns marks for the chart-stack partial and the table beside it
 */
export function stack(input: StackInput): StackChart {
  let before = 0;
  const parts = input.parts.map((part) => {
    const start = before;
    before += part.share;
    return {
      label: part.label,
      value: showPercent(part.share, 0),
      segmentClass: part.segmentClass,
      x: place(start),
      width: place(part.share),
    };
  });
  return {
    id: input.id,
    title: input.title,
    description: input.parts.map((part) => `${part.label} ${showPercent(part.share, 0)}`).join(', '),
    note: input.note,
    parts,
    table: chartTable(
      input.title,
      ['Row', 'Share', 'n'],
      input.parts.map((part) => [
        part.label,
        showPercent(part.share),
        part.count === null ? '–' : showNumber(part.count),
      ]),
    ),
  };
}
