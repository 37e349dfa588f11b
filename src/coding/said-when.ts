import { cueStretches, type TurnCue } from './turns.ts';

/** When words were said, in milliseconds from the beginning of the talk, and all that is said then, in code points. */
export type SaidWhen = { fromMs: number; toMs: number; start: number; end: number };

/**
 * When a stretch of a turn was said. A caption is heard as a whole, so that more than the stretch may be said then.
 *
 * @param turn the captions that it was joined of, none where it was one; when it began and ended where that is known; and
 *   its length in code points
 * @param span of the turn, in code points
 * @returns null where nobody knows when it begins or ends
 *
 * @example
 * saidWhen({ cues: [], startMs: 5000, endMs: 9000, length: 20 }, { start: 4, end: 8 }) // => { fromMs: 5000, toMs: 9000, start: 0, end: 20 }
 */
export function saidWhen(
  turn: { cues: readonly TurnCue[]; startMs: number | null; endMs: number | null; length: number },
  span: { start: number; end: number },
): SaidWhen | null {
  const { startMs, endMs, length } = turn;
  const cues = turn.cues.length > 0 ? turn.cues : startMs === null ? [] : [{ start: 0, startMs, endMs }];
  const stretches = cueStretches(cues, length);
  const heard = stretches.filter(({ start, end }) => start < span.end && end > span.start);
  const [first, last] = [heard[0], heard.at(-1)];
  if (!first || !last) return null;
  const toMs = last.endMs ?? stretches[stretches.indexOf(last) + 1]?.startMs ?? endMs;
  if (toMs === null || toMs <= first.startMs) return null;
  return { fromMs: first.startMs, toMs, start: first.start, end: last.end };
}
