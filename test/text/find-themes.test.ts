import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { placeDocument } from '../../src/text/place-document.ts';
import type { ThemesResult } from '../../src/text/themes-result.ts';
import { plantedAnswers } from './planted-answers.ts';

const numbered = (texts: readonly string[]) => texts.map((text, i) => ({ id: `a${String(i).padStart(5, '0')}`, text }));
const repeated = (text: string, times: number) => numbered(Array.from({ length: times }, () => text));

/** What holds of every result, whatever was asked. */
function expectSound(result: ThemesResult) {
  expect(result.documents).toHaveLength(result.n);
  expect(result.themes).toHaveLength(result.themesFound);
  expect(result.uncoded).toBe(result.documents.filter(({ theme }) => theme === null).length);
  for (const { confidence, theme } of result.documents) {
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
    if (theme === null) expect(confidence).toBe(0);
  }
  const ids = new Set(result.documents.map(({ id }) => id));
  expect(result.pieces.every(({ documentId, start, end }) => ids.has(documentId) && start < end)).toBe(true);
  result.themes.forEach(({ id, label, words, size, share, repeatability, quotes, place }, i) => {
    expect(id).toBe(`t${i + 1}`);
    expect(size).toBe(result.documents.filter(({ themes }) => themes.some(({ theme }) => theme === id)).length);
    expect(place.every((at) => Math.abs(at) <= 1)).toBe(true);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThanOrEqual(result.themes[i - 1]?.size ?? size);
    expect(share).toBeCloseTo(size / result.n, 12);
    expect(repeatability).toBeGreaterThanOrEqual(0);
    expect(repeatability).toBeLessThanOrEqual(1 + 1e-12);
    expect(label).not.toBe('');
    expect(words.length).toBeGreaterThan(0);
    expect(quotes.length).toBeGreaterThan(0);
  });
}

describe('answers with three planted topics', () => {
  const { documents, topics } = plantedAnswers(240, mulberry32(7));
  const result = findThemes(documents, { themes: 3, seed: 1 });

  test('the topics are found again', () => {
    expectSound(result);
    expect(result.themesFound).toBe(3);
    const themeOf = new Map(result.documents.map(({ id, theme }) => [id, theme ?? 'none']));
    const found = documents.map(({ id }) => themeOf.get(id)!);
    expect(adjustedRandIndex(topics, found)).toBeGreaterThan(0.8);
    expect(result.reason).toBeUndefined();
  });

  test('the number of topics is found without being told', () => {
    const auto = findThemes(documents, { themes: 'auto', seed: 1 });
    expectSound(auto);
    expect(auto.themesFound).toBeGreaterThanOrEqual(3);
    expect(auto.themesFound).toBeLessThanOrEqual(6);
    expect(Math.max(...auto.candidates.map(({ themes }) => themes))).toBeGreaterThanOrEqual(auto.themesFound);
  });

  test('well separated topics come out solid and with words of their own', () => {
    expect(result.themes.map(({ band }) => band)).toEqual(['solid', 'solid', 'solid']);
    expect(new Set(result.themes.flatMap(({ words }) => words)).size).toBe(18);
    expect(result.themes.every(({ label, words }) => label === words.slice(0, 3).join(', '))).toBe(true);
  });

  test('each theme has at least five quotes, all of different wording', () => {
    const textOf = new Map(documents.map(({ id, text }) => [id, text]));
    for (const { quotes } of result.themes) {
      expect(quotes.length).toBeGreaterThanOrEqual(5);
      expect(new Set(quotes.map(({ documentId }) => textOf.get(documentId))).size).toBe(quotes.length);
    }
  });

  test('the same seed gives the same result in whatever order the answers come', () => {
    const mixed = findThemes(shuffled(documents, mulberry32(3)), { themes: 3, seed: 1 });
    expect(mixed).toEqual(result);
    expect(findThemes(Object.freeze(documents), { themes: 3, seed: 1 })).toEqual(result);
  });

  test('progress never goes back and ends at the end', () => {
    const heard: number[] = [];
    findThemes(documents, { themes: 'auto', seed: 1, onProgress: (_, done) => heard.push(done) });
    expect(heard.length).toBeGreaterThan(10);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.at(-1)).toBe(1);
  });

  test('a new answer is placed with its like, before and after the model has been stored', () => {
    const themeOf = new Map(result.documents.map(({ id, theme }) => [id, theme]));
    const parking = themeOf.get(documents[topics.indexOf('parking')]!.id);
    const placed = placeDocument(result.model!, 'The garage is full and cars circle for a parking spot');
    expect(placed.theme).toBe(parking);
    expect(placed.confidence).toBeGreaterThan(0.5);
    expect(placeDocument(structuredClone(result.model!), 'parking garage')).toEqual(
      placeDocument(result.model!, 'parking garage'),
    );
    expect(placeDocument(result.model!, 'qwertz')).toEqual({ theme: null, confidence: 0 });
  });
});

