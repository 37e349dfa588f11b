import type { EmbeddedFont, PdfFonts, Shaped, Typeface, Weight } from './pdf-fonts.ts';

export type Style = {
  face: Typeface;
  weight: Weight;
  size: number;
  /** `#rrggbb` */
  ink: string;
  /** Above the line, in points. */
  rise?: number;
  /** Figures of equal width, for what stands below each other. */
  isTabular?: boolean;
};
/** Where words lead: a place in the file, or an address outside. */
export type Way = { place: string; url?: never } | { url: string; place?: never };
export type Words = { text: string; style: Style; lang?: string; way?: Way; says?: string };

export type Run = { x: number; width: number; font: EmbeddedFont; style: Style; shaped: Shaped; words: Words };
export type Line = { runs: Run[]; width: number };
export type SetText = { lines: Line[]; isRtl: boolean };

type Bidi = ReturnType<typeof import('bidi-js').default>;
/** Where a text may be broken, one after the other; null at its end. */
export type Breaks = (text: string) => { nextBreak(): { position: number; required?: boolean } | null };

/** Letters that run from right to left, or marks that make them. */
export const FROM_RIGHT =
  /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const RTL_LANGS = /^(ar|he|fa|ur|yi|ps|sd|ug|ckb|dv)\b/;

/** A stretch of one typeface, style and direction. */
type Atom = { start: number; end: number; words: Words; font: EmbeddedFont; level: number };

/** Sets words in lines: what stands where, which typeface each letter has, and in which direction it runs. */
export class LineSetter {
  readonly #fonts: PdfFonts;
  readonly #bidi: Bidi;
  readonly #breaks: Breaks;
  readonly #graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

  constructor(fonts: PdfFonts, bidi: Bidi, breaks: Breaks) {
    this.#fonts = fonts;
    this.#bidi = bidi;
    this.#breaks = breaks;
  }

  /**
   * @param lang of the words, which says where their lines begin; without it their first letter with a direction does
   * @param shape `even` makes lines of about the same length, for headings
   */
  set(
    words: readonly Words[],
    width: number,
    {
      lang,
      align = 'start',
      shape = 'plain',
    }: { lang?: string | null; align?: 'start' | 'end'; shape?: 'plain' | 'even' } = {},
  ): SetText {
    const said = words.map((one) => ({ ...one, text: cleaned(one.text) })).filter(({ text }) => text !== '');
    const hasRtl = said.some((one) => FROM_RIGHT.test(one.text));
    const direction = !hasRtl ? 'ltr' : directionOf(said, lang);
    // Words from right to left in a sentence of ours turn nothing round them: neither brackets nor the numbers of sources.
    const clean = hasRtl && lang === undefined && direction === 'ltr' ? said.map(isolated) : said;
    const text = clean.map((one) => one.text).join('');
    if (text.trim() === '') return { lines: [], isRtl: false };
    const levels = hasRtl ? this.#bidi.getEmbeddingLevels(text, direction) : null;
    const isRtl = (levels?.paragraphs[0]?.level ?? 0) % 2 === 1;
    const atoms = this.#atoms(clean, text, levels?.levels ?? null);
    const segments = [...this.#segments(text)];
    let ends = this.#broken(text, atoms, segments, width);
    if (shape === 'even' && ends.length > 1) ends = this.#evened(text, atoms, segments, width, ends);
    else if (ends.length > 1 && this.#isWidow(text, atoms, ends, width)) {
      const narrower = this.#broken(text, atoms, segments, width * 0.94);
      if (narrower.length === ends.length) ends = narrower;
    }
    let start = 0;
    const lines: Line[] = [];
    for (const end of ends) {
      lines.push(this.#line(text, atoms, start, end, { width, isFromEnd: isRtl !== (align === 'end') }));
      start = end;
    }
    return { lines, isRtl };
  }

  /** How wide words are in one line. */
  width(words: readonly Words[]): number {
    return Math.max(0, ...this.set(words, Number.POSITIVE_INFINITY).lines.map((line) => line.width));
  }

  #atoms(words: readonly Words[], text: string, levels: Uint8Array | null): Atom[] {
    const atoms: Atom[] = [];
    let at = 0;
    for (const one of words) {
      let before: EmbeddedFont | null = null;
      for (const letter of one.text) {
        const level = levels?.[at] ?? 0;
        const isSpace = letter === ' ' || letter === '\n';
        const font: EmbeddedFont = isSpace && before !== null ? before : this.#fonts.choose(letter, one.style, before);
        const last = atoms.at(-1);
        if (last !== undefined && last.words === one && last.font === font && last.level === level)
          last.end = at + letter.length;
        else atoms.push({ start: at, end: at + letter.length, words: one, font, level });
        before = font;
        at += letter.length;
      }
    }
    if (at !== text.length) throw new RangeError('Words and their letters do not agree');
    return atoms;
  }

  *#segments(text: string): Generator<{ start: number; end: number; isLast: boolean }> {
    const breaks = this.#breaks(text);
    let start = 0;
    for (let next = breaks.nextBreak(); next !== null; next = breaks.nextBreak()) {
      if (next.position > start)
        yield { start, end: next.position, isLast: next.required === true && next.position < text.length };
      start = next.position;
    }
    if (start < text.length) yield { start, end: text.length, isLast: false };
  }

