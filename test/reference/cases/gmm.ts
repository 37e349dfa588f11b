import { adjustedRandIndex } from '../../../src/stats/adjusted-rand-index.ts';
import type { CovarianceFamily } from '../../../src/stats/gaussian-mixture/covariance-families.ts';
import { fitGaussianMixture } from '../../../src/stats/gaussian-mixture.ts';
import { mulberry32 } from '../../../src/stats/random.ts';
import type { ReferenceCase } from '../case.ts';
import { readCsv, readJson, readTable } from '../read.ts';

type ExpectedMixture = { model: CovarianceFamily; G: number; loglik: number; df: number; bic: number };
type Expected = Record<
  'iris' | 'faithful',
  {
    gmm: { bic: ({ G: number } & Record<CovarianceFamily, number>)[]; best: ExpectedMixture };
    gmm_default: ExpectedMixture;
  }
> & { iris: { gmm_G3: Omit<ExpectedMixture, 'G'> & { ARI_species: number } } };

const SETS = {
  iris: ['Sepal.Length', 'Sepal.Width', 'Petal.Length', 'Petal.Width'],
  faithful: ['eruptions', 'waiting'],
};

/** Mixtures of every family against a fit that begins at one hierarchy; ours may be likelier, never less likely. */
export const referenceCase: ReferenceCase = {
  id: 'gmm',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/clustering.json');
    let likelier = 0;
    for (const name of ['iris', 'faithful'] as const) {
      const rows = readTable(folder, `data/${name}.csv`, SETS[name]);
      const mixtureOf = (family: CovarianceFamily, k: number) =>
        fitGaussianMixture(rows, { k, family, iterationsMax: 5000, random: mulberry32(1) });
      // There the BIC is turned round: larger is better.
      for (const { G, ...families } of wanted[name].gmm.bic) {
        for (const [family, bic] of Object.entries(families)) {
          const found = mixtureOf(family as CovarianceFamily, G);
          figures.atLeast(`${name} ${family} ${G} groups`, -found.bic, bic - 0.5);
          if (-found.bic > bic + 0.5) likelier++;
          if (G === 1) figures.near(`${name} ${family} one group`, -found.bic, bic);
        }
      }
      for (const { model, G, loglik, df } of [wanted[name].gmm.best, wanted[name].gmm_default]) {
        const found = mixtureOf(model, G);
        figures.atLeast(`${name} ${model} ${G} groups, log-likelihood`, found.logLikelihood, loglik - 0.01);
        figures.same(`${name} ${model} ${G} groups, parameters`, found.parameters, df);
      }
      if (name === 'faithful') continue;
      const { model, loglik, df, ARI_species } = wanted.iris.gmm_G3;
      const found = mixtureOf(model, 3);
      const species = readCsv(folder, 'data/iris.csv').map((row) => row['Species']!);
      figures.atLeast('iris, three groups, log-likelihood', found.logLikelihood, loglik - 0.01);
      figures.same('iris, three groups, parameters', found.parameters, df);
      figures.near('iris, three groups and species', adjustedRandIndex(found.labels, species), ARI_species, 0.02);
    }
    figures.note(`${likelier} fits are likelier than the reference's by more than half a point of BIC`);
  },
};
