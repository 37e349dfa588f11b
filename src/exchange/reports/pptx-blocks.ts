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
const CLAIM = 18;
/** A smaller heading stays on a slide of which so much is free. */
const ROOM_PART = 0.42;
/** Between words that lead to a quote and the quote. */
const LEAD_GAP = 10;
const FIGURES_A_ROW = 3;

type Card = Extract<Block, { kind: 'card' }>;
type Paragraph = Extract<Block, { kind: 'paragraph' }>;
/** Said on slides; what else there is to know of a claim is in the notes. */
const STATUS_SHOWN: ReadonlySet<ClaimBlock['status']> = new Set(['assumed', 'open']);

/** Lays a document's blocks out on slides: what belongs together on one, and what finds no room in its notes. */
export function slideBlocks(writer: SlideWriter, sources: NumberedSources) {
  /** The name of the report, which the first slide bears. */
  const opening = writer.currentTitle;
  /** Whose claims these are, where several personas share a deck. */
  let persona = '';

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

  const { table, chart, noted, hasBelow } = slideNumbers(writer, sources, marks, write);

  /** A quote and who said it, as they stand beside a line. */
  function quoted({ before, words, after, by, lang, refs }: QuoteBlock) {
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
    return { said, who, isRight, indent, width, height: heightOf([said, who], width) };
  }

  function quote(block: QuoteBlock): void {
    const { segmentClass, refs } = block;
    const { said, who, isRight, indent, width, height } = quoted(block);
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

  /** A claim is a line among others; what was counted in full is in the notes, with words that find no room. */
  function claim({
    heading,
    text,
    status,
    evidence,
    detail,
    notice,
    quotes,
    counterQuotes,
    isBrief,
    refs,
  }: ClaimBlock) {
    const told = STATUS_SHOWN.has(status) ? `${STATUS_WORDS[status]}${evidence === '' ? '' : ', '}` : '';
    const counted = told + evidence === '' ? [] : [{ text: `  ${told}${evidence}`, isSoft: true, size: SMALL }];
    write({ size: CLAIM, before: 8, bullet: 'dot', runs: [{ text }, ...counted] }, refs);
    if (notice !== '') write({ size: SMALL, before: 2, runs: [{ text: notice, isStrong: true }] });
    writer.note(
      [
        [isBrief ? '' : heading.replace(/[.:]$/, ''), `${text} ${STATUS_WORDS[status]}`, detail]
          .filter((one) => one !== '')
          .join(' · '),
      ],
      sources.numbersOf(refs),
    );
    for (const one of quotes) said(one, '');
    for (const one of counterQuotes) said(one, 'Against it');
  }

  /** Somebody's words on the slide that goes on, where there is room for them; else in its notes. */
  function said(block: QuoteBlock, lead: string): void {
    const line: SlideParagraph = { size: SMALL, before: 6, runs: [{ text: lead, isStrong: true }] };
    const height = quoted(block).height + (lead === '' ? 0 : paragraphHeight(line, writer.body.width) + LEAD_GAP);
    if (block.isAside || height + LEAD_GAP > writer.room) {
      const { before, words, after, by, refs } = block;
      writer.note([`${lead === '' ? '' : `${lead}: `}“${before}${words}${after}” (${by})`], sources.numbersOf(refs));
      return;
    }
    if (lead !== '') write(line);
    else writer.skip(2);
    quote(block);
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
    const above = writer.currentTitle;
    const kicker = above === name || above === opening || writer.isShown(above) ? mark : `${above} · ${mark}`;
    persona = name;
    writer.titled(name);
    writer.startFresh();
    const side = share === null ? 0 : 260;
    const left: SlideParagraph[] = [
      { size: 16, runs: [{ text: kicker, isSoft: true }, ...marks(refs, 20)] },
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
  }

  function lay(blocks: readonly Block[]): void {
    for (const [at, block] of blocks.entries()) {
      const after = blocks[at + 1];
      if (block.kind === 'paragraph' && after?.kind === 'quote') {
        if (after.isAside) {
          writer.note([block.spans.map(({ text }) => text).join('')], sources.numbersOf(block.refs));
          continue;
        }
        writer.keep(heightOf([running(block)], writer.body.width) + LEAD_GAP + quoted(after).height);
      }
      if (block.kind === 'heading') headed(block, after);
      else one(block);
    }
  }

  /** A heading names the next slide, unless what stands on this one leaves room for it and for what follows. */
  function headed({ level, text }: Extract<Block, { kind: 'heading' }>, after: Block | undefined): void {
    const line: SlideParagraph = { size: TEXT, before: 18, runs: [{ text, isStrong: true }] };
    const needed =
      after?.kind === 'quote' ? paragraphHeight(line, writer.body.width) + LEAD_GAP * 2 + quoted(after).height : 0;
    // A chart has a slide of its own, which its heading names.
    const staysWith = after !== undefined && after.kind !== 'chart' && writer.room > needed;
    if (level === 2) persona = '';
    else if (staysWith && writer.isOpen && writer.room > writer.body.height * ROOM_PART) return write(line);
    writer.titled(level === 2 || persona === '' ? text : `${persona}: ${text}`);
  }

  const running = ({ spans }: Paragraph): SlideParagraph => ({ size: TEXT, before: 8, runs: plain(spans) });

  /** What has slides of its own is not to lose its heading: this stands before the title of the first of them. */
  function placed(title: string): string {
    const heading = writer.currentTitle;
    return heading === opening || title === '' || writer.isShown(heading) ? title : `${heading}: ${title}`;
  }

  function one(block: Block): void {
    switch (block.kind) {
      case 'heading':
        return headed(block, undefined);
      case 'paragraph':
        return write(running(block), block.refs);
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
        return card(block);
      case 'figures':
        return figures(block.cells);
      case 'claim':
        return claim(block);
      case 'quote':
        return block.isAside ? said(block, '') : quote(block);
      case 'table':
        if (block.isAside) return noted(block, block.caption);
        return hasBelow(block.caption, block) ? undefined : table(placed(block.caption), block);
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
