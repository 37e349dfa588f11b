import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitSegments } from '../../src/segments/fit-segments.ts';
import { buildInputTable, type InputBlock, type InputColumn } from '../../src/segments/input-table.ts';
import { placeInSegment } from '../../src/segments/place-in-segment.ts';
import { testForSegments } from '../../src/segments/segment-test.ts';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { plantAnswers } from '../support/plant-answers.ts';

const block = (columns: readonly InputColumn[], about: Partial<InputBlock> = {}): InputBlock => ({
  id: 'items',
  name: 'Items',
  centring: 'person-mean',
  weight: 1,
  columns,
  ...about,
});
const tableOf = (...blocks: InputBlock[]) => buildInputTable(blocks, { missing: 'fill', isBalanced: true });
/** Every number anywhere in a result. */
const numbersIn = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : ArrayBuffer.isView(value)
      ? Array.from(value as Float64Array)
      : value !== null && typeof value === 'object'
        ? Object.values(value).flatMap(numbersIn)
        : [];

describe('planted segments', () => {
  const { columns, segments } = plantAnswers('planted', { n: 400, p: 9, seed: 1, separation: 1.5 });
  const table = tableOf(block(columns));
  const test_ = testForSegments(table, { random: mulberry32(1) });
  const fit = fitSegments(table, { k: 3, test: test_, random: mulberry32(1) });

  test('come back, the largest first, with shares that hold the true ones', () => {
    expect(
      adjustedRandIndex(
        Array.from(fit.labels),
        table.kept.map((i) => segments[i]!),
      ),
    ).toBeGreaterThan(0.85);
    expect(fit.sizes).toEqual(fit.sizes.toSorted((a, b) => b - a));
    for (const [segment, share] of [0.5, 0.3, 0.2].entries()) {
      expect(fit.shares[segment]!.low).toBeLessThan(share + 0.05);
      expect(fit.shares[segment]!.high).toBeGreaterThan(share - 0.05);
    }
  });

  test('are far more stable than where there are none, and reproducible with so few people', () => {
    expect(fit.stability.ari).toBeGreaterThan(fit.stability.nullAri + 0.15);
    expect(Math.min(...fit.jaccard)).toBeGreaterThan(0.75);
    expect(fit.label).toBe('reproducible');
    expect(fit.style.every(({ share }) => share < 0.1)).toBe(true);
  });

  test('take up everybody again by what they answered, gaps or not', () => {
    let same = 0;
    for (const [row, person] of table.kept.entries()) {
      const given = Object.fromEntries(columns.map(({ id, values }) => [id, values[person]]));
      if (placeInSegment(fit.model, given)?.segment === fit.labels[row]) same++;
    }
    expect(same).toBe(400);
    expect(placeInSegment(fit.model, {})).toBeNull();
    expect(
      placeInSegment(fit.model, { ...Object.fromEntries(columns.map(({ id }) => [id, 3])), q00: null }),
    ).not.toBeNull();
  });

  test('do not depend on the order of people', () => {
    const order = shuffled([...Array(400).keys()], mulberry32(3));
    const other = tableOf(
      block(columns.map((column) => ({ ...column, values: order.map((person) => column.values[person] ?? null) }))),
    );
    const again = fitSegments(other, { k: 3, test: test_, random: mulberry32(1) });
    expect({ ...again, model: null }).toEqual({ ...fit, model: null });
  });
});

test('a grouping of a cloud is called constructive, and why', () => {
  const { columns } = plantAnswers('one factor', { n: 200, p: 9, seed: 2 });
  const table = tableOf(block(columns));
  const fit = fitSegments(table, {
    k: 3,
    test: testForSegments(table, { random: mulberry32(1) }),
    random: mulberry32(1),
  });
  expect(fit.label).toBe('constructive');
  expect(fit.labelReasons.join()).toContain('The test found no segments');
});

test('clear segments of many people are natural', () => {
  const { columns } = plantAnswers('planted', { n: 1200, p: 9, seed: 3, separation: 2 });
  const table = tableOf(block(columns));
  const fit = fitSegments(table, {
    k: 3,
    test: testForSegments(table, { random: mulberry32(1) }),
    random: mulberry32(1),
  });
  expect(fit.label).toBe('natural');
  expect(fit.halvesAri).toBeGreaterThan(0.8);
});

