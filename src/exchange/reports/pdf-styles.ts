import type { ChartTable } from '../../charts/marks.ts';
import { PAPER_INKS } from '../../charts/paper-inks.ts';
import type { Span } from '../../reports/document.ts';
import type { NumberedSources } from './office-sources.ts';
import { FROM_RIGHT, type LineSetter, type SetText, type Style, type Words } from './pdf-lines.ts';
import type { Hold, Node, Op, Slab } from './pdf-slabs.ts';

/** A4 in points, and where its text stands. */
export const PAGE = { width: 595.28, height: 841.89, left: 56, right: 56, top: 58, bottom: 58 } as const;
export const FULL = PAGE.width - PAGE.left - PAGE.right;
/** No line of reading text is longer. */
export const MEASURE = 400;

const { ink: INK, soft: SOFT } = PAPER_INKS;

export { INK, SOFT };
export const HAIRLINE = '#d8d2c6';
/** What a notice weighs. */
export const TONES = { plain: PAPER_INKS.line, warn: '#8a5a00', bad: '#a3271d' } as const;
export const TINT = PAPER_INKS.track;

const sans = (size: number, weight: 400 | 600 = 400, ink: string = INK): Style => ({ face: 'sans', weight, size, ink });
const serif = (size: number, weight: 400 | 600 = 400, ink: string = INK): Style => ({
  face: 'serif',
  weight,
  size,
  ink,
});
export const STYLES = {
  title: serif(27, 600),
  subtitle: sans(12, 400, SOFT),
  name: serif(25, 600),
  lede: serif(12.5),
  h2: sans(15, 600),
  end: sans(11, 600),
  h3: sans(11, 600),
  body: sans(9.2),
  strong: sans(9.2, 600),
  small: sans(8, 400, SOFT),
  smallStrong: sans(8, 600, SOFT),
  fine: sans(7.5, 400, SOFT),
  source: sans(7, 600),
  sourceFine: sans(7, 400, SOFT),
  quote: serif(10.2),
  cell: sans(8.5),
  cellNumber: { ...sans(8.5), isTabular: true },
  head: sans(7.5, 600, SOFT),
  figure: { ...sans(18, 600), isTabular: true },
  share: { ...sans(30, 600), isTabular: true },
  evidence: { ...sans(9.5, 600), isTabular: true },
} satisfies Record<string, Style>;

/** Everything that is needed to set blocks, and what setting them leaves to do at the end. */
export type Desk = {
  setter: LineSetter;
  sources: NumberedSources;
  accent: string;
  /** How deep the last heading was. */
  level: number;
  /** Charts, whose numbers stand at the end. */
  charts: { place: string; title: string; table: ChartTable; refs: readonly string[] }[];
  headings: { text: string; level: 2 | 3; place: string }[];
  pageOf: (place: string) => number;
  lang: string;
};

export function node(parent: Node, role: string, more: Omit<Node, 'role' | 'children'> = {}): Node {
  const own: Node = { role, ...more, children: [] };
  parent.children.push(own);
  return own;
}

/** The baseline within a line so high. */
export const baseline = (leading: number, size: number): number => leading / 2 + size * 0.36;

type Setting = {
  width: number;
  leading: number;
  node: Node | null;
  x?: number;
  gap?: number;
  hold?: Hold;
  lang?: string | null;
  align?: 'start' | 'end';
  shape?: 'plain' | 'even';
};

/** Words as one slab for each line. */
export const textSlabs = ({ setter }: Pick<Desk, 'setter'>, words: readonly Words[], setting: Setting): Slab[] =>
  slabsOf(setter.set(words, setting.width, setting), words, setting);

/** Lines as one slab each; what runs from right to left is said as well as drawn. */
export function slabsOf(
  { lines }: SetText,
  words: readonly Words[],
  { leading, node, x = 0, gap = 0, hold = 0 }: Setting,
): Slab[] {
  const size = Math.max(0, ...words.map(({ style }) => style.size));
  const text = words.map((one) => one.text).join('');
  if (node !== null && FROM_RIGHT.test(text) && words.every(({ way }) => way === undefined)) node.actual = text;
  return lines.map((line, index) => ({
    height: leading,
    gap: index === 0 ? gap : 0,
    hold: index === lines.length - 1 ? hold : 0,
    ops: [{ kind: 'line', line, x, y: baseline(leading, size), node }],
  }));
}

/** Slabs one below the other as a single strip. */
export function stacked(slabs: readonly Slab[]): { height: number; ops: Op[] } {
  let y = 0;
  const ops: Op[] = [];
  for (const [index, slab] of slabs.entries()) {
    if (index > 0) y += slab.gap;
    ops.push(...moved(slab.ops, 0, y));
    y += slab.height;
  }
  return { height: y, ops };
}

export const moved = (ops: readonly Op[], dx: number, dy: number): Op[] =>
  ops.map((op) => (op.kind === 'place' ? { ...op, y: op.y + dy } : { ...op, x: op.x + dx, y: op.y + dy }));

/** Words of a block in the style of their place. */
export const spanWords = (spans: readonly Span[], style: Style): Words[] =>
  spans.map(({ text, isStrong, isSoft, lang }) => ({
    text,
    style: { ...style, ...(isStrong === true ? { weight: 600 } : {}), ...(isSoft === true ? { ink: SOFT } : {}) },
    ...(lang === undefined ? {} : { lang }),
  }));

/** The numbers of sources, small and raised behind what rests on them, each leading there. */
export function refWords(desk: Pick<Desk, 'sources'>, refs: readonly string[], style: Style): Words[] {
  const size = Math.max(6, Math.min(7, style.size * 0.66));
  const small: Style = { face: 'sans', weight: 400, size, ink: SOFT, rise: style.size * 0.3 };
  return [{ text: '\u00a0', style: small }, ...refList(desk, refs, small)];
}

/** The same in a place of their own. */
export const refList = ({ sources }: Pick<Desk, 'sources'>, refs: readonly string[], style: Style): Words[] =>
  sources
    .numbersOf(refs)
    .flatMap((number, index) => [
      ...(index === 0 ? [] : [{ text: ', ', style }]),
      { text: String(number), style, way: { place: sourcePlace(number) }, says: `Source ${number}` },
    ]);

export const sourcePlace = (number: number): string => `source-${number}`;

/** A colour laid thinly on paper. */
export function tinted(colour: string, part: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `#${channels
    .map((value) =>
      Math.round(255 - (255 - value) * part)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
