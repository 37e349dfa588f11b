import type { Drawing } from '../../charts/drawing.ts';
import type { Line, Style } from './pdf-lines.ts';

/** A part of the file as a reader without eyes meets it: a heading, a paragraph, a cell. */
export type Node = {
  role: string;
  alt?: string;
  /** What it says, where letters are drawn from right to left. */
  actual?: string;
  lang?: string;
  scope?: 'Column' | 'Row';
  children: Node[];
};

/** What is drawn, from the upper left corner of its slab, in points; without a node it is decoration. */
export type Op =
  | { kind: 'line'; line: Line; x: number /** Of the baseline. */; y: number; node: Node | null }
  | { kind: 'box'; x: number; y: number; width: number; height: number; fill: string; radius?: number }
  | { kind: 'rule'; x: number; y: number; width: number; ink: string; thickness: number }
  | { kind: 'drawing'; drawing: Drawing; x: number; y: number; node: Node }
  | { kind: 'image'; png: Uint8Array; x: number; y: number; width: number; height: number; node: Node }
  | { kind: 'place'; name: string; y: number }
  /** Words that name pages, known once everything stands: they begin or end at x. */
  | {
      kind: 'pages';
      words: () => string;
      way: string | null;
      align: 'start' | 'end';
      x: number;
      y: number;
      style: Style;
      node: Node;
    };

/** How a slab holds to the next: not at all, where there is room for both, or always. */
export type Hold = 0 | 1 | 2;

/** A strip of the page that is never cut: a line of a paragraph, a row of a table, a chart. */
export type Slab = {
  height: number;
  /** Before it, unless it stands at the top. */
  gap: number;
  hold: Hold;
  ops: Op[];
  /** Stands again above it where it is the first on its page. */
  header?: { height: number; ops: Op[] };
  /** What comes after it begins a page, unless this one has more room than a part would leave empty; it shows nothing itself. */
  isFirst?: boolean;
  /** Two columns, set side by side from here on, and joined again below the longer. */
  columns?: { left: Slab[]; right: Slab[]; rightX: number };
};

export type Placed = { x: number; y: number; ops: Op[] };
export type Page = { placed: Placed[] };
export type Frame = { page: number; x: number; top: number; bottom: number };
/** Where slabs may stand: here and, once this is full, in the next. */
export type Frames = { frame: Frame; next: () => Frames };

/** What is higher than this part of a page need not stay whole, and no more than that part is left empty for it. */
const WHOLE_PART = 0.55;
const EMPTY_PART = 0.2;
/** A part that would begin a page goes on in this one where so much of it would be left white. */
const WHITE_PART = 0.4;
const PART_GAP = 26;
/** Columns no higher than this part of a page stay together. */
const LOW_PART = 0.25;

/** Puts slabs on pages, one below the other. */
export class Pager {
  readonly pages: Page[] = [];
  readonly places = new Map<string, number>();
  readonly #top: number;
  readonly #bottom: number;

  /** @param area where pages hold their text: its top and bottom in points from the top of the page */
  constructor({ top, bottom }: { top: number; bottom: number }) {
    this.#top = top;
    this.#bottom = bottom;
  }

