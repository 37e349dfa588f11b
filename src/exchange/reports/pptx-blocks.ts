import { segmentInk } from '../../charts/paper-inks.ts';
import type { Block, ClaimBlock, FigureCell, QuoteBlock, Span } from '../../reports/document.ts';
import { type NumberedSources, STATUS_WORDS } from './office-sources.ts';
import { beginsRight } from './office-text.ts';
import { slideNumbers } from './pptx-numbers.ts';
import type { SlideWriter } from './pptx-slides.ts';
import {
  inkXml,
  lineXml,
  paragraphHeight,
  paragraphXml,
  type SlideParagraph,
  type SlideRun,
  textBoxXml,
} from './pptx-xml.ts';

const TEXT = 20;
const SMALL = 14;
const FIGURES_A_ROW = 3;

type Card = Extract<Block, { kind: 'card' }>;
type Paragraph = Extract<Block, { kind: 'paragraph' }>;
const hasWords = ({ quotes, counterQuotes }: ClaimBlock): boolean => quotes.length + counterQuotes.length > 0;

/** Lays a document's blocks out on slides, one idea each. */
export function slideBlocks(writer: SlideWriter, sources: NumberedSources) {
  /** The name of the report, which the first slide bears. */
  const opening = writer.currentTitle;
  /** Whose claims these are, where several personas share a deck. */
  let persona = '';
  /** The smaller heading that stands above; empty where there is none. */
  let part = '';
  /** The title that goes on after a card and what has to be known besides it. */
  let resumed: string | null = null;

  function marks(refs: readonly string[], size: number): SlideRun[] {
    const numbers = sources.numbersOf(refs);
    if (numbers.length === 0) return [];
    const look = { isSoft: true, size: Math.max(9, size * 0.55) };
    return [
      { text: '\u00A0[', ...look },
      ...numbers.flatMap((number, at) => [
        ...(at > 0 ? [{ text: ',\u00A0', ...look }] : []),
        { text: String(number), source: number, ...look },
      ]),
      { text: ']', ...look },
    ];
  }
  const plain = (spans: readonly Span[]): SlideRun[] => spans.map((span) => ({ ...span }));
  const write = (paragraph: SlideParagraph, refs: readonly string[] = []): void =>
    writer.write({ ...paragraph, runs: [...paragraph.runs, ...marks(refs, paragraph.size)] }, sources.numbersOf(refs));
  const paragraphs = (all: readonly SlideParagraph[]): string =>
    all.map((one) => paragraphXml(one, writer.look, writer)).join('');
  const heightOf = (all: readonly SlideParagraph[], width: number): number =>
    all.reduce((sum, one) => sum + paragraphHeight(one, width), 0);

  const { table, chart } = slideNumbers(writer, sources, marks, write);

  function quote(block: QuoteBlock): void {
    const { before, words, after, by, lang, segmentClass, refs } = block;
    const size = words.length > 500 ? 14 : words.length > 250 ? 18 : 22;
    const isRight = beginsRight(words);
    const said: SlideParagraph = {
      size,
      runs: [
        { text: before, isVoice: true, isSoft: true, lang },
        { text: words, isVoice: true, isMarked: before !== '' || after !== '', lang },
        { text: after, isVoice: true, isSoft: true, lang },
      ],
    };
    const who: SlideParagraph = {
      size: 13,
      before: 3,
      isEnd: isRight,
      runs: [{ text: by, isSoft: true }, ...marks(refs, 16)],
    };
    const indent = 16;
    const width = writer.body.width - indent;
    const height = heightOf([said, who], width);
    if (height > writer.body.height) {
      // Longer than a slide: as running text, which goes on over the next ones.
      write(said);
      write({ ...who, before: 2 });
      writer.rests(sources.numbersOf(refs));
      return;
    }
    writer.place(height, (frame) => {
      writer.rests(sources.numbersOf(refs));
      const x = isRight ? frame.x + frame.width - 2 : frame.x + 2;
      return [
        lineXml(writer.nextId(), [x, frame.y + 2], [x, frame.y + height - 2], {
          colour: inkXml(segmentInk(segmentClass), writer.look),
          width: 3,
        }),
        textBoxXml(
          writer.nextId(),
          'Quote',
          { ...frame, x: isRight ? frame.x : frame.x + indent, width },
          paragraphs([said, who]),
        ),
      ].join('');
    });
  }

  /** Without anybody's words a claim is a line among others. */
  function bareClaim({ heading, text, status, evidence, detail, notice, refs }: ClaimBlock): void {
    const head: SlideRun[] = heading === '' ? [] : [{ text: `${heading.replace(/[.:]$/, '')}. `, isStrong: true }];
    const counted = [STATUS_WORDS[status], detail.startsWith(evidence) ? '' : evidence, detail];
    write({ size: TEXT, before: 14, runs: [...head, { text }] }, refs);
    write({ size: 14, before: 2, runs: [{ text: counted.filter((one) => one !== '').join(' · '), isSoft: true }] });
    if (notice !== '') write({ size: 14, before: 2, runs: [{ text: notice, isStrong: true }] });
  }

  function claim(block: ClaimBlock, lead: Paragraph | null): void {
    const before = writer.currentTitle;
    const { heading, text, status, evidence, detail, notice, quotes, counterQuotes, refs } = block;
    writer.titled(text);
    const kicker = [persona, part, heading, STATUS_WORDS[status]].filter((one) => one !== '').join(' · ');
    write({ size: 16, runs: [{ text: kicker, isSoft: true }] }, refs);
    if (lead !== null) write({ size: 16, before: 4, runs: plain(lead.spans) }, lead.refs);
    if (evidence !== '') write({ size: 36, before: 14, runs: [{ text: evidence, isStrong: true }] });
    if (detail !== '') write({ size: 16, before: 6, runs: [{ text: detail, isSoft: true }] });
    if (notice !== '') write({ size: 18, before: 12, runs: [{ text: notice, isStrong: true }] });
    if (quotes.length + counterQuotes.length > 0) writer.skip(8);
    for (const one of quotes) quote(one);
    if (counterQuotes.length > 0) write({ size: SMALL, runs: [{ text: 'Against it', isStrong: true }] });
    for (const one of counterQuotes) quote(one);
    writer.titled(before);
  }

  function figures(cells: readonly FigureCell[]): void {
    const across = Math.min(FIGURES_A_ROW, Math.max(1, cells.length));
    const width = writer.body.width / across;
    const columns = cells.map(({ value, label, note, refs }): SlideParagraph[] => [
      { size: 44, runs: [{ text: value, isStrong: true }] },
      { size: 16, runs: [{ text: label }, ...marks(refs, 16)] },
      ...(note === '' ? [] : [{ size: 13, before: 2, runs: [{ text: note, isSoft: true }] }]),
    ]);
    for (let from = 0; from < cells.length; from += across) {
      const row = columns.slice(from, from + across);
      const height = Math.max(...row.map((one) => heightOf(one, width - 24))) + 8;
      writer.place(height, (frame) => {
        for (const { refs } of cells.slice(from, from + across)) writer.rests(sources.numbersOf(refs));
        return row
          .map((one, at) =>
            textBoxXml(
              writer.nextId(),
              'Figure',
              { ...frame, x: frame.x + at * width, width: width - 24 },
              paragraphs(one),
            ),
          )
          .join('');
      });
    }
  }

  function card({ name, mark, lede, share, lines, refs, segmentClass }: Card): void {
    const before = writer.currentTitle;
    persona = name;
    writer.titled(name);
    writer.startFresh();
    const side = share === null ? 0 : 260;
    const left: SlideParagraph[] = [
      { size: 16, runs: [{ text: mark, isSoft: true }, ...marks(refs, 20)] },
      { size: 28, before: 14, runs: lede.map((span) => ({ ...span, isVoice: true })) },
      ...(share === null ? lines.map((text) => ({ size: 16, before: 8, runs: [{ text, isSoft: true }] })) : []),
    ];
    const right: SlideParagraph[] =
      share === null
        ? []
        : [
            { size: 72, isEnd: true, runs: [{ text: share, isStrong: true }] },
            ...lines.map((text) => ({ size: 15, before: 6, isEnd: true, runs: [{ text, isSoft: true }] })),
          ];
    const width = writer.body.width - (side === 0 ? 0 : side + 40);
    const height = Math.min(writer.body.height, Math.max(heightOf(left, width), heightOf(right, side || 1)));
    writer.place(height, (frame) => {
      writer.rests(sources.numbersOf(refs));
      return [
        lineXml(writer.nextId(), [frame.x, frame.y - 6], [frame.x + 60, frame.y - 6], {
          colour: inkXml(segmentInk(segmentClass), writer.look),
          width: 4,
        }),
        textBoxXml(writer.nextId(), 'Who it is', { ...frame, y: frame.y + 8, width }, paragraphs(left)),
        ...(right.length === 0
          ? []
          : [
              textBoxXml(
                writer.nextId(),
                'How many they are',
                { ...frame, x: frame.x + frame.width - side, width: side },
                paragraphs(right),
              ),
            ]),
      ].join('');
    });
    resumed = before;
  }

  function lay(blocks: readonly Block[]): void {
    for (const [at, block] of blocks.entries()) {
      const before = blocks[at - 1];
      const after = blocks[at + 1];
      if (resumed !== null && block.kind !== 'notice') {
        writer.titled(resumed);
        resumed = null;
      }
      // A sentence that leads to one claim stands with it.
      if (block.kind === 'paragraph' && after?.kind === 'claim' && hasWords(after)) continue;
      if (block.kind === 'claim' && hasWords(block)) {
        placed('');
        claim(block, before?.kind === 'paragraph' ? before : null);
      } else one(block);
    }
  }

  /**
   * What has slides of its own is not to lose its heading: a larger one gets a slide that divides, a smaller one stands
   * before the title of the first slide below it.
   */
  function placed(title: string): string {
    const heading = writer.currentTitle;
    if (heading === opening || writer.isShown(heading)) return title;
    if (part === '') {
      writer.divide(heading);
      return title;
    }
    return title === '' ? title : `${heading}: ${title}`;
  }

  function one(block: Block): void {
    switch (block.kind) {
      case 'heading':
        if (block.level === 2) persona = '';
        part = block.level === 2 ? '' : block.text;
        return writer.titled(block.level === 2 || persona === '' ? block.text : `${persona}: ${block.text}`);
      case 'paragraph':
        return write({ size: TEXT, before: 8, runs: plain(block.spans) }, block.refs);
      case 'list':
        return block.items.forEach(({ spans, refs }, at) =>
          write(
            { size: TEXT, before: 6, bullet: block.isOrdered ? { number: at + 1 } : 'dot', runs: plain(spans) },
            refs,
          ),
        );
      case 'notice': {
        const title: SlideRun[] = block.title === '' ? [] : [{ text: `${block.title}. `, isStrong: true }];
        return write({ size: 18, before: 12, runs: [...title, ...plain(block.spans)] }, block.refs);
      }
      case 'empty':
        return write({ size: 16, before: 8, runs: [{ text: block.text, isSoft: true }] });
      case 'card':
        placed('');
        return card(block);
      case 'figures':
        return figures(block.cells);
      case 'claim':
        return bareClaim(block);
      case 'quote':
        return quote(block);
      case 'table':
        return table(placed(block.caption), block);
      case 'chart':
        return chart(block, placed(block.chart.input.title));
      case 'columns':
        return lay([...block.left, ...block.right]);
      case 'page-break':
        return writer.finish();
    }
  }

  return { lay, write };
}
