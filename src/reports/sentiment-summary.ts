import { type Counted, countedShare } from './counted-share.ts';

/** How answers feel, of those whose feeling is known; `unknown` are in languages that nothing was measured in. */
export type SentimentSummary = { known: number; unknown: number; shares: Counted[] };
export type ThemeSentiment = SentimentSummary & { theme: string };

const LABELS = [
  ['negative', 'Negative'],
  ['neutral', 'Neither'],
  ['positive', 'Positive'],
] as const;

/**
 * Counts of how answers feel, with their shares of the answers whose feeling is known.
 *
 * @param counts `label` is null where it is not known
 *
 * @example
 * countSentiment([{ label: 'positive', n: 3 }, { label: null, n: 2 }]).known // => 3
 */
export function countSentiment(counts: readonly { label: string | null; n: number }[]): SentimentSummary {
  const of = (label: string | null) => counts.reduce((sum, one) => sum + (one.label === label ? one.n : 0), 0);
  const known = LABELS.reduce((sum, [label]) => sum + of(label), 0);
  return {
    known,
    unknown: of(null),
    shares: LABELS.map(([code, label]) => countedShare(code, label, of(code), known)),
  };
}
