import { columnHeight, type Piece, splitPiece } from './pptx-pieces.ts';
import type { Frame } from './pptx-xml.ts';

/** Pieces in a column of a slide. */
export type Column = { pieces: Piece[]; frame: Frame; scale: number };
export type Page = { columns: Column[] /** How far down it is filled, in points. */; used: number };

const GUTTER = 32;
/** A column narrower than this breaks lines too often. */
const COLUMN_LEAST = 340;
/** Lines that fill no more than this stay in one column. */
const ONE_COLUMN_MOST = 0.3;
/** A column that is lower than this part of the other leaves its slide lopsided. */
const EVEN_LEAST = 0.2;
/** How much of a slide a section may leave free so that it begins at the head of a column. */
const BREAK_COST = 120;
/** What remains below must be so much for something to begin there. */
const ROOM_LEAST = 80;
const BAND_GAP = 16;
const CHART_PART = 0.6;
/** Letters may be so much smaller where that saves a slide. */
const SCALES = [1, 0.94, 0.88];
/** Letters of a few lines that have a slide for themselves. */
const FEW_SCALE = 1.25;
/** A column that ends before a heading is filled at least so much. */
const SECTION_LEAST = 0.5;

type Room = {
  body: Frame;
  scale: number /** Points of each slide that may be used. */;
  limit: number;
  isWhole: boolean;
};

const isWide = (piece: Piece): boolean => piece.kind === 'drawn' && piece.isWide;
const isChart = (piece: Piece): boolean => piece.kind === 'drawn' && piece.isChart;

/**
 * Pieces over as few slides as hold them: in two columns where there is room for two, wide ones over both, what belongs
 * together in one column, and the last slide not left all but empty.
 *
 * @param scales of letters that may be tried, the largest first
 */
export function flow(pieces: readonly Piece[], body: Frame, scales: readonly number[] = SCALES): Page[] {
  const tries = scales.flatMap((scale) => {
    const bySection = paged(sectionsOf(pieces), body, scale);
    return [
      ...(bySection === null ? [] : [bySection]),
      ...[true, false].map((isWhole) => pack(pieces, { body, scale, limit: body.height, isWhole })),
    ];
  });
  return tries.toSorted((a, b) => worth(a, body) - worth(b, body))[0]!;
}

/** Few slides first, then few that are half empty and few sections that are parted; the lower the better, and of two alike the larger letters. */
function worth(pages: readonly Page[], body: Frame): number {
  const tooHigh = pages.filter(({ used }) => used > body.height + 1).length;
  const parted = pages.flatMap(({ columns }) => columns).filter(({ pieces }) => pieces[0]!.heading === null).length;
  const low = pages.slice(0, -1).filter(({ used }) => used < body.height * LOW_MOST).length;
  return tooHigh * 10_000 + pages.length * 100 + low * LOW_COST + parted;
}

/** Each with its heading; headings that follow each other begin one together. */
function sectionsOf(pieces: readonly Piece[]): Piece[][] {
  const sections: Piece[][] = [];
  for (const [at, piece] of pieces.entries()) {
    const begins = piece.heading !== null && !pieces[at - 1]?.heading;
    if (begins || sections.length === 0) sections.push([]);
    sections.at(-1)!.push(piece);
  }
  return sections;
}

/** Sections over the fewest slides, filled as evenly as can be; null where one is longer than a slide. */
function paged(sections: readonly Piece[][], body: Frame, scale: number): Page[] | null {
  type Best = { cost: number; pages: Page[] };
  const best: (Best | null)[] = [{ cost: 0, pages: [] }];
  for (let end = 1; end <= sections.length; end += 1) {
    let found: Best | null = null;
    for (let from = end - 1; from >= 0; from -= 1) {
      const before = best[from];
      const pages = pack(sections.slice(from, end).flat(), { body, scale, limit: body.height, isWhole: true });
      if (pages.length > 1) break;
      if (!before || pages[0] === undefined || pages[0].used > body.height) continue;
      const cost = before.cost + SLIDE_COST + (1 - filled(pages[0], body)) ** 2;
      if (found === null || cost < found.cost) found = { cost, pages: [...before.pages, pages[0]] };
    }
    best.push(found);
  }
  return best.at(-1)?.pages ?? null;
}

