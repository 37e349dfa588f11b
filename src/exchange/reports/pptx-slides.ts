import type { NativeChart } from './pptx-chart.ts';
import type { DeckMaster, Relation } from './pptx-master.ts';
import { type DeckLook, type Frame, placeholderXml, type SlideLinks, titleSize } from './pptx-xml.ts';

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

/** Slides one after the other, each begun under its title. */
export class SlideWriter {
  readonly slides: Slide[] = [];
  readonly look: DeckLook;
  readonly body: Frame;
  private readonly master: DeckMaster;
  /** Slides that a title already has, so that no two are named alike. */
  private readonly turns = new Map<string, number>();
  private shapes: string[] = [];
  private slide: Slide | null = null;
  private id = 1;
  private links = new Map<number, string>();

  constructor(master: DeckMaster) {
    this.master = master;
    this.look = { isOwn: master.isOwn };
    this.body = master.content.body;
  }

  begin(name: string): void {
    const turn = (this.turns.get(name) ?? 0) + 1;
    this.turns.set(name, turn);
    this.id = 1;
    this.links = new Map();
    const title = turn === 1 ? name : `${name} · ${turn}`;
    const { title: place } = this.master.content;
    this.shapes = [
      placeholderXml(this.nextId(), 'Title', place, title, { size: titleSize(title, place.frame, place.size) }),
    ];
    this.slide = { isCover: false, title, shapes: '', relations: [], charts: [], sources: [], lists: [], notes: [] };
    this.slides.push(this.slide);
  }

  nextId(): number {
    this.id += 1;
    return this.id;
  }

  add(shape: string): void {
    this.shapes.push(shape);
  }

  note(lines: readonly string[]): void {
    this.current.notes.push(...lines.filter((line) => line !== ''));
  }

  rests(numbers: readonly number[]): void {
    const { current } = this;
    current.sources = [...new Set([...current.sources, ...numbers])].toSorted((a, b) => a - b);
  }

  /** The entry of a source, so that marks find their way to it. */
  lists(number: number): void {
    this.current.lists.push(number);
  }

  addChart(chart: NativeChart): string {
    const relation = this.nextRelation();
    this.current.charts.push({ relation, chart });
    return relation;
  }

  readonly toSource: SlideLinks['toSource'] = (number) => {
    const known = this.links.get(number);
    if (known !== undefined) return known;
    const id = this.nextRelation();
    this.current.relations.push({ type: 'slide', target: '', source: number, id });
    this.links.set(number, id);
    return id;
  };

  finish(): void {
    const { number } = this.master.content;
    if (number !== null)
      this.add(
        placeholderXml(this.nextId(), 'Slide number', number, String(this.slides.length + 1), { isNumber: true }),
      );
    this.current.shapes = this.shapes.join('');
    this.slide = null;
  }

  /** The first two are those of its layout and its notes. */
  private nextRelation(): string {
    return `rId${this.current.relations.length + this.current.charts.length + 3}`;
  }

  private get current(): Slide {
    if (this.slide === null) throw new RangeError('No slide is begun');
    return this.slide;
  }
}
