import type { BestWorstAnswer, BestWorstPerson } from '../../../src/scales/best-worst/best-worst-answer.ts';
import type { Random } from '../../../src/stats/random.ts';
import { normalDeviate } from '../../../src/stats/random.ts';

/** People who choose as the sequential model says, for tests that plant utilities and look for them again. */

/** One answer to each set, by the person's true utilities. */
export function simulatePerson(
  utilities: readonly number[],
  sets: readonly (readonly number[])[],
  random: Random,
): BestWorstPerson {
  return sets.map((shown): BestWorstAnswer => {
    const best = draw(shown, (item) => Math.exp(utilities[item]!), random);
    const rest = shown.filter((item) => item !== best);
    return { shown, best, worst: draw(rest, (item) => Math.exp(-utilities[item]!), random) };
  });
}

/** Utilities around a mean, made to sum to zero. */
export function drawUtilities(mean: readonly number[], spread: number, random: Random): number[] {
  const drawn = mean.map((centre) => centre + spread * normalDeviate(random));
  const shift = drawn.reduce((sum, utility) => sum + utility, 0) / drawn.length;
  return drawn.map((utility) => utility - shift);
}

function draw(items: readonly number[], weight: (item: number) => number, random: Random): number {
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  let left = random() * total;
  for (const item of items) {
    left -= weight(item);
    if (left < 0) return item;
  }
  return items.at(-1)!;
}
