import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits, areEdits, type Edit, isTouched, mapSpan } from '../../src/coding/offset-map.ts';
import { codePointLength, type Span, sliceSpan } from '../../src/coding/spans.ts';

/** Text in which letters of one and of two code units stand side by side. */
const astral = (maxLength: number) =>
  fc.array(fc.constantFrom('a', 'b', ' ', '😀', '𝔘', 'ß', '\n'), { maxLength }).map((points) => points.join(''));

/** A text, edits that can be made in it, and a span of it. */
const cases = astral(40)
  .filter((text) => codePointLength(text) > 0)
  .chain((text) => {
    const length = codePointLength(text);
    const place = fc.nat({ max: length });
    const edits = fc
      .tuple(fc.uniqueArray(place, { maxLength: 8 }), fc.array(astral(4), { minLength: 4, maxLength: 4 }))
      .map(([places, puts]): Edit[] => {
        const sorted = places.sort((a, b) => a - b);
        return Array.from({ length: sorted.length >> 1 }, (_, index) => ({
          start: sorted[2 * index]!,
          end: sorted[2 * index + 1]!,
          text: puts[index]!,
        }));
      });
    const insertions = fc
      .tuple(fc.uniqueArray(place, { maxLength: 3 }), astral(4))
      .map(([places, put]): Edit[] => places.sort((a, b) => a - b).map((at) => ({ start: at, end: at, text: put })));
    const span = fc
      .uniqueArray(place, { minLength: 2, maxLength: 2 })
      .map(([one, other]): Span => ({ start: Math.min(one!, other!), end: Math.max(one!, other!) }));
    return fc.record({ text: fc.constant(text), edits: fc.oneof(edits, insertions), span });
  });

describe('where a span stands after a correction', () => {
  test('words that no edit touches stay the same words, whatever letters stand around them', () => {
    fc.assert(
      fc.property(cases, ({ text, edits, span }) => {
        fc.pre(!isTouched(span, edits));
        const moved = mapSpan(span, edits);
        expect(moved).not.toBeNull();
        expect(sliceSpan(applyEdits(text, edits), moved!)).toBe(sliceSpan(text, span));
      }),
      { numRuns: 1_000 },
    );
  });

  test('of words that an edit touches, those it left alone are still the span’s, in their order', () => {
    fc.assert(
      fc.property(cases, ({ text, edits, span }) => {
        const moved = mapSpan(span, edits);
        const points = [...text];
        const left = points.filter(
          (_, at) => at >= span.start && at < span.end && !edits.some(({ start, end }) => at >= start && at < end),
        );
        if (moved === null) {
          expect(left).toEqual([]);
          return;
        }
        const words = [...(sliceSpan(applyEdits(text, edits), moved) ?? '')];
        expect(words.length).toBe(moved.end - moved.start);
        let from = 0;
        for (const point of left) {
          from = words.indexOf(point, from) + 1;
          expect(from).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('it is gone exactly when all its words went and nothing was put in their place', () => {
    fc.assert(
      fc.property(cases, ({ edits, span }) => {
        const over = edits.filter(({ start, end }) => start < span.end && end > span.start);
        const covered = Array.from({ length: span.end - span.start }, (_, index) => span.start + index).every((at) =>
          over.some(({ start, end }) => at >= start && at < end),
        );
        const isEmptied = covered && over.every(({ text }) => text === '');
        expect(mapSpan(span, edits) === null).toBe(isEmptied);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each<[string, Span, Edit[], Span | null]>([
    [
      'what is put right before or after stays outside',
      { start: 2, end: 4 },
      [
        { start: 2, end: 2, text: 'xx' },
        { start: 4, end: 4, text: 'y' },
      ],
      { start: 4, end: 6 },
    ],
    [
      'what is put between its words belongs to it',
      { start: 2, end: 4 },
      [{ start: 3, end: 3, text: '😀' }],
      { start: 2, end: 5 },
    ],
    [
      'a word put right is taken in whole',
      { start: 2, end: 6 },
      [{ start: 2, end: 6, text: 'stuck' }],
      { start: 2, end: 7 },
    ],
    [
      'a cut over its edge makes it shorter',
      { start: 2, end: 6 },
      [{ start: 0, end: 4, text: '' }],
      { start: 0, end: 2 },
    ],
    [
      'an edit over its end is taken in',
      { start: 2, end: 6 },
      [{ start: 5, end: 9, text: 'abc' }],
      { start: 2, end: 8 },
    ],
    ['without edits it stays', { start: 2, end: 6 }, [], { start: 2, end: 6 }],
  ])('%s', (_, span, edits, expected) => {
    expect(mapSpan(span, edits)).toEqual(expected);
  });
});

describe('edits', () => {
  test('out of order, over each other or past the end cannot be made', () => {
    for (const edits of [
      [
        { start: 2, end: 3, text: '' },
        { start: 0, end: 1, text: '' },
      ],
      [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ],
      [{ start: 0, end: 4, text: '' }],
      [{ start: -1, end: 1, text: '' }],
      [{ start: 0.5, end: 1, text: '' }],
    ]) {
      expect(areEdits(edits, 3)).toBe(false);
      expect(() => applyEdits('abc', edits)).toThrow(RangeError);
    }
  });

  test('count code points, so that a face before them moves nothing', () => {
    expect(applyEdits('😀ab', [{ start: 1, end: 2, text: 'A' }])).toBe('😀Ab');
  });
});
