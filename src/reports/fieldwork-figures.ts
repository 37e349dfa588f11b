import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** How many responses are alike in everything that fieldwork looks at. */
export type FieldCell = {
  state: string;
  wave: string | null;
  source: string | null;
  isTest: boolean;
  isLeftOut: boolean;
  /** From somebody known by a personal link. */
  isKnown: boolean;
  /** Something came in lately, so that an unfinished one may still be finished. */
  isRecent: boolean;
  count: number;
};

export type FieldworkFigures = {
  /** Every response that began, tests apart. */
  begun: number;
  /** What counts: completed, not left out. */
  completed: number;
  /** Of them, by people known by a personal link. */
  completedByKnown: number;
  screenedOut: number;
  quotaFull: number;
  withdrawn: number;
  leftOut: number;
  test: number;
  /** Not finished yet, with something sent lately. */
  underWay: number;
  /** Not finished, and nothing sent lately. */
  brokenOff: number;
  /** The base of the break-off rate. */
  breakOffBase: number;
  /**
   * Broken off out of all that began, are not under way any more, and were neither withdrawn nor left out; null when there
   * are none. The course through the pages has the same base.
   *
   * @see AAPOR (2023), Standard Definitions, section on break-offs
   */
  breakOffRate: ShareInterval | null;
};

/**
 * What fieldwork has come to, from counts of responses that are alike.
 *
 * @param cells responses collected here, imported ones apart
 * @returns all 0 and no rate when nothing began
 */
export function countFieldwork(cells: readonly FieldCell[]): FieldworkFigures {
  const count = (test: (cell: FieldCell) => boolean) => cells.filter(test).reduce((sum, cell) => sum + cell.count, 0);
  const inState = (state: string) => count((cell) => !cell.isTest && cell.state === state);
  const counts = (cell: FieldCell) => !cell.isTest && !cell.isLeftOut && cell.state === 'completed';
  const begun = count((cell) => !cell.isTest);
  const underWay = count((cell) => !cell.isTest && cell.state === 'started' && cell.isRecent);
  const brokenOff = inState('started') - underWay;
  const hasStanding = ({ isTest, isLeftOut, state, isRecent }: FieldCell) =>
    !isTest && !isLeftOut && state !== 'withdrawn' && !(state === 'started' && isRecent);
  const breakOffBase = count(hasStanding);
  return {
    begun,
    completed: count(counts),
    completedByKnown: count((cell) => counts(cell) && cell.isKnown),
    screenedOut: inState('screened-out'),
    quotaFull: inState('quota-full'),
    withdrawn: inState('withdrawn'),
    leftOut: count((cell) => !cell.isTest && cell.isLeftOut && cell.state === 'completed'),
    test: count((cell) => cell.isTest),
    underWay,
    brokenOff,
    breakOffBase,
    breakOffRate: wilsonInterval(
      count((cell) => hasStanding(cell) && cell.state === 'started'),
      breakOffBase,
    ),
  };
}

/**
 * The share of those invited who completed; null while nobody is known to be invited, or when more completed than were
 * invited, since the two then do not belong together.
 *
 * @example
 * responseRate(3, 20) // => { share: 0.15, low: 0.0523687, high: 0.3604189 }
 */
export function responseRate(completed: number, invited: number | null): ShareInterval | null {
  return invited === null || completed > invited ? null : wilsonInterval(completed, invited);
}

/**
 * What one completed response cost, in whatever the cost was written in; null without a cost, or while none is complete.
 *
 * @example
 * costPerComplete(1200, 80) // => 15
 */
export const costPerComplete = (cost: number | null, completed: number): number | null =>
  cost === null || completed === 0 ? null : cost / completed;

/**
 * How many there were up to each day, days without any among them.
 *
 * @param perDay counts of days, ISO dates in order, each at most once
 * @param until the last day to show
 * @returns nothing when nothing came in
 *
 * @example
 * cumulate([{ day: '2026-03-01', count: 2 }, { day: '2026-03-03', count: 1 }], '2026-03-03')
 * // => [{ day: '2026-03-01', total: 2 }, { day: '2026-03-02', total: 2 }, { day: '2026-03-03', total: 3 }]
 */
export function cumulate(
  perDay: readonly { readonly day: string; readonly count: number }[],
  until: string,
): { day: string; total: number }[] {
  const [first] = perDay;
  if (!first) return [];
  const counts = new Map(perDay.map(({ day, count }) => [day, count]));
  const end = Math.max(Date.parse(until), Date.parse(perDay.at(-1)?.day ?? until));
  const days: { day: string; total: number }[] = [];
  let total = 0;
  for (let at = Date.parse(first.day); at <= end; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    total += counts.get(day) ?? 0;
    days.push({ day, total });
  }
  return days;
}
