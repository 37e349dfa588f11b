import { type Adjustment, adjustP } from '../../../src/stats/adjust-p.ts';
import { analysisOfVariance } from '../../../src/stats/analysis-of-variance.ts';
import { kruskalWallis } from '../../../src/stats/kruskal-wallis.ts';
import { mean } from '../../../src/stats/mean.ts';
import { pairwiseMeans } from '../../../src/stats/pairwise-means.ts';
import { studentizedRange } from '../../../src/stats/studentized-range.ts';
import { variance } from '../../../src/stats/variance.ts';
import { wilsonInterval } from '../../../src/stats/wilson-interval.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

const METHODS = {
  BH: 'benjamini-hochberg',
  BY: 'benjamini-yekutieli',
  holm: 'holm',
  hochberg: 'hochberg',
  bonferroni: 'bonferroni',
} as const satisfies Record<string, Adjustment>;

type Expected = {
  wilson: { x: number; n: number; lo: number; hi: number }[];
  p_adjust: { p: number[] } & Record<keyof typeof METHODS, number[]>;
  anova_PlantGrowth: {
    data: { weight: number; group: string }[];
    F: number;
    df: [number, number];
    p: number;
    eta2: number;
    omega2: number;
    kruskal: number;
    kruskal_p: number;
    tukey: [difference: number, low: number, high: number, p: number][];
    welch: { F: number; p: number };
  };
};

/** Intervals of shares, p values adjusted for their number, and several means compared. */
export const referenceCase: ReferenceCase = {
  id: 'tests',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/tests.json');
    for (const { x, n, lo, hi } of wanted.wilson) {
      const found = wilsonInterval(x, n);
      figures.near(`${x} of ${n}, low`, found?.low, lo);
      figures.near(`${x} of ${n}, high`, found?.high, hi);
    }
    for (const [name, method] of Object.entries(METHODS)) {
      const adjusted = adjustP(wanted.p_adjust.p, method);
      for (const [i, p] of wanted.p_adjust[name as keyof typeof METHODS].entries())
        figures.near(`${name}, adjusted p ${i + 1}`, adjusted[i], p);
    }

    const plants = wanted.anova_PlantGrowth;
    const groups = [...Map.groupBy(plants.data, ({ group }) => group).values()].map((rows) =>
      rows.map(({ weight }) => weight),
    );
    const moments = groups.map((own) => ({ n: own.length, mean: mean(own)!, variance: variance(own)! }));
    const found = analysisOfVariance(moments);
    figures.near('F', found?.f, plants.F);
    figures.same('df', [found?.df1, found?.df2], plants.df);
    figures.near('p', found?.p, plants.p);
    figures.near('eta squared', found?.eta2, plants.eta2);
    figures.near('omega squared', found?.omega2, plants.omega2);
    figures.near("Welch's F", found?.welch?.f, plants.welch.F);
    figures.near("Welch's p", found?.welch?.p, plants.welch.p);
    const ranks = kruskalWallis(groups.map((own) => own.map((value) => ({ value, count: 1 }))));
    figures.near('Kruskal-Wallis', ranks?.h, plants.kruskal);
    figures.near('Kruskal-Wallis, p', ranks?.p, plants.kruskal_p);
    const pairs = pairwiseMeans(moments, 'tukey', studentizedRange(groups.length), 0.95);
    for (const [i, [difference, low, high, p]] of plants.tukey.entries()) {
      figures.near(`Tukey ${i + 1}, difference`, pairs[i]?.difference, difference);
      figures.near(`Tukey ${i + 1}, low`, pairs[i]?.low, low);
      figures.near(`Tukey ${i + 1}, high`, pairs[i]?.high, high);
      figures.near(`Tukey ${i + 1}, p`, pairs[i]?.p, p, 1e-4);
    }
  },
};
