import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitGower, type MixedRow } from '../../src/stats/gower.ts';
import { type KMedoidsOptions, kMedoids, nearestMedoid } from '../../src/stats/k-medoids.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

function clouds(sizes: readonly number[], seed: number): number[][] {
  const random = mulberry32(seed);
  return sizes.flatMap((size, cloud) =>
    Array.from({ length: size }, () => [10 * cloud + normalDeviate(random), normalDeviate(random)]),
  );
}

const run = (rows: readonly MixedRow[], options: Partial<KMedoidsOptions> = {}) =>
  kMedoids(rows, { k: 3, random: mulberry32(1), ...options });

test('clouds that lie apart are found, the largest first, around rows of their own', () => {
  const rows = clouds([10, 30, 20], 1);
  const found = run(rows);
  expect(found.sizes).toEqual([30, 20, 10]);
  expect(found.labels).toEqual([...Array(10).fill(2), ...Array(30).fill(0), ...Array(20).fill(1)]);
  expect(found.medoids.map((row) => found.labels[row])).toEqual([0, 1, 2]);
  expect(found.meanDistance).toBeLessThanOrEqual(found.meanDistanceBuilt!);
  expect(found).toMatchObject({ converged: true, sampleSize: null, shareOfStartsAtBest: 1 });
});

test('one group is around the row in the middle, and as many groups as rows are the rows', () => {
  const rows = [[0], [4], [5], [6], [100]];
  expect(run(rows, { k: 1 })).toMatchObject({ medoids: [2], silhouette: null, labels: [0, 0, 0, 0, 0] });
  expect(run(rows, { k: 5 })).toMatchObject({ meanDistance: 0, sizes: [1, 1, 1, 1, 1] });
});

test('the order of the rows does not matter, to the last digit', () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 12, maxLength: 40 }), fc.integer(), (rows, seed) => {
      fc.pre(new Set(rows.map(String)).size > 3 && new Set(rows.map(([a]) => a)).size > 1);
      fc.pre(new Set(rows.map(([, b]) => b).filter((b) => b !== null)).size > 1);
      const order = shuffled([...rows.keys()], mulberry32(seed));
      const mixed = order.map((i) => rows[i]!);
      const of = (table: readonly MixedRow[]) =>
        run(table, { measure: fitGower(table, [{ kind: 'ordinal' }, { kind: 'nominal' }]) });
      const straight = of(rows);
      const turned = of(mixed);
      expect(turned.labels).toEqual(order.map((i) => straight.labels[i]));
      expect(turned.medoids.map((i) => mixed[i])).toEqual(straight.medoids.map((i) => rows[i]));
      expect({ ...turned, labels: [], medoids: [] }).toEqual({ ...straight, labels: [], medoids: [] });
    }),
    { seed: 3, numRuns: 60 },
  );
});

test('a later row goes where an equal row went, also when two medoids are as near', () => {
  const random = mulberry32(4);
  const rows = Array.from({ length: 60 }, () => Array.from({ length: 3 }, () => Math.floor(random() * 5)));
  for (const measure of ['euclidean', 'manhattan'] as const) {
    const { labels, model } = run(rows, { measure, k: 4 });
    expect(rows.map((row) => nearestMedoid(model, row)?.group)).toEqual(labels);
  }
});

test('missing answers are passed over by Gower’s measure, and refused by the others', () => {
  const rows: MixedRow[] = [
    [1, 0, 0],
    [2, 0, 0],
    [null, 0, 0],
    [9, 1, 1],
    [10, 1, 1],
    [9, null, 1],
  ];
  const measure = fitGower(rows, [{ kind: 'numeric' }, { kind: 'nominal' }, { kind: 'binary' }]);
  const found = run(rows, { k: 2, measure });
  expect(found.labels.slice(0, 3)).toEqual(Array(3).fill(found.labels[0]));
  expect(found.labels.slice(3)).toEqual(Array(3).fill(1 - found.labels[0]!));
  expect(nearestMedoid(found.model, [null, null, null])).toBeNull();
  expect(() => run(rows, { k: 2 })).toThrow('Only Gower’s measure compares rows with missing answers');
});

test('rows that share no answered column are named', () => {
  const rows: MixedRow[] = [
    [1, 0],
    [2, 1],
    [null, 0],
    [3, null],
  ];
  const measure = fitGower(rows, [{ kind: 'numeric' }, { kind: 'nominal' }]);
  expect(() => run(rows, { k: 2, measure })).toThrow(/Rows \d and \d have no answered column in common; leave out/);
});

test('more rows than fit are searched by samples, and found all the same', () => {
  const rows = clouds([200, 150, 100], 5);
  const all = run(rows);
  const sampled = run(rows, { rowsMax: 100 });
  expect(sampled.labels).toEqual(all.labels);
  expect(sampled).toMatchObject({ sampleSize: 50, meanDistanceBuilt: null });
  expect(sampled.meanDistance).toBeLessThan(all.meanDistance * 1.05);
  expect(sampled.shareOfStartsAtBest).toBeGreaterThan(0);
  const order = shuffled([...rows.keys()], mulberry32(9));
  const mixed = run(
    order.map((i) => rows[i]!),
    { rowsMax: 100 },
  );
  expect(mixed.labels).toEqual(order.map((i) => sampled.labels[i]));
});

test('what cannot be grouped is refused', () => {
  expect(() => run([[1], [1], [1]], { k: 2 })).toThrow('kMedoids cannot make 2 groups out of 1 distinct rows');
  expect(() => run([[1]], { k: 2 })).toThrow(RangeError);
  expect(() => run([])).toThrow(RangeError);
  expect(() => run([[], []], { k: 1 })).toThrow(RangeError);
  expect(() => run([[1], [2]], { k: 0 })).toThrow(RangeError);
  expect(() => run([[1], [Number.NaN]], { k: 1 })).toThrow(RangeError);
  expect(() =>
    run(
      [
        [1e308, -1e308],
        [-1e308, 1e308],
      ],
      { k: 1 },
    ),
  ).toThrow(RangeError);
  expect(() => run([[1], [2, 3]], { k: 1 })).toThrow(RangeError);
});
