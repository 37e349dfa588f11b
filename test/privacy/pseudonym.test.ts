import { expect, test } from 'vitest';
import { maskText } from '../../src/privacy/mask-text.ts';
import { pseudonym } from '../../src/privacy/pseudonym.ts';
import { suggestNames } from '../../src/privacy/suggest-names.ts';

const key = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);

test('the same name has the same word, however it is written', () => {
  const word = pseudonym(key, 'name', 'Zoë  Müller');
  expect(word).toMatch(/^\[Person [2-9A-HJKMNP-Z]{4}\]$/);
  expect(pseudonym(key, 'name', 'ZOE MULLER')).toBe(word);
  expect(pseudonym(key, 'name', 'Zoë Maier')).not.toBe(word);
});

test('another key or kind gives another word, and what is no name has none', () => {
  expect(pseudonym(other, 'name', 'Zoë')).not.toBe(pseudonym(key, 'name', 'Zoë'));
  expect(pseudonym(key, 'place', 'Paris')?.replace('Place', 'Person')).not.toBe(pseudonym(key, 'name', 'Paris'));
  for (const kind of ['email', 'phone', 'iban', 'masked'] as const) expect(pseudonym(key, kind, 'x')).toBeNull();
});

test('five hundred names share hardly a word', () => {
  const words = new Set(Array.from({ length: 500 }, (_, at) => pseudonym(key, 'name', `Name ${at}`)));
  expect(words.size).toBeGreaterThanOrEqual(498);
});

test('a pseudonym stands in the text instead of the plain mask', () => {
  expect(maskText('Ask 😀 Zoë now', [{ start: 6, end: 9, kind: 'name', instead: '[Person 7F3K]' }])).toBe(
    'Ask 😀 [Person 7F3K] now',
  );
});

test('names of speakers and given names within sentences are suggested, in code points', () => {
  const text = '😀 Then Jonas called, and Weber too.';
  const words = suggestNames(text, ['Anna Weber', 'Interviewer', 'P07']).map(({ start, end }) =>
    [...text].slice(start, end).join(''),
  );
  expect(words).toEqual(['Jonas', 'Weber']);
});

test('parts, numbers and small letters are no names', () => {
  expect(suggestNames('The interviewer asked, speaker 2 said mark it', ['Interviewer', 'Speaker 2', 'P07'])).toEqual(
    [],
  );
});
