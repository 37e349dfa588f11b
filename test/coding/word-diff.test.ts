import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from '../../src/coding/offset-map.ts';
import { diffPieces, wordDiff } from '../../src/coding/word-diff.ts';

const words = fc
  .array(fc.constantFrom('I', 'was', 'stuck', 'in', '😀', '𝔘ber', ' ', ' ', '\n', '.'), { maxLength: 30 })
  .map((parts) => parts.join(''));

test('the edits make the one text of the other, whatever the texts', () => {
  fc.assert(
    fc.property(words, words, (before, after) => {
      expect(applyEdits(before, wordDiff(before, after))).toBe(after);
    }),
    { numRuns: 1_000 },
  );
});

test('only what differs is an edit: a word put right leaves all others alone', () => {
  expect(wordDiff('I was stuk in teh 😀 lift.', 'I was stuck in the 😀 lift.')).toEqual([
    { start: 6, end: 10, text: 'stuck' },
    { start: 14, end: 17, text: 'the' },
  ]);
  expect(wordDiff('a b', 'a really b')).toEqual([{ start: 2, end: 2, text: 'really ' }]);
  expect(wordDiff('same', 'same')).toEqual([]);
  expect(wordDiff('', 'new')).toEqual([{ start: 0, end: 0, text: 'new' }]);
});

test('a word that is put right is told apart from words that went beside it', () => {
  expect(wordDiff('Nobody came for an hour.', 'For an hour.')).toEqual([
    { start: 0, end: 12, text: '' },
    { start: 12, end: 15, text: 'For' },
  ]);
  expect(wordDiff('I was stuk badly', 'I was stuck')).toEqual([
    { start: 6, end: 10, text: 'stuck' },
    { start: 10, end: 16, text: '' },
  ]);
  expect(wordDiff('it was cold', 'it was bleak')).toEqual([{ start: 7, end: 11, text: 'bleak' }]);
});

test('texts without a word in common become one edit, in reasonable time however long', () => {
  const long = (letter: string) => Array.from({ length: 20_000 }, (_, at) => `${letter}${at}`).join(' ');
  const [before, after] = [`Yes. ${long('a')} End.`, `Yes. ${long('b')} End.`];
  const began = performance.now();
  const edits = wordDiff(before, after);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(applyEdits(before, edits)).toBe(after);
  expect(edits[0]!.start).toBeGreaterThanOrEqual(5);
});

test('the pieces without what is new are the text before, and without what is gone the text after', () => {
  fc.assert(
    fc.property(words, words, (before, after) => {
      const pieces = diffPieces(before, wordDiff(before, after));
      const of = (kind: string) =>
        pieces
          .filter((piece) => piece.kind !== kind)
          .map(({ text }) => text)
          .join('');
      expect([of('new'), of('gone')]).toEqual([before, after]);
    }),
  );
});
