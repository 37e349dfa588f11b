import { type ChartFrame, chartTable } from './marks.ts';
import { showNumber } from './numerals.ts';

const WIDTH = 820;
/** Boxes share their row: the more there are, the narrower each. */
const BOX_WIDTH_MAX = 150;
const BOX_WIDTH_MIN = 120;
const BOX_HEIGHT = 62;
const ROW_HEIGHT = 124;
const TOP = 30;
const APART = 14;
const LETTER = 8;
const LINES = 3;

export type RungKind = 'attribute' | 'consequence' | 'value';
export type ValueMapInput = {
  readonly id: string;
  readonly title: string;
  readonly nodes: readonly {
    readonly key: string;
    readonly label: string;
    readonly kind: RungKind;
    /** 0 where ladders begin, 1 where they end; null where nothing leads to or from it. */
    readonly abstractness: number | null;
    readonly href: string | null;
  }[];
  /** What leads to what, by the keys of nodes, and in how many ladders. */
  readonly links: readonly { readonly from: string; readonly to: string; readonly count: number }[];
  readonly note: string | null;
};
export type ValueMap = ChartFrame & {
  viewBox: string;
  bands: { y: number; label: string }[];
  boxes: {
    x: number;
    y: number;
    width: number;
    height: number;
    kind: RungKind;
    href: string | null;
    name: string;
    lines: { x: number; y: number; text: string }[];
  }[];
  links: { x1: number; y1: number; x2: number; y2: number; weight: 'thin' | 'middle' | 'thick' }[];
  /** How often, on the middle of each link. */
  counts: { x: number; y: number; text: string }[];
};

const KINDS: readonly { kind: RungKind; label: string }[] = [
  { kind: 'value', label: 'What they hold dear' },
  { kind: 'consequence', label: 'What it does for them' },
  { kind: 'attribute', label: 'What it is' },
];

/**
 * A hierarchical value map: what a thing is at the foot, what that does for people above it, what they hold dear at the top,
 * and a line for each link that a cutoff kept, the thicker the more ladders have it. Within a kind, what leads on stands
 * below what is led to; neighbours stand near what they are linked to.
 *
 * @param input links of keys that are no nodes are left out
 * @param width of the picture in pixels; the narrower, the fewer boxes stand in a row
 * @returns boxes and lines for the chart-value-map partial, and the links as a table
 */
