import { bars } from '../../charts/bars.ts';
import type { dots } from '../../charts/dots.ts';
import { histogram } from '../../charts/histogram.ts';
import { chartTable, LABEL_LENGTH_MAX } from '../../charts/marks.ts';
import { showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import type { stack } from '../../charts/stack.ts';
import type { stackedRows } from '../../charts/stacked-rows.ts';
import type { Counted } from '../../reports/counted-share.ts';
import { FORMER_MARK, type ItemSummary, type Moments } from '../../reports/question-summary.ts';

/** Where the words of an answer can be read; null for those who may not read single responses. */
export type ResultAddresses = { results: string; themes: string; responses: string | null };

export type Of<Kind extends ItemSummary['kind']> = Extract<ItemSummary, { kind: Kind }>;
type Link = { label: string; href: string };

/** A picture with its words; what a block does not have is null. */
export type Block = {
  facts: { label: string; value: string; note: string | null }[] | null;
  stack: ReturnType<typeof stack> | null;
  stackedRows: ReturnType<typeof stackedRows> | null;
  bars: ReturnType<typeof bars> | null;
  /** Every step of a rating whose picture tells them together. */
  steps: ReturnType<typeof bars> | null;
  dots: ReturnType<typeof dots> | null;
  histogram: ReturnType<typeof histogram> | null;
  note: string;
  links: Link[];
};

export const NOTHING = {
  facts: null,
  stack: null,
  stackedRows: null,
  bars: null,
  steps: null,
  dots: null,
  histogram: null,
  links: [],
} satisfies Omit<Block, 'note'>;

export const idOf = (item: string) => `chart-${item.replaceAll('.', '-')}`;
export const between = (low: number | null, high: number | null, show: (value: number) => string): string =>
  low === null || high === null ? 'no interval' : `${show(low)} to ${show(high)}`;
export const two = (value: number) => showNumber(value, 2);
export const percentBetween = ({ low, high }: { low: number; high: number }) => between(low, high, showPercent);

/** What kept others from answering, such as “3 would rather not say”. */
export function missingParts({
  refused,
  skipped,
  notSeen,
}: Pick<ItemSummary, 'refused' | 'skipped' | 'notSeen'>): string[] {
  return [
    refused > 0 ? `${showNumber(refused)} would rather not say` : '',
    skipped > 0 ? `${showNumber(skipped)} left it out` : '',
    notSeen > 0 ? `${showNumber(notSeen)} did not see it` : '',
  ].filter((part) => part !== '');
}

export const answeredNote = (item: ItemSummary): string =>
  `${[`${showNumber(item.answered)} answered`, missingParts(item).join(', ')].filter((part) => part !== '').join('; ')}.`;

export function momentsNote({ mean, meanLow, meanHigh, standardDeviation }: Moments): string {
  if (mean === null) return '';
  return ` Mean ${two(mean)} (${between(meanLow, meanHigh, two)})${standardDeviation === null ? '' : `, SD ${two(standardDeviation)}`}.`;
}

export function medianNote({ median, medianLow, medianHigh, min, max }: Of<'number'>): string {
  if (median === null) return '';
  const range = min === null || max === null ? '' : `, all from ${showNumber(min)} to ${showNumber(max)}`;
  return ` Median ${showNumber(median)} (${between(medianLow, medianHigh, showNumber)})${range}.`;
}

export function shareBars(item: string, rows: readonly Counted[], answered: number) {
  if (rows.length === 0 || answered === 0) return null;
  const chart = bars({
    id: idOf(item),
    title: 'Shares of those who answered',
    rows: rows.map((row) => ({ ...row, segmentClass: null, mark: null })),
    reference: null,
    note: null,
  });
  return { ...chart, rows: chart.rows.map((row, index) => ({ ...row, label: drawnLabel(rows[index]?.label ?? '') })) };
}

/** A label as short as the picture needs it, which still says that the option is offered no more. */
const drawnLabel = (label: string): string =>
  label.endsWith(FORMER_MARK)
    ? `${trimLabel(label.slice(0, -FORMER_MARK.length), LABEL_LENGTH_MAX - FORMER_MARK.length)}${FORMER_MARK}`
    : trimLabel(label, LABEL_LENGTH_MAX);

export function countedHistogram(item: string, title: string, bins: readonly Counted[]) {
  if (bins.length === 0) return null;
  return {
    ...histogram({ id: idOf(item), title, bins, unit: 'respondents', note: null }),
    table: chartTable(
      title,
      ['Range', 'n', 'Share', 'Interval'],
      bins.map((bin) => [bin.label, showNumber(bin.count), showPercent(bin.share), percentBetween(bin)]),
    ),
  };
}
