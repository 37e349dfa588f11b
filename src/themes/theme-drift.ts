import { shareDifference } from '../stats/share-difference.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** Fewer answers on either side say nothing. */
export const DRIFT_BASE_MIN = 50;
export const DRIFT_DAYS = 30;

export type Drift = {
  lately: ShareInterval & { count: number; n: number };
  before: ShareInterval & { count: number; n: number };
};

/**
 * Whether lately clearly more answers fit no theme than before: people have begun to speak of something new.
 *
 * @param answers when each was given, and whether it fits any theme
 * @param now what the last thirty days are counted back from
 * @returns null unless both sides have fifty answers and the 95% interval of the difference lies above zero
 */
export function themeDrift(answers: readonly { at: string; hasTheme: boolean }[], now: Date): Drift | null {
  const since = new Date(now.getTime() - DRIFT_DAYS * 86_400_000).toISOString();
  const [lately, before] = [
    { count: 0, total: 0 },
    { count: 0, total: 0 },
  ];
  for (const { at, hasTheme } of answers) {
    const side = at >= since ? lately : before;
    side.total += 1;
    if (!hasTheme) side.count += 1;
  }
  if (Math.min(lately.total, before.total) < DRIFT_BASE_MIN) return null;
  const apart = shareDifference(lately, before);
  if (!apart || apart.low <= 0) return null;
  const side = ({ count, total }: typeof lately) => ({ ...wilsonInterval(count, total)!, count, n: total });
  return { lately: side(lately), before: side(before) };
}
