import type { Chart } from '../../charts/chart.ts';
import { drawChart } from '../../charts/draw-chart.ts';
import type { Mark } from '../../charts/drawing.ts';
import { textWidth } from '../../charts/text-width.ts';
import type { SlideWriter } from './pptx-slides.ts';
import { type Frame, fillXml, groupXml, inkXml, lineXml, paragraphXml, shapeXml, textBoxXml } from './pptx-xml.ts';

const LEADING_BOX = 1.4;

const DRAWN_WIDTH = 640;

/** How high a drawing stands at a width, in points. */
export function drawnHeight(chart: Chart, width: number): number {
  const drawing = drawChart(chart, DRAWN_WIDTH);
  return (drawing.height * width) / drawing.width;
}

/** What presentation programs have no chart for: the drawing's own marks as shapes, one group with its words. */
export function drawnXml(writer: SlideWriter, chart: Chart, frame: Frame): string {
  const drawing = drawChart(chart, DRAWN_WIDTH);
  const { title, description } = drawing;
  const scale = Math.min(frame.width / drawing.width, frame.height / drawing.height);
  const [left, top] = [frame.x + (frame.width - drawing.width * scale) / 2, frame.y];
  const at = (x: number, y: number): [number, number] => [left + x * scale, top + y * scale];
  const colour = (ink: Parameters<typeof inkXml>[0]): string => inkXml(ink, writer.look);
  const markXml = (mark: Mark): string => {
    switch (mark.kind) {
      case 'line':
        return lineXml(writer.nextId(), at(mark.x1, mark.y1), at(mark.x2, mark.y2), {
          colour: colour(mark.ink),
          width: mark.width * scale,
          isDashed: mark.isDashed === true,
        });
      case 'polyline':
        return mark.points
          .slice(1)
          .map((point, before) =>
            lineXml(writer.nextId(), at(...mark.points[before]!), at(...point), {
              colour: colour(mark.ink),
              width: mark.width * scale,
            }),
          )
          .join('');
      case 'rect': {
        const [x, y] = at(mark.x, mark.y);
        return shapeXml(
          writer.nextId(),
          { x, y, width: mark.width * scale, height: mark.height * scale },
          { geometry: mark.radius === undefined ? 'rect' : 'roundRect', fill: fillXml(mark.fill, writer.look) },
        );
      }
      case 'circle': {
        const [x, y] = at(mark.cx - mark.r, mark.cy - mark.r);
        const side = mark.r * 2 * scale;
        return shapeXml(
          writer.nextId(),
          { x, y, width: side, height: side },
          { geometry: 'ellipse', fill: fillXml(mark.fill, writer.look) },
        );
      }
      case 'text': {
        const size = mark.size * scale;
        const width = textWidth(mark.text, size) * 1.15;
        const [x, y] = at(mark.x, mark.y);
        const start = mark.anchor === 'start' ? x : mark.anchor === 'middle' ? x - width / 2 : x - width;
        const run = { text: mark.text, isStrong: mark.isStrong === true, isSoft: mark.ink === 'soft' };
        const words = paragraphXml({ size, runs: [run], isEnd: mark.anchor === 'end' }, writer.look, writer);
        return textBoxXml(
          writer.nextId(),
          'Label',
          { x: start, y: y - size * 1.08, width, height: size * LEADING_BOX },
          mark.anchor === 'middle' ? words.replace('algn="l"', 'algn="ctr"') : words,
          { wraps: false },
        );
      }
    }
  };
  const place = { x: left, y: top, width: drawing.width * scale, height: drawing.height * scale };
  const id = writer.nextId();
  return groupXml(id, title, `${title}. ${description}`, place, drawing.marks.map(markXml).join(''));
}
