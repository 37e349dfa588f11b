import type { Rule } from '../../model/rule.ts';
import { bitsSet, type Overlap, overlapOf, segmentBits } from '../../segments/overlap.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readPeopleColumns } from '../columns/people-columns.ts';

export type OverlapArgs = { workspaceId: number; studyId: number; now: number };
export type StudyOverlap = {
  /** Everybody known in the workspace. */
  everybody: number;
  segments: { id: string; admitted: number; unknown: number }[];
  /** Every two segments, by their places in the list, the smaller first. */
  pairs: (Overlap & { a: number; b: number })[];
};

/** So many segments are held against each other: the newest. */
export const SEGMENTS_MAX = 100;

/**
 * Which people every two segments of a study have in common: all of them are decided at one moment, over facts that are
 * read once.
 */
export async function overlapTask({ store, onProgress }: TaskContext, args: OverlapArgs): Promise<StudyOverlap> {
  const { workspaceId, studyId, now } = args;
  const ids = (await store.segments.list(studyId))
    .sort((a, b) => b.id - a.id)
    .slice(0, SEGMENTS_MAX)
    .map(({ publicId }) => publicId);
  const clock = { now, timeZone: (await store.offers.limits(workspaceId)).timeZone };
  onProgress('Finding who is in each segment', 0.05);
  const rules: Rule[] = ids.map((id) => ({ segment: id }));
  const { people, population } = await readPeopleColumns(store, args, { rule: { any: rules }, unit: 'person' }, clock);
  const bits = population.decide(rules, clock).map(segmentBits);
  onProgress('Comparing every two', 0.8);
  const count = (words: Uint32Array) => words.reduce((sum, word) => sum + bitsSet(word), 0);
  return {
    everybody: people.length,
    segments: bits.map(({ isIn, isKnown }, index) => ({
      id: ids[index]!,
      admitted: count(isIn),
      unknown: people.length - count(isKnown),
    })),
    pairs: bits.flatMap((one, a) =>
      bits.slice(a + 1).map((other, index) => ({ a, b: a + 1 + index, ...overlapOf(one, other) })),
    ),
  };
}
