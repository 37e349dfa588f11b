import { type Drawn, TYPE } from './draw-rows.ts';
import type { Mark } from './drawing.ts';
import { textWidth } from './text-width.ts';
import { type ValueMapInput, valueMap } from './value-map.ts';

const SCALE = TYPE / 13;
const LINE_WIDTHS = { thin: 0.6, middle: 1.5, thick: 2.8 } as const;
/** Kinds of boxes are told by their edges, so that they stay apart without colour. */
const EDGES = { attribute: 0.5, consequence: 0.9, value: 1.7 } as const;

/** What leads to what, in three bands from foot to top. */
export function drawValueMap(input: ValueMapInput, width: number): Drawn {
  const chart = valueMap(input, Math.round(width / SCALE));
  const marks: Mark[] = [];
  const at = (pixels: number) => Math.round(pixels * SCALE * 100) / 100;
  for (const { x1, y1, x2, y2, weight } of chart.links)
    marks.push({
      kind: 'line',
      x1: at(x1),
      y1: at(y1),
      x2: at(x2),
      y2: at(y2),
      ink: 'soft',
      width: LINE_WIDTHS[weight],
    });
  for (const { x, y, text } of chart.counts) {
    const half = (text.length * TYPE * 0.66) / 2 + 1;
    marks.push({
      kind: 'rect',
      x: at(x) - half,
      y: at(y) - TYPE,
      width: half * 2,
      height: TYPE * 1.25,
      fill: 'surface',
      radius: 2,
    });
    marks.push({ kind: 'text', x: at(x), y: at(y), text, size: TYPE, anchor: 'middle', ink: 'ink' });
  }
  for (const { y, label } of chart.bands) {
    const room = { x: 0, y: at(y) - TYPE, width: textWidth(label, TYPE), height: TYPE * 1.3 };
    marks.push({ kind: 'rect', ...room, fill: 'surface' });
    marks.push({ kind: 'text', x: 0, y: at(y), text: label, size: TYPE, anchor: 'start', ink: 'soft' });
  }
  for (const box of chart.boxes) {
    const edge = EDGES[box.kind];
    const [x, y, boxWidth, height] = [at(box.x), at(box.y), at(box.width), at(box.height)];
    const ink = box.kind === 'value' ? 'accent' : 'line';
    marks.push({ kind: 'rect', x, y, width: boxWidth, height, fill: ink, radius: 5 });
    marks.push({
      kind: 'rect',
      x: x + edge,
      y: y + edge,
      width: boxWidth - 2 * edge,
      height: height - 2 * edge,
      fill: box.kind === 'value' ? 'track' : 'surface',
      radius: 5 - edge,
    });
    for (const { x, y, text } of box.lines)
      marks.push({ kind: 'text', x: at(x), y: at(y), text, size: TYPE, anchor: 'middle', ink: 'ink' });
  }
  return { height: at(Number(chart.viewBox.split(' ')[3])), marks };
}
