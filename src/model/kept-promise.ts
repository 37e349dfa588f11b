import { type Kept, noticeCountries, noticeIn, type PrivacyNotice } from './privacy-notice.ts';

/** How many days a study keeps a part of what it has; null where it is kept until somebody decides. */
export type DaysKept = { identifiersDays: number | null; wordsDays: number | null };

/** What a privacy notice says of time, and a study does not do. */
export type UnkeptPromise = {
  /** Whose notice says so; null for everybody without one of their own. */
  country: string | null;
  promised: Kept;
  /** Days after which both parts would have to go; less than 1 where the day has come. */
  mostDays: number;
};

const DAY_MS = 86_400_000;
const MONTHS_A_YEAR = 12;
const DAYS_A_YEAR = 365;

/**
 * The longest that what is given today may be kept without breaking what a notice says.
 *
 * Months are as short as they come: twelve of them have 365 days, and one has 28.
 *
 * @returns whole days; 0 or less where the day has come
 *
 * @example
 * daysUntil({ months: 12 }, new Date('2026-12-01')) // => 365
 * daysUntil({ months: 1 }, new Date('2026-12-01')) // => 28
 * daysUntil({ until: '2026-12-31' }, new Date('2026-12-01')) // => 30
 */
export function daysUntil(kept: Kept, today: Date): number {
  if ('until' in kept) {
    const day = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
    return Math.round((Date.parse(kept.until) - day) / DAY_MS);
  }
  // From the first of February of a year without a leap day any number of months is as short as it can be.
  const rest = kept.months % MONTHS_A_YEAR;
  const restDays = (Date.UTC(2025, 1 + rest, 1) - Date.UTC(2025, 1, 1)) / DAY_MS;
  return Math.floor(kept.months / MONTHS_A_YEAR) * DAYS_A_YEAR + restDays;
}

/**
 * What the notice of a study promises of time, and its retention does not keep.
 *
 * @param layers the notice, the widest layer first
 * @returns one for each country whose people are promised less time than is kept; none where nothing is promised
 *
 * @example
 * unkeptPromises([{ kept: { months: 12 } }], { identifiersDays: 90, wordsDays: null }, new Date('2026-12-01'))
 * // => [{ country: null, promised: { months: 12 }, mostDays: 365 }]
 */
export function unkeptPromises(
  layers: readonly PrivacyNotice[],
  { identifiersDays, wordsDays }: DaysKept,
  today: Date,
): UnkeptPromise[] {
  return noticeCountries(layers).flatMap((country) => {
    const { kept: promised } = noticeIn(layers, country);
    if (promised === undefined) return [];
    const mostDays = daysUntil(promised, today);
    const isKept = [identifiersDays, wordsDays].every((days) => days !== null && days <= mostDays);
    return isKept ? [] : [{ country, promised, mostDays }];
  });
}
