import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText } from '../../src/model/clean-text.ts';

/** Any sequence of UTF-16 units, well-formed or not, with many of the hostile ones. */
const anything = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u0000',
        '\r',
        '\n',
        '\r\n',
        '\uD800',
        '\uDC00',
        '\uDBFF\uDFFF',
        '😀',
        'é',
        '\uFFFD',
        '\uFFFE',
        '\uFDD0',
        '\u{1FFFF}',
      ),
    ),
  )
  .map((parts) => parts.join(''));

test('line ends become LF, and everything else stays as it was said', () => {
  expect(cleanText(' a\r\nb\rc\n\n\t ', 'line')).toEqual({
    text: ' a\nb\nc\n\n\t ',
    replaced: 0,
    length: 10,
    isTooLong: false,
  });
});

test('NUL and lone surrogates become U+FFFD and are counted; a pair stays a pair', () => {
  expect(cleanText('a\u0000b\uD800c\uDC00d😀', 'line')).toEqual({
    text: 'a\uFFFDb\uFFFDc\uFFFDd😀',
    replaced: 3,
    length: 8,
    isTooLong: false,
  });
  expect(cleanText('\uD83D\uD83D\uDE00', 'line')).toMatchObject({ text: '\uFFFD😀', replaced: 1 });
  expect(cleanText('\uD83D\uDE00\uDE00', 'line')).toMatchObject({ text: '😀\uFFFD', replaced: 1 });
});

test('code points that are no characters, of any plane, become U+FFFD and are counted; their neighbours stay', () => {
  expect(cleanText('a\uFFFEb\uFFFFc\uFDD0d\uFDEFe\u{1FFFE}f\u{10FFFF}g', 'line')).toEqual({
    text: 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf\uFFFDg',
    replaced: 6,
    length: 13,
    isTooLong: false,
  });
  const beside = '\uFDCF\uFDF0\uFFFC\uFFFD\u{1FFFD}\u{20000}\u{10FFFD}\uE000';
  expect(cleanText(beside, 'line')).toMatchObject({ text: beside, replaced: 0 });
});

test('length is counted in code points, and what is too long is said and not cut', () => {
  expect(cleanText('😀'.repeat(10_000), 'answer')).toMatchObject({ length: 10_000, isTooLong: false });
  const long = cleanText('x'.repeat(10_001), 'answer');
  expect(long).toMatchObject({ length: 10_001, isTooLong: true });
  expect(long.text).toHaveLength(10_001);
});

test('cleaning twice is cleaning once', () => {
  fc.assert(
    fc.property(anything, (raw) => {
      const once = cleanText(raw, 'answer');
      const twice = cleanText(once.text, 'answer');
      expect(twice.text).toBe(once.text);
      expect(twice.replaced).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test('what comes out is well-formed, without NUL, CR or what is no character, and otherwise the same', () => {
  fc.assert(
    fc.property(anything, (raw) => {
      const { text, replaced } = cleanText(raw, 'answer');
      expect(text.isWellFormed()).toBe(true);
      expect(/[\u0000\r]/.test(text)).toBe(false);
      // The same done unit by unit, slowly.
      const held = [...raw.toWellFormed()].map((sign) => {
        const code = sign.codePointAt(0) ?? 0;
        return code === 0 || (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef) ? '\uFFFD' : sign;
      });
      expect(text).toBe(held.join('').replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
      expect(replaced).toBe(text.split('\uFFFD').length - raw.split('\uFFFD').length);
    }),
    { numRuns: 1000 },
  );
});
