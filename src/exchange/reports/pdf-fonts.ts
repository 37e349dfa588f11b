import type { FontCut } from './assets.ts';

/** The interface and our own words in a sans, people's words in a serif. */
export type Typeface = 'sans' | 'serif';
export type Weight = 400 | 600;

/** What the writer of PDF makes of a cut, as far as words are set with it. */
export type EmbeddedFont = {
  id: string;
  scale: number;
  font: {
    hasGlyphForCodePoint(codePoint: number): boolean;
    layout(
      text: string,
      features?: readonly string[],
      script?: string,
      language?: string,
      direction?: 'ltr' | 'rtl',
    ): {
      glyphs: { id: number; advanceWidth: number; codePoints: number[] }[];
      positions: { xAdvance: number; xOffset: number; yOffset: number }[];
    };
  };
  subset: { glyphs: number[]; includeGlyph(id: number): number };
  widths: number[];
  unicode: number[][];
  ref(): unknown;
};

/** A stretch of words as it stands in a page: what shows it, with how far its letters are raised, and how wide it is, in thousandths of its size. */
export type Shaped = { width: number; shows: { rise: number; array: string }[] };

type Faces = { latin: EmbeddedFont; arabic: EmbeddedFont; hebrew: EmbeddedFont; chosen: Map<string, EmbeddedFont> };

const FAMILIES: Record<Typeface, { latin: string; arabic: string; hebrew: string }> = {
  sans: { latin: 'Inter', arabic: 'Noto Sans Arabic', hebrew: 'Noto Sans Hebrew' },
  serif: { latin: 'Source Serif 4', arabic: 'Noto Naskh Arabic', hebrew: 'Noto Sans Hebrew' },
};
const ARABIC = /\p{Script=Arabic}/u;
const HEBREW = /\p{Script=Hebrew}/u;
/** Belong to whatever stands before them. */
const JOINED = /[\p{Mn}\p{Me}\u200c\u200d]/u;
const UNSEEN = /\p{Cf}|\p{Variation_Selector}/u;

/** The typefaces of one file, each letter in the first that has it; and what none of them has. */
export class PdfFonts {
  readonly #embed: (cut: FontCut) => EmbeddedFont;
  readonly #cuts: readonly FontCut[];
  readonly #embedded = new Map<FontCut, EmbeddedFont>();
  readonly #shaped = new Map<EmbeddedFont, Map<string, Shaped>>();
  readonly #faces: Record<Typeface, { plain: Faces | null; strong: Faces | null }> = {
    sans: { plain: null, strong: null },
    serif: { plain: null, strong: null },
  };
  /** Letters that no typeface has; each is shown as a box. */
  readonly missing = new Set<string>();

  constructor(cuts: readonly FontCut[], embed: (cut: FontCut) => EmbeddedFont) {
    this.#cuts = cuts;
    this.#embed = embed;
  }

  /** The typeface for a letter; what is joined to the letter before it stays with that where it can. */
  choose(letter: string, style: { face: Typeface; weight: Weight }, before: EmbeddedFont | null): EmbeddedFont {
    const faces = this.#facesOf(style.face, style.weight);
    const known = faces.chosen.get(letter);
    if (known !== undefined) return known;
    const codePoint = letter.codePointAt(0)!;
    if (before !== null && JOINED.test(letter) && before.font.hasGlyphForCodePoint(codePoint)) return before;
    const { latin, arabic, hebrew } = faces;
    const own = ARABIC.test(letter) ? arabic : HEBREW.test(letter) ? hebrew : latin;
    const found = [own, latin, arabic, hebrew].find(({ font }) => font.hasGlyphForCodePoint(codePoint));
    if (found === undefined && !UNSEEN.test(letter) && !/\s/u.test(letter)) this.missing.add(letter);
    if (!JOINED.test(letter)) faces.chosen.set(letter, found ?? own);
    return found ?? own;
  }

  /** Words of one typeface in one direction, shaped; from right to left they come as they are seen. */
  shape(font: EmbeddedFont, words: string, direction: 'ltr' | 'rtl', isTabular: boolean): Shaped {
    const parts = words.split(/( )/u).flatMap(pieces);
    if (direction === 'rtl') parts.reverse();
    const shaped = parts.map((part) => this.#shapeWord(font, part, direction, isTabular));
    return shaped.length === 1 ? shaped[0]! : joined(shaped);
  }

  #shapeWord(font: EmbeddedFont, word: string, direction: 'ltr' | 'rtl', isTabular: boolean): Shaped {
    let known = this.#shaped.get(font);
    if (known === undefined) {
      known = new Map();
      this.#shaped.set(font, known);
    }
    const key = `${direction}${isTabular ? 't' : ''} ${word}`;
    let shaped = known.get(key);
    if (shaped === undefined) {
      shaped = shapeWith(font, word, direction, isTabular);
      known.set(key, shaped);
    }
    return shaped;
  }

  #facesOf(face: Typeface, weight: Weight): Faces {
    const known = weight === 400 ? this.#faces[face].plain : this.#faces[face].strong;
    if (known !== null) return known;
    const { latin, arabic, hebrew } = FAMILIES[face];
    const faces: Faces = {
      latin: this.#cut(latin, weight),
      arabic: this.#cut(arabic, weight),
      hebrew: this.#cut(hebrew, weight),
      chosen: new Map(),
    };
    this.#faces[face][weight === 400 ? 'plain' : 'strong'] = faces;
    return faces;
  }

  #cut(family: string, weight: Weight): EmbeddedFont {
    const own = this.#cuts.filter((cut) => cut.family === family && !cut.isItalic);
    const cut = own.find((one) => one.weight === weight) ?? own[0];
    if (cut === undefined) throw new RangeError(`A report cannot be set without the typeface ${family}`);
    let embedded = this.#embedded.get(cut);
    if (embedded === undefined) {
      embedded = this.#embed(cut);
      this.#embedded.set(cut, embedded);
    }
    return embedded;
  }
}

