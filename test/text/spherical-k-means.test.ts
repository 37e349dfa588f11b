import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { normaliseRows, sphericalKMeans } from '../../src/text/spherical-k-means.ts';

/** Thirty directions around the axes x, y and −x in turn. */
function bundles() {
  const random = mulberry32(1);
  const axes = [0, Math.PI / 2, Math.PI];
  const values = Float64Array.from(
    Array.from({ length: 30 }, (_, i) => axes[i % 3]! + 0.2 * (random() - 0.5)).flatMap((angle) => [
      Math.cos(angle),
      Math.sin(angle),
    ]),
  );
  return { values, dimensions: 2 };
}

test('bundles of directions are told apart', () => {
  const labels = sphericalKMeans(bundles(), { groups: 3, starts: 3, iterationsMax: 20, random: mulberry32(2) });
  for (let i = 3; i < 30; i++) expect(labels[i]).toBe(labels[i % 3]);
  expect(new Set(labels).size).toBe(3);
});

test('more groups than points is no error', () => {
  const points = { values: Float64Array.of(1, 0, 0, 1), dimensions: 2 };
  const labels = sphericalKMeans(points, { groups: 5, starts: 2, iterationsMax: 5, random: mulberry32(1) });
  expect(labels).toHaveLength(2);
  expect(labels[0]).not.toBe(labels[1]);
});

test('rows come to length one, rows of nothing stay', () => {
  const points = { values: Float64Array.of(3, 4, 0, 0), dimensions: 2 };
  normaliseRows(points);
  expect([...points.values]).toEqual([0.6, 0.8, 0, 0]);
});