/** The part of a slide that something stands on. */
const filled = ({ columns }: Page, body: Frame): number =>
  columns.reduce((sum, { frame }) => sum + frame.width * frame.height, 0) / (body.width * body.height);
/** A slide before the last that is filled no further down weighs as much as so many sections that are parted. */
const LOW_MOST = 0.5;
const LOW_COST = 4;
/** More than any slide could save by being full. */
const SLIDE_COST = 10;

/** Runs of pieces that flow in columns, and wide ones with what leads to them. */
function bandsOf(pieces: readonly Piece[]): { isWide: boolean; pieces: Piece[] }[] {
  const bands: { isWide: boolean; pieces: Piece[] }[] = [];
  let run: Piece[] = [];
  for (const piece of pieces) {
    if (!isWide(piece)) {
      run.push(piece);
      continue;
    }
    const lead: Piece[] = [];
    while (run.at(-1)?.keepsNext) lead.unshift(run.pop()!);
    if (run.length > 0) bands.push({ isWide: false, pieces: run });
    bands.push({ isWide: true, pieces: [...lead, piece] });
    run = [];
  }
  if (run.length > 0) bands.push({ isWide: false, pieces: run });
  return bands;
}

function pack(pieces: readonly Piece[], { body, scale, limit, isWhole }: Room): Page[] {
  const pages: Page[] = [];
  const bands = bandsOf(pieces);
  let page: Page = { columns: [], used: 0 };
  const top = () => page.used + (page.used > 0 ? BAND_GAP : 0);
  const turn = () => {
    pages.push(page);
    page = { columns: [], used: 0 };
  };
  const put = (columns: readonly { pieces: Piece[]; x: number; width: number }[]) => {
    const from = top();
    for (const { pieces: own, x, width } of columns) {
      const height = columnHeight(own, width, scale);
      page.columns.push({ pieces: own, frame: { x: body.x + x, y: body.y + from, width, height }, scale });
      page.used = Math.max(page.used, from + height);
    }
  };
  for (const band of bands) {
    let rest = band.pieces;
    while (rest.length > 0) {
      const room = limit - top();
      const whole = columnHeight(rest, body.width, scale);
      const isFresh = page.used === 0;
      if (band.isWide) {
        if (whole <= room || (isFresh && whole <= body.height)) {
          put([{ pieces: rest, x: 0, width: body.width }]);
          break;
        }
        const last = rest.at(-1)!;
        const lead = rest.slice(0, -1);
        const above = lead.length === 0 ? 0 : columnHeight(lead, body.width, scale) + BAND_GAP;
        const parts =
          isFresh || room - above > body.height / 2 ? splitPiece(last, body.width, scale, room - above) : null;
        if (parts !== null) {
          put([{ pieces: [...lead, parts[0]], x: 0, width: body.width }]);
          rest = [parts[1]];
        } else if (isFresh) {
          put([{ pieces: rest, x: 0, width: body.width }]);
          break;
        }
        if (rest.length > 0 && page.used > 0) turn();
        continue;
      }
      if (!isFresh && room < ROOM_LEAST && whole > room) {
        turn();
        continue;
      }
      const fitted = inColumns(rest, body, scale, room);
      if (fitted !== null) {
        put(fitted);
        break;
      }
      const filled = fill(rest, { body, scale, limit: room, isWhole }, isFresh);
      if (filled.columns.length === 0) {
        turn();
        continue;
      }
      put(filled.columns);
      rest = filled.rest;
      turn();
    }
  }
  if (page.columns.length > 0) pages.push(page);
  return pages.map((one) => enlarged(one, body));
}

/** A few lines alone on a slide are set larger. */
function enlarged(page: Page, body: Frame): Page {
  const [only, ...others] = page.columns;
  if (!only || others.length > 0 || only.pieces.some(({ kind }) => kind === 'drawn') || only.scale !== 1) return page;
  const height = columnHeight(only.pieces, body.width, FEW_SCALE);
  return page.used > body.height * ONE_COLUMN_MOST || height > body.height
    ? page
    : { columns: [{ ...only, scale: FEW_SCALE, frame: { ...only.frame, height } }], used: height };
}

type Placed = { pieces: Piece[]; x: number; width: number };

