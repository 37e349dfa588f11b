import { expect, test } from 'vitest';
import type { Chart } from '../../src/charts/chart.ts';
import { describeChart, drawChart } from '../../src/charts/draw-chart.ts';
import type { Drawing, Mark } from '../../src/charts/drawing.ts';
import { drawingSvg } from '../../src/charts/drawing-svg.ts';
import { hatching } from '../../src/charts/hatching.ts';
import { textLines, textWidth } from '../../src/charts/text-width.ts';

const LONG = 'I would switch if the terms were fair and somebody explained them to me in words that I understand';
const base = { id: 'chart', title: 'Fair & "square" <terms>', note: null };
const CHARTS: Chart[] = [
  {
    kind: 'bars',
    input: {
      ...base,
      rows: [
        { label: LONG, share: 1, count: 3, low: 0.4, high: 1, segmentClass: 'seg-3', mark: '▲' },
        { label: 'Nobody', share: 0, count: 0, low: 0, high: 0.1, segmentClass: null, mark: null },
      ],
      reference: { label: 'Everybody', share: 0.9 },
    },
  },
  {
    kind: 'dots',
    input: {
      ...base,
      digits: 2,
      zeroLabel: 'the rest',
      segmentClass: 'seg-2',
      rows: [
        { label: 'Security', difference: 0.5, low: 0.25, high: 0.75 },
        { label: 'Stimulation', difference: -0.5, low: null, high: null },
      ],
    },
  },
  {
    kind: 'stack',
    input: {
      ...base,
      parts: Array.from({ length: 8 }, (_, part) => ({
        label: `Those of part ${part + 1}`,
        share: 0.125,
        count: 10,
        segmentClass: `seg-${part + 1}`,
      })),
    },
  },
  {
    kind: 'line',
    input: {
      ...base,
      unit: 'responses',
      points: [
        { label: '1 May', value: 0 },
        { label: '2 May', value: 9 },
      ],
    },
  },
  {
    kind: 'slope',
    input: {
      ...base,
      marks: ['A', 'B'],
      names: ['Alpha', 'Beta'],
      rows: [
        { label: LONG, measure: 'share', points: [{ n: 9, value: 0.5, low: 0.2, high: 0.8 }, null], all: 0.4 },
        { label: 'Spend', measure: 'number', points: [null, null], all: null },
      ],
    },
  },
  {
    kind: 'value-map',
    input: {
      ...base,
      nodes: ['fee', 'save', 'plan', 'calm', 'security'].map((key, at) => ({
        key,
        label: key,
        kind: at === 0 ? ('attribute' as const) : at === 4 ? ('value' as const) : ('consequence' as const),
        abstractness: at / 4,
        href: null,
      })),
      links: [
        { from: 'fee', to: 'save', count: 12 },
        { from: 'save', to: 'security', count: 2 },
      ],
    },
  },
];
const textsOf = ({ marks }: Drawing) => marks.flatMap((mark) => (mark.kind === 'text' ? [mark] : []));

const edgesOf = (mark: Mark): [number, number][] => {
  switch (mark.kind) {
    case 'line':
      return [
        [mark.x1, mark.y1],
        [mark.x2, mark.y2],
      ];
    case 'rect':
      return [
        [mark.x, mark.y],
        [mark.x + mark.width, mark.y + mark.height],
      ];
    case 'circle':
      return [
        [mark.cx - mark.r, mark.cy - mark.r],
        [mark.cx + mark.r, mark.cy + mark.r],
      ];
    case 'polyline':
      return mark.points.map(([x, y]) => [x, y]);
    case 'text':
      return [[mark.x, mark.y]];
  }
};

test.each(CHARTS)('nothing of $kind leaves its drawing, in a column or across a page', (chart) => {
  for (const width of [150, 225, 480]) {
    const drawing = drawChart(chart, width);
    for (const mark of drawing.marks)
      for (const [x, y] of edgesOf(mark)) {
        expect(x).toBeGreaterThanOrEqual(-0.01);
        expect(x).toBeLessThanOrEqual(width + 0.01);
        expect(y).toBeGreaterThanOrEqual(-0.01);
        expect(y).toBeLessThanOrEqual(drawing.height + 0.01);
      }
  }
});