  /** Where lines end. */
  #broken(
    text: string,
    atoms: readonly Atom[],
    segments: readonly { start: number; end: number; isLast: boolean }[],
    width: number,
  ): number[] {
    const ends: number[] = [];
    let at = 0;
    let taken = 0;
    let isEmpty = true;
    const close = (end: number) => {
      ends.push(end);
      taken = 0;
      isEmpty = true;
    };
    for (const { start, end, isLast } of segments) {
      const visible = start + text.slice(start, end).trimEnd().length;
      const own = this.#measure(text, atoms, start, visible, at);
      if (!isEmpty && taken + own.width > width) close(start);
      if (isEmpty && own.width > width) {
        const cut = this.#cut(text, atoms, { start, end: visible }, width, at);
        ends.push(...cut);
        const from = cut.at(-1) ?? start;
        taken = this.#measure(text, atoms, from, end, at).width;
      } else taken += visible === end ? own.width : this.#measure(text, atoms, start, end, at).width;
      isEmpty = false;
      at = own.at;
      if (isLast) close(end);
    }
    if (!isEmpty) ends.push(text.length);
    return ends;
  }

  /**
   * Where a word that is wider than a line is cut: by the widths of its letters one by one, which are known by then, and
   * where letters are joined and so wider or narrower together, once more by the line as it is.
   */
  #cut(
    text: string,
    atoms: readonly Atom[],
    { start, end }: { start: number; end: number },
    width: number,
    at: number,
  ): number[] {
    const letters = [...this.#graphemes.segment(text.slice(start, end))].map(({ index, segment }) => ({
      from: start + index,
      to: start + index + segment.length,
    }));
    const ends: number[] = [];
    let [first, taken, near] = [0, 0, at];
    for (let index = 0; index < letters.length; index += 1) {
      const letter = letters[index]!;
      const own = this.#measure(text, atoms, letter.from, letter.to, near);
      near = own.at;
      if (taken + own.width > width && index > first) {
        let next = index;
        while (
          next > first + 1 &&
          this.#measure(text, atoms, letters[first]!.from, letters[next]!.from, near).width > width
        )
          next -= 1;
        ends.push(letters[next]!.from);
        [first, taken] = [next, 0];
        index = next - 1;
        continue;
      }
      taken += own.width;
    }
    return ends;
  }

  /** Whether the last line is but a short word. */
  #isWidow(text: string, atoms: readonly Atom[], ends: readonly number[], width: number): boolean {
    const start = ends.at(-2) ?? 0;
    const last = text.slice(start).trim();
    return !last.includes(' ') && this.#measure(text, atoms, start, text.length, 0).width < width * 0.2;
  }

  #evened(
    text: string,
    atoms: readonly Atom[],
    segments: readonly { start: number; end: number; isLast: boolean }[],
    width: number,
    ends: number[],
  ): number[] {
    let [best, low, high] = [ends, width / 2, width];
    for (let turn = 0; turn < 6; turn += 1) {
      const middle = (low + high) / 2;
      const tried = this.#broken(text, atoms, segments, middle);
      if (tried.length > ends.length) low = middle;
      else [best, high] = [tried, middle];
    }
    return best;
  }

  /** How wide a stretch is, and the atom it ends in, where the next look may begin. */
  #measure(
    text: string,
    atoms: readonly Atom[],
    start: number,
    end: number,
    from: number,
  ): { width: number; at: number } {
    let width = 0;
    let at = from;
    while (at > 0 && atoms[at]!.start > start) at -= 1;
    while (at < atoms.length - 1 && atoms[at]!.end <= start) at += 1;
    let last = at;
    for (let index = at; index < atoms.length && atoms[index]!.start < end; index += 1) {
      const atom = atoms[index]!;
      const words = text.slice(Math.max(start, atom.start), Math.min(end, atom.end)).replaceAll('\n', '');
      width += (this.#shape(atom, words).width * atom.words.style.size) / 1000;
      last = index;
    }
    return { width, at: last };
  }

  #shape(atom: Atom, words: string): Shaped {
    const isRtl = atom.level % 2 === 1;
    const turned = isRtl
      ? [...words].map((letter) => this.#bidi.getMirroredCharacter(letter) ?? letter).join('')
      : words;
    return this.#fonts.shape(atom.font, turned, isRtl ? 'rtl' : 'ltr', atom.words.style.isTabular === true);
  }

  #line(
    text: string,
    atoms: readonly Atom[],
    start: number,
    end: number,
    { width, isFromEnd }: { width: number; isFromEnd: boolean },
  ): Line {
    const stop = start + text.slice(start, end).trimEnd().length;
    const own = atoms.filter((atom) => atom.start < stop && atom.end > start);
    const runs: Run[] = [];
    let x = 0;
    // The blank at the end is not seen, but keeps words apart for whoever reads the file without eyes.
    const hasBlank = text[stop] === ' ' && own.every(({ level }) => level === 0);
    for (const atom of reordered(own)) {
      const words = text.slice(Math.max(start, atom.start), Math.min(stop, atom.end)).replaceAll('\n', '');
      const runWidth = (this.#shape(atom, words).width * atom.words.style.size) / 1000;
      const shaped = this.#shape(atom, hasBlank && atom === own.at(-1) ? `${words} ` : words);
      runs.push({ x, width: runWidth, font: atom.font, style: atom.words.style, shaped, words: atom.words });
      x += runWidth;
    }
    if (isFromEnd && Number.isFinite(width)) for (const run of runs) run.x += width - x;
    return { runs, width: x };
  }
}

