import { bars } from './bars.ts';
import type { Chart } from './chart.ts';
import { dots } from './dots.ts';
import { drawLine, drawSlope } from './draw-course.ts';
import { drawParts } from './draw-parts.ts';
import { type Drawn, drawBars, drawDots } from './draw-rows.ts';
import { drawValueMap } from './draw-value-map.ts';
import type { Drawing } from './drawing.ts';
import { line } from './line.ts';
import type { ChartTable } from './marks.ts';
import { slope } from './slope.ts';
import { stack } from './stack.ts';
import { valueMap } from './value-map.ts';

/**
 * A chart in full: its name, its content in a sentence, its note, and the numbers as a table.
 *
 * @param chart any chart
 */
export function describeChart(chart: Chart): {
  title: string;
  description: string;
  note: string | null;
  table: ChartTable;
} {
  switch (chart.kind) {
    case 'bars':
      return bars(chart.input);
    case 'dots':
      return dots(chart.input);
    case 'stack':
      return stack(chart.input);
    case 'line':
      return line(chart.input);
    case 'slope': {
      const { title, note, table, rows } = slope(chart.input);
      return { title, note, table, description: rows.map(({ description }) => description).join('. ') };
    }
    case 'value-map':
      return valueMap(chart.input);
  }
}

/**
 * A chart drawn for a place of known width, without its title and note, which each format sets as its own words. Words are
 * 8.5 points high whatever the width; parts are ruled or labelled, so that nothing rests on colour alone.
 *
 * @param chart any chart; one without rows gives an empty drawing
 * @param width in points, at least 120
 * @throws {RangeError} for a narrower place
 */
export function drawChart(chart: Chart, width: number): Drawing {
  if (!(width >= 120)) throw new RangeError('drawChart requires a width of at least 120 points');
  const { title, description } = describeChart(chart);
  return { width, ...drawn(chart, width), title, description };
}

function drawn(chart: Chart, width: number): Drawn {
  switch (chart.kind) {
    case 'bars':
      return drawBars(chart.input, width);
    case 'dots':
      return drawDots(chart.input, width);
    case 'stack':
      return drawParts(chart.input, width);
    case 'line':
      return drawLine(chart.input, width);
    case 'slope':
      return drawSlope(chart.input, width);
    case 'value-map':
      return drawValueMap(chart.input, width);
  }
}