  /** Frames of a column at x, from some height of some page on. */
  column(x: number, from: { page: number; y: number }): Frames {
    return {
      frame: { page: from.page, x, top: from.y, bottom: this.#bottom },
      next: () => this.column(x, { page: from.page + 1, y: this.#top }),
    };
  }

  /** Frames of several columns that are filled one after the other; the first ones may end early. */
  sideBySide(xs: readonly number[], from: { page: number; y: number; bottom?: number }, at = 0): Frames {
    const isLast = at === xs.length - 1;
    return {
      frame: { page: from.page, x: xs[at]!, top: from.y, bottom: from.bottom ?? this.#bottom },
      next: () =>
        isLast ? this.sideBySide(xs, { page: from.page + 1, y: this.#top }) : this.sideBySide(xs, from, at + 1),
    };
  }

  /** @returns where it ends */
  flow(slabs: readonly Slab[], frames: Frames): { page: number; y: number } {
    let at = frames;
    let y = at.frame.top;
    let isTop = true;
    const all = chains(slabs, 1);
    let partGap = 0;
    const turn = () => {
      at = at.next();
      y = at.frame.top;
      isTop = true;
      partGap = 0;
    };
    /** Whether what finds no room here finds more in the next frame. */
    const canTurn = () => !isTop || at.frame.top > this.#top;
    const put = (slab: Slab) => {
      if (isTop && slab.header !== undefined) {
        this.#place(at.frame, y, slab.header.ops);
        y += slab.header.height;
      } else if (!isTop) y += Math.max(slab.gap, partGap);
      partGap = 0;
      this.#place(at.frame, y, slab.ops);
      y += slab.height;
      isTop = false;
    };
    const set = (chain: readonly Slab[]) => {
      const needed = heightOf(chain, isTop);
      if (y + needed <= at.frame.bottom) return chain.forEach(put);
      const space = this.#bottom - this.#top;
      const whole = heightOf(chain, true);
      const held = chains(chain, 2);
      const isTooLong = whole > space * WHOLE_PART || (!isTop && at.frame.bottom - y > space * EMPTY_PART);
      if (isTooLong && held.length > 1) return held.forEach(set);
      if (canTurn()) turn();
      if (whole <= at.frame.bottom - at.frame.top || chain.length === 1) return chain.forEach(put);
      for (const slab of chain) {
        if (!isTop && y + slab.gap + slab.height > at.frame.bottom) turn();
        put(slab);
      }
    };
    for (const [index, chain] of all.entries()) {
      const [first] = chain;
      const own = first?.columns === undefined ? all[index + 1]?.[0] : first;
      const columns = own?.columns;
      const isHead = first?.columns === undefined && columns !== undefined && (chain.at(-1)?.hold ?? 0) > 0;
      // Neither a heading nor one of two columns stays behind where what follows it finds no room.
      if (columns !== undefined && !isTop && (isHead || first?.columns !== undefined)) {
        const needed = (isHead ? heightOf(chain, false) : 0) + leastOf(columns, this.#bottom - this.#top) + own!.gap;
        if (y + needed > at.frame.bottom && needed <= this.#bottom - this.#top) turn();
      }
      if (first?.isFirst === true) {
        const isWhite = at.frame.bottom - y > (this.#bottom - this.#top) * WHITE_PART;
        if (isWhite && !isTop) partGap = PART_GAP;
        else if (!isTop) turn();
        continue;
      }
      if (first?.columns === undefined) {
        if (chain.length > 0) set(chain);
        continue;
      }
      const { left, right, rightX } = first.columns;
      const start = { page: at.frame.page, y: y + (isTop ? 0 : first.gap) };
      const ends = [
        this.flow(left, this.column(at.frame.x, start)),
        this.flow(right, this.column(at.frame.x + rightX, start)),
      ];
      const end = ends.reduce((a, b) => (b.page > a.page || (b.page === a.page && b.y > a.y) ? b : a));
      at = this.column(at.frame.x, end);
      y = end.y;
      isTop = false;
    }
    return { page: at.frame.page, y };
  }

  #place({ page, x }: Frame, y: number, ops: Op[]): void {
    while (this.pages.length <= page) this.pages.push({ placed: [] });
    this.pages[page]!.placed.push({ x, y, ops });
    for (const op of ops) if (op.kind === 'place' && !this.places.has(op.name)) this.places.set(op.name, page);
  }
}

const heightOf = (chain: readonly Slab[], isTop: boolean): number =>
  chain.reduce(
    (sum, { height, gap, header }, index) => sum + height + (index > 0 || !isTop ? gap : (header?.height ?? 0)),
    0,
  );

/** How much room two columns take at least on a page: all of it where they are low, else their first things. */
function leastOf({ left, right }: NonNullable<Slab['columns']>, space: number): number {
  const most = (height: (slabs: readonly Slab[]) => number) => Math.max(height(left), height(right));
  const whole = most((slabs) => heightOf(slabs, true));
  return whole <= space * LOW_PART ? whole : most((slabs) => heightOf(chains(slabs, 2)[0] ?? [], true));
}

/** Slabs that hold together at least so much. */
function chains(slabs: readonly Slab[], hold: 1 | 2): Slab[][] {
  const found: Slab[][] = [];
  let isOpen = false;
  for (const slab of slabs) {
    if (isOpen && slab.columns === undefined && slab.isFirst !== true) found.at(-1)!.push(slab);
    else found.push([slab]);
    isOpen = slab.hold >= hold && slab.columns === undefined && slab.isFirst !== true;
  }
  return found;
}

/** Lines of a paragraph as slabs: never a single one left behind or sent ahead. */
export function holdLines(slabs: readonly Slab[], last: Hold): Slab[] {
  const isShort = slabs.length <= 3;
  return slabs.map((slab, index) => ({
    ...slab,
    hold:
      index === slabs.length - 1
        ? last
        : isShort || index === 0 || index === slabs.length - 2
          ? (2 as const)
          : slab.hold,
  }));
}

/** Everything in it stays together where there is room. */
export const held = (slabs: readonly Slab[], hold: 1 | 2, last: Hold = 0): Slab[] =>
  slabs.map((slab, index) => ({
    ...slab,
    hold: index === slabs.length - 1 ? last : (Math.max(slab.hold, hold) as Hold),
  }));