export function valueMap(input: ValueMapInput, width = WIDTH): ValueMap {
  const boxesARow = Math.max(1, Math.floor(width / (BOX_WIDTH_MIN + APART)));
  const rows = KINDS.flatMap(({ kind, label }) => {
    const own = input.nodes
      .filter((node) => node.kind === kind)
      .toSorted((a, b) => (b.abstractness ?? 0.5) - (a.abstractness ?? 0.5) || (a.label < b.label ? -1 : 1));
    const count = Math.ceil(own.length / boxesARow);
    const size = Math.ceil(own.length / Math.max(1, count));
    return Array.from({ length: count }, (_, row) => ({
      label: row === 0 ? label : '',
      nodes: own.slice(row * size, (row + 1) * size),
    }));
  });
  const known = new Set(input.nodes.map(({ key }) => key));
  const links = input.links.filter(({ from, to }) => known.has(from) && known.has(to));
  const across = arranged(
    rows.map(({ nodes }) => nodes.map(({ key }) => key)),
    links,
    width,
  );
  const centre = (key: string) => across.get(key) ?? width / 2;
  const widthOf = new Map(
    rows.flatMap(({ nodes }) =>
      nodes.map(({ key }) => [key, Math.min(BOX_WIDTH_MAX, width / nodes.length - APART)] as const),
    ),
  );
  const half = (key: string) => (widthOf.get(key) ?? BOX_WIDTH_MAX) / 2;
  const rowOf = new Map(rows.flatMap(({ nodes }, row) => nodes.map(({ key }) => [key, row] as const)));
  const top = (key: string) => TOP + (rowOf.get(key) ?? 0) * ROW_HEIGHT;
  const most = links.reduce((high, { count }) => Math.max(high, count), 1);
  const drawn = links.map(({ from, to, count }) => {
    const isSameRow = rowOf.get(from) === rowOf.get(to);
    const isUpwards = (rowOf.get(from) ?? 0) > (rowOf.get(to) ?? 0);
    // Beside each other they are joined from side to side.
    const aside = isSameRow ? Math.sign(centre(to) - centre(from)) : 0;
    const middle = BOX_HEIGHT / 2;
    return {
      x1: round(centre(from) + aside * half(from)),
      y1: top(from) + (isSameRow ? middle : isUpwards ? 0 : BOX_HEIGHT),
      x2: round(centre(to) - aside * half(to)),
      y2: top(to) + (isSameRow ? middle : isUpwards ? BOX_HEIGHT : 0),
      weight: weightOf(count / most),
      count,
    };
  });
  const labelOf = new Map(input.nodes.map(({ key, label }) => [key, label]));
  return {
    id: input.id,
    title: input.title,
    description:
      links.length === 0
        ? 'No links'
        : links
            .slice(0, 12)
            .map(({ from, to, count }) => `${labelOf.get(from)} leads to ${labelOf.get(to)}: ${showNumber(count)}`)
            .join('; '),
    note: input.note,
    viewBox: `0 0 ${width} ${TOP + Math.max(1, rows.length) * ROW_HEIGHT - (ROW_HEIGHT - BOX_HEIGHT) + 12}`,
    bands: rows.flatMap(({ label }, row) => (label === '' ? [] : [{ y: TOP + row * ROW_HEIGHT - 10, label }])),
    boxes: rows.flatMap(({ nodes }) =>
      nodes.map(({ key, label, kind, href }) => {
        const lines = wrapped(label, Math.floor((half(key) * 2 - 8) / LETTER));
        const first = top(key) + BOX_HEIGHT / 2 + 5 - ((lines.length - 1) * 17) / 2;
        return {
          x: round(centre(key) - half(key)),
          y: top(key),
          width: round(half(key) * 2),
          height: BOX_HEIGHT,
          kind,
          href,
          name: label,
          lines: lines.map((text, line) => ({ x: round(centre(key)), y: round(first + line * 17), text })),
        };
      }),
    ),
    links: drawn.map(({ count: _, ...line }) => line),
    counts: drawn.map(({ x1, y1, x2, y2, count }) => ({
      x: round(x1 + (x2 - x1) * 0.38),
      y: round(y1 + (y2 - y1) * 0.38 + 4),
      text: showNumber(count),
    })),
    table: chartTable(
      input.title,
      ['From', 'To', 'Ladders'],
      links.map(({ from, to, count }) => [labelOf.get(from) ?? from, labelOf.get(to) ?? to, showNumber(count)]),
    ),
  };
}

/** Where each box stands across: rows are ordered by where their neighbours in other rows stand, twice over. */
function arranged(
  rows: readonly (readonly string[])[],
  links: readonly { from: string; to: string }[],
  width: number,
): Map<string, number> {
  const near = new Map<string, string[]>();
  for (const { from, to } of links) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  const place = new Map<string, number>();
  const put = (row: readonly string[]) => {
    const step = width / row.length;
    for (const [at, key] of row.entries()) place.set(key, (at + 0.5) * step);
  };
  for (const row of rows) put(row);
  for (let turn = 0; turn < 4; turn += 1)
    for (const row of turn % 2 === 0 ? rows.toReversed() : rows) {
      const pull = (key: string) => {
        const others = (near.get(key) ?? []).filter((other) => !row.includes(other));
        return others.length === 0
          ? (place.get(key) ?? 0)
          : others.reduce((sum, other) => sum + (place.get(other) ?? 0), 0) / others.length;
      };
      const pulls = new Map(row.map((key) => [key, pull(key)]));
      put(row.toSorted((a, b) => pulls.get(a)! - pulls.get(b)! || (place.get(a) ?? 0) - (place.get(b) ?? 0)));
    }
  return place;
}

const weightOf = (part: number): 'thin' | 'middle' | 'thick' =>
  part > 2 / 3 ? 'thick' : part > 1 / 3 ? 'middle' : 'thin';

/** A name on so many lines as a box has, broken at blanks where it can be. */
function wrapped(label: string, letters: number): string[] {
  const lines: string[] = [''];
  for (const word of label.split(/\s+/).flatMap((word) => pieces(word, letters))) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if ([...last, ...word].length + 1 <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  if (lines.length <= LINES) return lines;
  const kept = lines.slice(0, LINES);
  kept[LINES - 1] = `${[...(kept[LINES - 1] ?? '')].slice(0, letters - 1).join('')}…`;
  return kept;
}

function pieces(word: string, letters: number): string[] {
  const points = [...word];
  const cut: string[] = [];
  for (let from = 0; from < points.length; from += letters) cut.push(points.slice(from, from + letters).join(''));
  return cut;
}

const round = (value: number): number => Math.round(value * 10) / 10;
