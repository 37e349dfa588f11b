import { cohensKappa } from '../../../src/stats/cohens-kappa.ts';
import { type AlphaMetric, krippendorffAlpha } from '../../../src/stats/krippendorff-alpha.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

type Expected = {
  krippendorff_2011_example: {
    units_in_columns: (number | null)[][];
    alpha: Record<AlphaMetric, number>;
  };
  cohen_2x2: { table: number[][]; kappa: number; z: number };
};

/** Agreement of coders: Krippendorff's own example with missing values, and a table of two coders. */
export const referenceCase: ReferenceCase = {
  id: 'coder-agreement',
  run(folder, figures) {
    const { krippendorff_2011_example: example, cohen_2x2: two } = readJson<Expected>(
      folder,
      'expected/coder_agreement.json',
    );
    const coders = example.units_in_columns;
    const units = (coders[0] ?? []).map((_, unit) => coders.map((coder) => coder[unit] ?? null));
    for (const metric of ['nominal', 'ordinal', 'interval', 'ratio'] as const)
      figures.near(`alpha, ${metric}`, krippendorffAlpha(units, metric), example.alpha[metric]);
    figures.near('kappa', cohensKappa(two.table)?.kappa, two.kappa);
    figures.near('z of kappa against none', cohensKappa(two.table)?.z, two.z);
  },
};
