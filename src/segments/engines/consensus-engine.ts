import { consensusPartition } from '../../stats/consensus-partition.ts';
import { centresOf } from '../between-segments.ts';
import { countOf, type Engine, NO_LIKELIHOOD } from './engine.ts';
import { gaussianMixtureEngine } from './gaussian-mixture-engine.ts';
import { kMeansEngine } from './k-means-engine.ts';
import { kMedoidsEngine } from './k-medoids-engine.ts';

const VOTING = [kMeansEngine, kMedoidsEngine, gaussianMixtureEngine()];

/** Everybody where most of the engines that read rows have them, and later people with the nearest mean. */
export const consensusEngine: Engine = {
  reads: 'rows',
  group(rows, options) {
    const { p, k } = options;
    const votes = VOTING.map((engine) => engine.group(rows, options));
    const joined = consensusPartition(
      votes.map(({ labels }) => labels),
      { k },
    );
    const labels = Int32Array.from(joined.labels);
    const centres = centresOf(rows, p, labels, countOf(labels, k));
    return {
      labels,
      model: {
        kind: 'centres',
        centres: Array.from({ length: k }, (_, c) => Array.from(centres.subarray(c * p, (c + 1) * p))),
      },
      starts: votes.reduce((sum, { starts }) => sum + starts, 0),
      shareOfStartsAtBest: Math.min(...votes.map(({ shareOfStartsAtBest }) => shareOfStartsAtBest)),
      converged: joined.converged && votes.every(({ converged }) => converged),
      objective: { name: 'agreement of the engines', value: joined.ari, ...NO_LIKELIHOOD },
    };
  },
};
