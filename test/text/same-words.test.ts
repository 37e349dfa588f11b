import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { foldSpellings } from '../../src/text/fold-spellings.ts';
import { placeDocument } from '../../src/text/place-document.ts';
import { readingOf } from '../../src/text/readings.ts';
import { suggestSameWords } from '../../src/text/suggest-same-words.ts';
import { englishReading, tokens } from '../../src/text/tokens.ts';
import { readVocabulary } from '../../src/text/vocabulary.ts';

const numbered = (texts: readonly string[]) => texts.map((text, i) => ({ id: `a${String(i).padStart(5, '0')}`, text }));
const plan = { language: 'en', stopWords: null, leftOut: [], sameWords: [], folded: [] };

/** Half of the answers praise a price in one of two words that never meet; the other half is about staff. */
const random = mulberry32(5);
const pick = (words: string) => words.split(' ')[Math.floor(random() * words.split(' ').length)]!;
const texts = Array.from({ length: 240 }, (_, i) => {
  if (i % 2 === 0) return `${pick('friendly rude helpful')} ${pick('staff waiter clerk')} ${pick('counter desk door')}`;
  return i % 4 === 1 ? `cheap ${pick('ticket fare')}` : `really low cost ${pick('meal snack')}`;
});

describe('words read as one', () => {
  const told = { themes: 2, seed: 1, sameWords: [['cheap', 'low cost']] } as const;

  test('bring answers together that share no other word', () => {
    const together = (sameWords: readonly (readonly string[])[]) => {
      const { documents } = findThemes(numbered(texts), { themes: 3, seed: 1, sameWords });
      const of = (kind: number) => documents.filter((_, i) => i % 4 === kind).map(({ theme }) => theme);
      return new Set([...of(1), ...of(3)]).size;
    };
    expect(together([])).toBeGreaterThan(1);
    const { documents } = findThemes(numbered(texts), told);
    expect(new Set(documents.filter((_, i) => i % 2 === 1).map(({ theme }) => theme)).size).toBe(1);
  });

  test('are one token where they are a phrase, at its place in the text, and a part of it stays what it is', () => {
    const reading = readingOf({ ...plan, sameWords: [['cheap', 'low cost']] });
    const text = 'Very low costs, low quality, cheaply';
    expect(tokens(text, reading).map(({ word, start, end }) => [word, text.slice(start, end)])).toEqual([
      ['cheap', 'low costs'],
      ['low', 'low'],
      ['qualiti', 'quality'],
      ['cheapli', 'cheaply'],
    ]);
  });

  test('stay so when new answers are placed', () => {
    const { model, documents } = findThemes(numbered(texts), told);
    const price = documents[1]!.theme;
    expect(placeDocument(structuredClone(model!), 'low cost').theme).toBe(price);
    expect(placeDocument(structuredClone(model!), 'cheap').theme).toBe(price);
  });
});

test('words left out are not seen, in whatever form', () => {
  const all = numbered(texts.map((text) => `${text} survey`));
  const { themes, model } = findThemes(all, { themes: 3, seed: 1, leftOutWords: ['Surveys', 'staff'] });
  const words = themes.flatMap((theme) => theme.words);
  expect(words).not.toContain('survey');
  expect(words).not.toContain('staff');
  expect(placeDocument(model!, 'survey staff').theme).toBeNull();
});

describe('slips of the pen', () => {
  const fold = (rare: string, usual: string) => {
    const all = [...Array.from({ length: 20 }, () => `${usual} garage`), `${rare} garage`];
    return foldSpellings(readVocabulary(all, englishReading)).folded;
  };
  test.each([
    ['parkng', 'parking'],
    ['manger', 'manager'],
    ['canteeen', 'canteen'],
    ['delivrey', 'delivery'],
  ])('“%s” is read as “%s”', (rare, usual) => expect(fold(rare, usual)).toHaveLength(1));

  test.each([
    ['cot', 'cat'],
    ['barking', 'parking'],
    ['parks2', 'parks1'],
    ['delivered', 'delicate'],
  ])('“%s” is not read as “%s”', (rare, usual) => expect(fold(rare, usual)).toEqual([]));

  test('a word said often is nobody’s slip', () => {
    const all = [...Array.from({ length: 20 }, () => 'manager'), ...Array.from({ length: 20 }, () => 'manger')];
    expect(foldSpellings(readVocabulary(all, englishReading)).folded).toEqual([]);
  });
});

describe('words that may mean the same', () => {
  test('are found in a dictionary', async () => {
    const words = ['cheap', 'staff', 'costly', 'car', 'inexpensive', 'expensive', 'automobile', 'parking', 'cars'];
    expect(await suggestSameWords(words)).toEqual([
      ['cheap', 'inexpensive'],
      ['car', 'automobile'],
    ]);
  });

  test('none come of nothing, of one word, of its forms, of small words or of what is no English word', async () => {
    expect(await suggestSameWords([])).toEqual([]);
    expect(await suggestSameWords(['cheap', 'cheap'])).toEqual([]);
    expect(await suggestSameWords(['say', 'says', 'but', 'only'])).toEqual([]);
    expect(await suggestSameWords(['预算', '../../etc', 'qxzvb', 'x'.repeat(5000)])).toEqual([]);
  });
});
