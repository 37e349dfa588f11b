import type { CountedValue } from '../stats/counted-values.ts';
import { multinomialDifference } from '../stats/multinomial-difference.ts';
import { type Counted, countedShare } from './counted-share.ts';

export type Measure = 'nps' | 'csat' | 'ces';

/** A measure that the field knows by name, as it is usually told. */
export type MeasureSummary = {
  measure: Measure;
  /** Who gave one of its steps: the base of every share here. */
  n: number;
  /** All who answered, parted by their step: the highest steps first. */
  groups: Counted[];
  /** −1 to 1 for NPS; the share of the highest group for the others, 0 to 1. Null when nobody answered. */
  score: number | null;
  /** The 95% interval of the score; null where there is none. */
  low: number | null;
  high: number | null;
};

type Group = { code: string; label: string; min: number; max: number };

const GROUPS: Record<Measure, readonly Group[]> = {
  nps: [
    { code: 'promoters', label: 'Promoters (9–10)', min: 9, max: 10 },
    { code: 'passives', label: 'Passives (7–8)', min: 7, max: 8 },
    { code: 'detractors', label: 'Detractors (0–6)', min: 0, max: 6 },
  ],
  csat: [
    { code: 'satisfied', label: 'Satisfied (4–5)', min: 4, max: 5 },
    { code: 'between', label: 'In between (3)', min: 3, max: 3 },
    { code: 'dissatisfied', label: 'Dissatisfied (1–2)', min: 1, max: 2 },
  ],
  ces: [
    { code: 'easy', label: 'Easy (5–7)', min: 5, max: 7 },
    { code: 'between', label: 'In between (4)', min: 4, max: 4 },
    { code: 'hard', label: 'Hard (1–3)', min: 1, max: 3 },
  ],
};

/**
 * NPS: the share of promoters (9 and 10) less that of detractors (0 to 6). CSAT: the share of the two highest of five
 * steps. CES: the share of the three highest of seven.
 *
 * @param values steps as they were given; what is no step of the measure is left out
 * @see Reichheld (2003), Harvard Business Review 81(12), 46–54, for NPS
 */
export function summariseMeasure(measure: Measure, values: readonly CountedValue[]): MeasureSummary {
  const counts = GROUPS[measure].map(({ min, max }) =>
    values
      .filter(({ value }) => Number.isInteger(value) && value >= min && value <= max)
      .reduce((sum, { count }) => sum + count, 0),
  );
  const n = counts.reduce((sum, count) => sum + count, 0);
  const groups = GROUPS[measure].map(({ code, label }, index) => countedShare(code, label, counts[index] ?? 0, n));
  const top = groups[0];
  if (n === 0 || !top) return { measure, n, groups, score: null, low: null, high: null };
  if (measure !== 'nps') return { measure, n, groups, score: top.share, low: top.low, high: top.high };
  const net = multinomialDifference(counts[0] ?? 0, counts[2] ?? 0, n);
  return { measure, n, groups, score: net?.difference ?? null, low: net?.low ?? null, high: net?.high ?? null };
}
