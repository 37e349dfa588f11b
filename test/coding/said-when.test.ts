import { expect, test } from 'vitest';
import { saidWhen } from '../../src/coding/said-when.ts';

const cues = [
  { start: 0, startMs: 1000, endMs: 1900 },
  { start: 10, startMs: 2000, endMs: null },
  { start: 20, startMs: 3000, endMs: null },
];
const turn = { cues, startMs: 1000, endMs: 4000, length: 30 };

test('words are heard with the whole captions that they stand in', () => {
  expect(saidWhen(turn, { start: 2, end: 5 })).toEqual({ fromMs: 1000, toMs: 1900, start: 0, end: 10 });
  expect(saidWhen(turn, { start: 5, end: 12 })).toEqual({ fromMs: 1000, toMs: 3000, start: 0, end: 20 });
  expect(saidWhen(turn, { start: 20, end: 30 })).toEqual({ fromMs: 3000, toMs: 4000, start: 20, end: 30 });
});

test('where a caption ends exactly, the next is not heard', () => {
  expect(saidWhen(turn, { start: 0, end: 10 })?.end).toBe(10);
});

test('what nobody knows the beginning or the end of is not heard', () => {
  expect(saidWhen({ ...turn, endMs: null }, { start: 22, end: 25 })).toBeNull();
  expect(saidWhen({ cues: [], startMs: null, endMs: 9000, length: 30 }, { start: 0, end: 5 })).toBeNull();
  expect(saidWhen({ cues: [], startMs: 5, endMs: null, length: 30 }, { start: 0, end: 5 })).toBeNull();
});
