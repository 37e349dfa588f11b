import type * as Docx from 'docx';
import type { Chart } from '../../charts/chart.ts';
import { describeChart, drawChart } from '../../charts/draw-chart.ts';
import { drawingSvg } from '../../charts/drawing-svg.ts';
import { segmentInk } from '../../charts/paper-inks.ts';
import type { Block, ClaimBlock, QuoteBlock } from '../../reports/document.ts';
import type { FontCut } from './assets.ts';
import type { DocxLines, Words } from './docx-lines.ts';
import { inkHex } from './docx-styles.ts';
import { type DocxTables, TEXT_POINTS } from './docx-tables.ts';
import { STATUS_WORDS } from './office-sources.ts';
import { beginsRight, holdable } from './office-text.ts';
import { drawPicture } from './picture.ts';

/** Pixels for each point of a picture: sharp in print. */
const ZOOM = 2.5;
/** Word measures pictures in 96ths of an inch. */
const PIXELS_A_POINT = 96 / 72;

/**
 * Lays out the blocks of one document; pictures get their ids in the order in which they stand.
 *
 * @param title of the report: a card that bears it stands for the title itself
 */
export function docxBlocks(
  docx: typeof Docx,
  { line, runs, marks }: DocxLines,
  { table, figures, head }: DocxTables,
  { fonts, title }: { fonts: readonly FontCut[]; title: string },
) {
  let pictures = 0;
  let orderedLists = 0;

  async function picture(chart: Chart, name: string, description: string): Promise<Docx.Paragraph> {
    const drawing = drawChart(chart, TEXT_POINTS);
    const { png } = await drawPicture(drawingSvg(drawing, { font: 'Inter' }), {
      fonts,
      zoom: ZOOM,
      background: '#ffffff',
    });
    pictures += 1;
    return new docx.Paragraph({
      keepNext: true,
      spacing: { before: 60, after: 140, line: 240, lineRule: 'auto' },
      children: [
        new docx.ImageRun({
          type: 'png',
          data: Buffer.from(png),
          transformation: {
            width: Math.round(drawing.width * PIXELS_A_POINT),
            height: Math.max(1, Math.round(drawing.height * PIXELS_A_POINT)),
          },
          altText: {
            id: String(pictures),
            name: `Chart ${pictures}`,
            title: holdable(name),
            description: holdable(description),
          },
        }),
      ],
    });
  }

  async function chartParts(chart: Chart, refs: readonly string[]): Promise<Docx.FileChild[]> {
    const { title: name, description, note, table: numbers } = describeChart(chart);
    const isEmpty = numbers.rows.length === 0;
    return [
      line('Caption', [{ text: name }], { refs }),
      ...(isEmpty
        ? [line('Empty', [{ text: 'Nothing to show.' }])]
        : [
            await picture(chart, name, description),
            table({
              columns: numbers.columns,
              rows: numbers.rows.map(({ cells }) => ({ cells: cells.map(({ text }) => text), refs: [] })),
            }),
          ]),
      line('Note', [{ text: note ?? '' }]),
    ];
  }

  function quote({ before, words, after, by, lang, segmentClass, refs }: QuoteBlock): Docx.Paragraph[] {
    const isRight = beginsRight(words);
    const isMarked = before !== '' || after !== '';
    const own = lang === null ? {} : { lang };
    const said: Words[] = [
      ...(before === '' ? [] : [{ text: before, isVoice: true, isSoft: true, ...own }]),
      { text: words, isVoice: true, isMarked, ...own },
      ...(after === '' ? [] : [{ text: after, isVoice: true, isSoft: true, ...own }]),
    ];
    const side = { style: 'single' as const, size: 18, space: 9, color: inkHex(segmentInk(segmentClass)) };
    const border = isRight ? { right: side } : { left: side };
    return [
      line('Quote', said, { border, bidirectional: isRight }),
      new docx.Paragraph({
        style: 'QuoteBy',
        border,
        ...(isRight ? { bidirectional: true } : {}),
        children: [...runs({ text: by }), ...marks(refs)],
      }),
    ];
  }

  function claim(block: ClaimBlock): Docx.Paragraph[] {
    const { heading, text, status, evidence, detail, notice, quotes, counterQuotes, isBrief = false, refs } = block;
    const counted = [detail.startsWith(evidence) ? '' : evidence, detail].filter((one) => one !== '');
    const head: Words[] =
      heading === '' || isBrief ? [] : [{ text: `${heading.replace(/[.:]$/, '')}. `, isStrong: true }];
    const keepNext = quotes.length + counterQuotes.length > 0;
    return [
      line('Claim', [...head, { text }], { refs }),
      line(
        'Evidence',
        [
          { text: STATUS_WORDS[status], isStrong: true },
          { text: counted.length === 0 ? '' : ` · ${counted.join(' · ')}` },
        ],
        { keepNext },
      ),
      ...(notice === '' ? [] : [line('Notice', [{ text: notice }], { keepNext })]),
      ...quotes.flatMap(quote),
      ...(counterQuotes.length === 0
        ? []
        : [
            line('Evidence', [{ text: 'Against it', isStrong: true }], { keepNext: true }),
            ...counterQuotes.flatMap(quote),
          ]),
    ];
  }

  async function laidOut(blocks: readonly Block[]): Promise<Docx.FileChild[]> {
    const parts: Docx.FileChild[] = [];
    for (const [at, block] of blocks.entries()) {
      const before = blocks[at - 1]?.kind;
      // Word runs shaded paragraphs that follow each other into one, and sets tables close to what stands before them.
      if ((block.kind === 'notice' && before === 'notice') || (block.kind === 'figures' && before !== 'heading'))
        parts.push(line('Gap', []));
      const isNewPage = before === 'page-break';
      if (isNewPage && block.kind !== 'heading') parts.push(line('Gap', [], { pageBreakBefore: true }));
      const after = blocks[at + 1]?.kind;
      parts.push(...(await partsOf(block, { isNewPage, isLeadIn: after === 'claim' || after === 'quote' })));
    }
    return parts;
  }

  async function partsOf(
    block: Block,
    { isNewPage, isLeadIn }: { isNewPage: boolean; isLeadIn: boolean },
  ): Promise<Docx.FileChild[]> {
    switch (block.kind) {
      case 'heading':
        return [
          line(block.level === 2 ? 'Heading1' : 'Heading2', [{ text: block.text }], { pageBreakBefore: isNewPage }),
        ];
      case 'paragraph':
        return [line(null, block.spans, { refs: block.refs, keepNext: isLeadIn })];
      case 'list': {
        if (block.isOrdered) orderedLists += 1;
        return block.items.map(({ spans, refs }) =>
          line(null, spans, {
            refs,
            numbering: block.isOrdered
              ? { reference: 'ordered', level: 0, instance: orderedLists }
              : { reference: 'plain', level: 0 },
          }),
        );
      }
      case 'card': {
        const { name, mark, lede, share, lines, isNamedAbove = false, refs } = block;
        const style = name === title ? 'Title' : 'PersonaName';
        const facts = lines.map((text) => line('Facts', [{ text }], share === null ? {} : { alignment: 'end' }));
        return [
          head(
            [
              line('Mark', [{ text: mark, isStrong: true }], isNamedAbove ? { refs } : {}),
              ...(isNamedAbove ? [] : [line(style, [{ text: name }], { refs })]),
              line(
                'Lede',
                lede.map((span) => ({ ...span, isVoice: true })),
              ),
            ],
            share === null ? facts : [line('Share', [{ text: share }], { alignment: 'end' }), ...facts],
          ),
          line('Facts', []),
        ];
      }
      case 'figures':
        return block.cells.length === 0 ? [] : [figures(block.cells), line('Facts', [])];
      case 'claim':
        return claim(block);
      case 'quote':
        return quote(block);
      case 'table': {
        const shared = new Set(block.rows.map(({ refs }) => refs.join('\n'))).size === 1 ? block.rows[0]!.refs : [];
        return [
          line('Caption', [{ text: block.caption }], { refs: shared }),
          ...(block.rows.length === 0 ? [line('Empty', [{ text: 'Nothing to show.' }])] : [table(block)]),
          line('Note', [{ text: block.note }]),
        ];
      }
      case 'chart':
        return chartParts(block.chart, block.refs);
      case 'notice': {
        const { spans, refs, tone } = block;
        const side = {
          style: 'single' as const,
          size: 18,
          space: 10,
          color: { plain: '857D71', warn: '8A5A00', bad: 'A3271D' }[tone],
        };
        return [
          line('Notice', [...(block.title === '' ? [] : [{ text: `${block.title}. `, isStrong: true }]), ...spans], {
            refs,
            border: { left: side },
          }),
        ];
      }
      case 'columns':
        return laidOut([...block.left, ...block.right]);
      case 'empty':
        return [line('Empty', [{ text: block.text }])];
      case 'page-break':
        return [];
    }
  }

  return { laidOut };
}
