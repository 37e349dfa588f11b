import type { Random } from '../stats/random.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import type { InputTable } from './input-table.ts';
import { fitNullModel } from './null-model.ts';
import { compare, judge, type Measured, type OnStep, testBench } from './segment-test.ts';

/** How often segments that lie so far apart would have been found among so many people with these answers. */
export type FoundPower = {
  /** By how many standard deviations each planted segment lies higher on its third of the columns. */
  separation: number;
  found: number;
  tried: number;
  share: ShareInterval;
};

const SEPARATIONS = [0.5, 1, 1.5, 2];
const SHARES = [0.5, 0.3, 0.2];
/** Tables without segments that planted ones are set against: as many as a first look takes. */
const NULLS = 19;
/** So many planted tables for each separation; fewer where a table takes long. */
const PLANTED_MOST = 25;
const PLANTED_LEAST = 10;
/** Planted tables are put together up to so many people, so that what they have in common is known well. */
const POOLED = 2_000;

/**
 * What "no segments found" is worth: the test made over and over on answers into which three segments were planted, with
 * the same people, columns, margins and correlations. Found is where the verdict would have been that there are segments.
 *
 * Answers without segments are drawn, and people are put into three segments of 50, 30 and 20%; each segment's latent
 * scores rise by the separation on a third of the columns, and columns are mapped to their own answers anew. Segments make
 * columns correlate, which a null model takes for a factor. So planted tables are held against a model that was fitted to
 * tables planted in the same way, one for each separation.
 */
export function powerToFind(
  table: InputTable,
  {
    random,
    separations = SEPARATIONS,
    onStep = () => {},
  }: { random: Random; separations?: readonly number[]; onStep?: OnStep },
): FoundPower[] {
  const bench = testBench(table, random);
  const { ks, model } = bench;
  const repeats = model.n > 1000 ? PLANTED_LEAST : PLANTED_MOST;
  const turns = separations.length * (NULLS + repeats);
  let turn = 0;
  const step = () => onStep('Measuring what this test could have found', turn++ / turns);
  return separations.map((separation) => {
    const plant = () => model.draw(random, { shares: SHARES, separation });
    const without = fitNullModel(pooled(plant, Math.ceil(POOLED / model.n)), table, random);
    const nulls = Array.from({ length: NULLS }, (): Measured[] => {
      step();
      return bench.measure(without.draw(random).subarray(0, model.n * model.p));
    });
    let found = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      step();
      if (judge(compare(ks, bench.measure(plant()), nulls), table.p).verdict === 'segments') found++;
    }
    return { separation, found, tried: repeats, share: wilsonInterval(found, repeats)! };
  });
}

function pooled(draw: () => Float64Array, tables: number): Float64Array {
  const first = draw();
  const all = new Float64Array(first.length * tables);
  all.set(first);
  for (let table = 1; table < tables; table++) all.set(draw(), table * first.length);
  return all;
}
