import type { ReportSource } from '../../reports/document.ts';
import type { NativeChart } from './pptx-chart.ts';
import type { DeckMaster, Relation } from './pptx-master.ts';
import {
  type DeckLook,
  type Frame,
  paragraphHeight,
  paragraphXml,
  placeholderXml,
  type SlideLinks,
  type SlideParagraph,
  type SlideRun,
  textBoxXml,
  titleSize,
} from './pptx-xml.ts';

/** A finished slide. */
export type Slide = {
  isCover: boolean;
  title: string;
  shapes: string;
  /** Besides its layout and notes. A way to a source is told by its number, since nobody knows yet where that will stand. */
  relations: (Relation & { source?: number })[];
  charts: { relation: string; chart: NativeChart }[];
  /** What it rests on, by the numbers of sources. */
  sources: number[];
  /** Those whose entries stand on it. */
  lists: number[];
  /** What its notes tell besides. */
  notes: string[];
};

export type NumberedSource = ReportSource & { number: number };

const GAP = 10;

/** A slide while things are put on it, from top to bottom; what finds no room begins the next one under the same title. */
export class SlideWriter {
  readonly slides: Slide[] = [];
  readonly look: DeckLook;
  readonly body: Frame;
  private readonly master: DeckMaster;
  private title = '';
  /** Slides that a title already has, so that no two are named alike. */
  private readonly turns = new Map<string, number>();
  private shapes: string[] = [];
  private text: { paragraphs: SlideParagraph[]; from: number } | null = null;
  private slide: Slide | null = null;
  private id = 1;
  private y = 0;
  private links = new Map<number, string>();

  constructor(master: DeckMaster) {
    this.master = master;
    this.look = { isOwn: master.isOwn };
    this.body = master.content.body;
  }

  /** Names what comes next; a slide is begun only when something comes. */
  titled(title: string): void {
    this.finish();
    this.title = title;
  }

  nextId(): number {
    this.id += 1;
    return this.id;
  }

  /** Whether something stands on the slide that goes on. */
  get isOpen(): boolean {
    return this.slide !== null && this.y + (this.text === null ? 0 : 1) > this.body.y;
  }

  /** Told in the notes of this slide, or of the last one where none is begun. */
  note(lines: readonly string[], sources: readonly number[]): void {
    const slide = this.slide ?? this.slides.at(-1) ?? this.begin();
    slide.notes.push(...lines.filter((line) => line !== ''));
    slide.sources = [...new Set([...slide.sources, ...sources])].toSorted((a, b) => a - b);
  }

  /** Whether a slide bears a title already. */
  isShown(title: string): boolean {
    return this.turns.has(title);
  }

  get currentTitle(): string {
    return this.title;
  }

  /** Points left on this slide. */
  get room(): number {
    return this.slide === null ? this.body.height : this.body.y + this.body.height - this.y;
  }

  /** Begins the next slide where so much would find no room on this one, and has it there. */
  keep(height: number): void {
    if (this.slide !== null && this.y > this.body.y && height > this.room && height <= this.body.height) this.finish();
  }

  /** A slide of which nothing but its title is used. */
  startFresh(): void {
    if (this.slide !== null && this.y > this.body.y) this.finish();
    this.begin();
  }

  relate(relation: Omit<Relation, 'id'> & { source?: number }): string {
    const slide = this.begin();
    const id = `rId${slide.relations.length + slide.charts.length + 3}`;
    slide.relations.push({ ...relation, id });
    return id;
  }

  addChart(chart: NativeChart): string {
    const slide = this.begin();
    const relation = `rId${slide.relations.length + slide.charts.length + 3}`;
    slide.charts.push({ relation, chart });
    return relation;
  }

  rests(numbers: readonly number[]): void {
    const slide = this.begin();
    slide.sources = [...new Set([...slide.sources, ...numbers])].toSorted((a, b) => a - b);
  }

  /** The entry of a source, so that marks find their way to it. */
  lists(number: number): void {
    this.begin().lists.push(number);
  }

  readonly toSource: SlideLinks['toSource'] = (number) => {
    const known = this.links.get(number);
    if (known !== undefined) return known;
    const id = this.relate({ type: 'slide', target: '', source: number });
    this.links.set(number, id);
    return id;
  };

