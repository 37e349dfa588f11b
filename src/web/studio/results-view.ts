import { bars } from '../../charts/bars.ts';
import { dots } from '../../charts/dots.ts';
import { histogram } from '../../charts/histogram.ts';
import { type ChartTable, chartTable, LABEL_LENGTH_MAX } from '../../charts/marks.ts';
import { showDifference, showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { stackedRows } from '../../charts/stacked-rows.ts';
import { showDay } from '../../reports/calendar-bins.ts';
import type { Counted } from '../../reports/counted-share.ts';
import type { MeasureSummary } from '../../reports/measure-summary.ts';
import {
  type BestWorstStanding,
  FORMER_MARK,
  type ItemSummary,
  type Moments,
  type QuestionSummary,
} from '../../reports/question-summary.ts';
import type { RankedOption } from '../../reports/ranking-summary.ts';

/** Where the words of an answer can be read; null for those who may not read single responses. */
export type ResultAddresses = { results: string; themes: string; responses: string | null };

type Of<Kind extends ItemSummary['kind']> = Extract<ItemSummary, { kind: Kind }>;
type Link = { label: string; href: string };

/** A picture with its words; what a block does not have is null. */
type Block = {
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

const NOTHING = {
  facts: null,
  stack: null,
  stackedRows: null,
  bars: null,
  steps: null,
  dots: null,
  histogram: null,
  links: [],
} satisfies Omit<Block, 'note'>;

/** A matrix with more columns than there are colours sets them side by side. */
const STACKED_COLUMNS_MAX = 8;
/** Of fewer than these who could have written something, a share says nothing. */
const WRITERS_MIN = 5;
/** An option's name and its mean rank share the line above its bar. */
const RANKED_LABEL_MAX = 20;

const idOf = (item: string) => `chart-${item.replaceAll('.', '-')}`;
const between = (low: number | null, high: number | null, show: (value: number) => string): string =>
  low === null || high === null ? 'no interval' : `${show(low)} to ${show(high)}`;
const two = (value: number) => showNumber(value, 2);
const percentBetween = ({ low, high }: { low: number; high: number }) => between(low, high, showPercent);

/** One question of the results page, laid out as its kind asks for. */
export function questionView(question: QuestionSummary, addresses: ResultAddresses) {
  return {
    code: question.code,
    text: question.text,
    blocks: blocksOf(question, addresses).map((block) => named(block, question.text)),
    reworded: question.reworded.map(({ now, before }) => ({
      now,
      before: before.map((text) => `“${text}”`).join(', before that '),
    })),
  };
}

/**
 * Tables are told apart by their captions, which name the question, since many charts of the page share a title. They
 * are only read out, since chart and question stand right above. The first column has a heading of its own, too.
 */
function named(block: Block, text: string): Block {
  const captioned = <Chart extends { table: ChartTable }>(chart: Chart | null): Chart | null =>
    chart && {
      ...chart,
      table: {
        ...chart.table,
        caption: `${chart.table.caption} · ${text}`,
        isCaptionHidden: true,
        columns: chart.table.columns.map((column) => ({ ...column, label: column.label || 'Answer' })),
      },
    };
  return {
    ...block,
    stack: captioned(block.stack),
    stackedRows: captioned(block.stackedRows),
    bars: captioned(block.bars),
    steps: captioned(block.steps),
    dots: captioned(block.dots),
    histogram: captioned(block.histogram),
  };
}

function blocksOf(question: QuestionSummary, addresses: ResultAddresses): Block[] {
  const { kind, items, bestWorst } = question;
  if (bestWorst) return [bestWorstBlock(question, bestWorst, addresses)];
  if (kind === 'battery' || kind === 'differential')
    return [
      ratedRows(
        question,
        items.filter((item) => item.kind === 'steps'),
      ),
    ];
  if (kind === 'matrix')
    return [
      chosenRows(
        question,
        items.filter((item) => item.kind === 'choice'),
      ),
    ];
  if (kind === 'sum')
    return [
      sumBlock(
        question,
        items.filter((item) => item.kind === 'number'),
      ),
    ];
  return items.map((item) => itemBlock(question, item, addresses));
}

function itemBlock(question: QuestionSummary, item: ItemSummary, addresses: ResultAddresses): Block {
  switch (item.kind) {
    case 'text':
      return textBlock(question, item, addresses);
    case 'choice':
      return { ...NOTHING, bars: shareBars(item.item, item.options, item.answered), note: answeredNote(item) };
    case 'steps':
      return stepsBlock(item);
    case 'number':
      return {
        ...NOTHING,
        histogram: countedHistogram(item.item, 'How the numbers are spread', item.bins),
        note: `${answeredNote(item)}${momentsNote(item)}${medianNote(item)}`,
      };
    case 'ranking':
      return rankingBlock(item);
    case 'date':
      return dateBlock(item);
    case 'time':
      return {
        ...NOTHING,
        histogram: countedHistogram(item.item, 'By the hour of the day', item.bins),
        note: answeredNote(item),
      };
  }
}

/** What kept others from answering, such as “3 would rather not say”. */
function missingParts({ refused, skipped, notSeen }: Pick<ItemSummary, 'refused' | 'skipped' | 'notSeen'>): string[] {
  return [
    refused > 0 ? `${showNumber(refused)} would rather not say` : '',
    skipped > 0 ? `${showNumber(skipped)} left it out` : '',
    notSeen > 0 ? `${showNumber(notSeen)} did not see it` : '',
  ].filter((part) => part !== '');
}

const answeredNote = (item: ItemSummary): string =>
  `${[`${showNumber(item.answered)} answered`, missingParts(item).join(', ')].filter((part) => part !== '').join('; ')}.`;

function momentsNote({ mean, meanLow, meanHigh, standardDeviation }: Moments): string {
  if (mean === null) return '';
  return ` Mean ${two(mean)} (${between(meanLow, meanHigh, two)})${standardDeviation === null ? '' : `, SD ${two(standardDeviation)}`}.`;
}

function medianNote({ median, medianLow, medianHigh, min, max }: Of<'number'>): string {
  if (median === null || min === null || max === null) return '';
  return ` Median ${showNumber(median)} (${between(medianLow, medianHigh, showNumber)}), all from ${showNumber(min)} to ${showNumber(max)}.`;
}

function shareBars(item: string, rows: readonly Counted[], answered: number) {
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

function countedHistogram(item: string, title: string, bins: readonly Counted[]) {
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

function stepsBlock(item: Of<'steps'>): Block {
  const steps = shareBars(item.item, item.steps, item.answered);
  const note = `${answeredNote(item)}${momentsNote(item)}`;
  const { measure } = item;
  if (measure === null || measure.score === null) return { ...NOTHING, bars: steps, note };
  return { ...NOTHING, facts: [measureFact(measure)], stack: measureStack(item.item, measure), steps, note };
}

/** NPS in points from −100 to 100, the others in per cent. */
const showMeasure = (measure: MeasureSummary['measure'], value: number) =>
  measure === 'nps' ? showDifference(value * 100, 1) : showPercent(value);
const MEASURE_NAMES = { nps: 'NPS', csat: 'CSAT, satisfied', ces: 'CES, easy' } as const;
const MEASURE_TITLES = {
  nps: 'Promoters, passives and detractors',
  csat: 'Satisfied, in between and dissatisfied',
  ces: 'Easy, in between and hard',
} as const;

function measureFact({ measure, score, low, high, n }: MeasureSummary) {
  const show = (value: number) => showMeasure(measure, value);
  return {
    label: MEASURE_NAMES[measure],
    value: score === null ? '–' : show(score),
    note: `${between(low, high, show)}, n ${showNumber(n)}`,
  };
}

function measureStack(item: string, summary: MeasureSummary) {
  const { measure, groups, score, low, high, n } = summary;
  const title = MEASURE_TITLES[measure];
  const hues = ['seg-3', 'seg-none', 'seg-6'];
  return {
    ...stack({
      id: `${idOf(item)}-groups`,
      title,
      parts: groups.map((group, index) => ({ ...group, segmentClass: hues[index] ?? 'seg-none' })),
      note: null,
    }),
    table: chartTable(
      title,
      ['Group', 'Share', 'Interval', 'n'],
      [
        ...groups.map((group) => [
          group.label,
          showPercent(group.share),
          percentBetween(group),
          showNumber(group.count),
        ]),
        ...(measure === 'nps' && score !== null
          ? [
              [
                'NPS',
                showMeasure(measure, score),
                between(low, high, (value) => showMeasure(measure, value)),
                showNumber(n),
              ],
            ]
          : []),
      ],
    ),
  };
}

function rankingBlock(item: Of<'ranking'>): Block {
  const { options, answered } = item;
  if (answered === 0) return { ...NOTHING, note: answeredNote(item) };
  const title = 'Put first, the best mean rank on top';
  const meanOf = ({ mean }: RankedOption) => (mean === null ? 'not ranked' : `mean rank ${two(mean)}`);
  const isPartial = options.some(({ n }) => n < answered);
  return {
    ...NOTHING,
    bars: {
      ...bars({
        id: idOf(item.item),
        title,
        rows: options.map((option) => ({
          ...option.first,
          label: `${trimLabel(option.label, RANKED_LABEL_MAX)} · ${meanOf(option).replace('mean rank', 'rank')}`,
          segmentClass: null,
          mark: null,
        })),
        reference: null,
        note: null,
      }),
      description: options
        .map((option) => `${option.label}: ${meanOf(option)}, first for ${showPercent(option.first.share)}`)
        .join(', '),
      table: chartTable(
        title,
        ['Option', 'Mean rank', 'Interval', 'Ranked by', 'Put first', 'Interval', 'n'],
        options.map(({ label, mean, meanLow, meanHigh, n, first }) => [
          label,
          mean === null ? '–' : two(mean),
          between(meanLow, meanHigh, two),
          showNumber(n),
          showPercent(first.share),
          percentBetween(first),
          showNumber(first.count),
        ]),
      ),
    },
    note: `${answeredNote(item)}${isPartial ? ' Mean ranks are of those who gave an option a place.' : ''}`,
  };
}

function dateBlock(item: Of<'date'>): Block {
  const { first, median, last, medianLow, medianHigh } = item;
  const isKnown = first !== null && median !== null && last !== null;
  return {
    ...NOTHING,
    facts: isKnown
      ? [
          { label: 'First', value: showDay(first), note: null },
          { label: 'Median', value: showDay(median), note: between(medianLow, medianHigh, showDay) },
          { label: 'Last', value: showDay(last), note: null },
        ]
      : null,
    histogram: countedHistogram(item.item, 'How the dates are spread', item.bins),
    note: answeredNote(item),
  };
}

const HOW_GIVEN: Partial<Record<QuestionSummary['kind'], string>> = {
  file: 'sent a file',
  contact: 'filled it in',
  hidden: 'came with it',
  calculated: 'came to something',
};

function textBlock(question: QuestionSummary, item: Of<'text'>, { themes, responses }: ResultAddresses): Block {
  const { written, asked } = item;
  const name = item.isBeside || question.kind === 'contact' ? `“${item.label}”: ` : '';
  // Words beside an option are asked of few, and a value that an address brings is asked of nobody.
  const missing = item.isBeside || !item.isAsked ? [] : missingParts(item);
  const share = `${showPercent(written.share)} of the ${showNumber(asked)} who ${item.isBeside ? 'chose it' : 'saw it'} (${percentBetween(written)})`;
  const hasShare = item.isAsked && asked >= WRITERS_MIN;
  const found = new URLSearchParams({ state: 'counted', q1: item.item, t1: 'answered' }).toString();
  const isRead = item.isSpoken && written.count > 0;
  return {
    ...NOTHING,
    note: `${name}${showNumber(written.count)} ${HOW_GIVEN[question.kind] ?? 'wrote something'}${hasShare ? `, ${share}` : ''}${missing.length > 0 ? `; ${missing.join(', ')}` : ''}.`,
    links: [
      ...(isRead ? [{ label: 'Find themes in these answers', href: themes }] : []),
      ...(isRead && responses !== null ? [{ label: 'Read the responses', href: `${responses}?${found}` }] : []),
    ],
  };
}

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
function ratedRows(question: QuestionSummary, items: readonly Of<'steps'>[]): Block {
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
function chosenRows(question: QuestionSummary, items: readonly Of<'choice'>[]): Block {
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
function sumBlock(question: QuestionSummary, items: readonly Of<'number'>[]): Block {
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

function bestWorstBlock(
  question: QuestionSummary,
  { n, options }: BestWorstStanding,
  { results }: ResultAddresses,
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
    links: [
      {
        label: 'What was liked best and least, with utilities',
        href: `${results}/best-worst/${question.code}`,
      },
    ],
  };
}
