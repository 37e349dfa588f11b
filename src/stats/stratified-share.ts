import { type ShareInterval, wilsonInterval } from './wilson-interval.ts';

/** A part of a whole: how many things it holds, and what was seen of those drawn from it, each from 0 to 1. */
export type Stratum = { size: number; seen: readonly number[] };

/**
 * The share of all things that have something, where so many were drawn at random from each part of the whole, the parts
 * being of different sizes: each part counts by its size. The things themselves are taken as a sample of more of their
 * kind, so that the interval never gets narrower than if all had been looked at.
 *
 * The interval is Wilson's at the number of equally drawn things that would know as much (Korn and Graubard). In a part
 * where all drawn are alike the spread is taken as if half a one more had differed, or few draws would seem to be certain.
 *
 * @param strata parts of which nothing was drawn are not known of, and make the answer null
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when there is nothing, or when a part of the whole was not looked at
 * @throws {RangeError} when more was seen than a part holds, or a value lies outside 0 to 1
 * @see Cochran (1977), Sampling Techniques, section 5.3; Korn and Graubard (1998), Survey Methodology 24, 193–201; Wilson
 *   (1927), Journal of the American Statistical Association 22, 209–212
 *
 * @example
 * stratifiedShare([{ size: 100, seen: [1, 1, 1, 0] }, { size: 300, seen: [0, 0, 0, 1] }]).share // => 0.375
 */
export function stratifiedShare(strata: readonly Stratum[], level = 0.95): ShareInterval | null {
  for (const { size, seen } of strata)
    if (seen.length > size || seen.some((value) => !(value >= 0 && value <= 1)))
      throw new RangeError('stratifiedShare requires values from 0 to 1, and no more of them than a part holds');
  const parts = strata.filter(({ size }) => size > 0);
  if (parts.length === 0 || parts.some(({ seen }) => seen.length === 0)) return null;

  const whole = parts.reduce((sum, { size }) => sum + size, 0);
  let [share, middledShare, ofDrawing] = [0, 0, 0];
  for (const { size, seen } of parts) {
    const n = seen.length;
    const sum = seen.reduce((so, value) => so + value, 0);
    const middled = (sum + 0.5) / (n + 1);
    share += (size / whole) * (sum / n);
    middledShare += (size / whole) * middled;
    ofDrawing += (size / whole) ** 2 * ((middled * (1 - middled)) / n) * (1 - n / size);
  }
  const spread = middledShare * (1 - middledShare);
  const n = spread / (ofDrawing + spread / whole);
  return wilsonInterval(Math.min(n, share * n), n, level);
}