/** No word of any language is longer; what is would be shaped and kept whole at every length that is tried. */
const PIECE_LETTERS = 64;

/** A word as it is; one that is none, in pieces that end between letters. */
function pieces(word: string): string[] {
  if (word.length <= PIECE_LETTERS) return word === '' ? [] : [word];
  const found: string[] = [];
  let piece = '';
  for (const letter of word) {
    if (piece.length >= PIECE_LETTERS && !JOINED.test(letter)) {
      found.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...found, piece];
}

function joined(parts: readonly Shaped[]): Shaped {
  const shows: { rise: number; array: string }[] = [];
  let width = 0;
  for (const part of parts) {
    width += part.width;
    for (const { rise, array } of part.shows) {
      const last = shows.at(-1);
      if (last !== undefined && last.rise === rise) last.array += array;
      else shows.push({ rise, array });
    }
  }
  return { width, shows };
}

const number = (value: number): string => String(Math.round(value * 100) / 100);

function shapeWith(font: EmbeddedFont, word: string, direction: 'ltr' | 'rtl', isTabular: boolean): Shaped {
  const seen = [...word]
    .filter((letter) => !UNSEEN.test(letter) || font.font.hasGlyphForCodePoint(letter.codePointAt(0)!))
    .join('');
  const { glyphs, positions } = font.font.layout(seen, isTabular ? ['tnum'] : [], undefined, undefined, direction);
  const said = direction === 'rtl' ? lettersOf(seen, glyphs, positions) : glyphs.map(({ codePoints }) => codePoints);
  const shows: { rise: number; array: string }[] = [];
  let width = 0;
  for (const [index, glyph] of glyphs.entries()) {
    const { xAdvance, xOffset, yOffset } = positions[index]!;
    const id = includeAs(font, glyph, said[index]!);
    const rise = yOffset * font.scale;
    const before = xOffset * font.scale;
    const after = (xAdvance - glyph.advanceWidth) * font.scale - before;
    width += xAdvance * font.scale;
    const array = `${before === 0 ? '' : number(-before)}<${id.toString(16).padStart(4, '0')}>${Math.abs(after) < 0.01 ? '' : number(-after)}`;
    const last = shows.at(-1);
    if (last !== undefined && last.rise === rise) last.array += array;
    else shows.push({ rise, array });
  }
  for (const show of shows) show.array = show.array.replaceAll('><', '');
  return { width, shows };
}

type Glyph = ReturnType<EmbeddedFont['font']['layout']>['glyphs'][number];

/**
 * Which letters each glyph of a word from right to left stands for. Letters that differ in their dots share a glyph and have
 * the dots set beside it, so that a glyph by itself does not say which letter it is.
 */
function lettersOf(word: string, glyphs: readonly Glyph[], positions: readonly { xAdvance: number }[]): number[][] {
  const bases = [...word].filter((letter) => !/\p{M}|\p{Cf}/u.test(letter)).map((letter) => letter.codePointAt(0)!);
  const isBase = (at: number) => positions[at]!.xAdvance > 0;
  if (glyphs.filter((_, at) => isBase(at)).length !== bases.length) return glyphs.map(({ codePoints }) => codePoints);
  return glyphs.map(({ codePoints }, at) => (isBase(at) ? [bases.pop()!] : codePoints));
}

/** A glyph as a letter: once more in the file where it already stands for another. */
function includeAs(font: EmbeddedFont, glyph: Glyph, letters: readonly number[]): number {
  const first = font.subset.includeGlyph(glyph.id);
  const same = (id: number) => font.subset.glyphs[id] === glyph.id && font.unicode[id]?.join() === letters.join();
  let id = font.unicode[first] === undefined || same(first) ? first : font.unicode.findIndex((_, at) => same(at));
  if (id < 0) id = font.subset.glyphs.push(glyph.id) - 1;
  font.widths[id] ??= glyph.advanceWidth * font.scale;
  font.unicode[id] ??= [...letters];
  return id;
}
