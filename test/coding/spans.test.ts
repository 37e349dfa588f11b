import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codePointLength, findSpan, sliceSpan } from '../../src/coding/spans.ts';

/** Well-formed text full of letters that are two units long, joined, or turned around. */
const words = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('😀', '👩‍👩‍👧', 'e\u0301', '𝒳', 'שלום', ' ', 'a', 'aa', '\n'),
    ),
  )
  .map((parts) => parts.join('').toWellFormed());

test('words that are found are the words that are cut', () => {
  fc.assert(
    fc.property(words, words, words, (before, marked, after) => {
      const text = before + marked + after;
      const span = findSpan(text, marked);
      if (marked === '') expect(span).toBeNull();
      else {
        expect(span).not.toBeNull();
        expect(span && sliceSpan(text, span)).toBe(marked);
        expect(span?.start).toBeLessThanOrEqual(codePointLength(before));
      }
    }),
    { numRuns: 1000 },
  );
});

test('any cut is what the code points say, and nothing outside is cut', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: -3, max: 40 }), fc.integer({ min: -3, max: 40 }), (text, start, end) => {
      const points = [...text];
      const isInside = start >= 0 && end > start && end <= points.length;
      expect(sliceSpan(text, { start, end })).toBe(isInside ? points.slice(start, end).join('') : null);
    }),
    { numRuns: 1000 },
  );
});

test('the same words are found as often as they stand there, overlapping too', () => {
  expect([0, 1, 2].map((nth) => findSpan('😀aaa', 'aa', nth))).toEqual([
    { start: 1, end: 3 },
    { start: 2, end: 4 },
    null,
  ]);
  expect(findSpan('abc', 'd')).toBeNull();
});

test.each([
  [0.5, 2],
  [Number.NaN, 2],
  [0, Number.POSITIVE_INFINITY],
  [2, 2],
  [3, 1],
  [0, 4],
])('from %d to %d is no span of three letters', (start, end) => {
  expect(sliceSpan('abc', { start, end })).toBeNull();
});

test('a letter that looks the same is another letter', () => {
  expect(findSpan('caf\u00e9', 'cafe\u0301')).toBeNull();
});
