import { expect, test } from 'vitest';
import { crossSegments } from '../../src/segments/cross-segments.ts';
import { type CutVariable, cutCells } from '../../src/segments/cut-cells.ts';
import { matchVersions, versionChange } from '../../src/segments/match-versions.ts';
import { PURCHASE_CELLS, purchaseCell } from '../../src/segments/purchase-cells.ts';

const variable = (values: (number | null)[], more: Partial<CutVariable> = {}): CutVariable => ({
  id: 'answer:x',
  name: 'Calm',
  values,
  range: null,
  at: 'median',
  ...more,
});

test('whoever lies on a cut is below it, and nobody is torn apart by the order of numbers given', () => {
  const { cuts, labels, cells } = cutCells([
    variable([1, 2, 3, 4, 5], { at: [4, 2, 4] }),
    variable([0, 0, 0, 0, 9], { at: [5] }),
  ]);
  expect(cuts[0]?.at).toEqual([2, 4]);
  expect(labels).toEqual([0, 0, 2, 2, 5]);
  expect(cells.map(({ name }) => name)).toContain('Middle Calm, lower Calm');
});

test('a median that nobody lies above cannot cut, nor can what all have alike, nothing, or a scale without a middle', () => {
  const other = variable([1, 2, 3]);
  expect(() => cutCells([variable([1, 5, 5, 5]), other])).toThrow('nobody lies above the median');
  expect(() => cutCells([variable([2, 2, 2]), other])).toThrow('Everybody has the same value');
  expect(() => cutCells([variable([null, null, null]), other])).toThrow('Nobody has a value');
  expect(() => cutCells([variable([1, 2, 3], { at: 'midpoint' }), other])).toThrow('no scale whose middle');
});

test('every buyer is in one cell, whatever their fifths', () => {
  const seen = new Set<number>();
  for (let recency = 1; recency <= 5; recency++)
    for (let frequency = 1; frequency <= 5; frequency++)
      for (let monetary = 1; monetary <= 5; monetary++) seen.add(purchaseCell({ recency, frequency, monetary }));
  expect(seen.size).toBe(PURCHASE_CELLS.length);
  expect(() => purchaseCell({ recency: 0, frequency: 1, monetary: 1 })).toThrow(RangeError);
});

test('cells of two segmentations add up to everybody in both, merged or not', () => {
  const first = { names: ['A', 'B'], labels: [0, 0, 0, 1, 1, null, 1] };
  const second = { names: ['x', 'y'], labels: [0, 0, 1, 1, 1, 0, null] };
  const all = crossSegments(first, second, null);
  expect(all).toMatchObject({ n: 5, onlyFirst: 1, onlySecond: 1 });
  expect(all.cells.map(({ count }) => count)).toEqual([2, 1, 0, 2]);
  expect(all.cells.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(5, 12);
  const merged = crossSegments(first, second, 2);
  expect(merged.cells.map(({ name, count }) => `${name} ${count}`)).toEqual([
    'A × x 2',
    'B × y 2',
    'Other combinations 1',
  ]);
  expect(merged.cells.reduce((sum, { expected }) => sum + expected, 0)).toBeCloseTo(5, 12);
  expect(merged.labels).toEqual([0, 0, 2, 1, 1, null, null]);
  expect(crossSegments({ names: ['A', 'B'], labels: [0, 0] }, second, null).association).toBeNull();
  expect(() => crossSegments({ names: ['A'], labels: [null, 0] }, { names: ['x'], labels: [0, null] }, null)).toThrow(
    'Nobody is in a segment of both',
  );
});

test('versions with nobody in common match nothing, and people who came and left are told apart', () => {
  const before = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const after = new Map([
    ['c', 7],
    ['d', 8],
  ]);
  expect(matchVersions(before, after).every(({ jaccard }) => jaccard === 0)).toBe(true);
  expect(matchVersions(new Map(), after)).toEqual([]);
  expect(matchVersions(before, new Map())).toEqual([]);
  expect(versionChange(before, after, new Map())).toEqual({ both: 0, stayed: 0, moved: 0, came: 2, left: 2 });
});
