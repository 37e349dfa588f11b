import { quantile } from '../stats/quantile.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** Responses that came equally far: `lastPage` is the highest page sent, 0 before the first. */
export type CourseCell = { lastPage: number; count: number };

/** One page of a survey: how many came to it, and how many of them never sent it. */
export type CoursePage = {
  /** Counted from 1. */
  page: number;
  /** Sent the page before it, or began, where it is the first; those whom logic led past it are among them. */
  came: number;
  left: number;
  /** Those who left of those who came; null when nobody came. */
  leftShare: ShareInterval | null;
  /** Those who sent it or a later one, of all who began; null when nobody began. */
  stayedShare: ShareInterval | null;
};

/**
 * Where people leave a survey: of those who came to each page, who went no further.
 *
 * @param pages how many pages the survey has
 * @param ended how far those came who reached an end of the survey, which none of them left
 * @param broken how far those came who are gone for good
 *
 * @example
 * countCourse(2, [{ lastPage: 2, count: 8 }], [{ lastPage: 1, count: 2 }]).map(({ came, left }) => [came, left])
 * // => [[10, 0], [10, 2]]
 */
export function countCourse(pages: number, ended: readonly CourseCell[], broken: readonly CourseCell[]): CoursePage[] {
  const total = (cells: readonly CourseCell[]) => cells.reduce((sum, cell) => sum + cell.count, 0);
  const done = total(ended);
  const begun = done + total(broken);
  return Array.from({ length: pages }, (_, index) => {
    const came = done + total(broken.filter(({ lastPage }) => lastPage >= index));
    // Whoever sent the last page without ending left before looking at their answers, and counts as having left there.
    const left = total(broken.filter(({ lastPage }) => Math.min(lastPage, pages - 1) === index));
    return {
      page: index + 1,
      came,
      left,
      leftShare: wilsonInterval(left, came),
      stayedShare: wilsonInterval(came - left, begun),
    };
  });
}

export type Durations = { n: number; lower: number; median: number; upper: number };

/**
 * The quartiles of how long responses took.
 *
 * @param seconds one for each completed response
 * @returns null for none
 *
 * @example
 * durationQuartiles([60, 120, 180]) // => { n: 3, lower: 90, median: 120, upper: 150 }
 */
export function durationQuartiles(seconds: readonly number[]): Durations | null {
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((p) => quantile(seconds, p));
  if (lower == null || median == null || upper == null) return null;
  return { n: seconds.length, lower, median, upper };
}
