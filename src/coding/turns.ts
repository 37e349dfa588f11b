/** One person's go in a talk. Times count from the beginning of the talk; null when the transcript does not say. */
export type Turn = { speaker: string | null; startMs: number | null; endMs: number | null; text: string };
