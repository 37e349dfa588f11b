import { type Drawn, LEADING, TYPE } from './draw-rows.ts';
import type { Mark } from './drawing.ts';
import { type LineInput, line } from './line.ts';
import { type SlopeInput, slope } from './slope.ts';
import { textLines, textWidth } from './text-width.ts';

/** Points for one of the pixels that pages are drawn in: words of 13 pixels are set in 8.5 points. */
const SCALE = TYPE / 13;
const LINE_HEIGHT = 64;
const CELL_MIN = 150;
const CELL_GAP = 22;

/** A line over days, with what its ends are below it. */
export function drawLine(input: LineInput, width: number): Drawn {
  const chart = line(input);
  const points = chart.path
    .split(' ')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split(',').map(Number))
    .map(([x = 0, y = 0]) => [(x / 100) * width, (y / 40) * LINE_HEIGHT] as const);
  const below = { kind: 'text', size: TYPE, ink: 'soft' } as const;
  const isTogether = textWidth(`${chart.firstLabel}  ${chart.lastLabel}`, TYPE) <= width;
  const y = LINE_HEIGHT + LEADING;
  const marks: Mark[] = [
    { kind: 'line', x1: 0, y1: LINE_HEIGHT, x2: width, y2: LINE_HEIGHT, ink: 'line', width: 0.6 },
    { kind: 'polyline', points, ink: 'accent', width: 1.6 },
    { ...below, x: 0, y, text: chart.firstLabel, anchor: 'start' },
    { ...below, x: width, y: isTogether ? y : y + LEADING, text: chart.lastLabel, anchor: 'end' },
  ];
  return { height: y + (isTogether ? 4 : LEADING + 4), marks };
}

/** One small picture for each thing, as many beside each other as have room. */
export function drawSlope(input: SlopeInput, width: number): Drawn {
  const chart = slope(input);
  const columns = Math.max(1, Math.min(chart.rows.length, Math.floor((width + CELL_GAP) / (CELL_MIN + CELL_GAP))));
  const cell = (width - (columns - 1) * CELL_GAP) / columns;
  const marks: Mark[] = [];
  let top = 0;
  for (let first = 0; first < chart.rows.length; first += columns) {
    const rows = chart.rows.slice(first, first + columns);
    const titles = rows.map(({ label }) => textLines(label, { width: cell, size: TYPE, linesMax: 3 }));
    const titleHeight = Math.max(...titles.map((lines) => lines.length)) * LEADING + 4;
    for (const [column, row] of rows.entries()) {
      const left = column * (cell + CELL_GAP);
      const x = (place: string) => left + (Number.parseFloat(place) / 100) * cell;
      const y = (pixels: number) => top + titleHeight + pixels * SCALE;
      const lines = titles[column]!;
      for (const [index, text] of lines.entries())
        marks.push({
          kind: 'text',
          x: left,
          y: top + titleHeight - 4 - (lines.length - 1 - index) * LEADING - 2,
          text,
          size: TYPE,
          anchor: 'start',
          ink: 'ink',
          isStrong: true,
        });
      const flat = { kind: 'line', x1: left, x2: left + cell } as const;
      marks.push({ ...flat, y1: y(row.baseY), y2: y(row.baseY), ink: 'line', width: 0.6 });
      if (row.allY !== null)
        marks.push({ ...flat, y1: y(row.allY), y2: y(row.allY), ink: 'soft', width: 0.8, isDashed: true });
      for (const { x1, y1, x2, y2 } of row.stretches)
        marks.push({ kind: 'line', x1: x(x1), y1: y(y1), x2: x(x2), y2: y(y2), ink: 'accent', width: 1.4 });
      for (const point of row.points) {
        if (point.whisker !== null)
          marks.push({
            kind: 'line',
            x1: x(point.x),
            y1: y(point.whisker.from),
            x2: x(point.x),
            y2: y(point.whisker.to),
            ink: 'ink',
            width: 0.8,
          });
        marks.push({ kind: 'circle', cx: x(point.x), cy: y(point.y), r: 3, fill: 'accent' });
      }
      for (const mark of row.marks) {
        const at = { kind: 'text', x: x(mark.x), size: TYPE, anchor: 'middle' } as const;
        if (mark.value !== null) marks.push({ ...at, y: y(12), text: mark.value, ink: 'ink' });
        marks.push({ ...at, y: y(row.markY), text: mark.text, ink: 'soft' });
      }
    }
    top += titleHeight + chart.height * SCALE + 10;
  }
  return { height: Math.max(0, top - 10), marks };
}
