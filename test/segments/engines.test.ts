import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/segments/engines/engine.ts';
import { engineFor } from '../../src/segments/engines/engine-for.ts';
import { largestFirst, placeRows, posteriorsOf } from '../../src/segments/engines/memberships.ts';
import { fitSegments } from '../../src/segments/fit-segments.ts';
import { buildInputTable, type InputColumn, type InputTable } from '../../src/segments/input-table.ts';
import { placeInSegment, type SegmentModel } from '../../src/segments/place-in-segment.ts';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { plantAnswers } from '../support/plant-answers.ts';

const NAMES: EngineName[] = ['k-means', 'k-medoids', 'gaussian-mixture', 'latent-class', 'consensus'];
const PEOPLE = 200;
const planted = plantAnswers('planted', { n: PEOPLE, p: 9, seed: 1, separation: 2 });
const tableOf = (columns: readonly InputColumn[]): InputTable =>
  buildInputTable([{ id: 'items', name: 'Items', centring: 'person-mean', weight: 1, columns }], {
    missing: 'fill',
    isBalanced: true,
  });
const fitted = (table: InputTable, engine: EngineName) =>
  fitSegments(table, { k: 3, engine, test: null, random: mulberry32(1) });

describe.each(NAMES)('%s', (name) => {
  const table = tableOf(planted.columns);
  const fit = fitted(table, name);

  test('finds planted segments, the largest first, and came to rest', () => {
    const truth = table.kept.map((i) => planted.segments[i]!);
    expect(adjustedRandIndex(Array.from(fit.labels), truth)).toBeGreaterThan(0.65);
    expect(fit.sizes).toEqual(fit.sizes.toSorted((a, b) => b - a));
    expect(fit.sizes.reduce((sum, size) => sum + size, 0)).toBe(PEOPLE);
    expect(fit).toMatchObject({ engine: name, converged: true });
  });

  test('takes up everybody again from what is kept, as JSON', () => {
    const model = JSON.parse(JSON.stringify(fit.model)) as SegmentModel;
    for (const [row, person] of table.kept.entries()) {
      const given = Object.fromEntries(planted.columns.map(({ id, values }) => [id, values[person]]));
      const placed = placeInSegment(model, given)!;
      // A vote of engines has no centres of its own, so later people may fall otherwise at its borders.
      if (name !== 'consensus') expect(placed.segment).toBe(fit.labels[row]);
      if (placed.probabilities) {
        expect(placed.probabilities[placed.segment]).toBeCloseTo(fit.probabilities[row]!, 9);
        expect(placed.probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      }
    }
    expect(placeInSegment(model, {})).toBeNull();
  });

  test('does not depend on the order of people', () => {
    const order = shuffled([...Array(PEOPLE).keys()], mulberry32(4));
    const mixed = planted.columns.map((column) => ({ ...column, values: order.map((i) => column.values[i]!) }));
    expect(fitted(tableOf(mixed), name)).toEqual(fit);
  });
});

test('classes keep a question without an order as one item, and leave gaps out', () => {
  const town: InputColumn = {
    id: 'town',
    name: 'Town',
    kind: 'nominal',
    levels: ['Ulm', 'Bonn', 'Jena'],
    values: planted.segments.map((segment, i) => (i % 20 === 0 ? null : segment)),
  };
  const table = buildInputTable(
    [
      { id: 'items', name: 'Items', centring: 'none', weight: 1, columns: planted.columns },
      { id: 'town', name: 'Town', centring: 'none', weight: 1, columns: [town] },
    ],
    { missing: 'fill', isBalanced: true },
  );
  const { model, partial, placed } = {
    ...fitted(table, 'latent-class'),
    partial: table.partial,
  };
  const { groups } = model;
  expect(groups.kind === 'classes' && groups.items.map(({ columns }) => columns.length)).toEqual([
    ...Array(9).fill(1),
    3,
  ]);
  // Whoever did not say where they live is placed by the items.
  expect(partial.length).toBe(10);
  expect(placed.filter((segment) => segment !== null)).toHaveLength(10);
});

test('a column with many different answers is no item of classes', () => {
  const random = mulberry32(3);
  const income: InputColumn = {
    id: 'income',
    name: 'Income',
    kind: 'numeric',
    values: planted.segments.map(() => Math.round(1000 * random())),
  };
  expect(() => engineFor({ engine: 'latent-class' }, tableOf([...planted.columns, income]))).toThrow(
    /“Income” has \d+ different answers, and latent classes are for at most 12/,
  );
});

test('more clouds than the people bear are refused with the count', () => {
  const few = tableOf(plantAnswers('planted', { n: 60, p: 9, seed: 1, separation: 2 }).columns);
  expect(() => fitSegments(few, { k: 4, engine: 'gaussian-mixture', test: null, random: mulberry32(1) })).toThrow(
    '4 clouds along 9 columns have 75 numbers to be found, which is too many for 60 people',
  );
});

describe('groups as plain data', () => {
  const rows = Float64Array.of(0, 0, 4, 4, 9, 9, 4, 5);
  test('centres know who is nearest, and no more', () => {
    const centres = {
      kind: 'centres' as const,
      centres: [
        [0, 0],
        [5, 5],
      ],
    };
    expect(Array.from(placeRows(centres, rows, 2))).toEqual([0, 1, 1, 1]);
    expect(posteriorsOf(centres, rows, 2)).toBeNull();
  });

  test('clouds weigh distance by their spread, and pass over a column that never varied', () => {
    const clouds = {
      kind: 'normal' as const,
      shares: [0.5, 0.5],
      means: [
        [0, 7],
        [9, 7],
      ],
      variances: [
        [1, 0],
        [100, 0],
      ],
    };
    expect(Array.from(placeRows(clouds, rows, 2))).toEqual([0, 1, 1, 1]);
    // At 0 the first cloud is 10 · exp(81/200) times as high as the second.
    const odds = 10 * Math.exp(81 / 200);
    expect(posteriorsOf(clouds, rows, 2)![0]).toBeCloseTo(odds / (1 + odds), 12);
  });

  test('are put in the order of their size, all that belongs to them moving along', () => {
    const model = { kind: 'centres' as const, centres: [[0], [1], [2]] };
    expect(largestFirst({ labels: Int32Array.of(2, 2, 1), model })).toEqual({
      labels: Int32Array.of(0, 0, 1),
      sizes: [2, 1, 0],
      model: { kind: 'centres', centres: [[2], [1], [0]] },
    });
  });
});

test('clouds of any direction take up everybody again, and place people by a part of the columns', () => {
  const table = buildInputTable(
    [0, 1].map((half) => ({
      id: `half ${half}`,
      name: `Half ${half}`,
      centring: 'none' as const,
      weight: 1,
      columns: planted.columns.filter((_, j) => j % 2 === half),
    })),
    { missing: 'fill', isBalanced: true },
  );
  const fit = fitSegments(table, {
    k: 3,
    engine: 'gaussian-mixture',
    family: 'EEE',
    test: null,
    random: mulberry32(1),
  });
  const truth = table.kept.map((i) => planted.segments[i]!);
  expect(adjustedRandIndex(Array.from(fit.labels), truth)).toBeGreaterThan(0.65);
  const model = JSON.parse(JSON.stringify(fit.model)) as SegmentModel;
  let agreed = 0;
  for (const [row, person] of table.kept.entries()) {
    const given = planted.columns.map(({ id, values }) => [id, values[person]] as const);
    const placed = placeInSegment(model, Object.fromEntries(given))!;
    expect(placed.segment).toBe(fit.labels[row]);
    expect(placed.probabilities![placed.segment]).toBeCloseTo(fit.probabilities[row]!, 9);
    const part = placeInSegment(model, Object.fromEntries(given.filter((_, j) => j % 2 === 0)))!;
    expect(part.probabilities!.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
    if (part.segment === fit.labels[row]) agreed += 1;
  }
  expect(agreed / PEOPLE).toBeGreaterThan(0.7);
});

test('columns that follow from each other bear no clouds of any direction, and the refusal says what does', () => {
  expect(() =>
    fitSegments(tableOf(planted.columns), {
      k: 2,
      engine: 'gaussian-mixture',
      family: 'VVV',
      test: null,
      random: mulberry32(1),
    }),
  ).toThrow(/centred within each person follow from each other, so take a family that lies along the columns/);
});

describe('weights where segments are looked for', () => {
  // Two copies of one half of the people say the same as that half counting twice.
  const half = planted.columns.map((column) => ({ ...column, values: column.values.slice(0, 100) }));
  const twice = planted.columns.map((column) => ({
    ...column,
    values: [...column.values.slice(0, 100), ...column.values.slice(0, 100)],
  }));
  const tableBy = (columns: readonly InputColumn[], weights: readonly number[]) =>
    buildInputTable([{ id: 'items', name: 'Items', centring: 'person-mean', weight: 1, columns }], {
      missing: 'fill',
      isBalanced: true,
      weights,
    });

  test.each(['k-means', 'latent-class'] as const)('%s counts a person of weight 2 as two people', (engine) => {
    const table = tableBy(half, Array<number>(100).fill(2));
    const copied = tableBy(twice, Array<number>(200).fill(1));
    const run = (of: InputTable) =>
      engineFor({ engine }, of).group(engine === 'k-means' ? of.rows : of.answers, {
        p: of.p,
        k: 3,
        random: mulberry32(1),
        weights: of.weights,
      }).objective.value;
    const scale = engine === 'k-means' ? (99 / 100) * (200 / 199) : 1;
    expect(run(table) / run(copied) / scale).toBeCloseTo(1, 1);
  });

  test('heavy people pull the shares, and other engines refuse', () => {
    const weights = planted.segments.map((segment) => (segment === 0 ? 4 : 1));
    const table = tableBy(planted.columns, weights);
    const options = { k: 3, test: null, random: mulberry32(1) };
    const fit = fitSegments(table, { ...options, isWeighted: true });
    expect(fit.isWeighted).toBe(true);
    expect(Math.max(...fit.shares.map(({ share }) => share))).toBeGreaterThan(0.5);
    for (const [segment, size] of fit.sizes.entries())
      expect(fit.effectiveSizes![segment]!).toBeLessThanOrEqual(size + 1e-9);
    for (const engine of ['k-medoids', 'gaussian-mixture', 'consensus'] as const)
      expect(() => fitSegments(table, { ...options, engine, isWeighted: true })).toThrow(
        'This engine counts all people alike',
      );
    expect(() => fitSegments(tableOf(planted.columns), { ...options, isWeighted: true })).toThrow(
      'There are no weights',
    );
  });
});
