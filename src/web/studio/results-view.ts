import { bars } from '../../charts/bars.ts';
import { type ChartTable, chartTable } from '../../charts/marks.ts';
import { showDifference, showNumber, showPercent, trimLabel } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { showDay } from '../../reports/calendar-bins.ts';
import type { MeasureSummary } from '../../reports/measure-summary.ts';
import type { ItemSummary, QuestionSummary } from '../../reports/question-summary.ts';
import type { RankedOption } from '../../reports/ranking-summary.ts';
import type { SafeQuestion } from '../../reports/safe-questions.ts';
import {
  answeredNote,
  type Block,
  between,
  countedHistogram,
  idOf,
  medianNote,
  missingParts,
  momentsNote,
  NOTHING,
  type Of,
  percentBetween,
  type ResultAddresses,
  shareBars,
  two,
} from './results-block.ts';
import { bestWorstBlock, chosenRows, ratedRows, sumBlock } from './results-rows.ts';

/** Of fewer than these who could have written something, a share says nothing. */
const WRITERS_MIN = 5;
/** An option's name and its mean rank share the line above its bar. */
const RANKED_LABEL_MAX = 20;

/** One question of the results page, laid out as its kind asks for. */
export function questionView(question: SafeQuestion, addresses: ResultAddresses) {
  return {
    code: question.code,
    text: question.text,
    // Nothing may be left of a question whose parts are hidden.
    blocks: isEmpty(question) ? [] : blocksOf(question, addresses).map((block) => named(block, question.text)),
    hidden: question.hidden.join('; '),
    reworded: question.reworded.map(({ now, before }) => ({
      now,
      before: before.map((text) => `“${text}”`).join(', before that '),
    })),
  };
}

const isEmpty = ({ hidden, items, bestWorst }: SafeQuestion) => hidden.length > 0 && items.length === 0 && !bestWorst;

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
  return {
    ...NOTHING,
    facts:
      median === null
        ? null
        : [
            ...(first === null ? [] : [{ label: 'First', value: showDay(first), note: null }]),
            { label: 'Median', value: showDay(median), note: between(medianLow, medianHigh, showDay) },
            ...(last === null ? [] : [{ label: 'Last', value: showDay(last), note: null }]),
          ],
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