describe('what cannot answer', () => {
  test.each([0, 1, 2, 10])('%i answers give no error and a reason', (n) => {
    const { documents } = plantedAnswers(n, mulberry32(1));
    for (const themes of ['auto', 5] as const) {
      const result = findThemes(documents, { themes, seed: 1 });
      expectSound(result);
      expect(result.n).toBe(n);
      expect(result.reason).toMatch(/\.$/);
      expect(result.model).toBeNull();
    }
  });

  test('identical answers are one group', () => {
    const result = findThemes(repeated('too expensive for me', 200), { themes: 'auto', seed: 1 });
    expectSound(result);
    expect(result.themes).toMatchObject([{ size: 200, share: 1, label: 'expensive' }]);
    expect(result.reason).toContain('wording');
  });

  test.each(['', '   \n', 'the and of it'])('fifty times %j leaves all without a theme', (text) => {
    const result = findThemes(repeated(text, 50), { themes: 'auto', seed: 1 });
    expectSound(result);
    expect(result).toMatchObject({ themesFound: 0, uncoded: 50 });
    expect(result.reason).toBe('None of the answers holds a word to work with.');
  });

  test('answers that share no word are not forced into themes', () => {
    const texts = Array.from({ length: 200 }, (_, i) => `qx${i}zz wq${i}vv`);
    const result = findThemes(numbered(texts), { themes: 'auto', seed: 1 });
    expectSound(result);
    expect(result).toMatchObject({ themesFound: 0, uncoded: 200 });
    expect(result.reason).toContain('share');
  });

  test('gibberish among answers stays without a theme and does not disturb the others', () => {
    const { documents } = plantedAnswers(150, mulberry32(5));
    const gibberish = Array.from({ length: 150 }, (_, i) => ({ id: `z${i}`, text: `qx${i}zz wq${i}vv` }));
    const result = findThemes([...documents, ...gibberish], { themes: 3, seed: 1 });
    expectSound(result);
    const without = new Set(result.documents.filter(({ theme }) => theme === null).map(({ id }) => id));
    expect(gibberish.every(({ id }) => without.has(id))).toBe(true);
    expect(without.size).toBeLessThan(160);
  });

  test('more themes than there are come back as those that exist, with a word about it', () => {
    const { documents } = plantedAnswers(60, mulberry32(2));
    const result = findThemes(documents, { themes: 1000, seed: 1 });
    expectSound(result);
    expect(result.themesFound).toBeLessThanOrEqual(60);
    expect(result.reason).toContain('1000');
  });

  test('a single theme can be asked for', () => {
    const result = findThemes(plantedAnswers(60, mulberry32(2)).documents, { themes: 1, seed: 1 });
    expectSound(result);
    expect(result.themesFound).toBe(1);
  });

  test('a word that most answers say is kept where it is all an answer says', () => {
    const texts = Array.from({ length: 100 }, (_, i) => (i < 60 ? 'price' : ['slow delivery', 'rude staff'][i % 2]!));
    const varied = texts.map((text, i) => (i % 10 === 0 ? `${text} today` : text));
    const result = findThemes(numbered(varied), { themes: 3, seed: 1 });
    expectSound(result);
    expect(result.uncoded).toBe(0);
  });
});

