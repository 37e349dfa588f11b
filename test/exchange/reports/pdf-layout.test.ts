import { createRequire } from 'node:module';
import LineBreaker from 'linebreak';
import { expect, test } from 'vitest';
import { flowInColumns } from '../../../src/exchange/reports/pdf-columns.ts';
import { type EmbeddedFont, PdfFonts } from '../../../src/exchange/reports/pdf-fonts.ts';
import { LineSetter, type Words } from '../../../src/exchange/reports/pdf-lines.ts';
import { held, Pager, type Slab } from '../../../src/exchange/reports/pdf-slabs.ts';

const makeBidi = createRequire(import.meta.url)('bidi-js') as () => ConstructorParameters<typeof LineSetter>[1];

/** Letters of half their size, all alike; glyphs are their code points. */
const face = (has: RegExp, onLayout: (text: string) => void, glyphs: number[] = []): EmbeddedFont => ({
  id: String(has),
  scale: 1,
  font: {
    hasGlyphForCodePoint: (codePoint) => has.test(String.fromCodePoint(codePoint)),
    layout(text, _features, _script, _language, direction) {
      onLayout(text);
      const letters = [...text];
      if (direction === 'rtl') letters.reverse();
      const glyphs = letters.map((letter) => ({
        id: letter.codePointAt(0)!,
        advanceWidth: 500,
        codePoints: [letter.codePointAt(0)!],
      }));
      return { glyphs, positions: glyphs.map(() => ({ xAdvance: 500, xOffset: 0, yOffset: 0 })) };
    },
  },
  subset: { glyphs, includeGlyph: (id) => (glyphs.includes(id) ? glyphs.indexOf(id) : glyphs.push(id) - 1) },
  widths: [],
  unicode: [],
  ref: () => null,
});
const LETTERS: Record<string, RegExp> = {
  Inter: /[\u0020-\u024f\u2010-\u2026]/,
  'Noto Sans Arabic': /[ \u0600-\u06ff]/,
  'Noto Sans Hebrew': /[ \u0590-\u05ff]/,
};
function setter(onLayout: (text: string) => void = () => {}) {
  const cuts = Object.keys(LETTERS).map((family) => ({
    family,
    weight: 400,
    isItalic: false,
    data: new Uint8Array(),
    path: '',
  }));
  const fonts = new PdfFonts(cuts, ({ family }) => face(LETTERS[family]!, onLayout));
  return { fonts, lines: new LineSetter(fonts, makeBidi(), (text) => new LineBreaker(text)) };
}
const words = (text: string): Words[] => [{ text, style: { face: 'sans', weight: 400, size: 10, ink: '#000000' } }];
/** What is seen from left to right. */
const seen = (set: ReturnType<LineSetter['set']>): string[] =>
  set.lines.map(({ runs }) =>
    runs
      .flatMap(({ font, shaped }) =>
        shaped.shows.flatMap(({ array }) =>
          [...array.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex]) =>
            (hex!.match(/.{4}/g) ?? []).map((id) => String.fromCodePoint(...font.unicode[Number.parseInt(id, 16)]!)),
          ),
        ),
      )
      .join('')
      .trim(),
  );

test('lines are no wider than their column, whatever the words', () => {
  const { lines } = setter();
  const set = lines.set(words('They left a Kraftfahrzeughaftpflichtversicherungsgesellschaft within two years'), 100);
  for (const { width } of set.lines) expect(width).toBeLessThanOrEqual(100);
  expect(seen(set).join('').replaceAll(' ', '')).toBe(
    'TheyleftaKraftfahrzeughaftpflichtversicherungsgesellschaftwithintwoyears',
  );
});

