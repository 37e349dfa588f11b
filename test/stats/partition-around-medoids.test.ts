import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Pairwise, partitionAround, silhouetteOf } from '../../src/stats/partition-around-medoids.ts';
import { silhouette } from '../../src/stats/silhouette.ts';

function pairwiseOf(points: readonly number[], weights: readonly number[]): Pairwise {
  const count = points.length;
  const distances = Float64Array.from({ length: count * count }, (_, at) =>
    Math.abs(points[Math.floor(at / count)]! - points[at % count]!),
  );
  return { count, distances, weights: Float64Array.from(weights) };
}

function sumAround({ count, distances, weights }: Pairwise, medoids: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += weights[i]! * Math.min(...medoids.map((medoid) => distances[i * count + medoid]!));
  }
  return sum;
}

const things = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 14 }).chain((points) =>
  fc.record({
    pairwise: fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: points.length, maxLength: points.length })
      .map((weights) => pairwiseOf(points, weights)),
    k: fc.integer({ min: 1, max: 4 }),
  }),
);

test('no exchange of a medoid is left that would help, counted one by one', () => {
  fc.assert(
    fc.property(things, ({ pairwise, k }) => {
      const found = partitionAround(pairwise, { k, swapsMax: 100 });
      const medoids = Array.from(found.medoids);
      expect(found.converged).toBe(true);
      expect(found.swapped).toBeCloseTo(sumAround(pairwise, medoids), 9);
      expect(found.swapped).toBeLessThanOrEqual(found.built + 1e-9);
      for (let place = 0; place < k; place++) {
        for (let thing = 0; thing < pairwise.count; thing++) {
          const changed = medoids.map((medoid, at) => (at === place ? thing : medoid));
          expect(sumAround(pairwise, changed)).toBeGreaterThanOrEqual(found.swapped - 1e-9);
        }
      }
    }),
    { seed: 1, numRuns: 150 },
  );
});

test('each thing is with the nearest medoid, and every medoid with itself', () => {
  fc.assert(
    fc.property(things, ({ pairwise, k }) => {
      const { labels, medoids } = partitionAround(pairwise, { k, swapsMax: 100 });
      for (let i = 0; i < pairwise.count; i++) {
        const away = Array.from(medoids, (medoid) => pairwise.distances[i * pairwise.count + medoid]!);
        expect(away[labels[i]!]).toBe(Math.min(...away));
      }
      expect(Array.from(medoids, (medoid) => labels[medoid])).toEqual(Array.from(medoids.keys()));
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('the silhouette with weights is that of the rows written out', () => {
  const points = [0, 1, 5, 6, 7];
  const weights = [2, 1, 1, 3, 1];
  const labels = [0, 0, 1, 1, 1];
  const written = points.flatMap((point, i) =>
    Array.from({ length: weights[i]! }, () => ({ point, label: labels[i]! })),
  );
  const expected = silhouette(
    written.map(({ point }) => [point]),
    written.map(({ label }) => label),
  );
  expect(silhouetteOf(pairwiseOf(points, weights), Int32Array.from(labels), 2)).toBeCloseTo(expected!.mean, 12);
  expect(silhouetteOf(pairwiseOf(points, weights), new Int32Array(5), 1)).toBeNull();
});
