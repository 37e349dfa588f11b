import { expect, test } from 'vitest';
import { bootstrapAlpha, bootstrapAlphaByDistance } from '../../src/stats/alpha-bootstrap.ts';
import { krippendorffAlpha } from '../../src/stats/krippendorff-alpha.ts';
import { masiDistance } from '../../src/stats/masi-distance.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

/** Hayes and Krippendorff (2007), p. 84: five coders and forty things, in order of magnitude. */
const HAYES =
  '112*2 1101* 2333* *00*0 000*0 000*0 102*1 1*20* 222*2 2111* *100* 0000* 1222* 33223 111*1 111*1 212*2 1233* ' +
  '1101* 000*0 0011* 00*00 2333* 0000* 12*22 0111* 00010 1212* 1122* 112*2 110*0 2121* 22*22 3222* 222*2 223*2 222*2 ' +
  '22*12 2222* 111*1';
const hayes = HAYES.split(' ').map((unit) => [...unit].map((said) => (said === '*' ? null : Number(said))));

test('Hayes and Krippendorff’s example: alpha, the interval and how likely alpha is below two minima', () => {
  const found = bootstrapAlpha(hayes, 'ordinal', { random: mulberry32(1), resamples: 4000, draw: 'pairs' })!;
  expect(found.n).toBe(40);
  expect(found.alpha).toBeCloseTo(0.759829, 6);
  expect(Math.abs(found.low - 0.708)).toBeLessThan(0.006);
  expect(Math.abs(found.high - 0.808)).toBeLessThan(0.006);
  expect(Math.abs(found.below(0.8) - 0.947)).toBeLessThan(0.015);
  expect(Math.abs(found.below(0.7) - 0.0125)).toBeLessThan(0.008);
});

test('drawing whole things is less sure of it, since pairs of five coders hang together', () => {
  const pairs = bootstrapAlpha(hayes, 'ordinal', { random: mulberry32(1), draw: 'pairs' })!;
  const whole = bootstrapAlpha(hayes, 'ordinal', { random: mulberry32(1) })!;
  expect(whole.alpha).toBe(pairs.alpha);
  expect(whole.high - whole.low).toBeGreaterThan(1.5 * (pairs.high - pairs.low));
});

test.each(['units', 'pairs'] as const)(
  'the same seed gives the same answer, also with things and coders in another order: %s',
  (draw) => {
    const told = (units: (number | null)[][]) => {
      const found = bootstrapAlpha(units, 'ordinal', { random: mulberry32(7), resamples: 300, draw })!;
      return [found.alpha, found.low, found.high, found.below(0.75)];
    };
    const turned = shuffled(hayes, mulberry32(3)).map((unit) => unit.toReversed());
    const [first, second] = [told(hayes), told(turned)];
    expect(told(hayes)).toEqual(first);
    for (const [index, value] of first.entries()) expect(second[index]).toBeCloseTo(value, 12);
  },
);

test('intervals of whole things hold their promise: about 95 of 100 samples cover the alpha they come from', () => {
  // Three coders who each see what is there in 9 of 10 cases; 4 of 10 things are a yes.
  const random = mulberry32(11);
  const draw = (things: number) =>
    Array.from({ length: things }, () => {
      const isSo = random() < 0.4;
      return [0, 1, 2].map(() => Number(random() < 0.9 ? isSo : !isSo));
    });
  const truth = krippendorffAlpha(draw(60_000))!;
  let covered = 0;
  for (let turn = 0; turn < 200; turn += 1) {
    const found = bootstrapAlpha(draw(80), 'nominal', { random, resamples: 300 })!;
    covered += Number(found.low <= truth && truth <= found.high);
  }
  expect(covered / 200).toBeGreaterThan(0.89);
  expect(covered / 200).toBeLessThan(0.99);
});

test('where nothing varies there is nothing to draw; draws in which nothing varies count as 0', () => {
  expect(
    bootstrapAlpha(
      [
        [1, 1],
        [1, 1],
      ],
      'nominal',
      { random: mulberry32(1) },
    ),
  ).toBeNull();
  const rare = [[1, 1], ...Array.from({ length: 9 }, () => [0, 0])];
  const found = bootstrapAlpha(rare, 'nominal', { random: mulberry32(1) })!;
  expect(found.alpha).toBe(1);
  // One of ten is left out of a draw in (9/10)^10 of all.
  expect(found.unvaried).toBeGreaterThan(0.3);
  expect(found.unvaried).toBeLessThan(0.4);
  expect(found.low).toBe(0);
  expect(found.below(0.667)).toBe(found.unvaried);
});

test('sets of codes are drawn the same way', () => {
  const set = (text: string) => new Set(text.split(''));
  const units = ['ab ab', 'a ab', 'c c', 'c d', 'a a', 'b b', 'd d', 'cd c'].map((one) => one.split(' ').map(set));
  const by = { keyOf: (codes: ReadonlySet<string>) => [...codes].sort().join(''), distance: masiDistance<string> };
  const found = bootstrapAlphaByDistance(units, by, { random: mulberry32(1) })!;
  expect(found.low).toBeLessThanOrEqual(found.alpha);
  expect(found.high).toBeGreaterThanOrEqual(found.alpha);
});
