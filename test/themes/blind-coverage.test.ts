import { beforeAll, expect, test } from 'vitest';
import { blindAgreement } from '../../src/themes/blind-agreement.ts';
import { drawBlindSample } from '../../src/themes/blind-sample.ts';
import { coded, makeAnswers, type Rarity, THEMES, trueFigures } from '../support/simulate-blind-check.ts';

/* Whether the intervals of a check of about three hundred answers keep their promise, for themes rare and common. */

const ROUNDS = 80;
const RECALLS = [0.5, 0.9];
const FIGURES = ['alpha', 'recall', 'share'] as const;

/** How often each interval held the truth, and the mean of what its figure is off by. */
type Kept = { covered: number; off: number };
const kept = new Map<string, Kept>();
let most = 0;

beforeAll(() => {
  for (const recall of RECALLS)
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const { answers, near } = makeAnswers(recall, seed);
      const { strata, documents } = drawBlindSample(answers, THEMES, seed, near);
      most = Math.max(most, documents.length);
      const sizes = strata.map(({ size }) => size);
      for (const found of blindAgreement(THEMES, sizes, coded(answers, documents), seed)) {
        const truth = trueFigures(answers, found.theme as Rarity);
        const { alpha: value, low, high } = found.withMachine;
        const told = {
          alpha: { value, low, high },
          recall: found.recall,
          share: found.share && { ...found.share, value: found.share.share },
        };
        for (const figure of FIGURES) {
          const key = `${recall} ${found.theme} ${figure}`;
          const so = kept.get(key) ?? { covered: 0, off: 0 };
          kept.set(key, so);
          const one = told[figure];
          if (!one || one.value === null || one.low === null || one.high === null)
            throw new Error(`${key} is not told`);
          so.off += (one.value - truth[figure]) / ROUNDS;
          if (one.low <= truth[figure] && truth[figure] <= one.high) so.covered += 1 / ROUNDS;
        }
      }
    }
}, 120_000);

test('about three hundred answers are coded', () => {
  expect(most).toBeLessThanOrEqual(340);
});

test.for(RECALLS.flatMap((recall) => THEMES.map((theme) => [recall, theme] as const)))(
  'at a recall of %f the intervals of %s hold the truth about as often as they say',
  ([recall, theme]) => {
    for (const figure of FIGURES) {
      const { covered } = kept.get(`${recall} ${theme} ${figure}`)!;
      // Of eighty rounds at 95% fewer than 69 happen less than once in a thousand times.
      expect(covered, figure).toBeGreaterThanOrEqual(0.86);
    }
  },
);

test('what the machine overlooks of rare themes does not make agreement seem better than it is', () => {
  for (const theme of THEMES)
    for (const recall of RECALLS) {
      expect(kept.get(`${recall} ${theme} alpha`)!.off).toBeLessThan(0.05);
      expect(kept.get(`${recall} ${theme} recall`)!.off).toBeLessThan(0.06);
      expect(Math.abs(kept.get(`${recall} ${theme} share`)!.off)).toBeLessThan(0.01);
    }
});