describe('hostile texts', () => {
  test.each([
    ['sentences without blanks', 'a.b. '.repeat(4000)],
    ['one endless token', 'x'.repeat(20_000)],
    ['one word over and over', 'price '.repeat(4000)],
    ['half characters', '\ud800\udc00\ud800 price '.repeat(1000)],
  ])('%s are read in good time', (_, text) => {
    const { documents } = plantedAnswers(60, mulberry32(2));
    const began = performance.now();
    expectSound(findThemes([...documents, { id: 'hostile', text }], { themes: 'auto', seed: 1 }));
    expectSound(findThemes(repeated(text, 20), { themes: 'auto', seed: 1 }));
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('whatever is said, the result is sound and does not depend on the order', () => {
    const word = fc.constantFrom('price', 'prices', 'slow', 'staff', 'not', '👍', '产品', 'the', 'x', "don't", 'café');
    const text = fc.oneof(
      fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const asked = fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), asked, fc.integer(), (texts, themes, seed) => {
        const documents = numbered(texts);
        const result = findThemes(documents, { themes, seed });
        expectSound(result);
        expect(findThemes(documents.toReversed(), { themes, seed })).toEqual(result);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

test('quotes are exact slices of what was said, in code points', () => {
  const { documents } = plantedAnswers(90, mulberry32(4));
  const lengthened = (text: string) =>
    `  😀 Hm. ${'At all, 𝒜. '.repeat(24)}Then: ${text.replace(/[.?!]/g, ',')} 👩‍💻! Well, 😀.`;
  const long = documents.map(({ id, text }, i) => ({
    id,
    text: i % 3 === 0 ? lengthened(text) : `😀 ${text}\n`,
  }));
  const result = findThemes(long, { themes: 3, seed: 1 });
  const textOf = new Map(long.map(({ id, text }) => [id, text]));
  let sentences = 0;
  for (const { documentId, start, end } of result.themes.flatMap(({ quotes }) => quotes)) {
    const text = textOf.get(documentId)!;
    const points = Array.from(text);
    expect(end).toBeLessThanOrEqual(points.length);
    const quote = points.slice(start, end).join('');
    expect(quote.length).toBeGreaterThan(0);
    expect(text).toContain(quote);
    expect(quote).toBe(quote.trim());
    expect(quote.isWellFormed()).toBe(true);
    if (points.length < 240) expect(quote).toBe(text.trim());
    else {
      sentences++;
      expect(quote).toMatch(/^Then: .* 👩‍💻! Well, 😀\.$/);
    }
  }
  expect(sentences).toBeGreaterThan(0);
});

test('stop words can be given', () => {
  const texts = Array.from(
    { length: 40 },
    (_, i) => ['le prix est haut', 'la livraison est lente'][i % 2]! + [' ici', '', ' trop'][i % 3],
  );
  const french = findThemes(numbered(texts), { themes: 2, seed: 1, language: 'fr', stopWords: ['prix', 'livraison'] });
  expectSound(french);
  expect(french.themes.flatMap(({ words }) => words)).not.toContain('prix');
  expect(french.themes.flatMap(({ words }) => words)).toContain('le');
});

test('English is read as English, of whatever country and whatever was told', () => {
  const { documents } = plantedAnswers(30, mulberry32(1));
  const themesIn = (language: string) => findThemes(documents, { themes: 3, seed: 1, language });
  expect(themesIn('en-GB')).toEqual(themesIn('en'));
  expect(themesIn('de')).toEqual(themesIn('en'));
});

test('wrong calls are refused', () => {
  const documents = numbered(['price', 'staff']);
  expect(() => findThemes([...documents, documents[0]!], { themes: 2, seed: 1 })).toThrow(RangeError);
  for (const themes of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => findThemes(documents, { themes, seed: 1 })).toThrow(RangeError);
  }
  expect(() => findThemes(documents, { themes: 2, seed: 0.5 })).toThrow(RangeError);
});
