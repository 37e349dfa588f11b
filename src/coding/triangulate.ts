import { type ShareDifference, shareDifference } from '../stats/share-difference.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** How many of how many people speak of something in one kind of source, and which way their passages speak of it. */
export type Told = { people: number; base: number; for: number; against: number };
/**
 * - `alone`: only one of the two has words at all that carry codes.
 * - `few`: too few people on a side to hold them against each other.
 * - `opposite`: most passages of one side speak for it, most of the other against it.
 * - `interviews`, `answers`: clearly more common there.
 * - `alike`: not clearly different, which is not proof that they are the same.
 */
export type Verdict = 'alone' | 'few' | 'opposite' | 'interviews' | 'answers' | 'alike';
export type Triangle = {
  interviews: ShareInterval | null;
  answers: ShareInterval | null;
  /** Interviews minus answers; null where a side has nobody. */
  difference: ShareDifference | null;
  verdict: Verdict;
};

/** People on each side below which nothing is held against each other, and directed passages below which no side has a direction. */
const PEOPLE_MIN = 5;
const DIRECTED_MIN = 3;

/**
 * Whether interviews and answers tell the same of one code or theme: shares of people with Wilson's interval each, their
 * difference with Newcombe's, and which way either speaks.
 *
 * @throws {RangeError} when more people speak of it than there are
 *
 * @example
 * triangulate({ people: 9, base: 14, for: 9, against: 0 }, { people: 30, base: 300, for: 20, against: 0 }).verdict // => 'interviews'
 */
export function triangulate(interviews: Told, answers: Told): Triangle {
  const difference = shareDifference(
    { count: interviews.people, total: interviews.base },
    { count: answers.people, total: answers.base },
  );
  return {
    interviews: wilsonInterval(interviews.people, interviews.base),
    answers: wilsonInterval(answers.people, answers.base),
    difference,
    verdict: verdict(interviews, answers, difference),
  };
}

function verdict(interviews: Told, answers: Told, difference: ShareDifference | null): Verdict {
  if (difference === null) return 'alone';
  const way = leaning(interviews) * leaning(answers);
  if (way < 0) return 'opposite';
  if (interviews.base < PEOPLE_MIN || answers.base < PEOPLE_MIN) return 'few';
  if (difference.low > 0) return 'interviews';
  return difference.high < 0 ? 'answers' : 'alike';
}

/** 1 where most passages with a direction speak for it, −1 where most speak against it, 0 where neither or too few. */
function leaning(told: Told): number {
  const directed = told.for + told.against;
  if (directed < DIRECTED_MIN) return 0;
  return Math.sign(told.for - told.against);
}
