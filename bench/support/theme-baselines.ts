import { mulberry32 } from '../../src/stats/random.ts';
import { informationBottleneck } from '../../src/text/information-bottleneck.ts';
import { latentDirections } from '../../src/text/members.ts';
import { sphericalKMeans } from '../../src/text/spherical-k-means.ts';
import { englishReading } from '../../src/text/tokens.ts';
import { documentsWithSharedWords, readVocabulary, usefulCounts } from '../../src/text/vocabulary.ts';
import { documentLengths, type WordCounts } from '../../src/text/word-counts.ts';

/**
 * Well-known methods on the same words, each given the number of groups: latent semantic analysis with spherical k-means,
 * the plain Dirichlet multinomial mixture by Gibbs sampling (GSDMM), and the sequential information bottleneck.
 */
export const baselines: Record<string, (counts: WordCounts, groups: number, seed: number) => Int32Array> = {
  'LSA + k-means': (counts, groups, seed) =>
    sphericalKMeans(latentDirections(counts, mulberry32(seed)), {
      groups,
      starts: 5,
      iterationsMax: 30,
      random: mulberry32(seed + 1),
    }),
  GSDMM: plainMixture,
  sIB: (counts, groups, seed) =>
    informationBottleneck(counts, { groups, starts: 2, sweepsMax: 12, random: mulberry32(seed) }),
};

/** Runs a baseline on texts; those without a word shared with others come out as one more group. */
export function runBaseline(name: string, texts: readonly string[], groups: number, seed: number): string[] {
  const vocabulary = readVocabulary(texts, englishReading);
  const chosen = documentsWithSharedWords(vocabulary.counts);
  const { counts } = usefulCounts(vocabulary.counts, chosen);
  const labels = baselines[name]!(counts, groups, seed);
  const found = texts.map(() => 'none');
  chosen.forEach((i, place) => {
    found[i] = String(labels[place]);
  });
  return found;
}

const alpha = 0.1;
const beta = 0.1;
const sweeps = 30;

/** @see Yin and Wang (2014), KDD, 233–242 */
function plainMixture(counts: WordCounts, groups: number, seed: number): Int32Array {
  const random = mulberry32(seed);
  const { documents, words, starts, word, count } = counts;
  const lengths = documentLengths(counts);
  const labels = Int32Array.from({ length: documents }, () => Math.floor(random() * groups));
  const uses = new Int32Array(words * groups);
  const tokens = new Int32Array(groups);
  const sizes = new Int32Array(groups);
  const put = (i: number, c: number, sign: 1 | -1) => {
    sizes[c]! += sign;
    tokens[c]! += sign * lengths[i]!;
    for (let j = starts[i]!; j < starts[i + 1]!; j++) uses[word[j]! * groups + c]! += sign * count[j]!;
  };
  for (let i = 0; i < documents; i++) put(i, labels[i]!, 1);
  const scores = new Float64Array(groups);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < documents; i++) {
      put(i, labels[i]!, -1);
      for (let c = 0; c < groups; c++) {
        let score = Math.log(sizes[c]! + alpha);
        for (let u = 0; u < lengths[i]!; u++) score -= Math.log(tokens[c]! + words * beta + u);
        for (let j = starts[i]!; j < starts[i + 1]!; j++) {
          const here = uses[word[j]! * groups + c]! + beta;
          for (let u = 0; u < count[j]!; u++) score += Math.log(here + u);
        }
        scores[c] = score;
      }
      const largest = Math.max(...scores);
      let total = 0;
      for (let c = 0; c < groups; c++) {
        scores[c] = Math.exp(scores[c]! - largest);
        total += scores[c]!;
      }
      let left = random() * total;
      let drawn = groups - 1;
      for (let c = 0; c < groups; c++) {
        left -= scores[c]!;
        if (left > 0) continue;
        drawn = c;
        break;
      }
      labels[i] = drawn;
      put(i, drawn, 1);
    }
  }
  return labels;
}
