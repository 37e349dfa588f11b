import type { Chapter } from './pptx-blocks.ts';
import { flow } from './pptx-flow.ts';
import { drawColumn, type Piece } from './pptx-pieces.ts';
import type { SlideWriter } from './pptx-slides.ts';
import type { Frame } from './pptx-xml.ts';

const JOINED_MOST = 4;
/** Letters of chapters that share a slide may be a little smaller. */
const JOINED_SCALES = [1, 0.94];
const JOINED_LETTERS_MOST = 80;

type HeadingPiece = (text: string, level: 2 | 3) => Piece;

const hasChart = ({ pieces }: Chapter): boolean => pieces.some((piece) => piece.kind === 'drawn' && piece.isChart);

/** Chapters with those that are short together on one slide, each under its heading. */
export function joinShort(chapters: readonly Chapter[], body: Frame, headingPiece: HeadingPiece): Chapter[] {
  const joined: Chapter[] = [];
  let parts: Chapter[] = [];
  const end = (): void => {
    if (parts.length > 0) joined.push(parts.length === 1 ? parts[0]! : together(parts, headingPiece));
    parts = [];
  };
  for (const chapter of chapters) {
    const isAlone = chapter.isNamedOn || hasChart(chapter);
    const all = together([...parts, chapter], headingPiece);
    const isTooMuch =
      parts.length === JOINED_MOST ||
      (parts.length > 0 && all.title.length > JOINED_LETTERS_MOST) ||
      flow(all.pieces, body, JOINED_SCALES).length > 1;
    if (isAlone || isTooMuch) end();
    parts.push(chapter);
    if (isAlone) end();
  }
  end();
  return joined;
}

export function together(chapters: readonly Chapter[], headingPiece: HeadingPiece): Chapter {
  const [first] = chapters;
  return {
    title: first!.isLeading ? first!.title : new Intl.ListFormat('en-GB').format(chapters.map(({ title }) => title)),
    isLeading: first!.isLeading,
    isNamedOn: false,
    pieces: chapters.flatMap(({ title, isLeading, pieces }) =>
      isLeading ? pieces : [headingPiece(title, 2), ...pieces],
    ),
  };
}

export function layChapters(writer: SlideWriter, chapters: readonly Chapter[], headingPiece: HeadingPiece): void {
  for (const chapter of chapters) {
    // A slide that is called after what its chart shows still says what that is about.
    const isCalledAfterChart = !chapter.isLeading && findingOf(chapter.pieces) !== null;
    layChapter(
      writer,
      isCalledAfterChart ? { ...chapter, pieces: [headingPiece(chapter.title, 2), ...chapter.pieces] } : chapter,
    );
  }
}

/** What the first thing shows that is no heading; null where that cannot be said in a few words. */
function findingOf(pieces: readonly Piece[]): string | null {
  return pieces.find(({ keepsNext, kind }) => !keepsNext && kind !== 'noted')?.finding ?? null;
}

/** @param scales of letters that may be tried, the largest first */
export function layChapter(writer: SlideWriter, chapter: Chapter, scales?: readonly number[]): void {
  const { title, isLeading, isNamedOn, pieces } = chapter;
  const pages = flow(pieces, writer.body, scales);
  let section = title;
  for (const [at, { columns }] of pages.entries()) {
    const own = columns.flatMap((column) => column.pieces);
    const head = own[0]?.heading ?? null;
    const topic = at === 0 ? title : (head ?? section);
    const finding = at === 0 && isLeading ? null : findingOf(own);
    const isNamed = at > 0 && isNamedOn && topic !== title;
    writer.begin(`${isNamed || (at > 0 && isNamedOn && finding !== null) ? `${title}: ` : ''}${finding ?? topic}`);
    for (const [place, { pieces: placed, frame, scale }] of columns.entries()) {
      const isSaid = place === 0 && finding === null && head === topic;
      drawColumn(writer, isSaid ? placed.slice(1) : placed, frame, scale);
    }
    section = own.findLast(({ heading }) => heading !== null)?.heading ?? section;
    writer.finish();
  }
}
