/** How an attempt to deliver ended, as far as it was no success. */
export type DeliveryFailure =
  /** The other side answered with this status. */
  | { kind: 'status'; status: number }
  /** Nothing, or not everything, came back; `wasSent` once the request may have arrived. */
  | { kind: 'silent'; wasSent: boolean }
  /** We would not send it: the address is none that this server may write to. */
  | { kind: 'forbidden' };

/**
 * - `later`: try again after a pause
 * - `failed`: trying again by itself would change nothing, or would do it twice
 * - `gone`: the other side wants no more of anything (410)
 */
export type DeliveryVerdict = 'later' | 'failed' | 'gone';

/** Statuses that speak of now and not of the request. */
const PASSING = new Set([408, 409, 423, 425, 429]);

/**
 * What follows from a delivery that did not succeed.
 *
 * @param isOwn the receiver is somebody's own webhook, whose refusals are mostly mistakes that get mended
 * @param isRepeatable sending it twice does no harm; a ticket made twice does
 *
 * @example
 * judgeDelivery({ kind: 'status', status: 503 }, { isOwn: false, isRepeatable: true }) // => 'later'
 * @example
 * judgeDelivery({ kind: 'silent', wasSent: true }, { isOwn: false, isRepeatable: false }) // => 'failed'
 */
export function judgeDelivery(
  failure: DeliveryFailure,
  { isOwn, isRepeatable }: { isOwn: boolean; isRepeatable: boolean },
): DeliveryVerdict {
  if (failure.kind === 'forbidden') return 'failed';
  if (failure.kind === 'silent') return isRepeatable || !failure.wasSent ? 'later' : 'failed';
  const { status } = failure;
  if (status === 410) return 'gone';
  // A refusal under load was refused before anything was made; a fault within may have come after.
  if (status >= 500) return isRepeatable || status === 503 ? 'later' : 'failed';
  return isOwn || PASSING.has(status) ? 'later' : 'failed';
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Pauses before the second, third… attempt; after the last attempt the delivery is given up. */
const PAUSES_MS = [5_000, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 12 * HOUR, 24 * HOUR];
const PAUSE_MAX_MS = 24 * HOUR;
/** Pauses are longer by up to this share, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * How long to wait before the next attempt: growing pauses with some chance in them, at least as long as the other side
 * asked for, and never more than a day.
 *
 * @param attempts how many there were, at least 1
 * @param random from 0 up to 1
 * @param askedMs what `Retry-After` comes to; null without one
 * @returns milliseconds; null when there were enough
 *
 * @example
 * pauseAfter(1, 0, null) // => 5000
 * @example
 * pauseAfter(2, 0.5, 120000) // => 120000
 * @example
 * pauseAfter(9, 0, null) // => null
 */
export function pauseAfter(attempts: number, random: number, askedMs: number | null): number | null {
  const pause = PAUSES_MS[attempts - 1];
  if (pause === undefined) return null;
  return Math.min(PAUSE_MAX_MS, Math.max(Math.round(pause * (1 + JITTER * random)), askedMs ?? 0));
}

/**
 * What a `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3).
 *
 * @param now in milliseconds
 * @returns milliseconds from now, at least 0; null when there is none or it cannot be read
 *
 * @example
 * readRetryAfter('120', 0) // => 120000
 * @example
 * readRetryAfter('soon', 0) // => null
 */
export function readRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
