import type { RuleMeasure } from '../model/rule.ts';
import { distinctKey, numberIn } from './compare.ts';
import type { FactValue } from './subject.ts';

/** Measures what happens, one after the other: `start`, `add` for each, `result`. */
export type Tally = {
  /** The property that is measured; null when events are only counted. */
  readonly property: string | null;
  start(): void;
  add(value: FactValue | undefined): void;
  /** Undefined for an average, a smallest or a largest of nothing. */
  result(): number | undefined;
};

/**
 * A tally for a measure. Values that are no numbers count for nothing in a sum, an average, a smallest or a largest;
 * missing ones for nothing at all.
 *
 * @example
 * const tally = tallyOf({ average: 'revenue' })
 * tally.start()
 * for (const value of [10, '20', 'free', undefined]) tally.add(value)
 * tally.result() // => 15
 */
export function tallyOf(measure: RuleMeasure): Tally {
  if (measure === 'count') {
    let count = 0;
    return {
      property: null,
      start: () => {
        count = 0;
      },
      add: () => {
        count += 1;
      },
      result: () => count,
    };
  }
  if ('distinct' in measure) {
    const seen = new Set<string>();
    return {
      property: measure.distinct,
      start: () => seen.clear(),
      add: (value) => {
        if (value === undefined) return;
        for (const one of Array.isArray(value) ? value : [value]) seen.add(distinctKey(one));
      },
      result: () => seen.size,
    };
  }
  const [kind, property] = Object.entries(measure)[0] as ['sum' | 'average' | 'min' | 'max', string];
  let [count, sum, min, max] = [0, 0, 0, 0];
  return {
    property,
    start: () => {
      [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    },
    add: (value) => {
      const number = numberIn(value);
      if (number === null) return;
      count += 1;
      sum += number;
      min = Math.min(min, number);
      max = Math.max(max, number);
    },
    result: () => {
      if (kind === 'sum') return sum;
      if (count === 0) return undefined;
      return kind === 'average' ? sum / count : kind === 'min' ? min : max;
    },
  };
}
