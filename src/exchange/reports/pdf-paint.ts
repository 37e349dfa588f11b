import type { Mark } from '../../charts/drawing.ts';
import { hatching } from '../../charts/hatching.ts';
import { PAPER_INKS } from '../../charts/paper-inks.ts';
import type { EmbeddedFont } from './pdf-fonts.ts';
import type { Line, LineSetter, Run, Style, Way } from './pdf-lines.ts';
import type { Node, Op, Page } from './pdf-slabs.ts';

type Pdf = PDFKit.PDFDocument;
type Element = PDFKit.PDFStructureElement & { dictionary: { data: Record<string, unknown> } };

/** Draws pages, and tells for each stretch which part of the file it belongs to. */
export class PdfPainter {
  readonly #pdf: Pdf;
  readonly #setter: LineSetter;
  readonly #elements = new Map<Node, Element>();
  #open: Node | 'decoration' | null = null;

  constructor(pdf: Pdf, setter: LineSetter, root: Node) {
    this.#pdf = pdf;
    this.#setter = setter;
    const element = this.#make(root);
    pdf.addStructure(element);
    this.#grow(root, element);
  }

  page({ placed }: Page): void {
    for (const { x, y, ops } of placed) for (const op of ops) this.#paint(op, x, y);
    this.#turn(null);
  }

  /** Words at the edge of a page that belong to no part of it. */
  edge(line: Line, x: number, y: number): void {
    this.#turn('decoration');
    for (const run of line.runs) this.#run(run, x, y);
  }

