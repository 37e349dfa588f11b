import type { Span } from '../../coding/spans.ts';

/*
 * Programs count places in a text in different ways: a line's end as one or two, a mark at the beginning of a file as one,
 * a letter beyond the basic ones as two. Which way a text was counted in is told by the quotes that come with the places.
 */

export type Counting = {
  /** How the end of a line counts: as it is written in the file, as one, or as two. */
  lineEnds: 'as written' | 'one' | 'two';
  units: 'code points' | 'UTF-16';
  /** How much every place is too large, since a mark before the first letter was counted. */
  shift: number;
};
export type FoldedText = {
  /** Without byte order marks, every line's end as LF. */
  text: string;
  marks: number;
  /** Whether the file has line ends of two signs. */
  hasPairs: boolean;
  raw: string;
};

/**
 * A text as it is kept: without byte order marks, lines ended by LF.
 *
 * @example
 * foldText('\uFEFFa\r\nb').text // => 'a\nb'
 */
export function foldText(written: string): FoldedText {
  const marks = /^\uFEFF*/.exec(written)?.[0].length ?? 0;
  const raw = written.slice(marks);
  return { text: raw.replace(/\r\n?/g, '\n'), marks, hasPairs: raw.includes('\r\n'), raw };
}

/** For each counted place of a text, how many code points stand before it in the folded text. */
function placesOf({ raw }: FoldedText, { lineEnds, units }: Counting): Int32Array {
  const places = new Int32Array(raw.length * 2 + 1);
  let counted = 0;
  let point = 0;
  for (let at = 0; at < raw.length; ) {
    const isPair = raw[at] === '\r' && raw[at + 1] === '\n';
    const letter = raw.codePointAt(at) ?? 0;
    const width = isPair ? 2 : letter > 0xffff ? 2 : 1;
    const isLineEnd = isPair || letter === 10 || letter === 13;
    const counts = isLineEnd
      ? lineEnds === 'one' || (lineEnds === 'as written' && !isPair)
        ? 1
        : 2
      : units === 'UTF-16'
        ? width
        : 1;
    for (let step = 0; step < counts; step += 1) places[counted + step] = point;
    counted += counts;
    point += 1;
    at += width;
  }
  places[counted] = point;
  return places.subarray(0, counted + 1);
}

const isPlain = ({ lineEnds, units, shift }: Counting): boolean =>
  lineEnds === 'as written' && units === 'code points' && shift === 0;

/** Every way in which places of a text may have been counted, the likeliest first. */
function countings(folded: FoldedText, origin: string): Counting[] {
  const hasLines = folded.text.includes('\n');
  const hasAstral = /[\u{10000}-\u{10FFFF}]/u.test(folded.text);
  // ATLAS.ti counts a line's end as one, whatever it writes.
  const first: Counting['lineEnds'] = folded.hasPairs && /atlas/i.test(origin) ? 'one' : 'as written';
  const ends: Counting['lineEnds'][] = hasLines ? [first, folded.hasPairs ? 'as written' : 'two', 'one'] : [first];
  const shifts = [...new Set([0, 1, folded.marks])];
  const found: Counting[] = [];
  for (const units of hasAstral ? (['code points', 'UTF-16'] as const) : (['code points'] as const))
    for (const shift of shifts) for (const lineEnds of new Set(ends)) found.push({ lineEnds, units, shift });
  return found;
}

export type Marked = { name: string; start: number; end: number };
export type PlacedVerdict = 'checked' | 'unchecked' | 'repaired' | 'mismatch' | 'outside';
export type Placed = {
  /** Null where no such place is in the text. */
  span: Span | null;
  verdict: PlacedVerdict;
};
export type PlacedText = { text: string; places: Placed[]; counting: Counting; isRecounted: boolean };

const NAME_LEAST = 3;
const LETTERS_SEARCHED = 300_000_000;
/** How many letters may still be searched for quotes that stand elsewhere; all texts of a file share it. */
export type SearchLeft = { letters: number };
export const searchLeft = (): SearchLeft => ({ letters: LETTERS_SEARCHED });
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/**
 * Finds the places of a text that its file names, however the program counted, and holds each against the quote that comes
 * with it. A place whose quote stands elsewhere, once, is moved there; other differences are told.
 *
 * @param origin the program, as the file names it
 */
