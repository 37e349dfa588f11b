import { expect, test } from 'vitest';
import { themeMap } from '../../src/charts/theme-map.ts';

test('names on the map cover neither each other nor leave the picture, and every theme stands in the table', () => {
  const themes = Array.from({ length: 40 }, (_, index) => ({
    label: `theme number ${index}, with words`,
    href: null,
    size: 400 - index * 9,
    share: 0.1,
    place: [Math.sin(index * 7) * 0.6, Math.cos(index * 3) * 0.6] as const,
    segmentClass: 'seg-1',
  }));
  const map = themeMap('map', 'Themes', themes);
  expect(map.circles).toHaveLength(40);
  expect(map.table.rows).toHaveLength(40);
  expect(map.labels.length + map.unlabelled).toBe(40);
  expect(map.labels.length).toBeGreaterThan(15);
  const boxes = map.labels.map(({ x, y, text, anchor }) => {
    const width = text.length * 7.2;
    const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
    return { left, right: left + width, top: y - 13, bottom: y + 4 };
  });
  for (const [index, one] of boxes.entries()) {
    expect(one.left).toBeGreaterThanOrEqual(-0.1);
    expect(one.right).toBeLessThanOrEqual(720.1);
    for (const other of boxes.slice(index + 1))
      expect(
        one.right <= other.left + 0.2 ||
          other.right <= one.left + 0.2 ||
          one.bottom <= other.top + 0.2 ||
          other.bottom <= one.top + 0.2,
      ).toBe(true);
  }
  // The area of a circle is its number of answers.
  const [largest, smaller] = [map.circles[0]!, map.circles[20]!];
  expect((smaller.r / largest.r) ** 2).toBeCloseTo((400 - 180) / 400, 1);
});
