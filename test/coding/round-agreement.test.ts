import { expect, test } from 'vitest';
import { measureRound } from '../../src/coding/round-agreement.ts';
import type { RoundUnit, TakenMark, TakenRound } from '../../src/coding/round-marks.ts';
import { unitizingAlpha } from '../../src/stats/unitizing-alpha.ts';

const mark = (coder: number, code: number, start: number, end: number): TakenMark => ({ coder, code, start, end });
/** Texts with what was marked in each; three coders where told. */
function round(
  unit: RoundUnit,
  texts: { length: number; marks: TakenMark[]; readBy?: number[] }[],
  coders = 2,
): TakenRound {
  return {
    unit,
    coders: Array.from({ length: coders }, (_, index) => ({ userId: index + 1, name: `Coder ${index + 1}` })),
    codes: [
      { id: 1, publicId: 'c', name: 'C' },
      { id: 2, publicId: 'd', name: 'D' },
    ],
    texts: texts.map(({ length, marks, readBy }, index) => ({
      sourceId: `s${index}`,
      subjectId: 'i',
      version: 1,
      length,
      readBy: readBy ?? Array.from({ length: coders }, (_, coder) => coder),
      marks,
    })),
  };
}
const settings = { minimum: 0.8, seed: 1 };
/** Ten segments of two coders, whose alpha and kappa are published. */
const first = '1100000000';
const second = '0110010100';
const ten = [...first].map((a, index) => ({
  length: 10,
  marks: [...(a === '1' ? [mark(0, 0, 0, 4)] : []), ...(second[index] === '1' ? [mark(1, 0, 2, 9)] : [])],
}));

test('by turns: the published figures of ten segments, whatever words were marked', () => {
  const [code, never] = measureRound(round('turn', ten), settings).codes;
  expect(code!.alpha?.alpha).toBeCloseTo(2 / 21, 9);
  expect(code!.pairs[0]!.kappa?.value).toBeCloseTo(1 / 11, 9);
  expect(code!.observed).toBeCloseTo(0.6, 12);
  expect(code!.pairs[0]!.table).toEqual({ both: 1, firstOnly: 1, secondOnly: 3, neither: 5 });
  expect(code).toMatchObject({ n: 10, used: 5, prevalence: 0.3 });
  expect(code!.alpha!.q).toBeGreaterThan(0.9);
  // A code that nobody used has no alpha, which is not perfect agreement.
  expect(never!.alpha).toBeNull();
  expect(never!.pairs[0]!.kappa).toBeNull();
  expect(never!.pairs[0]!.holsti).toBeNull();
});

test('by characters: two coders who share 50 of 1000, evenly and unevenly, as one text or as several', () => {
  const uneven = [{ length: 1000, marks: [mark(0, 0, 0, 200), mark(1, 0, 0, 50)] }];
  const even = [{ length: 1000, marks: [mark(0, 0, 0, 125), mark(1, 0, 75, 200)] }];
  const parts = [
    { length: 100, marks: [mark(0, 0, 0, 100), mark(1, 0, 75, 100)] },
    { length: 400, marks: [mark(0, 0, 0, 25), mark(1, 0, 0, 100)] },
    { length: 500, marks: [] },
  ];
  for (const [texts, kappa] of [
    [uneven, 8 / 23],
    [even, 11 / 35],
    [parts, 11 / 35],
  ] as const) {
    const [code] = measureRound(round('characters', [...texts]), settings).codes;
    expect(code!.n).toBe(1000);
    expect(code!.pairs[0]!.observed.share).toBeCloseTo(0.85, 12);
    expect(code!.pairs[0]!.kappa?.value).toBeCloseTo(kappa, 12);
  }
});

test('characters of one text hang together: intervals come from texts, not from thousands of characters', () => {
  const texts = Array.from({ length: 12 }, (_, index) => ({
    length: 400,
    marks: index % 3 === 0 ? [mark(0, 0, 0, 200)] : [mark(0, 0, 0, 100), mark(1, 0, 0, 100)],
  }));
  const [code] = measureRound(round('characters', texts), settings).codes;
  expect(code!.alpha!.n).toBe(12);
  const { low, high } = code!.pairs[0]!.kappa!;
  // By 4800 units that each stood by themselves it would be about 0.05.
  expect(high - low).toBeGreaterThan(0.2);
});

test('boundaries: texts laid end to end, as one stretch', () => {
  const texts = [
    { length: 100, marks: [mark(0, 0, 10, 30), mark(1, 0, 12, 30)] },
    { length: 200, marks: [mark(0, 0, 50, 60)] },
  ];
  const { codes, boundaries } = measureRound(round('turn', texts), settings);
  const whole = unitizingAlpha(
    [
      [
        { start: 10, end: 30 },
        { start: 150, end: 160 },
      ],
      [{ start: 12, end: 30 }],
    ],
    300,
  );
  expect(codes[0]!.boundaries.alpha).toBeCloseTo(whole.alpha!, 12);
  expect(boundaries.alpha).toBeCloseTo(whole.alpha!, 12);
  expect(boundaries.texts).toBe(2);
});

test('sets: the same codes on a text agree, one more of them partly', () => {
  const texts = [
    { length: 9, marks: [mark(0, 0, 0, 3), mark(1, 0, 0, 3), mark(1, 1, 0, 3)] },
    { length: 9, marks: [mark(0, 1, 0, 3), mark(1, 1, 0, 3)] },
    { length: 9, marks: [] },
  ];
  const found = measureRound(round('turn', texts), settings);
  expect(found.sameSets?.share).toBeCloseTo(2 / 3, 12);
  expect(found.sets!.alpha).toBeGreaterThan(0.5);
  expect(found.sets!.alpha).toBeLessThan(1);
});

test('three coders, of whom one has not read everything: what is missing is missing, and not a no', () => {
  const texts = ten.map((text, index) => ({ ...text, readBy: index < 8 ? [0, 1, 2] : [0, 1] }));
  const { codes, boundaries, texts: n } = measureRound(round('turn', texts, 3), settings);
  expect(n).toBe(10);
  expect(codes[0]!.pairs.map(({ table }) => Object.values(table).reduce((a, b) => a + b, 0))).toEqual([10, 8, 8]);
  // Fleiss's kappa wants everything read by all.
  expect(codes[0]!.fleiss).toBeNull();
  expect(boundaries.texts).toBe(8);
  const alone = measureRound(
    round(
      'turn',
      ten.map((text) => ({ ...text, readBy: [0] })),
    ),
    settings,
  );
  expect(alone.texts).toBe(0);
  expect(alone.codes[0]!.alpha).toBeNull();
  expect(alone.sets).toBeNull();
});

test.each(['turn', 'characters'] as const)(
  'the order of texts changes nothing with the same seed, but where passages lie to each other: %s',
  (unit) => {
    const told = (texts: typeof ten) =>
      measureRound(round(unit, texts), settings).codes.map(({ boundaries: _, ...code }) => code);
    expect(told(ten.toReversed())).toEqual(told(ten));
  },
);
