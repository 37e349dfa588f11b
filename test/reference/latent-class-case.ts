import { fitLatentClasses } from '../../src/stats/latent-class.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import type { ReferenceCase } from './case.ts';
import { readJson, readTable } from './read.ts';

type ExpectedClasses = {
  k: number;
  loglik: number;
  npar: number;
  resid_df: number;
  AIC: number;
  BIC: number;
  G2: number;
  X2: number;
  entropy_R2: number | null;
  class_shares: number | number[];
  probs: Record<string, number[][]>;
};

/**
 * Latent classes of one set of binary items coded 1 and 2, for every number of classes in the reference.
 *
 * @param identifiedTo up to so many classes their sizes and answers are decided by the data, and compared
 */
export function latentClassCase(
  name: 'carcinoma' | 'values',
  { items, identifiedTo }: { items: readonly string[]; identifiedTo: number },
): ReferenceCase {
  return {
    id: `lca-${name}`,
    run(folder, figures) {
      const wanted = readJson<Record<typeof name, ExpectedClasses[]>>(folder, 'expected/lca.json')[name];
      const rows = readTable(folder, `data/${name}.csv`, items).map((row) => row.map((code) => code - 1));
      for (const reference of wanted) {
        const { k } = reference;
        const of = `k = ${k}`;
        const found = fitLatentClasses(rows, { k, pseudoCount: 0, random: mulberry32(1) });
        figures.atLeast(`${of} log-likelihood`, found.logLikelihood, reference.loglik - 0.001);
        figures.same(
          `${of} parameters, degrees of freedom`,
          [found.parameters, found.degreesOfFreedom],
          [reference.npar, reference.resid_df],
        );
        figures.near(`${of} AIC`, found.aic, reference.AIC, 0.002);
        figures.near(`${of} BIC`, found.bic, reference.BIC, 0.002);
        figures.near(`${of} G2`, found.fit?.g2, reference.G2, 0.002);
        if (k > 1) figures.note(`${of}: ${(found.shareOfStartsAtBest * 100).toFixed(0)}% of finished starts at best`);
        if (k > identifiedTo) {
          figures.same(`${of} doubtful`, found.warnings.length > 0, true);
          continue;
        }
        const tolerance = k < 4 ? 0.001 : 0.002;
        figures.near(`${of} X2, relative`, (found.fit?.x2 ?? 0) / reference.X2, 1, tolerance);
        for (const [c, share] of [reference.class_shares].flat().entries()) {
          figures.near(`${of} share ${c + 1}`, found.shares[c], share, tolerance);
        }
        if (reference.entropy_R2 !== null) {
          figures.near(`${of} entropy`, found.entropyR2, reference.entropy_R2, tolerance);
        }
        for (const [item, byClass] of Object.entries(reference.probs)) {
          for (const [c, levels] of byClass.entries()) {
            const own = found.answerProbabilities[items.indexOf(item)]?.[c];
            figures.near(`${of} ${item} in class ${c + 1}`, own?.[0], levels[0]!, 5 * tolerance);
          }
        }
      }
    },
  };
}
