import { codePointLength } from '../../coding/spans.ts';
import { cueStretches, type TurnCue } from '../../coding/turns.ts';
import { guidFor } from './guid.ts';
import { type FoundTurn, type Layout, shownSpan } from './layout.ts';
import type { SyncPoint } from './project.ts';

/*
 * The standard ties words to a recording by points, each a place in the text and a time; there is no end. A caption is a
 * point at its first letter.
 */

/**
 * The points of turns as they are laid out: where each begins, and each caption within it.
 *
 * @param text the GUID of the text, from which those of its points follow
 */
export function syncPointsOf(
  text: string,
  turns: readonly { text: string; startMs: number | null; cues: readonly TurnCue[] }[],
  places: Layout['places'],
): SyncPoint[] {
  return rising(
    turns.flatMap((turn, index) => {
      const place = places[index];
      if (!place) return [];
      const own = turn.cues.length > 0 ? cueStretches(turn.cues, codePointLength(turn.text)) : [];
      const timed = own.flatMap(({ start, end, startMs }) => {
        const shown = shownSpan(place, { start, end });
        return shown ? [{ position: shown.start, ms: startMs }] : [];
      });
      if (timed.length > 0) return timed;
      return turn.startMs === null ? [] : [{ position: place.start, ms: turn.startMs }];
    }),
  ).map(({ position, ms }) => ({ guid: guidFor('sync', text, position), position, ms }));
}

/**
 * Turns with the times that points tell, and the captions in each. A point before the words of a turn, such as at the name
 * before them, is where the turn begins; of points at one time the first counts. Times that a turn has already stay.
 */
export function timedTurns(
  turns: readonly FoundTurn[],
  points: readonly Pick<SyncPoint, 'position' | 'ms'>[],
): { turn: FoundTurn; cues: TurnCue[] }[] {
  const rest = rising(points);
  let next = 0;
  return turns.map((turn) => {
    const cues: TurnCue[] = [];
    for (let point = rest[next]; point && point.position < turn.end; point = rest[next]) {
      next += 1;
      const start = Math.max(0, point.position - turn.start);
      // Of several before the words the last is nearest to them.
      if (start === 0) cues.length = 0;
      cues.push({ start, startMs: point.ms, endMs: null });
    }
    const [first] = cues;
    return {
      turn: { ...turn, startMs: turn.startMs ?? (first?.start === 0 ? first.startMs : null) },
      cues: cues.length > 1 ? cues : [],
    };
  });
}

/** Points in the order of their places whose times rise with them; what does not is no telling of time. */
export function rising<Point extends { position: number; ms: number }>(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points.toSorted((one, other) => one.position - other.position || one.ms - other.ms)) {
    const last = kept.at(-1);
    if (!last || (point.position > last.position && point.ms > last.ms)) kept.push(point);
  }
  return kept;
}