test('without centring, segments that tell how high people answer are said to', () => {
  const { columns } = plantAnswers('one factor', { n: 200, p: 9, seed: 4 });
  const fit = fitSegments(tableOf(block(columns, { centring: 'none' })), { k: 3, test: null, random: mulberry32(1) });
  expect(fit.style[0]!.share).toBeGreaterThan(0.5);
});

test('a block of many columns does not swamp one of few', () => {
  const many = plantAnswers('one factor', { n: 200, p: 15, seed: 5 }).columns;
  const few = plantAnswers('planted', { n: 200, p: 3, seed: 6, separation: 3 }).columns.map((column) => ({
    ...column,
    id: `few-${column.id}`,
  }));
  const table = tableOf(
    block(many, { id: 'many', centring: 'none' }),
    block(few, { id: 'few', name: 'Few', centring: 'none' }),
  );
  const share = (balanced: boolean, weight = 1) =>
    fitSegments(
      buildInputTable(
        [block(many, { id: 'many', centring: 'none' }), block(few, { id: 'few', centring: 'none', weight })],
        { missing: 'fill', isBalanced: balanced },
      ),
      { k: 3, test: null, random: mulberry32(1) },
    ).blockShares.find(({ id }) => id === 'few')!.share;
  expect(table.blocks).toHaveLength(2);
  expect(share(true)).toBeGreaterThan(share(false));
  expect(share(true, 5)).toBeGreaterThan(share(true));
});

test('two factors of many people look stable by absolute measures, and their grouping is constructive all the same', () => {
  const { columns } = plantAnswers('two factors', { n: 1000, p: 12, seed: 1 });
  const table = tableOf(block(columns));
  const fit = fitSegments(table, {
    k: 2,
    test: testForSegments(table, { random: mulberry32(1) }),
    random: mulberry32(1),
  });
  expect(fit.stability.ari).toBeGreaterThan(0.75);
  expect(Math.min(...fit.jaccard)).toBeGreaterThan(0.85);
  expect(fit.stability.nullAri).toBeGreaterThan(0.75);
  expect(fit.label).toBe('constructive');
});

