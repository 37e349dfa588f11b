import { mulberry32, shuffled } from '../stats/random.ts';

/**
 * Parts rows so that all rows of one group (a person, an interview) fall into the same part, with about as many rows
 * of each kind in every part. Groups with most positives are placed first, each where the parts come out most even.
 *
 * @param labels 1 or 0 for each row; rows with anything else get part −1
 * @param groups the group of each row
 * @param folds how many parts
 * @param seed decides among groups that are alike
 * @returns the part of each row, from 0
 *
 * @example
 * groupedFolds(Int8Array.of(1, 0, 1, 0), Int32Array.of(7, 7, 9, 9), 2, 1) // => Int8Array [0, 0, 1, 1]
 */
export function groupedFolds(labels: Int8Array, groups: Int32Array, folds: number, seed: number): Int8Array {
  const members = new Map<number, { positives: number; negatives: number }>();
  let [positives, negatives] = [0, 0];
  for (const [row, label] of labels.entries()) {
    if (label !== 0 && label !== 1) continue;
    const group = members.get(groups[row]!) ?? { positives: 0, negatives: 0 };
    members.set(groups[row]!, group);
    if (label === 1) [group.positives, positives] = [group.positives + 1, positives + 1];
    else [group.negatives, negatives] = [group.negatives + 1, negatives + 1];
  }

  const order = shuffled([...members.keys()], mulberry32(seed)).sort((a, b) => {
    const [one, other] = [members.get(a)!, members.get(b)!];
    return other.positives - one.positives || other.negatives - one.negatives;
  });
  const filled = Array.from({ length: folds }, () => ({ positives: 0, negatives: 0 }));
  const foldOf = new Map<number, number>();
  for (const group of order) {
    const own = members.get(group)!;
    // What a part would hold too much of, in shares of the whole; the least is taken, the first of several.
    const cost = filled.map(
      (fold) =>
        (own.positives / Math.max(1, positives)) * ((2 * fold.positives + own.positives) / Math.max(1, positives)) +
        (own.negatives / Math.max(1, negatives)) * ((2 * fold.negatives + own.negatives) / Math.max(1, negatives)),
    );
    const best = cost.indexOf(Math.min(...cost));
    filled[best]!.positives += own.positives;
    filled[best]!.negatives += own.negatives;
    foldOf.set(group, best);
  }
  return Int8Array.from(labels, (label, row) => (label === 0 || label === 1 ? foldOf.get(groups[row]!)! : -1));
}
