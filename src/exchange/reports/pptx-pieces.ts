import type { SlideWriter } from './pptx-slides.ts';
import {
  type Frame,
  paragraphHeight,
  paragraphXml,
  type SlideParagraph,
  type SlideRun,
  textBoxXml,
} from './pptx-xml.ts';

/** What every piece of a slide has: what its slide rests on, and what the notes of that slide tell. */
type Common = {
  /** By the numbers of sources. */
  sources: readonly number[];
  /** Those whose entries it is. */
  lists: readonly number[];
  notes: readonly string[];
  /** Stands with what comes after it. */
  keepsNext: boolean;
  /** A heading, so that a title that says the same makes it needless. */
  heading: string | null;
  /** What a slide that it leads may be called: what it shows in a few words. */
  finding: string | null;
};
export type TextPiece = Common & { kind: 'text'; paragraph: SlideParagraph };
/** Something of its own height: a quote, a table, a chart. */
export type DrawnPiece = Common & {
  kind: 'drawn';
  isWide: boolean;
  isChart: boolean;
  /** Points, at a width and a scale of its letters. */
  height: (width: number, scale: number) => number;
  draw: (frame: Frame, scale: number) => string;
  /** What of it finds room in so many points, and the rest; null where it cannot be parted. */
  split: ((width: number, scale: number, room: number) => [Piece, Piece] | null) | null;
};
/** What only notes tell. */
export type NotedPiece = Common & { kind: 'noted' };
export type Piece = TextPiece | DrawnPiece | NotedPiece;

const NONE: Common = { sources: [], lists: [], notes: [], keepsNext: false, heading: null, finding: null };
const TEXT_GAP = 10;
const DRAWN_GAP = 12;
const SMALLEST = 9;

export const textPiece = (paragraph: SlideParagraph, more: Partial<Common> = {}): TextPiece => ({
  ...NONE,
  kind: 'text',
  paragraph,
  ...more,
});
export const drawnPiece = (
  drawn: Pick<DrawnPiece, 'height' | 'draw'> & Partial<Omit<DrawnPiece, 'kind'>>,
): DrawnPiece => ({ ...NONE, kind: 'drawn', isWide: false, isChart: false, split: null, ...drawn });
export const notedPiece = (notes: readonly string[], sources: readonly number[]): NotedPiece => ({
  ...NONE,
  kind: 'noted',
  notes,
  sources,
});

export function scaled(paragraph: SlideParagraph, scale: number): SlideParagraph {
  if (scale === 1) return paragraph;
  const size = (points: number): number => Math.max(SMALLEST, Math.round(points * scale * 2) / 2);
  const run = (one: SlideRun): SlideRun => (one.size === undefined ? one : { ...one, size: size(one.size) });
  return {
    ...paragraph,
    size: size(paragraph.size),
    ...(paragraph.before === undefined ? {} : { before: paragraph.before * scale }),
    runs: paragraph.runs.map(run),
  };
}

const heights = new WeakMap<Piece, Map<string, number>>();

/** How high a piece stands, without what keeps it from the one before. */
export function pieceHeight(piece: Piece, width: number, scale: number): number {
  if (piece.kind === 'noted') return 0;
  const known = heights.get(piece) ?? new Map<string, number>();
  heights.set(piece, known);
  const key = `${width} ${scale}`;
  const height =
    known.get(key) ??
    (piece.kind === 'text'
      ? paragraphHeight({ ...scaled(piece.paragraph, scale), before: 0 }, width)
      : piece.height(width, scale));
  known.set(key, height);
  return height;
}

/** What keeps a piece from the one before. */
export function gapBefore(piece: Piece, before: Piece | undefined, scale: number): number {
  if (before === undefined || piece.kind === 'noted') return 0;
  if (piece.kind === 'drawn') return before.keepsNext ? TEXT_GAP * 0.6 : DRAWN_GAP;
  const own = (piece.paragraph.before ?? 0) * scale;
  return before.kind === 'drawn' ? Math.max(own, TEXT_GAP) : own;
}

const isSeen = (piece: Piece): boolean => piece.kind !== 'noted';

/** How high pieces stand one below the other. */
export function columnHeight(pieces: readonly Piece[], width: number, scale: number): number {
  const seen = pieces.filter(isSeen);
  return seen.reduce(
    (sum, piece, at) => sum + gapBefore(piece, seen[at - 1], scale) + pieceHeight(piece, width, scale),
    0,
  );
}

/** Puts pieces on the slide that is begun, one below the other; neighbouring lines share one box, as somebody would type them. */
export function drawColumn(writer: SlideWriter, pieces: readonly Piece[], frame: Frame, scale: number): void {
  let { y } = frame;
  let lines: SlideParagraph[] = [];
  let from = y;
  const endText = (): void => {
    if (lines.length === 0) return;
    const [first, ...others] = lines;
    const xml = [{ ...first!, before: 0 }, ...others].map((one) => paragraphXml(one, writer.look, writer)).join('');
    writer.add(textBoxXml(writer.nextId(), 'Text', { ...frame, y: from, height: y - from }, xml));
    lines = [];
  };
  let before: Piece | undefined;
  for (const piece of pieces) {
    writer.rests(piece.sources);
    writer.note(piece.notes);
    for (const number of piece.lists) writer.lists(number);
    if (piece.kind === 'noted') continue;
    y += gapBefore(piece, before, scale);
    before = piece;
    const height = pieceHeight(piece, frame.width, scale);
    if (piece.kind === 'text') {
      if (lines.length === 0) from = y;
      lines.push(scaled(piece.paragraph, scale));
    } else {
      endText();
      writer.add(piece.draw({ ...frame, y, height }, scale));
    }
    y += height;
  }
  endText();
}

/** A piece cut where its room ends; null where it cannot be. */
export function splitPiece(piece: Piece, width: number, scale: number, room: number): [Piece, Piece] | null {
  if (piece.kind === 'noted') return null;
  if (piece.kind === 'drawn') return piece.split?.(width, scale, room) ?? null;
  const parts = splitParagraph(piece.paragraph, width, scale, room);
  return parts === null ? null : [{ ...piece, paragraph: parts[0] }, textPiece(parts[1], { sources: piece.sources })];
}

function splitParagraph(
  paragraph: SlideParagraph,
  width: number,
  scale: number,
  room: number,
): [SlideParagraph, SlideParagraph] | null {
  const words: SlideRun[] = paragraph.runs.flatMap((run) =>
    (run.text.match(/\s*\S+\s*/g) ?? []).map((text) => ({ ...run, text })),
  );
  const first = (count: number): SlideParagraph => ({ ...paragraph, runs: joined(words.slice(0, count)) });
  let [fits, tooMany] = [1, words.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (paragraphHeight({ ...scaled(first(middle), scale), before: 0 }, width) <= room) fits = middle;
    else tooMany = middle;
  }
  if (fits >= words.length) return null;
  const { bullet: _, ...plain } = paragraph;
  return [first(fits), { ...plain, before: 0, runs: joined(words.slice(fits)) }];
}

/** Words of one look, one after the other, as one run again. */
function joined(words: readonly SlideRun[]): SlideRun[] {
  const runs: SlideRun[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    const { text, ...look } = word;
    const { text: before = '', ...lastLook } = last ?? {};
    if (last && JSON.stringify(look) === JSON.stringify(lastLook))
      runs[runs.length - 1] = { ...last, text: before + text };
    else runs.push(word);
  }
  return runs;
}
