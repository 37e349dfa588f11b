import { RATING } from '../model/feedback.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import { meanWithin } from './mean-within.ts';

/** Feedback about a page or a part of it; `selector` is null where no part was marked. */
export type Marked = {
  pageKey: string;
  selector: string | null;
  tag: string | null;
  text: string;
  rating: number | null;
  personId: number | null;
};

/** Fewer people than this are not told apart from others. */
export const CELL_MIN = 5;

/** A mean of ratings, with how many gave one and the 95% interval; null where fewer than `CELL_MIN` did. */
export type RatingSummary = { n: number; mean: number | null; interval: { low: number; high: number } | null };

/**
 * How often a part was marked.
 *
 * `of` is all feedback about its page, which is what `share` is a share of. All but `of` is left out
 * where people are told apart by a segment and fewer than `CELL_MIN` of them marked the part.
 */
export type MarkCount = { count: number | null; of: number; share: ShareInterval | null; rating: RatingSummary };
export type MarkedPart = {
  pageKey: string;
  selector: string;
  tag: string | null;
  /** The words that stood there when it was last marked; empty where it held none. */
  text: string;
  all: MarkCount;
  /** The same among the people of a segment; null where none was chosen. */
  segment: MarkCount | null;
};
export type MarkSummary = {
  parts: MarkedPart[];
  pages: number;
  feedback: number;
  marked: number;
  /** Feedback whose person is known, and that of people of the segment; null where none was chosen. */
  inSegment: number | null;
};

/**
 * Marks added up by page and element, the most marked first.
 *
 * @param rows the newest first; people as they are today
 * @param people of the segment that is looked at; null for none
 */
export function markSummary(rows: readonly Marked[], people: ReadonlySet<number> | null): MarkSummary {
  const isIn = ({ personId }: Marked) => people !== null && personId !== null && people.has(personId);
  const parts: MarkedPart[] = [];
  const byPage = Map.groupBy(rows, (row) => row.pageKey);
  for (const [pageKey, own] of byPage) {
    const among = own.filter(isIn);
    for (const [selector, marks] of Map.groupBy(own, (row) => row.selector)) {
      if (selector === null) continue;
      parts.push({
        pageKey,
        selector,
        tag: marks[0]?.tag ?? null,
        text: marks.find(({ text }) => text !== '')?.text ?? '',
        all: countOf(marks, own.length, false),
        segment: people === null ? null : countOf(marks.filter(isIn), among.length, true),
      });
    }
  }
  parts.sort(
    (a, b) =>
      (b.all.count ?? 0) - (a.all.count ?? 0) ||
      (a.pageKey < b.pageKey ? -1 : a.pageKey > b.pageKey ? 1 : 0) ||
      (a.selector < b.selector ? -1 : 1),
  );
  return {
    parts,
    pages: byPage.size,
    feedback: rows.length,
    marked: rows.filter(({ selector }) => selector !== null).length,
    inSegment: people === null ? null : rows.filter(isIn).length,
  };
}

/** @param isApart people are told apart, so that small groups are not shown */
function countOf(marks: readonly Marked[], of: number, isApart: boolean): MarkCount {
  const isHidden = isApart && new Set(marks.map(({ personId }) => personId)).size < CELL_MIN;
  return {
    count: isHidden ? null : marks.length,
    of,
    share: isHidden ? null : wilsonInterval(marks.length, of),
    rating: isHidden ? { n: 0, mean: null, interval: null } : ratingOf(marks),
  };
}

/**
 * The mean of ratings.
 *
 * @param rows whoever gave no rating does not count
 *
 * @example
 * ratingOf([{ rating: 4 }, { rating: null }]) // => { n: 1, mean: null, interval: null }
 */
export function ratingOf(rows: readonly { rating: number | null }[]): RatingSummary {
  const counts = new Map<number, number>();
  for (const { rating } of rows) if (rating !== null) counts.set(rating, (counts.get(rating) ?? 0) + 1);
  const counted = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => a.value - b.value);
  const n = counted.reduce((sum, { count }) => sum + count, 0);
  if (n < CELL_MIN) return { n, mean: null, interval: null };
  const mean = counted.reduce((sum, { value, count }) => sum + value * count, 0) / n;
  return { n, mean, interval: meanWithin(counted, RATING) };
}
