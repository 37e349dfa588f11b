import { kMedoids } from '../../stats/k-medoids.ts';
import { type Engine, listed, NO_LIKELIHOOD } from './engine.ts';
import { placeRows } from './memberships.ts';

/** Up to so many different rows all of them are searched, and of more, samples; fewer where groups only have to come near. */
const SEARCHED_MOST = 2_000;
const SEARCHED_SOON = 400;

/** Groups around people: each segment has somebody in its middle. Ways of answering far from all others pull less. */
export const kMedoidsEngine: Engine = {
  reads: 'rows',
  group(rows, { p, k, random, starts }) {
    const every = Array.from({ length: p }, (_, column) => column);
    const found = kMedoids(listed(rows, p, every), {
      k,
      random,
      rowsMax: starts === undefined ? SEARCHED_MOST : SEARCHED_SOON,
    });
    const model = { kind: 'centres' as const, centres: found.model.medoids.map((medoid) => medoid.map(Number)) };
    return {
      labels: placeRows(model, rows, p),
      model,
      starts: 1,
      shareOfStartsAtBest: found.shareOfStartsAtBest,
      converged: found.converged,
      objective: { name: 'mean distance', value: found.meanDistance, ...NO_LIKELIHOOD },
    };
  },
};