export function placeMarks(
  written: string,
  marks: readonly Marked[],
  origin = '',
  left: SearchLeft = searchLeft(),
): PlacedText {
  const folded = foldText(written);
  const points = [...folded.text];
  const quotes = marks.map(({ name }) => quoteIn(name));
  const spansIn = (counting: Counting): (Span | null)[] => {
    const places = isPlain(counting) && !folded.hasPairs ? null : placesOf(folded, counting);
    const at = (place: number): number | null =>
      places === null ? (place >= 0 && place <= points.length ? place : null) : (places[place] ?? null);
    return marks.map(({ start, end }) => {
      const [from, to] = [at(start - counting.shift), at(end - counting.shift)];
      return from === null || to === null || to <= from ? null : { start: from, end: to };
    });
  };
  const agrees = (span: Span | null, index: number): boolean => {
    const quote = quotes[index];
    return span !== null && quote !== null && quote !== undefined && isQuoteOf(quote, points, span);
  };

  const named = quotes.filter((quote) => quote !== null).length;
  const [first, ...others] = countings(folded, origin);
  let counting = first as Counting;
  let spans = spansIn(counting);
  let best = spans.filter(agrees).length;
  for (const other of others) {
    if (best === named) break;
    const found = spansIn(other);
    const agreeing = found.filter(agrees).length;
    if (agreeing > best) [counting, spans, best] = [other, found, agreeing];
  }

  const search = searcher(folded.text, left);
  return {
    text: folded.text,
    counting,
    isRecounted: counting !== first,
    places: spans.map((span, index): Placed => {
      const quote = quotes[index] ?? null;
      const mark = marks[index] as Marked;
      if (agrees(span, index)) return { span, verdict: 'checked' };
      const found = quote === null ? 'nowhere' : search(quote, mark.end - mark.start);
      if (typeof found !== 'string' && found.end <= points.length) return { span: found, verdict: 'repaired' };
      if (span === null) return { span, verdict: 'outside' };
      return { span, verdict: found === 'nowhere' ? 'unchecked' : 'mismatch' };
    }),
  };
}

type QuoteOf = { words: string; isCut: boolean };

/** A name as a quote it may be; null for one that is too short to tell anything. */
function quoteIn(name: string): QuoteOf | null {
  const words = inOneLine(name.replace(/(?:…|\.\.\.)\s*$/, ''));
  return words.length >= NAME_LEAST ? { words, isCut: words !== inOneLine(name) } : null;
}

function isQuoteOf({ words, isCut }: QuoteOf, points: readonly string[], { start, end }: Span): boolean {
  // No more is looked at than could be the quote, however long the passage is.
  const line = inOneLine(points.slice(start, Math.min(end, start + words.length * 3 + 100)).join(''));
  // Some programs cut a name at a fixed length without saying so.
  return line === words || ((isCut || words.length >= 30) && line.startsWith(words));
}

/**
 * Looks for quotes in a text: where the words of one stand if that is one place, or whether they stand in several or
 * nowhere. A name whose words stand nowhere is a name and no quote. Files in which almost no quote agrees are searched
 * only so far; the rest is taken as it stands.
 */
function searcher(text: string, left: SearchLeft): (quote: QuoteOf, length: number) => Span | 'several' | 'nowhere' {
  return ({ words, isCut }, length) => {
    left.letters -= text.length;
    if (left.letters < 0) return 'nowhere';
    const pattern = new RegExp(words.split(' ').map(escaped).join('\\s+'), 'g');
    const found = pattern.exec(text);
    if (!found) return 'nowhere';
    if (pattern.exec(text)) return 'several';
    const start = [...text.slice(0, found.index)].length;
    const own = [...found[0]].length;
    return { start, end: start + (isCut ? Math.max(own, length) : own) };
  };
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
