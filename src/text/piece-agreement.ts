import type { CutCorpus } from './corpus.ts';
import { labelAgreement } from './label-agreement.ts';
import { fitMember, latentDirections, type MemberKind } from './members.ts';
import { randomStream, sampleWithoutRepetition } from './random-streams.ts';
import { usefulCounts } from './vocabulary.ts';

const documentsMin = 20;
const documentsMax = 1500;
const themesMax = 20;
const piecesPerTheme = 12;
const kinds: readonly MemberKind[] = ['directions', 'microThemes', 'directions', 'microThemes'];
const reliabilityMin = 0.05;
const oneThemedFrom = 0.5;

/**
 * Whether long documents mostly speak of one thing each, so that they tell more when read whole. Themes are tried on a
 * sample of their pieces; pieces of one document must meet in one theme far more often than chance has it, measured
 * against how far the trials agree with each other at all:
 *
 *   (share of pairs of pieces in one theme − chance) / (1 − chance) / mean adjusted Rand index of the trials
 *
 * Documents that go from theme to theme come near 0, those with one theme near 1 or above. False for fewer than 20
 * documents of several pieces.
 */
export function isOneThemed(corpus: CutCorpus, seed: number): boolean {
  const { documentOf, clusterable } = corpus;
  const several = documentsOfSeveral(documentOf, clusterable);
  if (several.length < documentsMin) return false;
  const chosen = sampleWithoutRepetition(several.length, documentsMax, randomStream(seed, 300));
  const pieces = Int32Array.from(Array.from(chosen).flatMap((d) => several[d]!));
  const owner = Int32Array.from(Array.from(chosen).flatMap((d, q) => several[d]!.map(() => q)));
  const { counts } = usefulCounts(corpus.counts, pieces);
  const themes = Math.max(2, Math.min(themesMax, Math.floor(pieces.length / piecesPerTheme)));
  const directions = latentDirections(counts, randomStream(seed, 301));
  const trials = kinds.map((kind, e) =>
    fitMember(counts, directions, { kind, themes, random: randomStream(seed, 302 + e) }),
  );

  let excess = 0;
  let reliability = 0;
  let pairs = 0;
  trials.forEach((labels, e) => {
    excess += meetingOverChance(labels, owner, themes) / trials.length;
    for (let other = 0; other < e; other++) {
      reliability += labelAgreement(labels, trials[other]!);
      pairs++;
    }
  });
  return excess / Math.max(reliabilityMin, reliability / pairs) >= oneThemedFrom;
}

/** The clusterable pieces of each document that has more than one. */
function documentsOfSeveral(documentOf: Int32Array, clusterable: Int32Array): number[][] {
  const several: number[][] = [];
  for (let from = 0; from < clusterable.length; ) {
    let to = from + 1;
    while (to < clusterable.length && documentOf[clusterable[to]!] === documentOf[clusterable[from]!]) to++;
    if (to - from > 1) several.push(Array.from(clusterable.subarray(from, to)));
    from = to;
  }
  return several;
}

function meetingOverChance(labels: Int32Array, owner: Int32Array, themes: number): number {
  const sizes = new Float64Array(themes);
  let pairs = 0;
  let alike = 0;
  let first = 0;
  for (let q = 0; q < labels.length; q++) {
    if (owner[first] !== owner[q]) first = q;
    for (let other = first; other < q; other++) {
      pairs++;
      if (labels[other] === labels[q]) alike++;
    }
    sizes[labels[q]!]!++;
  }
  let chance = 0;
  for (const size of sizes) chance += (size / labels.length) ** 2;
  return chance >= 1 ? 0 : (alike / pairs - chance) / (1 - chance);
}
