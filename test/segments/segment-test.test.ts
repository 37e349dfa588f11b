import { describe, expect, test } from 'vitest';
import { buildInputTable, type InputBlock, type InputColumn } from '../../src/segments/input-table.ts';
import { powerToFind } from '../../src/segments/segment-power.ts';
import { kRange, testForSegments } from '../../src/segments/segment-test.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { CLOUDS, plantAnswers } from '../support/plant-answers.ts';

const block = (columns: readonly InputColumn[], centring: InputBlock['centring'] = 'person-mean'): InputBlock => ({
  id: 'items',
  name: 'Items',
  centring,
  weight: 1,
  columns,
});
const tested = (blocks: InputBlock[], seed = 1) =>
  testForSegments(buildInputTable(blocks, { missing: 'fill', isBalanced: true }), { random: mulberry32(seed) });

test('planted segments are found, and three of them', () => {
  const { columns } = plantAnswers('planted', { n: 300, p: 12, seed: 1, separation: 1.5 });
  const found = tested([block(columns)]);
  expect(found).toMatchObject({ verdict: 'segments', k: 3, people: 300, columns: 12 });
  expect(found.rules.every(({ holds }) => holds)).toBe(true);
});

test.each(CLOUDS)('in answers without segments (%s) none are found', (kind) => {
  const { columns } = plantAnswers(kind, { n: 300, p: 12, seed: 1 });
  expect(tested([block(columns)]).verdict).not.toBe('segments');
});

test('yes-or-no answers with a common factor hold no segments', () => {
  const { columns } = plantAnswers('two factors', { n: 300, p: 12, seed: 2, isBinary: true });
  expect(tested([block(columns, 'none')]).verdict).toBe('none');
});

describe('answers with gaps', () => {
  const withGaps = (columns: readonly InputColumn[], share: number): InputColumn[] => {
    const random = mulberry32(5);
    return columns.map((column) => ({ ...column, values: column.values.map((v) => (random() < share ? null : v)) }));
  };
  test('hold no segments where there are none', () => {
    const { columns } = plantAnswers('two factors', { n: 300, p: 12, seed: 3 });
    expect(tested([block(withGaps(columns, 0.1))]).verdict).toBe('none');
  });
  test('still show segments that were planted', () => {
    const { columns } = plantAnswers('planted', { n: 300, p: 12, seed: 3, separation: 1.5 });
    expect(tested([block(withGaps(columns, 0.1))])).toMatchObject({ verdict: 'segments', k: 3 });
  });
});

test('the order of people and of columns changes nothing, to the last digit', () => {
  const { columns } = plantAnswers('planted', { n: 120, p: 9, seed: 4, separation: 1 });
  const order = shuffled([...Array(120).keys()], mulberry32(8));
  const others = shuffled(columns, mulberry32(9)).map((column) => ({
    ...column,
    values: order.map((person) => column.values[person] ?? null),
  }));
  expect(tested([block(others)])).toEqual(tested([block(columns)]));
  expect(tested([block(columns)], 2)).not.toEqual(tested([block(columns)], 1));
});

test('power rises with the distance of the segments, and says how many tries it rests on', () => {
  const { columns } = plantAnswers('one factor', { n: 100, p: 9, seed: 5 });
  const table = buildInputTable([block(columns)], { missing: 'fill', isBalanced: true });
  const power = powerToFind(table, { random: mulberry32(1), separations: [0, 1.5, 2.5] });
  expect(power.map(({ separation, tried }) => [separation, tried])).toEqual([
    [0, 25],
    [1.5, 25],
    [2.5, 25],
  ]);
  expect(power[0]!.found).toBeLessThanOrEqual(1);
  expect(power[2]!.found).toBeGreaterThan(20);
  expect(power[2]!.share.share).toBe(power[2]!.found / 25);
});

test('power is what the whole test finds in answers with such segments, and not more', () => {
  const of = (kind: 'planted' | 'one factor', seed: number) =>
    buildInputTable([block(plantAnswers(kind, { n: 80, p: 12, seed, separation: 1 }).columns)], {
      missing: 'fill',
      isBalanced: true,
    });
  const [power] = powerToFind(of('one factor', 3), { random: mulberry32(3), separations: [1] });
  let found = 0;
  for (let seed = 101; seed <= 125; seed++)
    if (testForSegments(of('planted', seed), { random: mulberry32(seed) }).verdict === 'segments') found++;
  expect(found / 25).toBeGreaterThan(power!.share.low);
  expect(found / 25).toBeLessThan(power!.share.high);
});

test('few columns, few people and yes-or-no answers are warned of', () => {
  const { columns } = plantAnswers('one factor', { n: 80, p: 4, seed: 6, isBinary: true });
  const { warnings } = tested([block(columns, 'none')]);
  expect(warnings.join()).toContain('4 columns are too few items to test');
  expect(warnings.join()).toContain('With 80 people');
  expect(warnings.join()).toContain('Yes-or-no answers tell little');
});

test('with five columns nothing is called segments, however clear', () => {
  const { columns } = plantAnswers('planted', { n: 400, p: 5, seed: 7, separation: 3 });
  const found = tested([block(columns)]);
  expect(found.maxZ).toBeGreaterThan(2.5);
  expect(found.verdict).toBe('weak');
  expect(found.rules.at(-1)).toEqual({ rule: 'columns', value: 5, limit: 5, holds: false });
});

test('careless people make groups look clear of each other, and are no segments: both measures are asked', () => {
  const { columns } = plantAnswers('10% careless', { n: 1000, p: 12, seed: 2 });
  const found = tested([block(columns)]);
  expect(Math.max(...found.perK.map(({ silhouetteZ }) => silhouetteZ))).toBeGreaterThan(2.5);
  expect(found.verdict).toBe('none');
});

test('a quarter of the answers missing makes no segments', () => {
  const random = mulberry32(9);
  const { columns } = plantAnswers('one factor', { n: 300, p: 12, seed: 4 });
  const gappy = columns.map((column) => ({
    ...column,
    values: column.values.map((v) => (random() < 0.25 ? null : v)),
  }));
  expect(tested([block(gappy)]).verdict).toBe('none');
});

test('more segments are looked for where there are more people', () => {
  expect([80, 500, 5000].map((n) => kRange(n).at(-1))).toEqual([4, 6, 8]);
});
