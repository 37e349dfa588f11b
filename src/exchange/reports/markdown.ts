import { describeChart } from '../../charts/draw-chart.ts';
import { dayOf } from '../../reports/day-of.ts';
import type { Block, ClaimBlock, QuoteBlock, ReportDocument, Span } from '../../reports/document.ts';
import { AUDIENCE_WORDS, type NumberedSources, numberSources, STATUS_WORDS } from './office-sources.ts';

/**
 * A report as Markdown, for wikis and repositories: headings, lists, tables and quotes as CommonMark has them (tables as
 * GitHub does), with each source a numbered note. Charts stand as their tables.
 *
 * @returns UTF-8 text that ends with a line break
 */
export function writeMarkdown(document: ReportDocument): string {
  const sources = numberSources(document);
  const lines = [
    `# ${plain(document.title)}`,
    ...(document.subtitle === '' ? [] : [plain(document.subtitle)]),
    `${plain(document.study)}, as of ${dayOf(document.asOf)}. ${AUDIENCE_WORDS[document.audience]}.`,
    ...(document.invented === null ? [] : [`**${plain(document.invented)}**`]),
    ...blocksMarkdown(document.blocks, sources),
    '## Sources',
    sources.list
      .map(({ number, title, detail }) => `${number}. ${plain(title)}${detail === '' ? '' : `: ${plain(detail)}`}`)
      .join('\n'),
    ...(document.notices.length === 0
      ? []
      : ['## Notices', document.notices.map((text) => `- ${plain(text)}`).join('\n')]),
  ];
  return `${lines.join('\n\n')}\n`;
}

const blocksMarkdown = (blocks: readonly Block[], sources: NumberedSources): string[] =>
  blocks.flatMap((block) => blockMarkdown(block, sources)).filter((text) => text !== '');

function blockMarkdown(block: Block, sources: NumberedSources): string[] {
  const noted = (refs: readonly string[]) => ` ${notes(refs, sources)}`;
  switch (block.kind) {
    case 'heading':
      return [`${'#'.repeat(block.level)} ${plain(block.text)}`];
    case 'paragraph':
      return [spansMarkdown(block.spans) + noted(block.refs)];
    case 'list':
      return [
        block.items
          .map(
            ({ spans, refs }, place) =>
              `${block.isOrdered ? `${place + 1}.` : '-'} ${spansMarkdown(spans)}${noted(refs)}`,
          )
          .join('\n'),
      ];
    case 'card':
      return [
        block.isNamedAbove ? `*${plain(block.mark)}*` : `### ${plain(block.name)} (${plain(block.mark)})`,
        spansMarkdown(block.lede),
        [...(block.share === null ? [] : [`**${plain(block.share)}**`]), ...block.lines.map(plain)]
          .map((line) => `- ${line}`)
          .join('\n'),
        notes(block.refs, sources),
      ];
    case 'figures':
      return [
        block.cells
          .map(
            ({ value, label, note, refs }) =>
              `- **${plain(value)}** ${plain(label)}${note === '' ? '' : ` (${plain(note)})`}${noted(refs)}`,
          )
          .join('\n'),
      ];
    case 'claim':
      return claimMarkdown(block, sources);
    case 'quote':
      return [quoteMarkdown(block, sources)];
    case 'table':
      return tableMarkdown(
        block.caption,
        [...block.columns, { label: 'Sources', isNumber: false }],
        block.rows.map(({ cells, refs }) => [...cells, notes(refs, sources)]),
        block.note,
      );
    case 'chart': {
      const { title, note, table } = describeChart(block.chart);
      return [
        ...tableMarkdown(
          title,
          table.columns,
          table.rows.map(({ cells }) => cells.map(({ text }) => text)),
          note ?? '',
        ),
        notes(block.refs, sources),
      ];
    }
    case 'notice':
      return [`**${plain(block.title)}.** ${spansMarkdown(block.spans)}${noted(block.refs)}`];
    case 'columns':
      return blocksMarkdown([...block.left, ...block.right], sources);
    case 'empty':
      return [`*${plain(block.text)}*`];
    case 'page-break':
      return ['---'];
  }
}

function claimMarkdown(block: ClaimBlock, sources: NumberedSources): string[] {
  const about = [block.evidence, block.detail, STATUS_WORDS[block.status]].filter((part) => part !== '').map(plain);
  const said = `${plain(block.text)} ${notes(block.refs, sources)}`;
  return [
    ...(block.isBrief
      ? [`- ${said} ${about.slice(block.detail.startsWith(block.evidence) ? 1 : 0).join('; ')}.`]
      : [`**${plain(block.heading)}.** ${said}`, `${about.join('; ')}.`]),
    ...(block.notice === '' ? [] : [`*${plain(block.notice)}*`]),
    ...block.quotes.map((quote) => quoteMarkdown(quote, sources)),
    ...(block.counterQuotes.length === 0
      ? []
      : ['Against it:', ...block.counterQuotes.map((quote) => quoteMarkdown(quote, sources))]),
  ];
}

function quoteMarkdown({ before, words, after, by, refs }: QuoteBlock, sources: NumberedSources): string {
  const said = `${plain(before)}**${plain(words.trim())}**${plain(after)}`;
  return `> ${said}\n>\n> ${plain(by)} ${notes(refs, sources)}`;
}

function tableMarkdown(
  caption: string,
  columns: readonly { label: string; isNumber: boolean }[],
  rows: readonly (readonly string[])[],
  note: string,
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `**${plain(caption)}**`,
    [
      line(columns.map(({ label }) => cell(label))),
      line(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
      ...rows.map((cells) => line(cells.map((text, place) => (place < columns.length ? cell(text) : text)))),
    ].join('\n'),
    note === '' ? '' : plain(note),
  ];
}

const notes = (refs: readonly string[], { numbersOf }: NumberedSources): string =>
  numbersOf(refs)
    .map((number) => `\\[${number}\\]`)
    .join('');

const spansMarkdown = (spans: readonly Span[]): string =>
  spans
    .map(({ text, isStrong }) => {
      if (!isStrong || text.trim() === '') return plain(text);
      const [, start = '', inside = '', end = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
      return `${start}**${plain(inside)}**${end}`;
    })
    .join('');

/** Words as they are: what Markdown would read as a sign of its own is escaped, line breaks become spaces. */
const plain = (text: string): string =>
  text
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll(/[\\`*_[\]<>#|~]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replace(/^(\s*)([-+]|\d+(?=[.)]))/, (_, space: string, sign: string) =>
      /\d/.test(sign) ? `${space}${sign}` : `${space}\\${sign}`,
    );
const cell = (text: string): string => (text === '' ? ' ' : /^(\\\[\d+\\\])+$/.test(text) ? text : plain(text));
