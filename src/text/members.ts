import type { Random } from '../stats/random.ts';
import { alignToHeld, type Held } from './held.ts';
import { informationBottleneck } from './information-bottleneck.ts';
import { cutTree, mergeTree } from './merge-tree.ts';
import { fitMixture } from './mixture.ts';
import { leadingDimensions } from './sparse-svd.ts';
import { type Directions, normaliseRows, sphericalKMeans } from './spherical-k-means.ts';
import { tfIdf } from './tf-idf.ts';
import type { WordCounts } from './word-counts.ts';

/**
 * Three ways to look at the same documents, chosen because they err differently: `directions` groups them by leading
 * dimensions of their words, `microThemes` finds many small themes and joins them, `bottleneck` keeps the most
 * information about the words; `vectors` groups them by directions that come from elsewhere. All but `bottleneck` are
 * then refined by the mixture.
 */
export type MemberKind = 'directions' | 'microThemes' | 'bottleneck' | 'vectors';

const latentDimensions = 50;

/** Documents as directions in their leading dimensions, shared by every member that starts from them. */
export function latentDirections(counts: WordCounts, random: Random): Directions {
  const directions = leadingDimensions(tfIdf(counts), { dimensions: latentDimensions, passes: 2, random });
  normaliseRows(directions);
  return directions;
}

/**
 * One opinion about which documents belong together.
 *
 * @param directions of the same documents, from `latentDirections`
 * @param themes how many to look for; some may come out empty
 * @param vectors of the same documents, where they were given
 * @param held documents and themes a researcher decided on
 * @returns the theme of each document, 0 to themes − 1
 */
export function fitMember(
  counts: WordCounts,
  directions: Directions,
  options: {
    kind: MemberKind;
    themes: number;
    vectors?: Directions | null;
    held?: Held | null;
    random: Random;
  },
): Int32Array {
  const { kind, themes, held = null, random } = options;
  const start = startOf(counts, kind === 'vectors' && options.vectors ? options.vectors : directions, options);
  const labels = held ? alignToHeld(start, held, themes) : start;
  if (kind === 'bottleneck') return labels;
  return fitMixture(counts, { themes, labels, samplingSweeps: 8, hardSweeps: 3, held, random }).labels;
}

function startOf(
  counts: WordCounts,
  directions: Directions,
  { kind, themes, random }: { kind: MemberKind; themes: number; random: Random },
): Int32Array {
  if (kind === 'microThemes') return joinedMicroThemes(counts, themes, random);
  if (kind === 'bottleneck') {
    return informationBottleneck(counts, { groups: themes, starts: 2, sweepsMax: 12, random });
  }
  return sphericalKMeans(directions, { groups: themes, starts: 1, iterationsMax: 12, random });
}

function joinedMicroThemes(counts: WordCounts, themes: number, random: Random): Int32Array {
  const wanted = Math.min(Math.max(3 * themes, 60), Math.ceil(counts.documents / 5), 250);
  const micro = Math.max(2, wanted);
  const { labels } = fitMixture(counts, { themes: micro, labels: null, samplingSweeps: 6, hardSweeps: 2, random });
  return cutTree(mergeTree(counts, labels, micro), labels, themes);
}
