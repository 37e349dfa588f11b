import { expect, test } from 'vitest';

type Cue = { start: number; ms: number };
type CueModule = {
  cuesOf: (turn: { dataset: Record<string, string> }) => Cue[];
  msAt: (cues: readonly Cue[], point: number) => number | null;
  stretchAt: (cues: readonly Cue[], ms: number) => { start: number; end: number } | null;
};
// What runs in browsers is typed by itself; here only what is called of it is.
const browser = '../../src/browser/cue-places.js';
const { cuesOf, msAt, stretchAt } = (await import(browser)) as CueModule;

const turn = (dataset: Record<string, string>) => cuesOf({ dataset });
const cues = turn({ startMs: '1000', cues: '2:1000 20:4000 41:9500' });

test('words play from the caption they stand in, those before the first from the first', () => {
  expect([0, 2, 19, 20, 40, 41, 999].map((point) => msAt(cues, point))).toEqual([
    1000, 1000, 1000, 4000, 4000, 9500, 9500,
  ]);
  expect(msAt(turn({ startMs: '700' }), 30)).toBe(700);
  expect(msAt(turn({ startMs: '' }), 30)).toBeNull();
});

test('what is said at a time is the caption of that time, in code points', () => {
  expect([0, 1000, 3999, 4000, 20_000].map((ms) => stretchAt(cues, ms))).toEqual([
    { start: 0, end: 20 },
    { start: 0, end: 20 },
    { start: 0, end: 20 },
    { start: 20, end: 41 },
    { start: 41, end: Infinity },
  ]);
  expect(stretchAt(turn({ startMs: '700' }), 900)).toBeNull();
});
