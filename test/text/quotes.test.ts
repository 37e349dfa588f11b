import { expect, test } from 'vitest';
import { themeKeywords } from '../../src/text/keywords.ts';
import { bestStretch, scoreOf } from '../../src/text/quotes.ts';
import { tokens } from '../../src/text/tokens.ts';
import { countWords } from '../../src/text/word-counts.ts';

const weights = new Map([
  ['price', 2],
  ['high', 1],
]);
const weightOf = (word: string) => weights.get(word) ?? 0;
const quote = (text: string) => {
  const { start, end } = bestStretch(text, tokens(text), weightOf);
  return Array.from(text).slice(start, end).join('');
};

test('a short text is quoted whole, without the blanks around it', () => {
  expect(quote(' \n The staff. The price!  ')).toBe('The staff. The price!');
});

test('of a long text the sentence that says most is quoted', () => {
  const filler = 'The weather was fine on that day 😀. '.repeat(10);
  expect(quote(`${filler}The price is too high! ${filler}`)).toBe('The price is too high!');
});

test('of an endless sentence the heaviest run of words is quoted', () => {
  const filler = '😀 weather '.repeat(200);
  const said = quote(`${filler}price high ${filler}`);
  expect(said).toContain('price high');
  expect(Array.from(said).length).toBeLessThanOrEqual(240);
});

test('a text without words gives a slice of itself', () => {
  expect(quote('. '.repeat(300).trim()).length).toBeGreaterThan(0);
  expect(quote('')).toBe('');
});

test('saying a word twice says no more', () => {
  const once = scoreOf(tokens('price staff'), weightOf);
  expect(scoreOf(tokens('price price'), weightOf)).toBe(once);
});

test('keywords are those a theme has and others have not', () => {
  // Theme 0 says 0 and 2, theme 1 says 1 and 2; word 3 is said once.
  const counts = countWords(Int32Array.of(0, 2, 4, 6, 9), Int32Array.of(0, 2, 0, 2, 1, 2, 1, 2, 3), 4);
  const [first, second] = themeKeywords(counts, Int32Array.of(0, 0, 1, 1), 2);
  expect(first!.words).toEqual([0, 2]);
  expect(second!.words).toEqual([1, 2]);
  // Half of the pairs of theme 0, ln(1 + 4.5 mean pairs / 2 documents).
  expect(first!.weights.get(0)).toBeCloseTo(0.5 * Math.log(1 + 4.5 / 2), 12);
});

test('a theme whose words are all said once still has keywords', () => {
  const counts = countWords(Int32Array.of(0, 1, 2), Int32Array.of(0, 1), 2);
  const [only] = themeKeywords(counts, Int32Array.of(0, 0), 1);
  expect(only!.words).toEqual([0, 1]);
});
