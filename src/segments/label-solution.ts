import type { SegmentTest } from './segment-test.ts';

/**
 * What may be said of a grouping, in Dolnicar and Leisch's words. Natural: people fall into these groups by themselves.
 * Reproducible: other people of the same kind would be grouped alike, though they shade into each other. Constructive:
 * a useful way to divide people, made by whoever divided them.
 */
export type SolutionLabel = 'natural' | 'reproducible' | 'constructive';

export type ToLabel = {
  n: number;
  k: number;
  test: SegmentTest | null;
  stability: { ari: number; nullAri: number };
  halvesAri: number | null;
};

/** Groupings of people drawn anew agree by so much more than where there are no segments. */
export const STABILITY_ABOVE_NULL = 0.15;
/** Segments found in either half of the people put so much of everybody in the same places. */
export const HALVES_LEAST = 0.8;
/** With fewer people than this only what the test is sure of is more than constructive. */
const PEOPLE_FEW = 150;
const PEOPLE_FOR_NATURAL = 1_000;
/** A segment below both of these is too small to report by itself. */
export const SMALLEST_SHARE = 0.05;
export const SMALLEST_PEOPLE = 30;
/** A segment of fewer people than may be reported by itself. */
export const isSmall = (size: number, all: number): boolean => size < SMALLEST_PEOPLE || size < SMALLEST_SHARE * all;
/** Hennig's bands for how much of a segment comes back. */
export const JACCARD_BANDS = { dissolved: 0.5, doubtful: 0.6, valid: 0.75, high: 0.85 } as const;

/**
 * The agreement from which on a grouping counts as coming back. Where answers without segments agree nearly perfectly there
 * is no room for so much more; if the test found these segments, half of the way to perfect agreement is enough.
 */
const stabilityLeast = (nullAri: number, isFound: boolean): number =>
  isFound ? Math.min(nullAri + STABILITY_ABOVE_NULL, (1 + nullAri) / 2) : nullAri + STABILITY_ABOVE_NULL;

/**
 * What a grouping may be called, and why.
 *
 * @see Dolnicar and Leisch (2010), Marketing Letters 21, 83–101
 */
export function labelSolution(about: ToLabel): { label: SolutionLabel; reasons: string[] } {
  const { n, k, test, stability, halvesAri } = about;
  const reasons: string[] = [];
  const isFound = test !== null && test.verdict === 'segments' && test.k === k;
  const least = stabilityLeast(stability.nullAri, isFound);
  const isStable = stability.ari >= least;
  reasons.push(
    `Groupings of people drawn anew agree by ${stability.ari.toFixed(2)}, and by ${stability.nullAri.toFixed(2)} where there are no segments: ${isStable ? 'enough more to count' : `from ${Math.min(1, least).toFixed(2)} on it would count`}`,
  );
  if (test === null) reasons.push('Nobody tested whether there are segments at all');
  else if (test.verdict === 'segments')
    reasons.push(
      test.k === k
        ? `The test found segments, and ${k} of them`
        : test.k > k
          ? `The test found ${test.k} segments, more than these ${k}: one of these may hold more than one kind of people`
          : `The test found ${test.k} segments, fewer than these ${k}: two of these may be one kind of people cut in two`,
    );
  else if (test.verdict === 'weak') reasons.push('The test found more than one cloud of people, but no clear segments');
  else reasons.push('The test found no segments: people shade into each other');

  if (isFound && isStable && n >= PEOPLE_FOR_NATURAL) {
    if (halvesAri !== null && halvesAri >= HALVES_LEAST) {
      reasons.push(`Segments found in either half of the people agree by ${halvesAri.toFixed(2)}`);
      return { label: 'natural', reasons };
    }
    reasons.push(
      `Segments found in either half of the people agree by ${(halvesAri ?? 0).toFixed(2)}, and natural ones would by ${HALVES_LEAST}`,
    );
  } else if (isFound && n < PEOPLE_FOR_NATURAL)
    reasons.push(
      `With fewer than ${PEOPLE_FOR_NATURAL.toLocaleString('en-GB')} people nobody can say that they are natural`,
    );
  if (!isStable) return { label: 'constructive', reasons };
  if (n < PEOPLE_FEW && !isFound) {
    reasons.push(`With fewer than ${PEOPLE_FEW} people only what the test is sure of is more than constructive`);
    return { label: 'constructive', reasons };
  }
  return { label: 'reproducible', reasons };
}
