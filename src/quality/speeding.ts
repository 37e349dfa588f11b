import { median } from '../stats/quantile.ts';
import { clear, counted, flagged, type Judgement, unjudged } from './judgement.ts';

/** How long one response took, and how much there was to read. */
export type Pace = {
  /** From the first page to the completion; null when not completed or not timed. */
  durationSeconds: number | null;
  /** Words of all pages this respondent was shown; null when not known. */
  wordsShown: number | null;
};

export type SpeedingOptions = {
  /** Flagged below this share of the median duration; a third unless told. */
  medianShare?: number;
  /** How many timed, completed responses the median needs; 20 unless told. */
  completedMin?: number;
  /** Flagged below this many milliseconds for each word shown; 300 unless told, 0 turns the floor off. */
  millisecondsPerWord?: number;
};

/**
 * Who went through faster than the questions can be read.
 *
 * Two rules, and either is enough: less than a third of the median duration of all completed responses, and less than
 * 300 ms for each word shown. The median waits for 20 responses; the floor holds from the first, since it does not
 * depend on others. Branches make some routes shorter, which the floor takes into account and the median does not.
 *
 * @param paces all responses of one survey, since they are compared with each other; in any order
 * @returns one judgement per response, in the same order; `unjudged` for a response without a duration, and for one
 *   that keeps to the floor while the median is not to be had yet
 * @throws {RangeError} when a duration or a word count is negative or not finite
 * @see Zhang and Conrad (2014), Survey Research Methods 8(2), 127–135, for the time per word;
 *   Greszki, Meyer and Schoen (2015), Public Opinion Quarterly 79(2), 471–503, for shares of the median
 *
 * @example
 * judgeSpeeding([{ durationSeconds: 20, wordsShown: 100 }])
 * // => [{ outcome: 'flagged', reason: 'Took 20 s for 100 words; reading them takes at least 30 s.' }]
 */
export function judgeSpeeding(paces: readonly Pace[], options: SpeedingOptions = {}): Judgement[] {
  const { medianShare = 1 / 3, completedMin = 20, millisecondsPerWord = 300 } = options;
  for (const { durationSeconds, wordsShown } of paces) {
    if (!isAmount(durationSeconds) || !isAmount(wordsShown)) {
      throw new RangeError('judgeSpeeding requires durations and word counts of at least 0');
    }
  }
  const durations = paces.flatMap(({ durationSeconds }) => (durationSeconds === null ? [] : [durationSeconds]));
  const middle = durations.length >= completedMin ? median(durations) : null;
  const tooFew = unjudged(
    `Only ${counted(durations.length, 'completed response')} with a duration; a median to compare with needs ${completedMin}.`,
  );
  const untimed = unjudged('Not completed or not timed.');

  return paces.map(({ durationSeconds, wordsShown }) => {
    if (durationSeconds === null) return untimed;
    const reasons: string[] = [];
    if (middle !== null && durationSeconds < middle * medianShare) {
      reasons.push(
        `Took ${seconds(durationSeconds)}, less than ${percent(medianShare)} of the median of ${seconds(middle)}.`,
      );
    }
    const floor = ((wordsShown ?? 0) * millisecondsPerWord) / 1000;
    if (durationSeconds < floor) {
      reasons.push(
        `Took ${seconds(durationSeconds)} for ${counted(wordsShown ?? 0, 'word')}; reading them takes at least ${seconds(floor)}.`,
      );
    }
    if (reasons.length > 0) return flagged(reasons.join(' '));
    return middle === null ? tooFew : clear;
  });
}

function isAmount(value: number | null): boolean {
  return value === null || (Number.isFinite(value) && value >= 0);
}

function seconds(value: number): string {
  return `${Number(value.toPrecision(value < 100 ? 2 : Math.ceil(Math.log10(value + 1))))} s`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
