/** One person's go in a talk. Times count from the beginning of the talk; null when the transcript does not say. */
export type Turn = { speaker: string | null; startMs: number | null; endMs: number | null; text: string };

/**
 * A caption that a turn was joined of: where its words begin in the turn, in code points, and when it was said, in
 * milliseconds from the beginning of the talk.
 */
export type TurnCue = { start: number; startMs: number; endMs: number | null };

/**
 * The stretches of a turn that its captions are: the first begins with the turn, each lasts until the next.
 *
 * @param length of the turn, in code points
 *
 * @example
 * cueStretches([{ start: 2, startMs: 0, endMs: 900 }, { start: 6, startMs: 1000, endMs: null }], 9).map(({ start, end }) => [start, end]) // => [[0, 6], [6, 9]]
 */
export const cueStretches = (cues: readonly TurnCue[], length: number): (TurnCue & { end: number })[] =>
  cues.map((cue, index) => ({
    ...cue,
    start: index === 0 ? 0 : cue.start,
    end: cues[index + 1]?.start ?? length,
  }));