test('shares count people by their weights, sizes and groups do not', () => {
  const { columns, segments } = plantAnswers('planted', { n: 300, p: 9, seed: 7, separation: 2 });
  const of = (weights?: number[]) =>
    fitSegments(
      buildInputTable([block(columns)], { missing: 'fill', isBalanced: true, ...(weights ? { weights } : {}) }),
      { k: 3, test: null, random: mulberry32(1) },
    );
  const plain = of();
  const weighted = of(segments.map((segment) => (segment === 2 ? 4 : 1)));
  expect(weighted.sizes).toEqual(plain.sizes);
  expect(weighted.shares[2]!.share).toBeGreaterThan(2 * plain.shares[2]!.share);
  expect(weighted.shares[2]!.low).toBeGreaterThan(plain.shares[2]!.high);
  expect(weighted.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(plain.shares.map(({ share }) => share)).toEqual(plain.sizes.map((size) => size / 300));
});

test('whoever lacks a block is placed by the others, and not counted', () => {
  const { columns } = plantAnswers('planted', { n: 200, p: 12, seed: 8, separation: 2 });
  const without = (isAway: (i: number) => boolean) =>
    tableOf(
      block(
        columns.filter((_, j) => j % 3 < 2),
        { id: 'a' },
      ),
      block(
        columns
          .filter((_, j) => j % 3 === 2)
          .map((column) => ({ ...column, values: column.values.map((v, i) => (isAway(i) ? null : v)) })),
        { id: 'b' },
      ),
    );
  const whole = without(() => false);
  const table = without((i) => i < 20);
  const fit = fitSegments(table, { k: 3, test: null, random: mulberry32(1) });
  expect(fit.placed).toHaveLength(20);
  expect(fit.labels).toHaveLength(180);
  const known = fitSegments(whole, { k: 3, test: null, random: mulberry32(1) });
  const labelOf = new Map(whole.kept.map((person, row) => [person, known.labels[row]]));
  const others = table.partial.map((person) => labelOf.get(person)!);
  expect(
    adjustedRandIndex(
      fit.placed.map((one) => one?.segment ?? -1),
      others,
    ),
  ).toBeGreaterThan(0.6);
});

test('how far it is is heard, rising to the end, and whoever throws stops it', () => {
  const table = tableOf(block(plantAnswers('one factor', { n: 100, p: 6, seed: 9 }).columns));
  const heard: number[] = [];
  fitSegments(table, { k: 2, test: null, random: mulberry32(1), onStep: (_, done) => heard.push(done) });
  expect(heard).toEqual(heard.toSorted((a, b) => a - b));
  expect(heard.at(-1)).toBeLessThanOrEqual(1);
  const stop = () =>
    fitSegments(table, {
      k: 2,
      test: null,
      random: mulberry32(1),
      onStep: (_, done) => {
        if (done > 0.4) throw new Error('stopped');
      },
    });
  expect(stop).toThrow('stopped');
});

describe('what cannot be grouped', () => {
  const alike = (n: number, value = 3): InputColumn[] =>
    Array.from({ length: 6 }, (_, j) => ({
      id: `q${j}`,
      name: `Item ${j}`,
      kind: 'ordinal',
      values: Array(n).fill(value),
    }));

  test.each<[string, () => unknown, string]>([
    ['nothing chosen', () => tableOf(), 'Choose at least one thing'],
    ['one person', () => tableOf(block(alike(1))), 'at least 50 people'],
    ['identical answers', () => tableOf(block(alike(80))), 'Everybody gave the same answer to “Item 0”'],
    [
      'a block that nobody answered',
      () =>
        tableOf(
          block(plantAnswers('one factor', { n: 80, p: 6, seed: 1 }).columns),
          block(
            alike(80).map((column) => ({ ...column, id: `none-${column.id}`, values: Array(80).fill(null) })),
            { id: 'none' },
          ),
        ),
      'Nobody answered “Item 0”: take it out',
    ],
    [
      'more columns than people bear',
      () => tableOf(block(plantAnswers('one factor', { n: 60, p: 13, seed: 1 }).columns)),
      '13 columns are too many for 60 people: choose at most 12',
    ],
    [
      'no whole number of segments',
      () =>
        fitSegments(tableOf(block(plantAnswers('one factor', { n: 60, p: 6, seed: 1 }).columns)), {
          k: 1.5,
          test: null,
          random: mulberry32(1),
        }),
      'a whole number from 2 up',
    ],
  ])('%s is refused with the reason', (_name, deed, reason) => {
    expect(deed).toThrow(RangeError);
    expect(deed).toThrow(reason);
  });

  test.each([
    { engine: 'k-means' },
    { engine: 'k-medoids' },
    { engine: 'latent-class' },
    { engine: 'gaussian-mixture' },
    { engine: 'gaussian-mixture', family: 'VVV' },
  ] as const)('more segments than different answers are refused in one sentence: %o', (engine) => {
    const values = Array.from({ length: 60 }, (_, i) => i % 2);
    const deed = () =>
      fitSegments(tableOf(block([{ id: 'a', name: 'A', kind: 'binary', values }])), {
        k: 3,
        test: null,
        random: mulberry32(1),
        ...engine,
      });
    expect(deed).toThrow(RangeError);
    expect(deed).toThrow(/^There are only 2 different patterns of answers, which is too few for 3 segments$/);
  });

  test('columns that say the same count once, and it is noted', () => {
    const { columns } = plantAnswers('one factor', { n: 80, p: 6, seed: 1 });
    const table = tableOf(block([...columns, { ...columns[0]!, id: 'twin', name: 'Twin' }]));
    expect(table.p).toBe(6);
    expect(table.notes.join()).toContain('“Twin” is answered exactly as “Item 1” and counts once');
  });

  test('whatever the table, the answer is a plain refusal or numbers throughout', () => {
    const value = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null, freq: 4 });
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((width) =>
            fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 50, maxLength: 70 }),
          ),
        fc.constantFrom<InputBlock['centring']>('none', 'person-mean'),
        fc.constantFrom<InputColumn['kind']>('ordinal', 'nominal'),
        (rows, centring, kind) => {
          const columns = rows[0]!.map(
            (_, j): InputColumn => ({
              id: `c${j}`,
              name: `C${j}`,
              kind,
              values: rows.map((row) => row[j] ?? null),
            }),
          );
          try {
            const table = tableOf(block(columns, { centring }));
            const test_ = testForSegments(table, { random: mulberry32(1) });
            const fit = fitSegments(table, { k: 2, test: test_, random: mulberry32(1) });
            for (const one of [...numbersIn(test_), ...numbersIn({ ...fit, model: fit.model.groups })])
              expect(Number.isFinite(one)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
