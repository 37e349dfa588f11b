import { studentQuantile } from '../../stats/distributions.ts';
import type { BestWorstAnswer, BestWorstPerson } from './best-worst-answer.ts';
import { requireBestWorst } from './best-worst-answer.ts';

/** How often one item was shown and chosen. */
export type BestWorstCount = {
  /** Tasks in which it was shown and at least one choice was made. */
  shown: number;
  best: number;
  worst: number;
  /** (best − worst) / shown, −1 to 1: 1 when it was always best. Null when never shown with both choices made. */
  score: number | null;
  /** Of the score, with people as the sample (with tasks, for one person alone); null for fewer than two of them. */
  standardError: number | null;
  /** Student's interval around the score, not cut at −1 and 1; null with the standard error. */
  interval: { low: number; high: number } | null;
};

/**
 * How often each item was best and worst among the times it was shown, over all people.
 *
 *   score = best / times shown with a best chosen − worst / times shown with a worst chosen
 *
 * which is (best − worst) / shown when every task was answered in full. The standard error takes people as drawn at
 * random and their tasks as given (the linearised variance of a ratio), so a person's own consistency is not mistaken
 * for evidence. People who never saw an item do not count for it.
 *
 * @param people each a list of answered tasks; a task without any choice counts as not shown
 * @param options `items`, how many there are; `level`, how sure the interval is, 0.95 unless told
 * @returns one for each item, in their order
 * @throws {RangeError} for answers that cannot be (see `requireBestWorst`) or a level not between 0 and 1
 * @see Louviere, Flynn & Marley (2015), Best-Worst Scaling, Cambridge University Press, for the score
 *
 * @example
 * const answer = (best, worst) => ({ shown: [0, 1, 2], best, worst })
 * const counts = bestWorstCounts([[answer(0, 2), answer(0, 1)], [answer(0, 2), answer(1, 0)]], { items: 3 })
 * counts.map(({ score }) => score) // => [0.5, 0, -0.5]
 * counts[0].standardError // => 0.5
 */
export function bestWorstCounts(
  people: readonly BestWorstPerson[],
  { items, level = 0.95 }: { items: number; level?: number },
): BestWorstCount[] {
  requireBestWorst(people, items, 'bestWorstCounts');
  if (!(level > 0 && level < 1)) throw new RangeError('bestWorstCounts requires a level between 0 and 1');
  return countClusters(people, items, level);
}

/**
 * The same for each person alone. Their standard errors take a person's tasks as the sample; with the usual three or four
 * showings of an item they are rough, and 0 when it was chosen the same way every time.
 *
 * @returns people × items, in their order
 * @throws {RangeError} as `bestWorstCounts`
 *
 * @example
 * const answer = (best, worst) => ({ shown: [0, 1, 2], best, worst })
 * const [counts] = bestWorstPersonCounts([[answer(0, 2), answer(0, 1)]], { items: 3 })
 * counts.map(({ score, standardError }) => [score, standardError]) // => [[1, 0], [-0.5, 0.5], [-0.5, 0.5]]
 */
export function bestWorstPersonCounts(
  people: readonly BestWorstPerson[],
  { items, level = 0.95 }: { items: number; level?: number },
): BestWorstCount[][] {
  requireBestWorst(people, items, 'bestWorstPersonCounts');
  if (!(level > 0 && level < 1)) throw new RangeError('bestWorstPersonCounts requires a level between 0 and 1');
  return people.map((person) => {
    const tasks = person.map((answer) => [answer]);
    return countClusters(tasks, items, level);
  });
}

/** What one cluster (a person, or one task) adds to an item. */
type Tally = { shown: number; best: number; bestAsked: number; worst: number; worstAsked: number };

/** Counts over clusters, which are what the standard error takes as drawn independently. */
function countClusters(
  clusters: readonly (readonly BestWorstAnswer[])[],
  items: number,
  level: number,
): BestWorstCount[] {
  const tallies: Tally[][] = Array.from({ length: items }, () => []);
  for (const cluster of clusters) {
    const own = new Map<number, Tally>();
    for (const { shown, best, worst } of cluster) {
      if (best === null && worst === null) continue;
      for (const item of shown) {
        const tally = own.get(item) ?? { shown: 0, best: 0, bestAsked: 0, worst: 0, worstAsked: 0 };
        own.set(item, tally);
        tally.shown += 1;
        if (best !== null) tally.bestAsked += 1;
        if (worst !== null) tally.worstAsked += 1;
        if (best === item) tally.best += 1;
        if (worst === item) tally.worst += 1;
      }
    }
    for (const [item, tally] of own) tallies[item]!.push(tally);
  }
  return tallies.map((list) => summarise(list, level));
}

function summarise(tallies: readonly Tally[], level: number): BestWorstCount {
  const total = { shown: 0, best: 0, bestAsked: 0, worst: 0, worstAsked: 0 };
  for (const tally of tallies) {
    total.shown += tally.shown;
    total.best += tally.best;
    total.bestAsked += tally.bestAsked;
    total.worst += tally.worst;
    total.worstAsked += tally.worstAsked;
  }
  const { shown, best, worst } = total;
  if (total.bestAsked === 0 || total.worstAsked === 0) {
    return { shown, best, worst, score: null, standardError: null, interval: null };
  }

  const bestShare = best / total.bestAsked;
  const worstShare = worst / total.worstAsked;
  const score = bestShare - worstShare;
  const n = tallies.length;
  if (n < 2) return { shown, best, worst, score, standardError: null, interval: null };

  let squares = 0;
  for (const tally of tallies) {
    const bestRest = (tally.best - bestShare * tally.bestAsked) / total.bestAsked;
    const worstRest = (tally.worst - worstShare * tally.worstAsked) / total.worstAsked;
    squares += (bestRest - worstRest) ** 2;
  }
  const standardError = Math.sqrt((squares * n) / (n - 1));
  const reach = studentQuantile((1 + level) / 2, n - 1) * standardError;
  return { shown, best, worst, score, standardError, interval: { low: score - reach, high: score + reach } };
}
