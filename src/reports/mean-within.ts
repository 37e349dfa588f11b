import type { Item } from '../model/items.ts';
import { countedMeanInterval } from '../stats/counted-mean-interval.ts';
import { type CountedValue, countedQuantile } from '../stats/counted-values.ts';

/** The ends of a scale; undefined where it has none. */
export type ScaleEnds = { min?: number | undefined; max?: number | undefined };

/** Between which ends an item asks for a number: its steps, or the least and the most that is taken. */
export function scaleEnds({ question, steps }: Pick<Item, 'question' | 'steps'>): ScaleEnds {
  if (steps) return { min: steps.min, max: steps.max };
  if (question.kind === 'number' || question.kind === 'slider') return { min: question.min, max: question.max };
  return question.kind === 'sum' ? { min: 0, max: question.total } : {};
}

/**
 * The 95% t interval of a mean, cut off at the ends of its scale, beyond which no mean can lie.
 *
 * @param ends values beyond them, from before the scale was changed, move them out that far
 * @returns in the unit of the values; null for fewer than two of them
 *
 * @example
 * meanWithin([{ value: 4, count: 1 }, { value: 5, count: 1 }], { min: 1, max: 5 }) // => { low: 1, high: 5 }
 */
export function meanWithin(
  values: readonly CountedValue[],
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: ScaleEnds,
): { low: number; high: number } | null {
  const interval = countedMeanInterval(values);
  const [lowest, highest] = [countedQuantile(values, 0), countedQuantile(values, 1)];
  if (interval === null || lowest === null || highest === null) return null;
  return {
    low: Math.max(interval.low, Math.min(min, lowest)),
    high: Math.min(interval.high, Math.max(max, highest)),
  };
}
