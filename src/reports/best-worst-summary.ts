import type { BestWorstPerson } from '../scales/best-worst/best-worst-answer.ts';
import { type BestWorstCount, bestWorstCounts } from '../scales/best-worst/best-worst-counts.ts';
import { bestWorstLogit } from '../scales/best-worst/best-worst-logit.ts';
import { bestWorstShares } from '../scales/best-worst/best-worst-shares.ts';

/** One option of a best-worst question over everybody who answered it. */
export type BestWorstLine = {
  code: string;
  label: string;
  count: BestWorstCount;
  /** In logits, all options summing to zero; null where none can be estimated. */
  utility: number | null;
  /** Allowing for one person's choices to hang together where there is more than one person. */
  standardError: number | null;
  /** How likely it would be named best beside options of average utility, 0 to 100, all summing to 100. */
  share: number | null;
  /** The share at both ends of the utility's 95% interval, the other options kept where they are; 0 to 100. */
  shareLow: number | null;
  shareHigh: number | null;
};

export type BestWorstSummary = {
  question: string;
  text: string;
  /** People with at least one choice. */
  n: number;
  choices: number;
  perTask: number;
  /** Sorted by utility, the best liked first; by score where there are none. */
  lines: BestWorstLine[];
  /** McFadden's; null without utilities. */
  pseudoRSquared: number | null;
  /** Why there are no utilities, in plain words; null when there are. */
  obstacle: string | null;
};

const Z = 1.959964;

/**
 * What people liked best and least: counts, utilities of all people taken together, and the shares they come to.
 *
 * @param options in the order of the question; people's items are numbered by it
 * @param people only tasks that somebody chose in need be there
 */
export function summariseBestWorst(
  { question, text, perTask }: { question: string; text: string; perTask: number },
  options: readonly { code: string; label: string }[],
  people: readonly BestWorstPerson[],
): BestWorstSummary {
  const items = options.length;
  const counts = bestWorstCounts(people, { items });
  const logit = bestWorstLogit(people, { items });
  const utilities = logit.isEstimable ? logit.utilities : null;
  const errors = logit.isEstimable ? (logit.clusteredStandardErrors ?? logit.standardErrors) : null;
  const shares = utilities && bestWorstShares(utilities, perTask);
  const shareAt = (at: number, utility: number): number | null =>
    utilities &&
    (bestWorstShares(
      utilities.map((one, index) => (index === at ? utility : one)),
      perTask,
    )[at] ??
      null);
  const lines = options.map(({ code, label }, index): BestWorstLine => {
    const [utility, standardError] = [utilities?.[index] ?? null, errors?.[index] ?? null];
    const isKnown = utility !== null && standardError !== null;
    return {
      code,
      label,
      count: counts[index]!,
      utility,
      standardError,
      share: shares?.[index] ?? null,
      shareLow: isKnown ? shareAt(index, utility - Z * standardError) : null,
      shareHigh: isKnown ? shareAt(index, utility + Z * standardError) : null,
    };
  });
  const rank = (line: BestWorstLine) => line.utility ?? line.count.score ?? Number.NEGATIVE_INFINITY;
  return {
    question,
    text,
    n: logit.n,
    choices: logit.choices,
    perTask,
    lines: lines.sort((a, b) => rank(b) - rank(a)),
    pseudoRSquared: logit.isEstimable ? logit.pseudoRSquared : null,
    obstacle: logit.isEstimable ? null : logit.message,
  };
}
