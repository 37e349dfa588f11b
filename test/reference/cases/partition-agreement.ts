import { bestJaccards } from '../../../src/stats/jaccard.ts';
import { mutualInformation } from '../../../src/stats/mutual-information.ts';
import { pairAgreement } from '../../../src/stats/pair-agreement.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

type Expected = {
  a: number[];
  b: number[];
  pair: { RI: number; ARI: number; pairJaccard: number };
  info: { MI: number; NMI_arith: number; VI: number };
  max_jaccard_per_a_cluster: number[];
};

/** Two partitions of the same fifteen things. */
export const referenceCase: ReferenceCase = {
  id: 'partition-agreement',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/partition_agreement.json');
    const pairs = pairAgreement(wanted.a, wanted.b);
    const information = mutualInformation(wanted.a, wanted.b);
    figures.near('Rand', pairs?.rand, wanted.pair.RI, 1e-9);
    figures.near('adjusted Rand', pairs?.adjustedRand, wanted.pair.ARI, 1e-9);
    figures.near('pair Jaccard', pairs?.jaccard, wanted.pair.pairJaccard, 1e-9);
    figures.near('mutual information', information?.mutual, wanted.info.MI, 1e-9);
    figures.near('normalised', information?.normalised, wanted.info.NMI_arith, 1e-9);
    figures.near('variation of information', information?.variation, wanted.info.VI, 1e-9);
    const best = [...bestJaccards(wanted.a, wanted.b).values()];
    figures.same('groups', best.length, wanted.max_jaccard_per_a_cluster.length);
    for (const [group, overlap] of wanted.max_jaccard_per_a_cluster.entries()) {
      figures.near(`best Jaccard of group ${group + 1}`, best[group], overlap, 1e-9);
    }
    figures.note(`adjusted Rand ${pairs?.adjustedRand.toFixed(6)}`);
  },
};
