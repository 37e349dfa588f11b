import { describeChart } from '../../charts/draw-chart.ts';
import { allBlocks, type QuoteBlock, type ReportDocument } from '../../reports/document.ts';
import { writeCsv } from '../delimited.ts';
import { STATUS_WORDS } from './office-sources.ts';

const HEADER = [
  'kind',
  'claim',
  'heading',
  'text',
  'evidence',
  'detail',
  'status',
  'by',
  'language',
  'source text',
  'version',
  'from',
  'to',
  'seal',
  'sources',
] as const;
type Row = Partial<Record<(typeof HEADER)[number], string | number>>;

/**
 * The claims and quotes of a report as a table, with the figures it tells: one row each, with what it takes to find the
 * words again and the titles of all sources.
 *
 * @returns UTF-8 with BOM; what could be a formula is guarded
 */
export function writeReportCsv(document: ReportDocument): string {
  const titles = new Map(
    document.sources.map(({ id, title, detail }) => [id, detail ? `${title} (${detail})` : title]),
  );
  const sourcesOf = (refs: readonly string[]) => refs.map((id) => titles.get(id) ?? id).join('; ');
  const quoteRow = (kind: string, claim: string, { words, by, lang, span, refs }: QuoteBlock): Row => ({
    kind,
    claim,
    text: words,
    status: 'verbatim',
    by,
    language: lang ?? '',
    'source text': span.sourceId,
    version: span.sourceVersion,
    from: span.spanStart,
    to: span.spanEnd,
    seal: span.spanHash,
    sources: sourcesOf(refs),
  });
  const rows: Row[] = [
    { kind: 'about', heading: document.title, text: document.subtitle, detail: document.invented ?? '' },
  ];
  const ofClaims = new Set<QuoteBlock>();
  for (const block of allBlocks(document.blocks)) {
    switch (block.kind) {
      case 'claim': {
        for (const quote of [...block.quotes, ...block.counterQuotes]) ofClaims.add(quote);
        rows.push(
          {
            kind: 'claim',
            claim: block.id,
            heading: block.heading,
            text: block.text,
            evidence: block.evidence,
            detail: [block.detail, block.notice].filter((part) => part !== '').join('. '),
            status: STATUS_WORDS[block.status],
            sources: sourcesOf(block.refs),
          },
          ...block.quotes.map((quote) => quoteRow('quote', block.id, quote)),
          ...block.counterQuotes.map((quote) => quoteRow('quote against it', block.id, quote)),
        );
        break;
      }
      case 'quote':
        if (!ofClaims.has(block)) rows.push(quoteRow('quote', '', block));
        break;
      case 'card':
        rows.push({
          kind: 'persona',
          heading: block.name,
          text: block.lede.map(({ text }) => text).join(''),
          evidence: block.share ?? '',
          detail: block.lines.join('; '),
          status: block.mark,
          sources: sourcesOf(block.refs),
        });
        break;
      case 'figures':
        rows.push(
          ...block.cells.map(({ value, label, note, refs }) => ({
            kind: 'figure',
            heading: label,
            text: value,
            detail: note,
            sources: sourcesOf(refs),
          })),
        );
        break;
      case 'table':
        rows.push(
          ...block.rows.map(({ cells, refs }) => ({
            kind: 'table',
            heading: block.caption,
            text: labelled(block.columns, cells),
            detail: block.note,
            sources: sourcesOf(refs),
          })),
        );
        break;
      case 'chart': {
        const { table, title, note } = describeChart(block.chart);
        rows.push(
          ...table.rows.map(({ cells }) => ({
            kind: 'chart',
            heading: title,
            text: labelled(
              table.columns,
              cells.map(({ text }) => text),
            ),
            detail: note ?? '',
            sources: sourcesOf(block.refs),
          })),
        );
        break;
      }
      case 'paragraph':
        rows.push({
          kind: 'sentence',
          text: block.spans.map(({ text }) => text).join(''),
          sources: sourcesOf(block.refs),
        });
        break;
      case 'list':
        rows.push(
          ...block.items.map(({ spans, refs }) => ({
            kind: 'sentence',
            text: spans.map(({ text }) => text).join(''),
            sources: sourcesOf(refs),
          })),
        );
        break;
      case 'notice':
        rows.push({
          kind: 'notice',
          heading: block.title,
          text: block.spans.map(({ text }) => text).join(''),
          sources: sourcesOf(block.refs),
        });
        break;
      default:
    }
  }
  rows.push(...document.notices.map((text) => ({ kind: 'notice', text })));
  return writeCsv(
    HEADER,
    rows.map((row) => HEADER.map((name) => row[name] ?? '')),
  );
}

/** A row of a table in one cell: each value with what stands above it. */
const labelled = (columns: readonly { label: string }[], cells: readonly string[]): string =>
  cells.map((cell, place) => (columns[place]?.label ? `${columns[place].label}: ${cell}` : cell)).join('; ');
