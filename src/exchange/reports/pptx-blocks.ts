import { segmentInk } from '../../charts/paper-inks.ts';
import type { Block, ClaimBlock, FigureCell, QuoteBlock, Span } from '../../reports/document.ts';
import { type NumberedSources, STATUS_WORDS } from './office-sources.ts';
import { beginsRight } from './office-text.ts';
import { slideNumbers } from './pptx-numbers.ts';
import { drawnPiece, notedPiece, type Piece, scaled, splitPiece, textPiece } from './pptx-pieces.ts';
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

const TEXT = 16;
const SMALL = 12;
const FIGURES_A_ROW = 5;
const QUOTE_INDENT = 14;
const FIGURE_GAP = 24;
/** The rule and the large figure of a card stand up so far into what keeps it from the title. */
const CARD_RISE = 6;

type Card = Extract<Block, { kind: 'card' }>;
/** Said on slides; what else there is to know of a claim is in the notes. */
const STATUS_SHOWN: ReadonlySet<ClaimBlock['status']> = new Set(['assumed', 'open']);

/** What stands under one title, over as many slides as it takes. */
export type Chapter = {
  title: string;
  /** Its title stands above others' on the slides they share: that of a report, or of a persona. */
  isLeading: boolean;
  /** Slides after its first are named for it as well: those of a persona. */
  isNamedOn: boolean;
  pieces: Piece[];
};

