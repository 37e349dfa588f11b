import { expect, test } from 'vitest';
import { plainReading, tokens } from '../../src/text/tokens.ts';

const words = (text: string) => tokens(text).map(({ word }) => word);

test('stop words and single letters are left out, endings are taken off', () => {
  expect(words('I was connecting the printers')).toEqual(['connect', 'printer']);
  expect(words('x y z 5')).toEqual([]);
});

test('words that carry meaning are never stop words', () => {
  const meant = ['not', 'no', 'never', 'value', 'work', 'important', 'good', 'bad', 'price'];
  for (const word of meant) expect(words(word), word).toHaveLength(1);
});

test('c++, c# and contractions stay one word, a possessive loses its ending', () => {
  expect(words("C++ isn't C#")).toEqual(['c++', "isn't", 'c#']);
  expect(words("Peter's Peter’s")).toEqual(['peter', 'peter']);
  expect(words("it's that's")).toEqual([]);
});

test('curly and straight apostrophes are the same, and so are wide and narrow letters', () => {
  expect(words('don’t')).toEqual(["don't"]);
  expect(words('ＰＲＩＣＥ')).toEqual(words('price'));
});

test('composed and decomposed accents make the same word', () => {
  expect(words('cafe\u0301')).toEqual(words('café'));
});

test('emoji are words whatever their skin tone, families and flags stay whole', () => {
  expect(words('👍🏽 👍')).toEqual(['👍', '👍']);
  expect(words('👨‍👩‍👧🇩🇪')).toEqual(['👨‍👩‍👧', '🇩🇪']);
  expect(words('→ © ®')).toEqual([]);
});

test('scripts written without spaces are cut into words', () => {
  expect(words('我喜欢这个产品')).toEqual(['我', '喜欢', '这个', '产品']);
  expect(words('ฉันชอบผลิตภัณฑ์นี้').length).toBeGreaterThan(2);
});

test('other languages keep all their words whole', () => {
  expect(tokens('Les employés travaillent', plainReading).map(({ word }) => word)).toEqual([
    'les',
    'employés',
    'travaillent',
  ]);
});

test('places are code points of the original text', () => {
  const text = "𝒜 👩‍💻👩‍💻 don’t ＰＲＩＣＥ 产品好 cafe\u0301 Anna's";
  const points = Array.from(text);
  const said = tokens(text).map(({ start, end }) => points.slice(start, end).join(''));
  expect(said).toEqual(['👩‍💻', '👩‍💻', 'don’t', 'ＰＲＩＣＥ', '产品', '好', 'cafe\u0301', "Anna's"]);
});

test('a text in ASCII is read as it is beside other letters', () => {
  const text = "Anna's C++ (isn't) x-ray 5 o'clock's ##a1# ''b's'c 'tis. e-mail";
  expect(tokens(`${text} été`).slice(0, -1)).toEqual(tokens(text));
});

test('an endless word is cut and does not hold up the rest', () => {
  const [word, next] = words(`${'ab'.repeat(10_000)} price`);
  expect(word).toHaveLength(64);
  expect(next).toBe('price');
});

test.each(['a.b. ', 'e\u0301', "a'", '👍🏽', '好', 'a+#', '\ud800', 'ﷺ'])(
  'time grows with length only for %j',
  (unit) => {
    const began = performance.now();
    tokens(unit.repeat(40_000));
    expect(performance.now() - began).toBeLessThan(2000);
  },
);
