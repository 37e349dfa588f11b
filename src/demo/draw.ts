import { normalDeviate, type Random } from '../stats/random.ts';

/** How likely each choice is, by its code; only their proportions count. */
export type Weights = Readonly<Record<string, number>>;

/**
 * One code, each as likely as its weight.
 *
 * @throws {RangeError} when no weight is above 0
 *
 * @example
 * drawCode({ tea: 1, coffee: 3 }, () => 0.5) // => 'coffee'
 */
export function drawCode(weights: Weights, random: Random): string {
  const entries = Object.entries(weights).filter(([, weight]) => weight > 0);
  const last = entries.at(-1);
  if (!last) throw new RangeError('drawCode requires a weight above 0');
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [code, weight] of entries) {
    if (left < weight) return code;
    left -= weight;
  }
  return last[0];
}

/**
 * A whole number from `min` to `max`, both included, each equally likely.
 *
 * @example
 * drawWhole(1, 6, () => 0.999) // => 6
 */
export function drawWhole(min: number, max: number, random: Random): number {
  return min + Math.floor(random() * (max - min + 1));
}

/**
 * How often something happens that happens `mean` times on average (Poisson, by Knuth's product of chances).
 *
 * @param mean at least 0; meant for small means, since it takes about `mean` draws, and never gives more than 1,000
 *
 * @example
 * drawCount(2, () => 0.5) // => 2
 */
export function drawCount(mean: number, random: Random): number {
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > floor && count < 1000; product *= random()) count++;
  return count;
}

/**
 * A positive amount around a median, with a few much larger ones (lognormal).
 *
 * @param spread standard deviation of the logarithm: 0 gives the median itself
 *
 * @example
 * drawAmount(120, 0, () => 0.5) // => 120
 */
export function drawAmount(median: number, spread: number, random: Random): number {
  return median * Math.exp(spread * normalDeviate(random));
}

/**
 * Divides a number of people among shares, so that every share gets its due to within one person and none is lost:
 * everybody whole first, then the largest remainders (Hamilton's method).
 *
 * @returns how many people, by code; they add up to `total`
 *
 * @example
 * divideShares({ a: 0.5, b: 0.3, c: 0.2 }, 11) // => { a: 6, b: 3, c: 2 }
 */
export function divideShares(shares: Weights, total: number): Record<string, number> {
  const sum = Object.values(shares).reduce((a, b) => a + b, 0);
  if (!(sum > 0)) throw new RangeError('divideShares requires a share above 0');
  const dues = Object.entries(shares).map(([code, share]) => ({ code, due: (share / sum) * total }));
  const people = new Map(dues.map(({ code, due }) => [code, Math.floor(due)]));
  const left = total - [...people.values()].reduce((a, b) => a + b, 0);
  const byRemainder = dues.toSorted((a, b) => (b.due % 1) - (a.due % 1));
  for (const { code } of byRemainder.slice(0, left)) people.set(code, people.get(code)! + 1);
  return Object.fromEntries(people);
}
