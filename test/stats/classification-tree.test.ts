import { expect, test } from 'vitest';
import { growTree, leafOf, type TreeNode } from '../../src/stats/classification-tree.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const depthOf = (node: TreeNode): number =>
  node.split === null ? 0 : 1 + Math.max(depthOf(node.split.below), depthOf(node.split.above));

test('two questions together are found although neither tells anything alone', () => {
  const random = mulberry32(1);
  const rows = Array.from({ length: 400 }, () => [random(), random()]);
  const labels = rows.map(([x, y]) => (x! < 0.5 && y! < 0.6 ? 0 : 1));
  const tree = growTree(rows, labels);
  expect(rows.filter((row, i) => leafOf(tree, row).group === labels[i]).length).toBeGreaterThan(390);
});

test('chance is cut back to a single leaf', () => {
  const random = mulberry32(3);
  const rows = Array.from({ length: 300 }, () => [Math.round(random())]);
  expect(
    growTree(
      rows,
      rows.map(() => (random() < 0.2 ? 1 : 0)),
    ).split,
  ).toBeNull();
});

test('no path is deeper and no leaf smaller than told', () => {
  const random = mulberry32(4);
  const rows = Array.from({ length: 300 }, () => [random(), random(), random()]);
  const labels = rows.map((row) => Math.floor(row[0]! * 8));
  const tree = growTree(rows, labels, { depthMax: 2, complexity: 0 });
  expect(depthOf(tree)).toBe(2);
  const least = (node: TreeNode): number =>
    node.split === null
      ? node.counts.reduce((a, b) => a + b)
      : Math.min(least(node.split.below), least(node.split.above));
  expect(least(growTree(rows, labels, { minBucket: 25, complexity: 0 }))).toBeGreaterThanOrEqual(25);
});

test('equal priors give a rare group its leaf', () => {
  const rows = Array.from({ length: 200 }, (_, i) => [i % 10 === 0 ? 1 : 0]);
  const labels = rows.map(([x], i) => (x === 1 && i % 40 !== 0 ? 1 : i % 5 === 1 ? 1 : 0));
  const tree = growTree(rows, labels, { priors: 'equal' });
  expect(leafOf(tree, [1]).group).toBe(1);
});
