import type { Instrument } from '../model/survey.ts';
import { readItemKey, scoreScales } from '../scales/score.ts';
import { mean } from '../stats/mean.ts';
import { meanWithin } from './mean-within.ts';

/** What readers make of a persona on one scale, in the steps of its statements. */
export type Perceived = {
  code: string;
  name: string;
  /** Readers who answered it. */
  n: number;
  mean: number | null;
  /** Of the mean, 95%; null for fewer than two readers. */
  interval: { low: number; high: number } | null;
};

/**
 * What readers make of a persona: every scale with how many answered it, and how sure its mean is.
 *
 * @param ranges the steps of each item, by its address
 * @param readers each reader's answers by item; what lies beyond the steps is no answer
 * @param language that scales are named in
 */
export function perceived(
  instrument: Instrument,
  ranges: Readonly<Record<string, { min: number; max: number }>>,
  readers: readonly Readonly<Record<string, number>>[],
  language: string,
): Perceived[] {
  const items = [...new Set(instrument.scales.flatMap((scale) => scale.items.map((key) => readItemKey(key).item)))];
  const scored = readers.map((answers) =>
    scoreScales(
      instrument,
      ranges,
      Object.fromEntries(
        items.map((item) => {
          const [answer, range] = [answers[item], ranges[item]];
          return [item, answer !== undefined && range && answer >= range.min && answer <= range.max ? answer : null];
        }),
      ),
    ),
  );
  return instrument.scales.map(({ code, name, items: own }) => {
    const values = scored.flatMap(({ scores }) => scores[code] ?? []);
    const ends = ranges[readItemKey(own[0] ?? '').item] ?? {};
    return {
      code,
      name: name[language] ?? Object.values(name)[0] ?? code,
      n: values.length,
      mean: mean(values),
      interval: meanWithin(
        values.map((value) => ({ value, count: 1 })),
        ends,
      ),
    };
  });
}
