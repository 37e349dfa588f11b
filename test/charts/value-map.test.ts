import { expect, test } from 'vitest';
import { type ValueMapInput, valueMap } from '../../src/charts/value-map.ts';

const node = (key: string, kind: 'attribute' | 'consequence' | 'value', abstractness = 0.5) => ({
  key,
  label: key,
  kind,
  abstractness,
  href: `/quotes?code=${key}`,
});
const INPUT: ValueMapInput = {
  id: 'map',
  title: 'From fees to security',
  nodes: [
    node('fee', 'attribute', 0),
    node('terms', 'attribute', 0),
    node('save', 'consequence', 0.5),
    node('no surprise', 'consequence', 0.5),
    node('security', 'value', 1),
  ],
  links: [
    { from: 'fee', to: 'save', count: 3 },
    { from: 'save', to: 'security', count: 3 },
    { from: 'terms', to: 'no surprise', count: 2 },
    { from: 'no surprise', to: 'security', count: 1 },
    { from: 'gone', to: 'save', count: 9 },
  ],
  note: null,
};

test('values stand above what leads to them, and attributes at the foot', () => {
  const { boxes } = valueMap(INPUT);
  const y = Object.fromEntries(boxes.map(({ name, y: top }) => [name, top]));
  expect(y['security']).toBeLessThan(y['save']!);
  expect(y['save']).toBeLessThan(y['fee']!);
});

test('no two boxes cover each other, whatever their number, and all lie within the picture', () => {
  const many = {
    ...INPUT,
    nodes: Array.from({ length: 37 }, (_, at) =>
      node(
        `n${at} with a rather long name of several words`,
        (['attribute', 'consequence', 'value'] as const)[at % 3]!,
      ),
    ),
  };
  const { boxes, viewBox } = valueMap(many);
  const [, , width, height] = viewBox.split(' ').map(Number);
  for (const [at, one] of boxes.entries()) {
    expect(one.x).toBeGreaterThanOrEqual(0);
    expect(one.x + one.width).toBeLessThanOrEqual(width!);
    expect(one.y + one.height).toBeLessThanOrEqual(height!);
    for (const other of boxes.slice(at + 1))
      expect(Math.abs(one.y - other.y) >= one.height || Math.abs(one.x - other.x) >= one.width).toBe(true);
  }
});

test('a link is drawn and told for each pair of boxes, the thicker the more ladders have it', () => {
  const { links, table, description } = valueMap(INPUT);
  expect(links.map(({ weight }) => weight)).toEqual(['thick', 'thick', 'middle', 'thin']);
  expect(table.rows.map(({ cells }) => cells.map(({ text }) => text))).toContainEqual(['fee', 'save', '3']);
  expect(description).toContain('fee leads to save: 3');
});

test('names are broken into lines, a word without blanks too', () => {
  const long = valueMap({
    ...INPUT,
    nodes: [node('x'.repeat(90), 'value'), node('to be left in peace', 'value')],
    links: [],
  });
  expect(long.boxes.map(({ lines }) => lines.length).toSorted()).toEqual([2, 3]);
  for (const { lines } of long.boxes) for (const { text } of lines) expect([...text].length).toBeLessThanOrEqual(20);
});

test('nothing to draw gives an empty picture', () => {
  expect(valueMap({ ...INPUT, nodes: [], links: [] })).toMatchObject({ boxes: [], links: [], description: 'No links' });
});
