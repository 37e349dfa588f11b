import type { Drawing, Mark } from './drawing.ts';
import { hatching } from './hatching.ts';
import { PAPER_INKS } from './paper-inks.ts';

export type SvgOptions = {
  /** A typeface by name; `sans-serif` where none is given. */
  font?: string;
  /** Drawn so many times larger than its points; 1 unless told. */
  scale?: number;
  /** Put before the ids in it, so that several may stand in one page; the drawing is then named by them. */
  id?: string;
  /** The space around it, in points, on paper; without it the drawing lies on whatever is behind it. */
  paper?: number;
};

/**
 * A drawing as an SVG file that stands by itself, in colours for light paper.
 *
 * @param drawing what to draw
 * @param options see above
 */
export function drawingSvg(drawing: Drawing, options: SvgOptions = {}): string {
  const { font = 'sans-serif', scale = 1, id, paper } = options;
  const space = paper ?? 0;
  const [width, height] = [drawing.width + 2 * space, drawing.height + 2 * space];
  const named = id === undefined ? '' : ` aria-labelledby="${escapeXml(id)}-title ${escapeXml(id)}-description"`;
  const own = (part: string) => (id === undefined ? '' : ` id="${escapeXml(id)}-${part}"`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width * scale)}" height="${number(height * scale)}" viewBox="${number(-space)} ${number(-space)} ${number(width)} ${number(height)}" role="img"${named}>`,
    `<title${own('title')}>${escapeXml(drawing.title)}</title>`,
    `<desc${own('description')}>${escapeXml(drawing.description)}</desc>`,
    ...(paper === undefined
      ? []
      : [
          `<rect x="${number(-space)}" y="${number(-space)}" width="${number(width)}" height="${number(height)}" fill="${PAPER_INKS.surface}"/>`,
        ]),
    `<g font-family="${escapeXml(font)}">`,
    ...drawing.marks.map(markSvg),
    '</g></svg>',
  ].join('\n');
}

function markSvg(mark: Mark): string {
  switch (mark.kind) {
    case 'line':
      return `<line x1="${number(mark.x1)}" y1="${number(mark.y1)}" x2="${number(mark.x2)}" y2="${number(mark.y2)}" stroke="${PAPER_INKS[mark.ink]}" stroke-width="${number(mark.width)}"${mark.isDashed === true ? ' stroke-dasharray="2 2"' : ''}/>`;
    case 'rect':
      return [
        `<rect x="${number(mark.x)}" y="${number(mark.y)}" width="${number(mark.width)}" height="${number(mark.height)}" fill="${PAPER_INKS[mark.fill]}"${mark.radius === undefined ? '' : ` rx="${number(mark.radius)}"`}/>`,
        ...(mark.pattern === undefined ? [] : hatching(mark, mark.pattern).map(markSvg)),
      ].join('\n');
    case 'circle':
      return `<circle cx="${number(mark.cx)}" cy="${number(mark.cy)}" r="${number(mark.r)}" fill="${PAPER_INKS[mark.fill]}"/>`;
    case 'polyline':
      return `<polyline points="${mark.points.map(([x, y]) => `${number(x)},${number(y)}`).join(' ')}" fill="none" stroke="${PAPER_INKS[mark.ink]}" stroke-width="${number(mark.width)}" stroke-linejoin="round"/>`;
    case 'text':
      return `<text x="${number(mark.x)}" y="${number(mark.y)}" font-size="${number(mark.size)}" fill="${PAPER_INKS[mark.ink]}"${mark.anchor === 'start' ? '' : ` text-anchor="${mark.anchor}"`}${mark.isStrong === true ? ' font-weight="600"' : ''}>${escapeXml(mark.text)}</text>`;
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML cannot hold is left out: control characters and halves of pairs. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '')
    .replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter]!);

const number = (value: number): string => String(Math.round(value * 100) / 100);