/** All of a run on one slide; null where it finds no room there. */
function inColumns(pieces: Piece[], body: Frame, scale: number, room: number): Placed[] | null {
  const single: Placed = { pieces, x: 0, width: body.width };
  const whole = columnHeight(pieces, body.width, scale);
  const half = (body.width - GUTTER) / 2;
  if (half < COLUMN_LEAST) return whole <= room ? [single] : null;
  if (columnHeight(pieces, half, scale) > room * 3) return null;
  if (whole <= body.height * ONE_COLUMN_MOST && whole <= room) return [single];
  const best = [0.5, CHART_PART]
    .flatMap((part) => {
      const left = Math.round((body.width - GUTTER) * part);
      const right = body.width - GUTTER - left;
      return pieces.flatMap((piece, at) => {
        if (at === 0 || pieces[at - 1]!.keepsNext) return [];
        const [one, other] = [pieces.slice(0, at), pieces.slice(at)];
        if (part !== 0.5 && !(one.some(isChart) && !other.some(isChart))) return [];
        const heights = [columnHeight(one, left, scale), columnHeight(other, right, scale)] as const;
        if (Math.max(...heights) > room) return [];
        const isEven = Math.min(...heights) >= EVEN_LEAST * Math.max(...heights);
        const cost = Math.max(...heights) + (piece.heading === null ? BREAK_COST : 0) - (part === 0.5 ? 0 : BREAK_COST);
        return [{ one, other, left, right, cost, isEven }];
      });
    })
    .toSorted((a, b) => a.cost - b.cost);
  const chosen = best.find(({ isEven }) => isEven);
  if (chosen === undefined && whole <= room) return [single];
  const { one, other, left, right } = chosen ?? best[0] ?? {};
  if (one === undefined || other === undefined) return null;
  return [
    { pieces: one, x: 0, width: left! },
    { pieces: other, x: left! + GUTTER, width: right! },
  ];
}

/** As much of a run as finds room on a slide, column by column. */
function fill(
  pieces: Piece[],
  { body, scale, limit, isWhole }: Room,
  isFresh: boolean,
): { columns: Placed[]; rest: Piece[] } {
  const half = (body.width - GUTTER) / 2;
  const isOne = half < COLUMN_LEAST;
  const width = isOne ? body.width : half;
  const columns: Placed[] = [];
  let rest = pieces;
  for (const x of isOne ? [0] : [0, half + GUTTER]) {
    const taken = take(rest, width, scale, { room: limit, most: isFresh ? body.height : 0, isWhole });
    if (taken.pieces.length > 0) columns.push({ pieces: taken.pieces, x, width });
    rest = taken.rest;
    if (rest.length === 0) break;
  }
  return { columns, rest };
}

function take(
  pieces: Piece[],
  width: number,
  scale: number,
  { room, most, isWhole }: { room: number; most: number; isWhole: boolean },
): { pieces: Piece[]; rest: Piece[] } {
  let count = 0;
  while (count < pieces.length && columnHeight(pieces.slice(0, count + 1), width, scale) <= room) count += 1;
  if (count === pieces.length) return { pieces, rest: [] };
  let kept = count;
  while (kept > 0 && pieces[kept - 1]!.keepsNext) kept -= 1;
  if (isWhole) {
    const section = pieces.findLastIndex(({ heading }, at) => at > 0 && at <= kept && heading !== null);
    if (section > 0 && columnHeight(pieces.slice(0, section), width, scale) >= room * SECTION_LEAST) kept = section;
  }
  if (kept > 0) return { pieces: pieces.slice(0, kept), rest: pieces.slice(kept) };
  if (most === 0) return { pieces: [], rest: pieces };
  // Longer than a column: it is parted, or where it cannot be, stands as it is.
  const lead = pieces.slice(0, count);
  const next = pieces[count]!;
  const whole = [...lead, next];
  if (columnHeight(whole, width, scale) <= most) return { pieces: whole, rest: pieces.slice(count + 1) };
  const parts = splitPiece(next, width, scale, room - columnHeight(lead, width, scale) - BAND_GAP);
  return parts === null
    ? { pieces: whole, rest: pieces.slice(count + 1) }
    : { pieces: [...lead, parts[0]], rest: [parts[1], ...pieces.slice(count + 1)] };
}
