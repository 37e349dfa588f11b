import { benjaminiHochberg } from '../../../src/stats/benjamini-hochberg.ts';
import { wilsonInterval } from '../../../src/stats/wilson-interval.ts';
import type { ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';

type Expected = {
  wilson: { x: number; n: number; lo: number; hi: number }[];
  p_adjust: { p: number[]; BH: number[] };
};

/** Intervals of shares, and p values adjusted for their number. */
export const referenceCase: ReferenceCase = {
  id: 'tests',
  run(folder, figures) {
    const wanted = readJson<Expected>(folder, 'expected/tests.json');
    for (const { x, n, lo, hi } of wanted.wilson) {
      const found = wilsonInterval(x, n);
      figures.near(`${x} of ${n}, low`, found?.low, lo);
      figures.near(`${x} of ${n}, high`, found?.high, hi);
    }
    const adjusted = benjaminiHochberg(wanted.p_adjust.p);
    for (const [i, p] of wanted.p_adjust.BH.entries()) figures.near(`adjusted p ${i + 1}`, adjusted[i], p);
    figures.notBuilt('other adjustments of p, analysis of variance, Kruskal-Wallis, Tukey');
  },
};
