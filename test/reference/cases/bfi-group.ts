import { scoreScales } from '../../../src/scales/score.ts';
import { meanDifference } from '../../../src/stats/mean-difference.ts';
import type { ReferenceCase } from '../case.ts';
import { readCsv, readJson, readNumber } from '../read.ts';

type Expected = {
  neuroticism_by_gender: {
    n1: number;
    n2: number;
    m1: number;
    m2: number;
    welch_t: number;
    df: number;
    p: number;
    ci95: [number, number];
    cohen_d_pooled: number;
    hedges_g: number;
  };
};

/** One scale between two groups. */
export const referenceCase: ReferenceCase = {
  id: 'bfi-group',
  run(folder, figures) {
    const { neuroticism_by_gender: wanted } = readJson<Expected>(folder, 'expected/bfi_group_diff.json');
    const items = ['N1', 'N2', 'N3', 'N4', 'N5'];
    const key = { centring: 'none' as const, scales: [{ code: 'neuroticism', items, minimumAnswered: 4 }] };
    const ranges = Object.fromEntries(items.map((item) => [item, { min: 1, max: 6 }]));
    const rows = readCsv(folder, 'data/bfi.csv');
    const scoresOf = (gender: string) =>
      rows
        .filter((row) => row['gender'] === gender)
        .flatMap((row) => {
          const answers = Object.fromEntries(items.map((item) => [item, readNumber(row[item])]));
          return scoreScales(key, ranges, answers).scores['neuroticism'] ?? [];
        });

    const found = meanDifference(scoresOf('1'), scoresOf('2'));
    figures.same('n1', found?.n1, wanted.n1);
    figures.same('n2', found?.n2, wanted.n2);
    figures.near('mean 1', found?.mean1, wanted.m1);
    figures.near('mean 2', found?.mean2, wanted.m2);
    figures.near('t', found?.t, wanted.welch_t);
    figures.near('df', found?.df, wanted.df);
    // So small a p is compared as a share of itself: an absolute tolerance would let 0 pass.
    figures.near('p, relative', (found?.p ?? Number.NaN) / wanted.p, 1);
    figures.near('low', found?.low, wanted.ci95[0]);
    figures.near('high', found?.high, wanted.ci95[1]);
    figures.near('d', found?.cohenD, wanted.cohen_d_pooled);
    figures.near('g', found?.hedgesG, wanted.hedges_g);
    figures.note(`t ${found?.t.toFixed(4)}, p ${found?.p.toExponential(4)}, g ${found?.hedgesG.toFixed(5)}`);
  },
};
