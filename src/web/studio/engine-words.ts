import type { EngineChoice, EngineName } from '../../segments/engines/engine.ts';
import type { CovarianceFamily } from '../../stats/gaussian-mixture/covariance-families.ts';

/** Engines as a researcher chooses them, each with when it is right. */
export const ENGINE_WORDS: Record<EngineName, { name: string; hint: string }> = {
  'k-means': {
    name: 'k-means',
    hint: 'Groups around means. Right for scales, ratings and centred values, and the usual choice',
  },
  'k-medoids': {
    name: 'k-medoids',
    hint: 'Groups around people, one of them in the middle of each. Right where scales, choices and yes-or-no answers are mixed: answers far from all others pull less',
  },
  'latent-class': {
    name: 'Latent classes',
    hint: 'Classes that explain why answers go together. Right for choices and ratings of few steps: what is missing leaves the likelihood and is not filled in. A habit of answering high is not taken out',
  },
  'gaussian-mixture': {
    name: 'Gaussian mixture',
    hint: 'Clouds, each tight in some things and wide in others. Right for scales and numbers of many steps, with a few hundred people',
  },
  consensus: {
    name: 'Consensus',
    hint: 'Everybody where most of k-means, k-medoids and the Gaussian mixture have them. Right for seeing whether segments hang on the engine; it takes the longest',
  },
};

/** What the clouds of a Gaussian mixture have in common. */
export const FAMILY_WORDS: Record<CovarianceFamily, string> = {
  EII: 'balls of one size',
  VII: 'balls of differing size',
  EEI: 'along the columns, all alike',
  VEI: 'along the columns, of one shape and differing size',
  EVI: 'along the columns, of one size and differing shape',
  VVI: 'along the columns, each as it is',
  EEE: 'of any direction, all alike',
  VEV: 'of one shape, differing size and direction',
  VVV: 'of any direction, each as it is',
};

export const engineName = ({ engine, family }: Partial<EngineChoice>): string =>
  `${ENGINE_WORDS[engine ?? 'k-means'].name}${engine === 'gaussian-mixture' ? ` (${family ?? 'VVI'})` : ''}`;
