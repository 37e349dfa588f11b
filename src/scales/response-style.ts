import { mean } from '../stats/mean.ts';
import { standardDeviation } from '../stats/variance.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** With fewer answers, the same one throughout says nothing. */
const ITEMS_MIN = 5;
/** The usual limit of 16 of 21, for batteries of any length from ten items on. */
const LONG_BATTERY = 10;
const SAME_SHARE = 16 / 21;

/** How a whole sample used the steps of one instrument. */
export type ResponseStyle = {
  /** Who answered enough items to be judged. */
  judged: number;
  /** Of these: one answer to (nearly) everything; null when nobody is judged. */
  straightLining: { count: number; share: ShareInterval } | null;
  /** Agreement whatever the item says, in steps from the middle; null without items both ways round. */
  acquiescence: { n: number; mean: number; standardDeviation: number | null } | null;
};

/**
 * Whether somebody gave one answer to everything, or in a long battery to more than 16 of 21.
 *
 * @param answers one person's, as given, nothing reversed; null where not answered
 * @returns null when too few are answered to tell
 *
 * @example
 * isStraightLined([3, 3, 3, 3, 3, null]) // => true
 * @example
 * isStraightLined([3, 3]) // => null
 */
export function isStraightLined(answers: readonly (number | null)[]): boolean | null {
  const given = answers.filter((answer) => answer !== null);
  if (given.length < ITEMS_MIN) return null;
  const most = Math.max(
    ...Map.groupBy(given, (answer) => answer)
      .values()
      .map((same) => same.length),
  );
  return most === given.length || (given.length >= LONG_BATTERY && most > SAME_SHARE * given.length);
}

/**
 * How far somebody agrees whatever the item says: the mean of their answers over items both ways round, each scale's two
 * directions weighing the same, less the middle of the steps. 0 is balanced, above 0 leans to agreeing.
 *
 * @param answers as given, nothing reversed, by item; null where not answered
 * @param scales the items of each scale, straight and reversed ones; scales that lack one of the two say nothing
 * @param middle of the steps, such as 3 for 1 to 5
 * @returns null when no scale has answers both ways round
 * @see Soto, John, Gosling and Potter (2008), Journal of Personality and Social Psychology 94(4), 718–737
 *
 * @example
 * acquiescence([5, 4], [{ straight: [0], reversed: [1] }], 3) // => 1.5
 */
export function acquiescence(
  answers: readonly (number | null)[],
  scales: readonly { straight: readonly number[]; reversed: readonly number[] }[],
  middle: number,
): number | null {
  const given = (items: readonly number[]) => mean(items.flatMap((item) => answers[item] ?? []));
  return mean(
    scales.flatMap(({ straight, reversed }) => {
      const [yes, no] = [given(straight), given(reversed)];
      return yes === null || no === null ? [] : [(yes + no) / 2 - middle];
    }),
  );
}

/**
 * The two styles over everybody.
 *
 * @param rows respondents × items, as given, nothing reversed
 *
 * @example
 * responseStyle([[3, 3, 3, 3, 3], [1, 2, 3, 4, 5]], [], 3).straightLining?.count // => 1
 */
export function responseStyle(
  rows: readonly (readonly (number | null)[])[],
  scales: readonly { straight: readonly number[]; reversed: readonly number[] }[],
  middle: number,
): ResponseStyle {
  const judged = rows.map(isStraightLined).filter((one) => one !== null);
  const count = judged.filter(Boolean).length;
  const share = wilsonInterval(count, judged.length);
  const leanings = rows.map((row) => acquiescence(row, scales, middle)).filter((one) => one !== null);
  const leaning = mean(leanings);
  return {
    judged: judged.length,
    straightLining: share === null ? null : { count, share },
    acquiescence:
      leaning === null ? null : { n: leanings.length, mean: leaning, standardDeviation: standardDeviation(leanings) },
  };
}
