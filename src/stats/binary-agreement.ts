import { cohensKappa, type KappaInterval } from './cohens-kappa.ts';
import { type Ac1Interval, gwetsAc1 } from './gwets-ac1.ts';
import { type ShareInterval, wilsonInterval } from './wilson-interval.ts';

/** What two coders said of the same things, yes or no: how many both, the first only, the second only, neither. */
export type YesNoTable = { both: number; firstOnly: number; secondOnly: number; neither: number };

/** A figure with its 95% interval. */
export type Estimate = { value: number; low: number; high: number };

/**
 * How two coders agree on yes and no, with what makes kappa hard to read.
 * `observed` is the share on which they agree; `prevalence` the index |both − neither| / n, near 1 where nearly
 * everything is the same; `bias` the index |first only − second only| / n; `pabak` 2 × observed − 1, which is kappa were
 * both 0; `ac1` Gwet's, which hardly depends on prevalence, and is not to be read by bands made for kappa.
 */
export type BinaryAgreement = {
  n: number;
  observed: ShareInterval;
  prevalence: number;
  bias: number;
  kappa: KappaInterval | null;
  pabak: Estimate;
  ac1: Ac1Interval;
};

/**
 * @returns null when nothing was said by both
 * @throws {RangeError} for counts below 0
 * @see Byrt, Bishop and Carlin (1993), Journal of Clinical Epidemiology 46, 423–429
 *
 * @example
 * binaryAgreement({ both: 95, firstOnly: 4, secondOnly: 1, neither: 0 }).pabak.value // => 0.9
 */
export function binaryAgreement({ both, firstOnly, secondOnly, neither }: YesNoTable): BinaryAgreement | null {
  const table = [
    [both, firstOnly],
    [secondOnly, neither],
  ];
  const n = both + firstOnly + secondOnly + neither;
  const kappa = cohensKappa(table);
  const observed = wilsonInterval(both + neither, n);
  const ac1 = gwetsAc1(table);
  if (observed === null || ac1 === null) return null;
  const doubled = (share: number) => 2 * share - 1;
  return {
    n,
    observed,
    prevalence: Math.abs(both - neither) / n,
    bias: Math.abs(firstOnly - secondOnly) / n,
    kappa,
    pabak: { value: doubled(observed.share), low: doubled(observed.low), high: doubled(observed.high) },
    ac1,
  };
}
