import type { Stretch } from './quotes.ts';

const segmenters = new Map<string, Intl.Segmenter>();
/** Endings that close no sentence, in lower case without the last full stop; a single letter before one is an initial. */
const abbreviations = new Set(
  (
    'dr mr mrs ms prof nr vs e.g i.e eg ie approx dept inc ltd jr sr incl tel ' +
    'z.b bzw ca ggf u.a d.h vgl evtl inkl exkl sog p.ex p.e cf sra dhr mevr bijv o.a'
  ).split(' '),
);
const lastWord = /([\p{L}.]+)\.["')\]]*\s*$/u;
/** A semicolon, a line of its own, or words that begin another thought. */
const breaks =
  /;|[\r\n]+|,?\s(?=(?:and also|but also|but|however|on the other hand|aber|außerdem|und auch|allerdings|mais|et aussi|par contre|pero|y también|sin embargo|ma|però|maar|mas)\s)/giu;

/**
 * The sentences of a text and what stands between semicolons, line breaks and words such as “but” within them: the
 * stretches that can each be about something else. Takes time in proportion to the text.
 *
 * @param language two letters, for the rules by which sentences end
 * @returns stretches in code points without the blanks around them, in order; empty for a text of blanks only
 *
 * @example
 * thoughts('Dr. Lee is kind. The wait was long; I left.').length // => 3
 */
export function thoughts(text: string, language = 'en'): Stretch[] {
  const cuts: number[] = [];
  let last = '';
  for (const { segment, index } of segmenterOf(language).segment(text)) {
    if (index > 0 && !isAbbreviated(last)) cuts.push(index);
    last = segment;
  }
  for (const match of text.matchAll(breaks)) cuts.push(match.index + match[0].length);
  cuts.sort((a, b) => a - b);
  cuts.push(text.length);

  const found: Stretch[] = [];
  let unit = 0;
  let point = 0;
  for (const cut of cuts) {
    if (cut <= unit) continue;
    const part = text.slice(unit, cut);
    const inner = part.trim();
    const start = point + (part.length - part.trimStart().length); // blanks are never astral
    if (inner !== '') found.push({ start, end: start + codePoints(inner) });
    point += codePoints(part);
    unit = cut;
  }
  return found;
}

function isAbbreviated(segment: string): boolean {
  const word = lastWord.exec(segment.slice(-24))?.[1]?.toLowerCase();
  return word !== undefined && (word.length === 1 || abbreviations.has(word));
}

function segmenterOf(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(language, { granularity: 'sentence' });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}

function codePoints(text: string): number {
  let points = 0;
  for (const _ of text) points++;
  return points;
}

/** Below this many words that count, a document is never cut. */
export const splitFromWords = 6;
const pieceWordsMin = 2;
const piecesMax = 40;

/**
 * Cuts a long answer where it turns to something else, so that it can belong to more than one theme. Pieces have a few
 * words that count each: what says less stays with what stands before it.
 *
 * @param placesOfWords where the words that count begin, in ascending code points
 * @returns pieces in order, one for a short answer; none for a text of blanks only
 */
export function piecesOf(text: string, placesOfWords: readonly number[], language = 'en'): Stretch[] {
  const parts = placesOfWords.length >= splitFromWords ? thoughts(text, language) : [];
  if (parts.length < 2) return wholeOf(text);

  const wordsMin = Math.max(pieceWordsMin, Math.ceil(placesOfWords.length / piecesMax));
  const pieces: Stretch[] = [];
  let words = 0;
  let next = 0;
  for (const part of parts) {
    const before = pieces.at(-1);
    let here = 0;
    for (; next < placesOfWords.length && placesOfWords[next]! < part.end; next++) here++;
    if (before && (here < wordsMin || words < wordsMin)) {
      before.end = part.end;
      words += here;
    } else {
      pieces.push({ ...part });
      words = here;
    }
  }
  return pieces;
}

function wholeOf(text: string): Stretch[] {
  const inner = text.trim();
  if (inner === '') return [];
  const start = text.length - text.trimStart().length;
  return [{ start, end: start + codePoints(inner) }];
}
