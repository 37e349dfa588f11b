import { groupsIn, indexOfLargest, intoProbabilities } from './engines/memberships.ts';
import { type SegmentModel, scoreRow } from './place-in-segment.ts';

/** What is known of where somebody is: how sure of the segment, and of the one next to it. */
export type OwnMembership = { segment: number; probability: number | null; second: number | null };

/**
 * How likely somebody is in each segment, together 1. An engine that knows likelihoods tells all of them. Of one that knows
 * what is nearest, the own segment and the next keep what the repetitions said of them, and the others share the rest.
 * Nobody doubts a membership without a probability.
 *
 * @param k how many segments there are
 * @param model null where nothing can place people
 * @param answers by column of the model; null where the person answered none of them
 */
export function membershipRow(
  k: number,
  own: OwnMembership,
  model: SegmentModel | null,
  answers: Float64Array | null,
): number[] {
  const { segment, probability } = own;
  if (probability === null) return Array.from({ length: k }, (_, s) => (s === segment ? 1 : 0));
  const scores = model && answers && groupsIn(model.groups) === k ? scoreRow(model, answers) : null;
  if (scores && model?.groups.kind !== 'centres') {
    intoProbabilities(scores);
    return Array.from(scores);
  }
  const sure = Math.min(1, Math.max(0, probability));
  const row = new Array<number>(k).fill(0);
  let left = 1 - sure;
  row[segment] = sure;
  const others = k - 1;
  if (scores && own.second !== null && others > 1) {
    scores[segment] = Number.NEGATIVE_INFINITY;
    const next = indexOfLargest(scores);
    row[next] = Math.min(left, Math.max(0, own.second));
    left -= row[next];
    return row.map((value, s) => (s === segment || s === next ? value : left / (others - 1)));
  }
  return row.map((value, s) => (s === segment ? value : left / others));
}