test('a word of very many letters is shaped in pieces, a few times over and not once for each length that is tried', () => {
  let letters = 0;
  let longest = 0;
  const { lines } = setter((text) => {
    letters += text.length;
    longest = Math.max(longest, text.length);
  });
  const word = Array.from({ length: 20_000 }, (_, at) => 'abcdefghijklmnopqrstuvwxyz'[(at * at) % 26]).join('');
  const set = lines.set(words(word), 100);
  expect(seen(set).join('')).toBe(word);
  for (const { width } of set.lines) expect(width).toBeLessThanOrEqual(100);
  expect(longest).toBeLessThanOrEqual(80);
  expect(letters).toBeLessThan(word.length * 4);
});

test('a word from right to left in a sentence of ours leaves brackets and numbers after it where they are', () => {
  const set = setter().lines.set([...words('אבג'), ...words(' (12 of others) 7')], 400);
  expect(set.isRtl).toBe(false);
  expect(seen(set)).toEqual(['גבא (12 of others) 7']);
});

test('a line break that was said is kept', () => {
  expect(seen(setter().lines.set(words('one\ntwo\r\nthree'), 400))).toEqual(['one', 'two', 'three']);
});

test('the last line is no lone short word where the others have room to give', () => {
  const { lines } = setter();
  const set = lines.set(
    words('aaaa bbbb cccc dddd eeee ffff gggg hhhh aaaa bbbb cccc dddd eeee ffff gggg hhhh a'),
    200,
  );
  expect(seen(set).at(-1)).not.toBe('a');
});

test('a heading is set in lines of about the same length', () => {
  const { lines } = setter();
  const [first, second] = lines.set(words('aaaa bbbb cccc dddd eeee ff'), 120, { shape: 'even' }).lines;
  expect(Math.abs(first!.width - second!.width)).toBeLessThan(30);
});

test('words from right to left begin at the right, numbers and Latin words in them run on as they are', () => {
  const { lines } = setter();
  const set = lines.set(words('אבג (12) xyz דה'), 200, { lang: 'he' });
  expect(set.isRtl).toBe(true);
  expect(seen(set)).toEqual(['הד xyz (12) גבא']);
  const { runs, width } = set.lines[0]!;
  expect(runs[0]!.x).toBeCloseTo(200 - width, 6);
});

test('words from right to left within a sentence leave its order alone', () => {
  const set = setter().lines.set(words('he said אבג גד to me'), 400);
  expect(set.isRtl).toBe(false);
  expect(seen(set)).toEqual(['he said דג גבא to me']);
});

test('each letter is set in the typeface that has it, and what none has is named once', () => {
  const { fonts, lines } = setter();
  const set = lines.set(words('a ب ש 好好'), 400);
  expect(new Set(set.lines[0]!.runs.map(({ font }) => font.id)).size).toBe(3);
  expect([...fonts.missing]).toEqual(['好']);
});

const slab = (height: number, more: Partial<Slab> = {}): Slab => ({ height, gap: 0, hold: 0, ops: [], ...more });
const named = (name: string, height: number, more: Partial<Slab> = {}): Slab =>
  slab(height, { ...more, ops: [{ kind: 'place', name, y: 0 }] });
const pager = () => new Pager({ top: 0, bottom: 100 });
const start = { page: 0, y: 0 };

test('what holds together goes to the next page together', () => {
  const made = pager();
  made.flow([slab(82), ...held([named('a', 15), named('b', 20)], 1)], made.column(0, start));
  expect([made.places.get('a'), made.places.get('b')]).toEqual([1, 1]);
});

test('no more than a fifth of a page is left empty for something to stay whole that may be cut', () => {
  const made = pager();
  made.flow([slab(70), ...held([named('a', 20), named('b', 20)], 1)], made.column(0, start));
  expect([made.places.get('a'), made.places.get('b')]).toEqual([0, 1]);
});

test('a heading goes with what it heads, and stays where there is room for both', () => {
  const made = pager();
  made.flow([slab(75), named('heading', 15, { hold: 2 }), named('text', 30)], made.column(0, start));
  expect(made.places.get('heading')).toBe(1);
  const roomy = pager();
  roomy.flow([slab(50), named('heading', 15, { hold: 2 }), named('text', 30)], roomy.column(0, start));
  expect(roomy.places.get('heading')).toBe(0);
});

