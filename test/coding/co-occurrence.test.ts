import { expect, test } from 'vitest';
import { coOccurrence } from '../../src/coding/co-occurrence.ts';

const coding = (code: number, text: string, start: number, end: number, subject = text) => ({
  code,
  text,
  subject,
  start,
  end,
});

test('words are together where they overlap by a letter, not where they only touch', () => {
  const codings = [coding(1, 't', 0, 5), coding(2, 't', 5, 9), coding(3, 't', 4, 6), coding(1, 'u', 0, 9)];
  expect(coOccurrence(codings, 'words')).toEqual([
    { one: 2, other: 3, both: 1, coefficient: 1 },
    { one: 1, other: 3, both: 1, coefficient: 1 / 2 },
  ]);
});

test('a text counts once however often its codes stand in it', () => {
  const codings = [coding(1, 't', 0, 2), coding(1, 't', 3, 5), coding(2, 't', 6, 8), coding(2, 'u', 0, 2)];
  expect(coOccurrence(codings, 'text')).toEqual([{ one: 1, other: 2, both: 1, coefficient: 1 / 2 }]);
});

test('a person counts once, over all they said', () => {
  const codings = [coding(1, 't', 0, 2, 'talk'), coding(2, 'u', 0, 2, 'form'), coding(2, 'v', 0, 2, 'other')];
  expect(coOccurrence(codings, 'person')).toEqual([]);
  const whose = (subject: string) => (subject === 'other' ? 'Bo' : 'Ada');
  expect(coOccurrence(codings, 'person', whose)).toEqual([{ one: 1, other: 2, both: 1, coefficient: 1 / 2 }]);
});

test('the order of codings changes nothing', () => {
  const codings = [coding(1, 't', 0, 9), coding(2, 't', 2, 4), coding(3, 't', 3, 8), coding(2, 'u', 0, 1)];
  for (const nearness of ['words', 'text', 'person'] as const)
    expect(coOccurrence(codings.toReversed(), nearness)).toEqual(coOccurrence(codings, nearness));
});
