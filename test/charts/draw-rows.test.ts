import { expect, test } from 'vitest';
import { drawBars } from '../../src/charts/draw-rows.ts';

const row = (label: string, share: number, high: number) => ({
  label,
  share,
  count: 9,
  low: share / 2,
  high,
  segmentClass: null,
  mark: null,
});
const drawn = (...rows: ReturnType<typeof row>[]) => {
  const { marks } = drawBars({ id: 'b', title: 'Bars', rows, reference: null, note: null }, 400);
  const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
  const bars = marks.flatMap((mark) => (mark.kind === 'rect' ? [mark] : []));
  return { texts, bars };
};

test('small shares stand on a scale that ends above them, and says where', () => {
  const { texts, bars } = drawn(row('a', 0.08, 0.096), row('b', 0.04, 0.06));
  expect(texts).toEqual(expect.arrayContaining(['0%', '5%', '10%']));
  const [track, first, , second] = bars;
  expect(first!.width / track!.width).toBeCloseTo(0.8, 5);
  expect(second!.width / track!.width).toBeCloseTo(0.4, 5);
});

test('large shares stand on the whole', () => {
  const { texts, bars } = drawn(row('a', 0.7, 0.75));
  expect(texts).toEqual(expect.arrayContaining(['0%', '50%', '100%']));
  expect(bars[1]!.width / bars[0]!.width).toBeCloseTo(0.7, 5);
});