/** As they are seen: from the highest level down, what stands at it or above it is turned round. */
function reordered(atoms: readonly Atom[]): Atom[] {
  const seen = [...atoms];
  const highest = Math.max(0, ...seen.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1)
    for (let at = 0; at < seen.length; at += 1) {
      if (seen[at]!.level < level) continue;
      let to = at;
      while (to + 1 < seen.length && seen[to + 1]!.level >= level) to += 1;
      seen.splice(at, to - at + 1, ...seen.slice(at, to + 1).reverse());
      at = to;
    }
  return seen;
}

/**
 * In which direction a text as a whole runs: that of its language; without one its first letter's, unless most letters are
 * of words from left to right, as where a sentence of ours begins with somebody's word.
 */
function directionOf(words: readonly Words[], lang: string | null | undefined): 'ltr' | 'rtl' | 'auto' {
  if (lang != null && RTL_LANGS.test(lang)) return 'rtl';
  if (lang !== undefined) return 'auto';
  let [right, all] = [0, 0];
  for (const { text } of words)
    for (const letter of text) {
      if (!/\p{L}/u.test(letter)) continue;
      all += 1;
      if (FROM_RIGHT.test(letter)) right += 1;
    }
  return right * 2 > all ? 'auto' : 'ltr';
}

const isolated = (words: Words): Words =>
  FROM_RIGHT.test(words.text) ? { ...words, text: `\u2068${words.text}\u2069` } : words;

/** Blanks of every kind as blanks, line breaks kept; what is not seen and would only cost a box is left out. */
const cleaned = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
    .replaceAll(/[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, (blank) =>
      blank === '\u00a0' || blank === '\u202f' ? '\u00a0' : ' ',
    )
    .replaceAll(/(?!\n)[\p{Cc}\u00ad\ufeff]/gu, '');
