import type { Random } from '../stats/random.ts';
import { alignToHeld, type Held } from './held.ts';
import { labelAgreement, sharedInformation } from './label-agreement.ts';
import { fitMixture } from './mixture.ts';
import { leadingDimensions } from './sparse-svd.ts';
import { normaliseRows, sphericalKMeans } from './spherical-k-means.ts';
import type { WordCounts } from './word-counts.ts';

/** Above this many themes the spectral candidates cost most of the time and hardly ever win. */
const spectralThemesMax = 60;
const voteRoundsMax = 15;
const voteSmoothing = 0.3;
const settledShare = 0.001;

/**
 * What several members agree on: candidates are made from their labels alone, refined on the words, and the one that
 * shares most information with the members is kept.
 *
 * @param members labels 0 to themes − 1, at least one member
 * @param isRefined whether to refine candidates on the words
 * @param held documents and themes a researcher decided on; the members must already keep to it
 * @returns the theme of each document
 */
export function consensus(
  counts: WordCounts,
  members: readonly Int32Array[],
  {
    themes,
    isRefined,
    held = null,
    random,
  }: { themes: number; isRefined: boolean; held?: Held | null; random: Random },
): Int32Array {
  const candidates = [vote(members, themes, medoid(members), held)];
  if (themes <= spectralThemesMax) {
    const found = spectralGroups(members, themes, random);
    const grouped = held ? alignToHeld(found, held, themes) : found;
    candidates.push(grouped, vote(members, themes, grouped, held));
  }

  let best = candidates[0]!;
  let most = -Infinity;
  for (const candidate of candidates) {
    const refined = isRefined
      ? fitMixture(counts, { themes, labels: candidate, samplingSweeps: 0, hardSweeps: 3, held, random }).labels
      : candidate;
    let shared = 0;
    for (const member of members) shared += sharedInformation(member, refined);
    if (shared > most) [best, most] = [refined, shared];
  }
  return best;
}

/** The member that agrees most with the others. */
function medoid(members: readonly Int32Array[]): Int32Array {
  const agreement = new Float64Array(members.length);
  for (let a = 0; a < members.length; a++) {
    for (let b = 0; b < a; b++) {
      const alike = labelAgreement(members[a]!, members[b]!);
      agreement[a]! += alike;
      agreement[b]! += alike;
    }
  }
  return members[agreement.indexOf(Math.max(...agreement))]!;
}

/**
 * A mixture over the labels the members gave: each theme has its own habit of labels in every member, and each document
 * goes where its labels fit best; repeated until hardly any document moves.
 */
function vote(members: readonly Int32Array[], themes: number, start: Int32Array, held: Held | null): Int32Array {
  const labels = Int32Array.from(start);
  for (let round = 0; round < voteRoundsMax; round++) {
    const { logHabit, logSize } = labelHabits(members, themes, labels);
    let moved = 0;
    for (let i = 0; i < labels.length; i++) {
      if (held && held.fixed[i]! >= 0) continue;
      const barred = held?.barred.get(i);
      let best = 0;
      let most = -Infinity;
      for (let c = 0; c < themes; c++) {
        if (barred?.includes(c)) continue;
        let score = logSize[c]! / 2;
        for (let e = 0; e < members.length; e++) score += logHabit[(e * themes + members[e]![i]!) * themes + c]!;
        if (score > most) {
          most = score;
          best = c;
        }
      }
      if (best !== labels[i]) moved++;
      labels[i] = best;
    }
    if (moved <= labels.length * settledShare) break;
  }
  return labels;
}

function labelHabits(members: readonly Int32Array[], themes: number, labels: Int32Array) {
  const sizes = new Float64Array(themes).fill(1);
  const logHabit = new Float64Array(members.length * themes * themes).fill(voteSmoothing);
  for (const label of labels) sizes[label]!++;
  members.forEach((member, e) => {
    for (let i = 0; i < labels.length; i++) logHabit[(e * themes + member[i]!) * themes + labels[i]!]!++;
    for (let c = 0; c < themes; c++) {
      const total = sizes[c]! - 1 + voteSmoothing * themes;
      for (let label = 0; label < themes; label++) {
        const cell = (e * themes + label) * themes + c;
        logHabit[cell] = Math.log(logHabit[cell]! / total);
      }
    }
  });
  return { logHabit, logSize: sizes.map(Math.log) };
}

/** Groups documents that share labels of the members, in the leading dimensions of documents × labels. */
function spectralGroups(members: readonly Int32Array[], themes: number, random: Random): Int32Array {
  const rows = members[0]!.length;
  const width = members.length;
  const column = new Int32Array(rows * width);
  const sizes = new Int32Array(width * themes);
  for (let i = 0; i < rows; i++) {
    for (let e = 0; e < width; e++) {
      column[i * width + e] = e * themes + members[e]![i]!;
      sizes[column[i * width + e]!]!++;
    }
  }
  const starts = Int32Array.from({ length: rows + 1 }, (_, i) => i * width);
  const value = Float64Array.from(column, (label) => 1 / Math.sqrt(sizes[label]!));
  const matrix = { rows, columns: width * themes, starts, column, value };
  const directions = leadingDimensions(matrix, { dimensions: Math.min(themes, spectralThemesMax), passes: 3, random });
  normaliseRows(directions);
  return sphericalKMeans(directions, { groups: themes, starts: 3, iterationsMax: 20, random });
}