test.each(CHARTS)('an empty $kind is a drawing without rows', (chart) => {
  const input = { ...chart.input, rows: [], parts: [], points: [], nodes: [], links: [] };
  const drawing = drawChart({ kind: chart.kind, input } as never, 300);
  expect(Number.isFinite(drawing.height)).toBe(true);
  expect(drawing.marks.every((mark) => edgesOf(mark).flat().every(Number.isFinite))).toBe(true);
});

test('every label of a chart is in it whole where there is room', () => {
  const words = textsOf(drawChart(CHARTS[0]!, 480))
    .map(({ text }) => text)
    .join(' ');
  expect(words).toContain(LONG);
  expect(words).toContain('100.0% ▲');
  expect(words).toContain('Everybody 90.0%');
});

test('a bar is as long as its share of the track', () => {
  const rects = drawChart(CHARTS[0]!, 480).marks.flatMap((mark) => (mark.kind === 'rect' ? [mark] : []));
  const [track, full, , none] = rects;
  expect(full?.width).toBeCloseTo(track!.width, 6);
  expect(none?.width).toBeCloseTo(0, 6);
});

test('opposite differences stand equally far from zero', () => {
  const drawing = drawChart(CHARTS[1]!, 480);
  const dots = drawing.marks.flatMap((mark) => (mark.kind === 'circle' ? [mark.cx] : []));
  const zero = textsOf(drawing).find(({ text }) => text === 'the rest')!.x;
  expect(dots[0]! - zero).toBeCloseTo(zero - dots[1]!, 6);
});

test('parts are told apart without colour: each is ruled in a way of its own, as is its name below', () => {
  const parts = drawChart(CHARTS[2]!, 480).marks.flatMap((mark) => (mark.kind === 'rect' ? [mark] : []));
  expect(parts.slice(0, 8).map(({ pattern }) => pattern)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(parts.slice(8).map(({ pattern }) => pattern)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const area = { x: 0, y: 0, width: 40, height: 18 };
  const rulings = Array.from({ length: 8 }, (_, pattern) => JSON.stringify(hatching(area, pattern)));
  expect(new Set(rulings).size).toBe(8);
});

test('a place that is too narrow for words is refused', () => {
  expect(() => drawChart(CHARTS[0]!, 80)).toThrow(RangeError);
  expect(() => drawChart(CHARTS[0]!, Number.NaN)).toThrow(RangeError);
});

test('a chart in full has its content in a sentence and its numbers as a table', () => {
  for (const chart of CHARTS) {
    const { description, table, title } = describeChart(chart);
    expect(title).toBe(base.title);
    expect(description).not.toBe('');
    expect(table.rows.length).toBeGreaterThan(0);
  }
});

test('an SVG file stands by itself: named, described, and safe whatever the words', () => {
  const chart = { ...CHARTS[0]!, input: { ...CHARTS[0]!.input, title: 'a & b <c> "d"\u0001\ud800' } } as Chart;
  const svg = drawingSvg(drawChart(chart, 300), { id: 'one', font: 'Inter', scale: 2, paper: 10 });
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="640"/);
  expect(svg).toContain('<title id="one-title">a &amp; b &lt;c&gt; &quot;d&quot;�</title>');
  expect(svg).toContain('aria-labelledby="one-title one-description"');
  expect(svg).not.toMatch(/NaN|undefined|style=/);
});

test('lines are broken at blanks, inside a word where they must be, and cut where there is no more room', () => {
  const lines = textLines('A Donaudampfschifffahrtsgesellschaft and more words', { width: 60, size: 10, linesMax: 3 });
  expect(lines).toHaveLength(3);
  expect(lines.at(-1)).toMatch(/…$/);
  for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(60);
  expect(textLines('', { width: 60, size: 10, linesMax: 3 })).toEqual(['']);
});
