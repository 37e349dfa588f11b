import fc from 'fast-check';
import { expect, test } from 'vitest';

type Span = { start: number; end: number };
type TextModule = {
  unitsAt: (text: string, point: number) => number;
  pointsAt: (text: string, units: number) => number;
  slicePoints: (text: string, start: number, end: number) => string;
  trimSpan: (text: string, span: Span) => Span;
  spanAround: (text: string, point: number, by: 'word' | 'sentence') => Span | null;
  stepFrom: (text: string, point: number, way: 1 | -1, by: 'grapheme' | 'word') => number | null;
};
type LaneModule = { assignLanes: (spans: readonly Span[]) => { span: Span; lane: number }[] };

// Browser modules are plain JavaScript, checked by a configuration of their own.
const load = (name: string): Promise<unknown> => import(`../../src/browser/${name}.js`);
const { unitsAt, pointsAt, slicePoints, trimSpan, spanAround, stepFrom } = (await load('coding-text')) as TextModule;
const { assignLanes } = (await load('coding-lanes')) as LaneModule;

const astral = fc.string({ unit: 'binary', maxLength: 40 });

test('code points and units are the same places, whatever letters there are', () => {
  fc.assert(
    fc.property(astral, fc.nat(40), fc.nat(40), (text, a, b) => {
      const points = [...text];
      const [start, end] = [Math.min(a, b, points.length), Math.min(Math.max(a, b), points.length)];
      expect(pointsAt(text, unitsAt(text, start))).toBe(start);
      expect(slicePoints(text, start, end)).toBe(points.slice(start, end).join(''));
    }),
  );
});

test('a selection is trimmed of blanks at its ends and of nothing else', () => {
  expect(trimSpan('a 🛗 b ', { start: 1, end: 4 })).toEqual({ start: 2, end: 3 });
  expect(trimSpan('a   b', { start: 1, end: 4 })).toEqual({ start: 4, end: 4 });
});

test('the word and the sentence at a place are found, also between words and after emoji', () => {
  const text = '🛗 Stuck again. Never again!';
  const words = (span: Span | null) => span && slicePoints(text, span.start, span.end);
  expect(words(spanAround(text, 0, 'word'))).toBe('Stuck');
  expect(words(spanAround(text, 9, 'word'))).toBe('again');
  expect(words(spanAround(text, 5, 'sentence'))).toBe('🛗 Stuck again.');
  expect(words(spanAround(text, 20, 'sentence'))).toBe('Never again!');
  expect(spanAround('', 0, 'word')).toBeNull();
});

test('a step goes over a whole letter, and ends at the ends', () => {
  const family = '👨‍👩‍👧x';
  expect(stepFrom(family, 0, 1, 'grapheme')).toBe(5);
  expect(stepFrom(family, 6, 1, 'grapheme')).toBeNull();
  expect(stepFrom('one two', 7, -1, 'word')).toBe(4);
});

test('no two spans of one lane overlap, and no more lanes are used than stand over one place', () => {
  const spans = fc.array(
    fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 12 })).map(([start, length]) => ({ start, end: start + length })),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(spans, (all) => {
      const placed = assignLanes(all);
      expect(placed).toHaveLength(all.length);
      for (const [index, one] of placed.entries())
        for (const other of placed.slice(index + 1))
          if (one.lane === other.lane)
            expect(one.span.end <= other.span.start || other.span.end <= one.span.start).toBe(true);
      const deepest = Math.max(
        0,
        ...Array.from({ length: 45 }, (_, at) => all.filter(({ start, end }) => start <= at && at < end).length),
      );
      expect(Math.max(0, ...placed.map(({ lane }) => lane + 1))).toBe(deepest);
    }),
  );
});