  #paint(op: Op, x: number, y: number): void {
    switch (op.kind) {
      case 'place':
        this.#pdf.addNamedDestination(op.name, 'XYZ', 0, Math.max(0, y + op.y - 12), null);
        return;
      case 'line':
        return this.#line(op.line, x + op.x, y + op.y, op.node);
      case 'box':
        this.#turn('decoration');
        return this.#box({ ...op, x: x + op.x, y: y + op.y });
      case 'rule':
        this.#turn('decoration');
        return this.#stroke(x + op.x, y + op.y, x + op.x + op.width, y + op.y, op.ink, op.thickness);
      case 'drawing': {
        const { drawing } = op;
        this.#bound(op.node, x + op.x, y + op.y, drawing.width, drawing.height);
        this.#turn(op.node);
        for (const mark of drawing.marks) this.#mark(mark, x + op.x, y + op.y);
        return;
      }
      case 'image':
        this.#bound(op.node, x + op.x, y + op.y, op.width, op.height);
        this.#turn(op.node);
        this.#pdf.image(op.png.slice().buffer, x + op.x, y + op.y, { width: op.width, height: op.height });
        return;
      case 'pages': {
        const words = op.words();
        const way = op.way === null ? {} : { way: { place: op.way }, says: words };
        const line = this.#setter.set([{ text: words, style: op.style, ...way }], Number.POSITIVE_INFINITY).lines[0];
        if (line !== undefined) this.#line(line, x + op.x - (op.align === 'end' ? line.width : 0), y + op.y, op.node);
      }
    }
  }

  #line(line: Line, x: number, y: number, node: Node | null): void {
    for (const run of line.runs) {
      const { way, lang, says } = run.words;
      if (node === null) this.#turn('decoration');
      else if (way !== undefined) {
        this.#link(run, x, y, { node, way, says: says ?? '' });
        continue;
      } else if (lang !== undefined) {
        this.#inside(node, 'Span', { lang }, () => this.#run(run, x, y));
        continue;
      } else this.#turn(node);
      this.#run(run, x, y);
    }
  }

  #link(run: Run, x: number, y: number, { node, way, says }: { node: Node; way: Way; says: string }): void {
    const element = this.#inside(node, 'Link', {}, () => this.#run(run, x, y), false);
    const { size, rise = 0 } = run.style;
    const box = [x + run.x - 1, y - rise - size, run.width + 2, size * 1.35] as const;
    const options = { structParent: element, Contents: new String(says) } as never;
    if (way.place === undefined) this.#pdf.link(...box, way.url, options);
    else this.#pdf.goTo(...box, way.place, options);
    element.end();
  }

  /** A part of its own within another, such as a link in a sentence. */
  #inside(node: Node, role: string, options: { lang?: string }, draw: () => void, isWhole = true): Element {
    this.#turn(null);
    const element = this.#pdf.struct(role, options) as Element;
    this.#elements.get(node)!.add(element);
    element.add(this.#pdf.markStructureContent(role));
    draw();
    this.#pdf.endMarkedContent();
    if (isWhole) element.end();
    return element;
  }

  #turn(to: Node | 'decoration' | null): void {
    if (this.#open === to) return;
    if (this.#open !== null) this.#pdf.endMarkedContent();
    this.#open = to;
    if (to === 'decoration') this.#pdf.markContent('Artifact', { type: 'Layout' });
    else if (to !== null) this.#elements.get(to)!.add(this.#pdf.markStructureContent(to.role));
  }

  #make({ role, alt, actual, lang, scope }: Node): Element {
    return this.#pdf.struct(role, {
      ...(alt === undefined ? {} : { alt }),
      ...(actual === undefined ? {} : { actual }),
      ...(lang === undefined ? {} : { lang }),
      ...(scope === undefined ? {} : { scope }),
    } as PDFKit.Mixins.StructureElementOptions) as Element;
  }

  #grow(node: Node, element: Element): void {
    this.#elements.set(node, element);
    for (const child of node.children) {
      const own = this.#make(child);
      element.add(own);
      this.#grow(child, own);
    }
  }

  #bound(node: Node, x: number, y: number, width: number, height: number): void {
    const bottom = this.#pdf.page.height - y - height;
    this.#elements.get(node)!.dictionary.data['A'] = {
      O: 'Layout',
      Placement: 'Block',
      BBox: [x, bottom, x + width, bottom + height],
    };
  }

  #mark(mark: Mark, x: number, y: number): void {
    switch (mark.kind) {
      case 'line':
        return this.#stroke(
          x + mark.x1,
          y + mark.y1,
          x + mark.x2,
          y + mark.y2,
          PAPER_INKS[mark.ink],
          mark.width,
          mark.isDashed,
        );
      case 'rect': {
        const box = { ...mark, x: x + mark.x, y: y + mark.y };
        this.#box({ ...box, fill: PAPER_INKS[mark.fill] });
        if (mark.pattern !== undefined) for (const line of hatching(mark, mark.pattern)) this.#mark(line, x, y);
        return;
      }
      case 'circle': {
        const { cx, cy, r } = mark;
        return this.#box({
          x: x + cx - r,
          y: y + cy - r,
          width: 2 * r,
          height: 2 * r,
          radius: r,
          fill: PAPER_INKS[mark.fill],
        });
      }
      case 'polyline': {
        const path = mark.points.map(([px, py], at) => `${number(x + px)} ${number(y + py)} ${at === 0 ? 'm' : 'l'}`);
        return this.#write(`${rgb(PAPER_INKS[mark.ink])} RG ${number(mark.width)} w 1 j ${path.join(' ')} S 0 j`);
      }
      case 'text': {
        const style: Style = {
          face: 'sans',
          weight: mark.isStrong === true ? 600 : 400,
          size: mark.size,
          ink: PAPER_INKS[mark.ink],
        };
        const line = this.#setter.set([{ text: mark.text, style }], Number.POSITIVE_INFINITY).lines[0];
        if (line === undefined) return;
        const back = mark.anchor === 'start' ? 0 : mark.anchor === 'middle' ? line.width / 2 : line.width;
        for (const run of line.runs) this.#run(run, x + mark.x - back, y + mark.y);
      }
    }
  }

  #stroke(x1: number, y1: number, x2: number, y2: number, ink: string, thickness: number, isDashed = false): void {
    const dash = isDashed ? '[2 2] 0 d ' : '';
    const path = `${number(x1)} ${number(y1)} m ${number(x2)} ${number(y2)} l S`;
    this.#write(`${rgb(ink)} RG ${number(thickness)} w ${dash}${path}${isDashed ? ' [] 0 d' : ''}`);
  }

  #box({
    x,
    y,
    width,
    height,
    radius = 0,
    fill,
  }: {
    x: number;
    y: number;
    width: number;
    height: number;
    radius?: number;
    fill: string;
  }): void {
    if (width <= 0 || height <= 0) return;
    const r = Math.min(radius, width / 2, height / 2);
    if (r === 0) return this.#write(`${rgb(fill)} rg ${[x, y, width, height].map(number).join(' ')} re f`);
    const k = r * 0.4477;
    const [right, bottom] = [x + width, y + height];
    const curve = (...at: number[]) => `${at.map(number).join(' ')} c`;
    const path = [
      `${number(x + r)} ${number(y)} m ${number(right - r)} ${number(y)} l`,
      curve(right - k, y, right, y + k, right, y + r),
      `${number(right)} ${number(bottom - r)} l`,
      curve(right, bottom - k, right - k, bottom, right - r, bottom),
      `${number(x + r)} ${number(bottom)} l`,
      curve(x + k, bottom, x, bottom - k, x, bottom - r),
      `${number(x)} ${number(y + r)} l`,
      curve(x, y + k, x + k, y, x + r, y),
    ];
    this.#write(`${rgb(fill)} rg ${path.join(' ')} f`);
  }

  #run({ x, font, style, shaped }: Run, left: number, y: number): void {
    const { size, ink, rise = 0 } = style;
    this.#known(font);
    const shows = shaped.shows.map((show) => {
      const raised = show.rise === 0 ? '' : `${number((show.rise * size) / 1000)} Ts `;
      return `${raised}[${show.array}] TJ${raised === '' ? '' : ' 0 Ts'}`;
    });
    // Pages are measured from the top; letters are turned back upright.
    this.#write(
      `BT /${font.id} ${number(size)} Tf ${rgb(ink)} rg 1 0 0 -1 ${number(left + x)} ${number(y - rise)} Tm ${shows.join(' ')} ET`,
    );
  }

  #known(font: EmbeddedFont): void {
    const { fonts } = this.#pdf.page as unknown as { fonts: Record<string, unknown> };
    fonts[font.id] ??= font.ref();
  }

  #write(content: string): void {
    this.#pdf.addContent(content);
  }
}

const number = (value: number): string => String(Math.round(value * 100) / 100);
const COLOURS = new Map<string, string>();
function rgb(colour: string): string {
  let known = COLOURS.get(colour);
  if (known === undefined) {
    known = [1, 3, 5]
      .map((at) => String(Math.round((Number.parseInt(colour.slice(at, at + 2), 16) / 255) * 1000) / 1000))
      .join(' ');
    COLOURS.set(colour, known);
  }
  return known;
}
