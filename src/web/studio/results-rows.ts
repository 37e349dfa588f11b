import { bars } from '../../charts/bars.ts';
import { dots } from '../../charts/dots.ts';
import { chartTable } from '../../charts/marks.ts';
import { showDifference, showNumber } from '../../charts/numerals.ts';
import { stackedRows } from '../../charts/stacked-rows.ts';
import type { BestWorstStanding, ItemSummary, QuestionSummary } from '../../reports/question-summary.ts';
import { type Block, between, idOf, NOTHING, type Of, type ResultAddresses, two } from './results-block.ts';

/** A matrix with more columns than there are colours sets them side by side. */
const STACKED_COLUMNS_MAX = 8;

/** How many answered the rows of a question: one number where it is the same for all. */
function rowsNote(items: readonly ItemSummary[]): string {
  const counts = items.map(({ answered }) => answered);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (items.length === 1) return `${showNumber(most)} answered.`;
  return least === most
    ? `${showNumber(most)} answered each row.`
    : `${showNumber(least)} to ${showNumber(most)} answered each row.`;
}

/** Columns for those who did not answer a row, where there are any. */
function missingColumns(items: readonly ItemSummary[]) {
  const kinds = [
    { heading: 'Rather not say', of: (item: ItemSummary) => item.refused },
    { heading: 'Left out', of: (item: ItemSummary) => item.skipped },
    { heading: 'Not seen', of: (item: ItemSummary) => item.notSeen },
  ].filter(({ of }) => items.some((item) => of(item) > 0));
  return {
    headings: kinds.map(({ heading }) => heading),
    of: (item: ItemSummary) => kinds.map(({ of }) => showNumber(of(item))),
  };
}

const ROWS_TITLE = 'Shares of those who answered each row';

/** Rows on the same steps: a bar of shares for each, with mean and n. */
export function ratedRows(question: QuestionSummary, items: readonly Of<'steps'>[]): Block {
  if (items.every(({ answered }) => answered === 0)) return { ...NOTHING, note: '0 answered.' };
  const missing = missingColumns(items);
  return {
    ...NOTHING,
    stackedRows: stackedRows({
      id: idOf(question.code),
      title: ROWS_TITLE,
      parts: { are: 'steps', labels: (items[0]?.steps ?? []).map(({ label }) => label) },
      layout: 'one-bar',
      rows: items.map((item) => ({
        label: item.label,
        value: `${item.mean === null ? '' : `mean ${two(item.mean)} (${between(item.meanLow, item.meanHigh, two)}) · `}n ${showNumber(item.answered)}`,
        cells: item.steps,
        more: [
          item.mean === null ? '–' : two(item.mean),
          between(item.meanLow, item.meanHigh, two),
          item.standardDeviation === null ? '–' : two(item.standardDeviation),
          showNumber(item.answered),
          ...missing.of(item),
        ],
      })),
      moreHeadings: ['Mean', 'Interval', 'SD', 'n', ...missing.headings],
      note: null,
    }),
    note: rowsNote(items),
  };
}

/** Rows with the same columns to choose from. */
export function chosenRows(question: QuestionSummary, items: readonly Of<'choice'>[]): Block {
  if (items.every(({ answered }) => answered === 0)) return { ...NOTHING, note: '0 answered.' };
  const missing = missingColumns(items);
  const labels = (items[0]?.options ?? []).map(({ label }) => label);
  const isApart = labels.length > STACKED_COLUMNS_MAX || items.some(({ isMultiple }) => isMultiple);
  return {
    ...NOTHING,
    stackedRows: stackedRows({
      id: idOf(question.code),
      title: ROWS_TITLE,
      parts: { are: 'choices', labels },
      layout: isApart ? 'lanes' : 'one-bar',
      rows: items.map((item) => ({
        label: item.label,
        value: `n ${showNumber(item.answered)}`,
        cells: item.options,
        more: [showNumber(item.answered), ...missing.of(item)],
      })),
      moreHeadings: ['n', ...missing.headings],
      note: isApart ? 'Each column has its own place in a row, from none who chose it to all.' : null,
    }),
    note: rowsNote(items),
  };
}

/** The mean of what each option was given, as a part of what there was to share out. */
export function sumBlock(question: QuestionSummary, items: readonly Of<'number'>[]): Block {
  const total = items[0]?.outOf ?? null;
  if (total === null || items.every(({ answered }) => answered === 0)) return { ...NOTHING, note: '0 answered.' };
  const title = `Mean part of the ${showNumber(total)} shared out`;
  const part = (value: number | null) => (value === null ? null : Math.min(1, Math.max(0, value / total)));
  const missing = missingColumns(items);
  return {
    ...NOTHING,
    bars: {
      ...bars({
        id: idOf(question.code),
        title,
        rows: items.map((item) => ({
          label: item.label,
          share: part(item.mean) ?? 0,
          count: item.answered,
          low: part(item.meanLow),
          high: part(item.meanHigh),
          segmentClass: null,
          mark: null,
        })),
        reference: null,
        note: null,
      }),
      table: chartTable(
        title,
        ['Option', 'Mean', 'Interval', 'SD', 'n', ...missing.headings],
        items.map((item) => [
          item.label,
          item.mean === null ? '–' : two(item.mean),
          between(item.meanLow, item.meanHigh, two),
          item.standardDeviation === null ? '–' : two(item.standardDeviation),
          showNumber(item.answered),
          ...missing.of(item),
        ]),
      ),
    },
    note: rowsNote(items),
  };
}

export function bestWorstBlock(
  question: QuestionSummary,
  { n, options }: BestWorstStanding,
  { results, responses }: ResultAddresses,
): Block {
  if (n === 0) return { ...NOTHING, note: 'Nobody has chosen yet.' };
  const title = 'Named best less named worst, among the times shown';
  const scored = options.filter((option) => option.score !== null);
  return {
    ...NOTHING,
    dots: {
      ...dots({
        id: idOf(question.code),
        title,
        rows: scored.map(({ label, score, interval }) => ({
          label,
          difference: score ?? 0,
          low: interval?.low ?? null,
          high: interval?.high ?? null,
        })),
        digits: 2,
        zeroLabel: 'as often best as worst',
        segmentClass: null,
        note: null,
      }),
      table: chartTable(
        title,
        ['Option', 'Score', 'Interval', 'Best', 'Worst', 'Shown'],
        options.map(({ label, score, interval, best, worst, shown }) => [
          label,
          score === null ? '–' : showDifference(score, 2),
          between(interval?.low ?? null, interval?.high ?? null, (value) => showDifference(value, 2)),
          showNumber(best),
          showNumber(worst),
          showNumber(shown),
        ]),
      ),
    },
    note: `${showNumber(n)} made a choice. A score of 1 is always best, −1 always worst; intervals allow for one person’s choices to hang together.`,
    links:
      responses === null
        ? []
        : [
            {
              label: 'What was liked best and least, with utilities',
              href: `${results}/best-worst/${question.code}`,
            },
          ],
  };
}
