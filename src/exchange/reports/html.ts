import { describeChart, drawChart } from '../../charts/draw-chart.ts';
import type { Drawing, Mark } from '../../charts/drawing.ts';
import { hatching } from '../../charts/hatching.ts';
import { dayOf } from '../../reports/day-of.ts';
import type { Block, ClaimBlock, QuoteBlock, ReportDocument, Span } from '../../reports/document.ts';
import type { ReportAssets } from './assets.ts';
import { AUDIENCE_WORDS, type NumberedSources, numberSources, STATUS_WORDS } from './office-sources.ts';

/** So wide is a chart in points, on pages and on telephones: it grows and shrinks with its page. */
const CHART_WIDTH = 460;
const NARROW_WIDTH = 260;

/**
 * A report as its page template lays it out: plain data in which everything is a text, with the numbers of sources beside
 * what rests on them, and the marks of drawings for the `drawing` helper.
 *
 * @param document any report
 * @param assets the operator's name, logo and accent, and where addresses of sources begin
 */
export function reportPage(document: ReportDocument, { brand, links }: Pick<ReportAssets, 'brand' | 'links'>) {
  const sources = numberSources(document);
  return {
    lang: document.lang,
    title: document.title,
    subtitle: document.subtitle,
    study: document.study,
    kind: document.kind,
    asOf: dayOf(document.asOf),
    audience: AUDIENCE_WORDS[document.audience],
    invented: document.invented ?? '',
    brand: {
      name: brand.name ?? '',
      logo:
        brand.logo === null
          ? null
          : {
              address: `data:image/png;base64,${toBase64(brand.logo.png)}`,
              width: brand.logo.width,
              height: brand.logo.height,
            },
    },
    contents: document.blocks.flatMap((block) =>
      block.kind === 'heading' && block.level === 2 ? [{ text: block.text, id: block.id }] : [],
    ),
    blocks: document.blocks.map((block) => blockView(block, sources)),
    sources: sources.list.map(({ number, title, detail, href }) => ({
      number,
      title,
      detail,
      href: href === null || links.base === null ? '' : `${links.base}${href}`,
    })),
    notices: document.notices,
  };
}
export type ReportPage = ReturnType<typeof reportPage>;

function blockView(block: Block, sources: NumberedSources): Record<string, unknown> {
  const refsOf = (refs: readonly string[]) => sources.numbersOf(refs);
  switch (block.kind) {
    case 'heading':
      return { kind: block.kind, isSub: block.level === 3, text: block.text, id: block.id };
    case 'paragraph':
      return { kind: block.kind, spans: spansView(block.spans), refs: refsOf(block.refs) };
    case 'list':
      return {
        kind: block.kind,
        isOrdered: block.isOrdered,
        items: block.items.map(({ spans, refs }) => ({ spans: spansView(spans), refs: refsOf(refs) })),
      };
    case 'card': {
      const { kind, glyph, name, mark, lede, share, lines, segmentClass, isNamedAbove = false, refs } = block;
      return {
        kind,
        glyph,
        name: isNamedAbove ? '' : name,
        mark,
        lede: spansView(lede),
        share: share ?? '',
        lines,
        segmentClass: segmentClass ?? '',
        refs: refsOf(refs),
      };
    }
    case 'figures':
      return { kind: block.kind, cells: block.cells.map((cell) => ({ ...cell, refs: refsOf(cell.refs) })) };
    case 'claim':
      return claimView(block, sources);
    case 'quote':
      return quoteView(block, sources);
    case 'table':
      return {
        kind: block.kind,
        caption: block.caption,
        note: block.note,
        columns: block.columns,
        rows: block.rows.map(({ cells, refs }) => ({
          cells: cells.map((text, place) => ({
            text,
            isNumber: block.columns[place]?.isNumber ?? false,
            isFirst: place === 0,
          })),
          refs: refsOf(refs),
        })),
      };
    case 'chart': {
      const { title, description, note, table } = describeChart(block.chart);
      return {
        kind: block.kind,
        id: block.chart.input.id,
        title,
        description,
        note: note ?? '',
        table: {
          columns: table.columns,
          rows: table.rows.map(({ cells }) => ({
            cells: cells.map(({ text, isNumber }, place) => ({ text, isNumber, isFirst: place === 0 })),
          })),
        },
        drawing: drawingView(drawChart(block.chart, CHART_WIDTH)),
        narrow: drawingView(drawChart(block.chart, NARROW_WIDTH)),
        refs: refsOf(block.refs),
      };
    }
    case 'notice':
      return {
        kind: block.kind,
        tone: block.tone,
        title: block.title,
        spans: spansView(block.spans),
        refs: refsOf(block.refs),
      };
    case 'columns':
      return {
        kind: block.kind,
        left: block.left.map((own) => blockView(own, sources)),
        right: block.right.map((own) => blockView(own, sources)),
      };
    case 'empty':
      return { kind: block.kind, text: block.text };
    case 'page-break':
      return { kind: block.kind };
  }
}

const claimView = (block: ClaimBlock, sources: NumberedSources) => ({
  kind: block.kind,
  id: block.id,
  heading: block.isBrief ? '' : block.heading,
  text: block.text,
  status: block.status,
  statusWords: STATUS_WORDS[block.status],
  evidence: block.evidence,
  detail: block.detail,
  notice: block.notice,
  quotes: block.quotes.map((quote) => quoteView(quote, sources)),
  counterQuotes: block.counterQuotes.map((quote) => quoteView(quote, sources)),
  refs: sources.numbersOf(block.refs),
});

const quoteView = (
  { kind, before, words, after, by, lang, segmentClass, span, refs }: QuoteBlock,
  sources: NumberedSources,
) => ({
  kind,
  before,
  words,
  after,
  by,
  lang: lang ?? '',
  segmentClass: segmentClass ?? '',
  /** The way to the span: source text, version, letters. */
  place: `urn:verbatim:${span.sourceId}:${span.sourceVersion}:${span.spanStart}-${span.spanEnd}`,
  refs: sources.numbersOf(refs),
});

const spansView = (spans: readonly Span[]) =>
  spans.map(({ text, isStrong = false, isSoft = false, lang = '' }) => ({ text, isStrong, isSoft, lang }));

/** Marks with the name of their ink, so that a page has its own colours for light and dark; ruled areas with their lines. */
const drawingView = ({ width, height, marks }: Drawing) => ({ width, height, marks: marks.flatMap(markViews) });

function markViews(mark: Mark): Record<string, unknown>[] {
  switch (mark.kind) {
    case 'line':
      return [{ ...withoutKind(mark), shape: 'line', isDashed: mark.isDashed ?? false }];
    case 'rect': {
      const { x, y, width, height, fill, radius = 0, pattern } = mark;
      return [
        { shape: 'rect', x, y, width, height, ink: fill, radius },
        ...(pattern === undefined ? [] : hatching(mark, pattern).flatMap(markViews)),
      ];
    }
    case 'circle':
      return [{ shape: 'circle', cx: mark.cx, cy: mark.cy, r: mark.r, ink: mark.fill }];
    case 'polyline':
      return [
        {
          shape: 'polyline',
          points: mark.points.map(([x, y]) => `${x},${y}`).join(' '),
          ink: mark.ink,
          width: mark.width,
        },
      ];
    case 'text':
      return [{ ...withoutKind(mark), shape: 'text', isStrong: mark.isStrong ?? false }];
  }
}
const withoutKind = ({ kind: _, ...rest }: Mark) => rest;

/** Of bytes; the ground floor knows no Buffer. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 0x8000)
    text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(text);
}