  /** Puts something of its own height below what is there. */
  place(height: number, draw: (frame: Frame) => string, { after = GAP }: { after?: number } = {}): void {
    this.endText();
    if (this.slide !== null && this.y > this.body.y && height > this.room) this.finish();
    this.begin();
    this.shapes.push(draw({ ...this.body, y: this.y, height }));
    this.y += height + after;
  }

  /** Puts a paragraph below what is there; neighbours share one box, as somebody would type them. */
  write(paragraph: SlideParagraph, sources: readonly number[] = []): void {
    let rest: SlideParagraph | null = paragraph;
    while (rest !== null) {
      const isFirst: boolean = this.text === null;
      const part: SlideParagraph = isFirst ? { ...rest, before: 0 } : rest;
      const height = paragraphHeight(part, this.body.width);
      if (height <= this.room) {
        this.put(part, height);
        rest = null;
      } else if (this.slide !== null && this.y > this.body.y) this.finish();
      else {
        const [head, tail]: [SlideParagraph, SlideParagraph | null] = splitParagraph(part, this.body);
        this.put(head, paragraphHeight(head, this.body.width));
        rest = tail;
      }
    }
    this.rests(sources);
  }

  private put(paragraph: SlideParagraph, height: number): void {
    this.begin();
    this.text ??= { paragraphs: [], from: this.y };
    this.text.paragraphs.push(paragraph);
    this.y += height;
  }

  skip(points: number): void {
    this.endText();
    if (this.slide !== null) this.y += points;
  }

  endText(): void {
    if (this.text === null) return;
    const { paragraphs, from } = this.text;
    this.text = null;
    const xml = paragraphs.map((one) => paragraphXml(one, this.look, { toSource: this.toSource })).join('');
    this.shapes.push(textBoxXml(this.nextId(), 'Text', { ...this.body, y: from, height: this.y - from }, xml));
    this.y += GAP;
  }

  private begin(): Slide {
    if (this.slide !== null) return this.slide;
    const turn = (this.turns.get(this.title) ?? 0) + 1;
    this.turns.set(this.title, turn);
    this.id = 1;
    this.y = this.body.y;
    this.links = new Map();
    const title = turn === 1 ? this.title : `${this.title} · ${turn}`;
    const { title: place } = this.master.content;
    this.shapes = [
      placeholderXml(this.nextId(), 'Title', place, title, { size: titleSize(title, place.frame, place.size) }),
    ];
    this.slide = { isCover: false, title, shapes: '', relations: [], charts: [], sources: [], lists: [], notes: [] };
    this.slides.push(this.slide);
    return this.slide;
  }

  finish(): void {
    this.endText();
    if (this.slide === null) return;
    const { number } = this.master.content;
    if (number !== null)
      this.shapes.push(
        placeholderXml(this.nextId(), 'Slide number', number, String(this.slides.length + 1), { isNumber: true }),
      );
    this.slide.shapes = this.shapes.join('');
    this.slide = null;
  }
}

/** A paragraph too long for a slide, cut between words where the slide ends. */
function splitParagraph(paragraph: SlideParagraph, body: Frame): [SlideParagraph, SlideParagraph | null] {
  const words: SlideRun[] = paragraph.runs.flatMap((run) =>
    (run.text.match(/\s*\S+\s*/g) ?? []).map((text) => ({ ...run, text })),
  );
  const first = (count: number): SlideParagraph => ({ ...paragraph, runs: joined(words.slice(0, count)) });
  let [fits, tooMany] = [1, words.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (paragraphHeight(first(middle), body.width) <= body.height) fits = middle;
    else tooMany = middle;
  }
  const { bullet: _, ...plain } = paragraph;
  return [first(fits), fits < words.length ? { ...plain, before: 0, runs: joined(words.slice(fits)) } : null];
}

/** Words of one look, one after the other, as one run again. */
function joined(words: readonly SlideRun[]): SlideRun[] {
  const runs: SlideRun[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    const { text, ...look } = word;
    const { text: before = '', ...lastLook } = last ?? {};
    if (last && JSON.stringify(look) === JSON.stringify(lastLook))
      runs[runs.length - 1] = { ...last, text: before + text };
    else runs.push(word);
  }
  return runs;
}
