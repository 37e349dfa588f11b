import { expect, test } from 'vitest';
import { ruleSentence } from '../../../src/exchange/typing/rule-sentence.ts';
import type { TypingItem } from '../../../src/model/typing-tool.ts';
import { treeRules } from '../../../src/segments/typing/tree-rules.ts';
import type { TreeNode } from '../../../src/stats/classification-tree.ts';

const leaf = (group: number, counts: number[]): TreeNode => ({ group, counts, split: null });
const node = (column: number, at: number, below: TreeNode, above: TreeNode): TreeNode => ({
  group: 0,
  counts: [],
  split: { column, at, below, above },
});
const tree = node(
  0,
  4.5,
  node(1, 0.5, node(0, 2.5, leaf(0, [9, 1]), leaf(1, [2, 20])), leaf(0, [6, 0])),
  leaf(1, [0, 7]),
);
const columns = [
  { question: 'calm', level: null },
  { question: 'colour', level: 1 },
];
const items: TypingItem[] = [
  { id: 'calm', name: 'Calm', kind: 'ordinal', options: [], min: 1, max: 5 },
  {
    id: 'colour',
    name: 'Colour',
    kind: 'nominal',
    options: ['Red', 'Blue'].map((text, value) => ({ code: text, value, text })),
    min: 0,
    max: 1,
  },
];

test('each leaf is a rule, largest first, with limits of one question drawn together', () => {
  const rules = treeRules(tree, columns, [{ id: 's0' }, { id: 's1' }]);
  expect(rules.map(({ segment, n, share }) => [segment, n, share])).toEqual([
    ['s1', 22, 20 / 22],
    ['s0', 10, 0.9],
    ['s1', 7, 1],
    ['s0', 6, 1],
  ]);
  const said = rules.map((rule) => ruleSentence(rule, items, (id) => items.find((item) => item.id === id)!.name));
  expect(said).toEqual([
    '“Calm” is at most 4 and “Calm” is at least 3 and “Colour” is not “Blue”',
    '“Calm” is at most 2 and “Colour” is not “Blue”',
    '“Calm” is at least 5',
    '“Calm” is at most 4 and “Colour” is “Blue”',
  ]);
});

test('an answer that is given need not be told from the others', () => {
  const three = [
    { question: 'colour', level: 1 },
    { question: 'colour', level: 2 },
  ];
  const colours = node(0, 0.5, node(1, 0.5, leaf(0, [9, 0]), leaf(1, [0, 8])), leaf(1, [0, 7]));
  const rules = treeRules(colours, three, [{ id: 's0' }, { id: 's1' }]);
  expect(rules.map(({ conditions }) => conditions.map(({ is, value }) => `${is} ${value}`))).toEqual([
    ['not-level 1', 'not-level 2'],
    ['level 2'],
    ['level 1'],
  ]);
});

test('limits are said as numbers are shown everywhere: rounded, with a real minus, large ones whole', () => {
  const said = (value: number) =>
    ruleSentence(
      { segment: 's', n: 1, share: 1, conditions: [{ question: 'q', is: 'at-least', value }] },
      [],
      () => 'Hedonism',
    );
  expect([1.39e-17, -1.39e-17, -0.05, 52_345.5].map(said)).toEqual([
    '“Hedonism” is at least 0',
    '“Hedonism” is at least 0',
    '“Hedonism” is at least −0.05',
    '“Hedonism” is at least 52,345.5',
  ]);
});