/** Turns a document's blocks into chapters, and each of them into pieces that can be laid out. */
export function slideBlocks(writer: SlideWriter, sources: NumberedSources) {
  const numbersOf = (refs: readonly string[]) => sources.numbersOf(refs);

  function marks(refs: readonly string[], size: number): SlideRun[] {
    const numbers = numbersOf(refs);
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
  const line = (paragraph: SlideParagraph, refs: readonly string[], keepsNext = false): Piece =>
    textPiece(
      { ...paragraph, isOwnWords: true, runs: [...paragraph.runs, ...marks(refs, paragraph.size)] },
      { sources: numbersOf(refs), keepsNext },
    );
  const paragraphs = (all: readonly SlideParagraph[]): string =>
    all.map((one) => paragraphXml(one, writer.look, writer)).join('');
  const heightOf = (all: readonly SlideParagraph[], width: number): number =>
    all.reduce((sum, one) => sum + paragraphHeight(one, width), 0);
  const { table, chart, noted } = slideNumbers(writer, sources, marks);

  const headingPiece = (text: string, level: 2 | 3): Piece =>
    textPiece(
      { size: level === 2 ? 18 : TEXT, before: 18, runs: [{ text, isStrong: true }] },
      { keepsNext: true, heading: text },
    );

  const inNotes = (heading: string): Piece =>
    textPiece({
      size: SMALL,
      before: 12,
      runs: [{ text: `${heading}: see the notes of this slide.`, isSoft: true }],
    });

  /** A quote and who said it beside a line; one that is longer than a slide goes on over the next ones as running text. */
  function quote({ before, words, after, by, lang, segmentClass, refs }: QuoteBlock): Piece {
    const isRight = beginsRight(words);
    const said: SlideParagraph = {
      size: words.length > 400 ? 14 : TEXT,
      runs: [
        { text: before, isVoice: true, isSoft: true, lang },
        { text: words, isVoice: true, isMarked: before !== '' || after !== '', lang },
        { text: after, isVoice: true, isSoft: true, lang },
      ],
    };
    const who: SlideParagraph = {
      size: SMALL,
      before: 2,
      isEnd: isRight,
      runs: [{ text: by, isSoft: true }, ...marks(refs, TEXT)],
    };
    const linesAt = (scale: number) => [scaled(said, scale), scaled(who, scale)];
    return drawnPiece({
      sources: numbersOf(refs),
      height: (width, scale) => heightOf(linesAt(scale), width - QUOTE_INDENT),
      draw: (frame, scale) => {
        const x = isRight ? frame.x + frame.width - 2 : frame.x + 2;
        return [
          lineXml(writer.nextId(), [x, frame.y + 2], [x, frame.y + frame.height - 2], {
            colour: inkXml(segmentInk(segmentClass), writer.look),
            width: 3,
          }),
          textBoxXml(
            writer.nextId(),
            'Quote',
            {
              ...frame,
              x: isRight ? frame.x : frame.x + QUOTE_INDENT,
              width: frame.width - QUOTE_INDENT,
            },
            paragraphs(linesAt(scale)),
          ),
        ].join('');
      },
      split: (width, scale, room) => {
        const by: SlideRun[] = who.runs.map((run, at) => ({
          size: SMALL,
          ...run,
          text: at === 0 ? `\n${run.text}` : run.text,
        }));
        const whole = textPiece({ ...said, runs: [...said.runs, ...by] }, { sources: numbersOf(refs) });
        return splitPiece(whole, width, scale, room);
      },
    });
  }

  const quoteNote = ({ before, words, after, by, refs }: QuoteBlock, lead: string): Piece =>
    notedPiece([`${lead}“${before}${words}${after}” (${by})`], numbersOf(refs));

  /** A claim is a line among others; what was counted in full is in the notes. */
  function claim(block: ClaimBlock): Piece[] {
    const { heading, text, status, evidence, detail, notice, quotes, counterQuotes, isBrief, refs } = block;
    const told = STATUS_SHOWN.has(status) ? `${STATUS_WORDS[status]}${evidence === '' ? '' : ', '}` : '';
    const counted = told + evidence === '' ? [] : [{ text: `  ${told}${evidence}`, isSoft: true, size: SMALL }];
    const inFull = [isBrief ? '' : heading.replace(/[.:]$/, ''), `${text} ${STATUS_WORDS[status]}`, detail]
      .filter((one) => one !== '')
      .join(' · ');
    const said = (one: QuoteBlock, lead: string): Piece => (one.isAside ? quoteNote(one, lead) : quote(one));
    return [
      {
        ...line(
          { size: TEXT, before: 8, bullet: 'dot', runs: [{ text }, ...counted] },
          refs,
          quotes.length > 0 || notice !== '',
        ),
        notes: [inFull],
      },
      ...(notice === '' ? [] : [line({ size: SMALL, before: 2, runs: [{ text: notice, isStrong: true }] }, [])]),
      ...quotes.map((one) => said(one, '')),
      ...(counterQuotes.length === 0
        ? []
        : [
            textPiece({ size: SMALL, before: 6, runs: [{ text: 'Against it', isStrong: true }] }, { keepsNext: true }),
            ...counterQuotes.map((one) => said(one, 'Against it: ')),
          ]),
    ];
  }

  function figures(cells: readonly FigureCell[]): Piece {
    const rows = Math.ceil(cells.length / FIGURES_A_ROW);
    const across = Math.ceil(cells.length / Math.max(1, rows));
    const columns = cells.map(({ value, label, note, refs }): SlideParagraph[] => [
      { size: 40, runs: [{ text: value, isStrong: true }] },
      { size: 15, runs: [{ text: label }, ...marks(refs, TEXT)] },
      ...(note === '' ? [] : [{ size: SMALL, before: 2, runs: [{ text: note, isSoft: true }] }]),
    ]);
    const rowsAt = (width: number, scale: number) => {
      const own = width / across;
      return Array.from({ length: Math.ceil(columns.length / across) }, (_, row) => {
        const parts = columns
          .slice(row * across, (row + 1) * across)
          .map((all) => all.map((one) => scaled(one, scale)));
        return { parts, width: own, height: Math.max(...parts.map((one) => heightOf(one, own - FIGURE_GAP))) + 14 };
      });
    };
    return drawnPiece({
      isWide: true,
      sources: numbersOf(cells.flatMap(({ refs }) => refs)),
      height: (width, scale) => rowsAt(width, scale).reduce((sum, { height }) => sum + height, 0),
      draw: (frame, scale) => {
        let { y } = frame;
        return rowsAt(frame.width, scale)
          .flatMap(({ parts, width, height }) => {
            const boxes = parts.map((one, at) =>
              textBoxXml(
                writer.nextId(),
                'Figure',
                { x: frame.x + at * width, y, width: width - FIGURE_GAP, height },
                paragraphs(one),
              ),
            );
            y += height;
            return boxes;
          })
          .join('');
      },
    });
  }

  /** @param above what the report calls this part, where the slide's title does not say it */
  function card({ mark, lede, share, lines, refs, segmentClass }: Card, above: string): Piece {
    const kicker = above === '' ? mark : `${above} · ${mark}`;
    const side = share === null ? 0 : 350;
    const left: SlideParagraph[] = [
      { size: 14, runs: [{ text: kicker, isSoft: true }, ...marks(refs, 20)] },
      { size: 26, before: 8, runs: lede.map((span) => ({ ...span, isVoice: true })) },
      ...(share === null ? lines.map((text) => ({ size: 14, before: 6, runs: [{ text, isSoft: true }] })) : []),
    ];
    const right: SlideParagraph[] =
      share === null
        ? []
        : [
            { size: 60, isEnd: true, runs: [{ text: share, isStrong: true }] },
            ...lines.map((text) => ({ size: 12, before: 2, isEnd: true, runs: [{ text, isSoft: true }] })),
          ];
    const at = (all: readonly SlideParagraph[], scale: number) => all.map((one) => scaled(one, scale));
    const leftOf = (width: number): number => width - (side === 0 ? 0 : side + 40);
    return drawnPiece({
      isWide: true,
      sources: numbersOf(refs),
      height: (width, scale) =>
        Math.min(
          writer.body.height,
          // The large figure stands up into the room beside the mark.
          Math.max(heightOf(at(left, scale), leftOf(width)) + 8, heightOf(at(right, scale), side || 1) - CARD_RISE),
        ),
      draw: (frame, scale) =>
        [
          lineXml(writer.nextId(), [frame.x, frame.y - CARD_RISE], [frame.x + 60, frame.y - CARD_RISE], {
            colour: inkXml(segmentInk(segmentClass), writer.look),
            width: 4,
          }),
          textBoxXml(
            writer.nextId(),
            'Who it is',
            { ...frame, y: frame.y + 8, width: leftOf(frame.width) },
            paragraphs(at(left, scale)),
          ),
          ...(right.length === 0
            ? []
            : [
                textBoxXml(
                  writer.nextId(),
                  'How many they are',
                  {
                    ...frame,
                    x: frame.x + frame.width - side,
                    y: frame.y - CARD_RISE,
                    width: side,
                    height: frame.height + CARD_RISE,
                  },
                  paragraphs(at(right, scale)),
                ),
              ]),
        ].join(''),
    });
  }

  function piecesOf(block: Block, isLead: boolean): Piece[] {
    switch (block.kind) {
      case 'heading':
        return [headingPiece(block.text, block.level)];
      case 'paragraph':
        return [line({ size: TEXT, before: 8, runs: plain(block.spans) }, block.refs, isLead)];
      case 'list':
        return block.items.map(({ spans, refs }, at) =>
          line(
            { size: TEXT, before: 6, bullet: block.isOrdered ? { number: at + 1 } : 'dot', runs: plain(spans) },
            refs,
          ),
        );
      case 'notice': {
        const title: SlideRun[] = block.title === '' ? [] : [{ text: `${block.title}. `, isStrong: true }];
        return [line({ size: 15, before: 10, runs: [...title, ...plain(block.spans)] }, block.refs, isLead)];
      }
      case 'empty':
        return [line({ size: 14, before: 8, runs: [{ text: block.text, isSoft: true }] }, [])];
      case 'card':
        return [card(block, '')];
      case 'figures':
        return block.cells.length === 0 ? [] : [figures(block.cells)];
      case 'claim':
        return claim(block);
      case 'quote':
        return [block.isAside ? quoteNote(block, '') : quote(block)];
      case 'table':
        return block.isAside ? [noted(block, block.caption)] : table(block.caption, block);
      case 'chart':
        return chart(block);
      case 'columns':
        return laid([...block.left, ...block.right]);
      case 'page-break':
        return [];
    }
  }

  /** Blocks one after the other; of what only notes tell, a line says where it is. */
  function laid(blocks: readonly Block[]): Piece[] {
    return blocks.flatMap((block, at): Piece[] => {
      const after = blocks[at + 1];
      const isAside = after !== undefined && 'isAside' in after && after.isAside === true;
      if (block.kind === 'paragraph' && after?.kind === 'quote' && isAside)
        return [notedPiece([block.spans.map(({ text }) => text).join('')], numbersOf(block.refs))];
      if (block.kind === 'heading' && isAside) return [inNotes(block.text)];
      return piecesOf(block, after?.kind === 'quote' || after?.kind === 'claim');
    });
  }

  /** @param opening the name of the report, under which its first slides stand */
  function chapters(blocks: readonly Block[], opening: string): Chapter[] {
    const found: Chapter[] = [];
    let own: Block[] = [];
    let [title, above, shown] = [opening, '', null as Card | null];
    const end = (): void => {
      const pieces = [...(shown === null ? [] : [card(shown, above)]), ...laid(own)];
      const last = found.at(-1);
      if (pieces.length > 0 && last && pieces.every(({ kind }) => kind === 'noted'))
        last.pieces.push(inNotes(title), ...pieces);
      else if (pieces.length > 0)
        found.push({
          title,
          isLeading: shown !== null || (found.length === 0 && title === opening),
          isNamedOn: shown !== null,
          pieces,
        });
      own = [];
      shown = null;
      above = '';
    };
    for (const block of blocks) {
      if (block.kind === 'heading' && block.level === 2) {
        end();
        title = block.text;
      } else if (block.kind === 'card') {
        // A heading with nothing of its own is said with the card that comes below it.
        const isBare = own.length === 0 && shown === null;
        if (!isBare) end();
        above = isBare && title !== opening && title !== block.name ? title : '';
        title = block.name;
        shown = block;
      } else own.push(block);
    }
    end();
    return found;
  }

  return { chapters, headingPiece, line };
}