test('what is longer than a page is cut, and nothing of it lost', () => {
  const made = pager();
  const many = Array.from({ length: 30 }, (_, at) => named(`line-${at}`, 12, { hold: 2 }));
  made.flow([slab(10), ...many], made.column(0, start));
  expect(made.places.size).toBe(30);
  for (const { placed } of made.pages) for (const { y } of placed) expect(y).toBeLessThanOrEqual(88);
});

test('rows that begin a page stand below the head of their table', () => {
  const made = pager();
  const header = { height: 10, ops: [{ kind: 'place' as const, name: 'again', y: 0 }] };
  made.flow(
    Array.from({ length: 9 }, (_, at) => named(`row-${at}`, 20, { header })),
    made.column(0, start),
  );
  expect(made.pages).toHaveLength(3);
  expect(made.pages[1]!.placed[0]!.ops).toEqual(header.ops);
  expect(made.pages[1]!.placed[1]!.y).toBe(10);
});

test('columns run on beside each other, and what follows stands below the longer', () => {
  const made = new Pager({ top: 0, bottom: 200 });
  const columns = { left: [named('left', 30)], right: [slab(180), named('right', 50)], rightX: 40 };
  made.flow([slab(10), slab(0, { columns }), named('after', 20)], made.column(0, start));
  expect(made.places.get('left')).toBe(0);
  expect(made.places.get('right')).toBe(1);
  const after = made.pages[1]!.placed.find(({ ops }) => ops[0]?.kind === 'place' && ops[0].name === 'after');
  expect(after).toMatchObject({ x: 0, y: 50 });
});

test('a part begins a page where the report says so, unless that would leave much of one white', () => {
  const made = pager();
  const part = slab(0, { isFirst: true });
  made.flow([part, named('a', 70), part, named('b', 10), part, named('c', 10)], made.column(0, start));
  expect(['a', 'b', 'c'].map((name) => made.places.get(name))).toEqual([0, 1, 1]);
  expect(made.pages[1]!.placed.at(-1)!.y).toBeGreaterThan(20);
});

test('two columns that are low stay on one page, and their heading with them', () => {
  const made = pager();
  const columns = { left: [named('left', 10), slab(10)], right: [named('right', 10), slab(10)], rightX: 40 };
  made.flow([slab(70), named('heading', 5, { hold: 2 }), slab(0, { columns })], made.column(0, start));
  expect(['heading', 'left', 'right'].map((name) => made.places.get(name))).toEqual([0, 0, 0]);
  const full = pager();
  full.flow([slab(80), named('heading', 5, { hold: 2 }), slab(0, { columns })], full.column(0, start));
  expect(['heading', 'left', 'right'].map((name) => full.places.get(name))).toEqual([1, 1, 1]);
});

test('two columns are read one after the other on every page, and end at about the same height on the last', () => {
  const made = pager();
  const many = Array.from({ length: 26 }, (_, at) => named(`source-${at}`, 10));
  flowInColumns(made, many, { page: 0, y: 50 }, { xs: [0, 50], top: 0, bottom: 100 });
  expect(made.places.size).toBe(26);
  const order = made.pages.flatMap(({ placed }) =>
    placed.flatMap(({ ops }) => ops.map((op) => (op.kind === 'place' ? op.name : ''))),
  );
  expect(order).toEqual(many.map(({ ops }) => (ops[0] as { name: string }).name));
  expect(made.pages).toHaveLength(2);
  const last = made.pages[1]!.placed;
  expect(last.filter(({ x }) => x === 0)).toHaveLength(8);
  expect(last.filter(({ x }) => x === 50)).toHaveLength(8);
});

test('an entry that is higher than a page is set all the same', () => {
  const made = pager();
  flowInColumns(made, [named('a', 10), named('b', 300), named('c', 10)], start, { xs: [0, 50], top: 0, bottom: 100 });
  expect([...made.places.keys()].sort()).toEqual(['a', 'b', 'c']);
});
