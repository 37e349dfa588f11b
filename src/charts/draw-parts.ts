import { type Drawn, LEADING, TYPE } from './draw-rows.ts';
import type { Mark } from './drawing.ts';
import { segmentInk } from './paper-inks.ts';
import { type StackInput, stack } from './stack.ts';
import { textLines, textWidth } from './text-width.ts';

const BAR_HEIGHT = 18;
const SWATCH = 7;
const LEGEND_GAP = 16;

/**
 * One whole cut into its parts. Each part is ruled in its own way and carries its share where there is room; the legend
 * names them in the same order.
 */
export function drawParts(input: StackInput, width: number): Drawn {
  const chart = stack(input);
  const marks: Mark[] = [];
  const barTop = LEADING + 2;
  const across = (place: string) => (Number.parseFloat(place) / 100) * width;
  for (const [index, part] of chart.parts.entries()) {
    const x = across(part.x);
    const partWidth = Math.max(0, across(part.width) - 1);
    marks.push({
      kind: 'rect',
      x,
      y: barTop,
      width: partWidth,
      height: BAR_HEIGHT,
      fill: segmentInk(part.segmentClass),
      pattern: index,
    });
    if (textWidth(part.value, TYPE) <= partWidth)
      marks.push({ kind: 'text', x, y: TYPE, text: part.value, size: TYPE, anchor: 'start', ink: 'ink' });
  }
  const entries = chart.parts.map(({ label, value }) =>
    textLines(`${label} ${value}`, { width: width - SWATCH - 5, size: TYPE, linesMax: 3 }),
  );
  const widest = SWATCH + 5 + Math.max(0, ...entries.flat().map((line) => textWidth(line, TYPE)));
  const columns = Math.max(1, Math.floor((width + LEGEND_GAP) / (widest + LEGEND_GAP)));
  let y = barTop + BAR_HEIGHT + 8;
  for (const [index, part] of chart.parts.entries()) {
    const lines = entries[index]!;
    const x = (index % columns) * (widest + LEGEND_GAP);
    const fill = segmentInk(part.segmentClass);
    marks.push({ kind: 'rect', x, y: y + 1.5, width: SWATCH, height: SWATCH, fill, pattern: index });
    for (const [line, text] of lines.entries())
      marks.push({
        kind: 'text',
        x: x + SWATCH + 5,
        y: y + TYPE + line * LEADING,
        text,
        size: TYPE,
        anchor: 'start',
        ink: 'ink',
      });
    // Where names take several lines, there is but one column.
    if (index % columns === columns - 1 || index === chart.parts.length - 1) y += lines.length * LEADING + 2;
  }
  return { height: y, marks };
}
