import { nextSegment } from './hysteresis.ts';

/** One time that a person was put into a segment of a segmentation, or into none. */
export type Placing = {
  /** Null for none. */
  segment: string | null;
  /** Of that segment, or of the most likely one where it is none; null where nobody knows. */
  probability: number | null;
  /** Of every segment, where a typing tool told them. */
  probabilities: Readonly<Record<string, number>> | null;
  /** Why it is none; null where it is one, or nobody said. */
  reason: 'unsure' | 'missing' | null;
  placedAt: string;
  /** Tells apart what came at the same instant. */
  id: number;
};

/** Where a person stands after all that came before. */
export type Standing<P extends Placing = Placing> = {
  segment: string | null;
  probability: number | null;
  /** What it rests on: the newest that told anything. */
  by: P;
  /** True where the newest said otherwise, and not by enough to move the person. */
  isKept: boolean;
};

/**
 * Where one person stands, by everything that was told of them in one segmentation, in whatever order it is given. What a
 * tool says moves somebody only where it beats the segment so far by the margin of `nextSegment`; what was imported or
 * defined counts as it was told. Too few answers move nobody.
 *
 * @returns one for each placing, the oldest first; the last is how they stand today
 *
 * @example
 * const at = (id, a, b, segment) =>
 *   ({ id, segment, probability: Math.max(a, b), probabilities: { a, b }, reason: null, placedAt: `2026-03-0${id}` })
 * foldPlacements([at(2, 0.45, 0.55, 'b'), at(1, 0.9, 0.1, 'a'), at(3, 0.2, 0.8, 'b')]).map(({ segment }) => segment)
 * // => ['a', 'a', 'b']
 */
export function foldPlacements<P extends Placing>(placings: readonly P[]): Standing<P>[] {
  const standings: Standing<P>[] = [];
  for (const placing of placings.toSorted(byTime)) standings.push(next(standings.at(-1), placing));
  return standings;
}

const byTime = (a: Placing, b: Placing): number =>
  a.placedAt < b.placedAt ? -1 : a.placedAt > b.placedAt ? 1 : a.id - b.id;

function next<P extends Placing>(before: Standing<P> | undefined, placing: P): Standing<P> {
  const { segment, probability, probabilities, reason } = placing;
  const told = { segment, probability, by: placing, isKept: false };
  if (before === undefined) return told;
  if (reason === 'missing') return before;
  if (probabilities === null) return told;
  const kept = nextSegment(before.segment, { segment, probabilities, missing: [] });
  return kept === segment ? told : { segment: kept, probability: probabilities[kept!]!, by: placing, isKept: true };
}
