import { PAPER_INKS, segmentInk } from '../../charts/paper-inks.ts';
import type { Block } from '../../reports/document.ts';
import type { Node, Op, Slab } from './pdf-slabs.ts';
import {
  type Desk,
  HAIRLINE,
  moved,
  node,
  refWords,
  STYLES,
  spanWords,
  stacked,
  textSlabs,
  tinted,
} from './pdf-styles.ts';

const GLYPH = 52;
const SHARE_WIDTH = 132;

/** The head of a sheet: whom it shows, and how many they are. */
export function cardSlabs(desk: Desk, block: Extract<Block, { kind: 'card' }>, width: number, parent: Node): Slab[] {
  const colour = PAPER_INKS[segmentInk(block.segmentClass)];
  const isWide = width > 380;
  const left = GLYPH + 16;
  const right = isWide ? SHARE_WIDTH + 18 : 0;
  const level = Math.min(6, desk.level + 1);
  if (!block.isNamedAbove) desk.level = level;
  const glyph = textSlabs(desk, [{ text: block.glyph, style: { ...STYLES.name, size: 22, ink: colour } }], {
    width: GLYPH,
    leading: GLYPH,
    node: null,
  });
  const main = stacked([
    ...textSlabs(desk, [{ text: block.mark, style: { ...STYLES.smallStrong } }], {
      width: width - left - right,
      leading: 12,
      node: node(parent, 'P'),
    }),
    ...(block.isNamedAbove
      ? []
      : textSlabs(desk, [{ text: block.name, style: STYLES.name }], {
          width: width - left - right,
          leading: 29,
          node: node(parent, `H${level}`),
          gap: 2,
          shape: 'even',
        })),
    ...textSlabs(desk, [...spanWords(block.lede, STYLES.lede), ...refWords(desk, block.refs, STYLES.lede)], {
      width: width - left - right,
      leading: 17.5,
      shape: 'even',
      node: node(parent, 'P'),
      gap: 5,
    }),
  ]);
  const size = stacked([
    ...textSlabs(desk, [{ text: block.share ?? '', style: STYLES.share }], {
      width: isWide ? SHARE_WIDTH : width - left,
      leading: 34,
      align: isWide ? 'end' : 'start',
      node: node(parent, 'P'),
    }),
    ...block.lines.flatMap((text) =>
      textSlabs(desk, [{ text, style: STYLES.small }], {
        width: isWide ? SHARE_WIDTH : width - left,
        leading: 11.5,
        align: isWide ? 'end' : 'start',
        node: node(parent, 'P'),
        gap: 3,
        shape: 'even',
      }),
    ),
  ]);
  const height =
    (isWide ? Math.max(GLYPH, main.height, size.height) : Math.max(GLYPH, main.height) + 8 + size.height) + 14;
  const circle: Op[] = [
    { kind: 'box', x: 0, y: 2, width: GLYPH, height: GLYPH, fill: tinted(colour, 0.2), radius: GLYPH / 2 },
  ];
  return [
    {
      height,
      gap: block.isNamedAbove ? 12 : 24,
      hold: 1,
      ops: [
        ...circle,
        ...moved(centred(glyph[0]?.ops ?? []), GLYPH / 2, 2),
        ...moved(main.ops, left, 0),
        ...moved(size.ops, isWide ? width - SHARE_WIDTH : left, isWide ? 6 : Math.max(GLYPH, main.height) + 8),
        { kind: 'rule', x: 0, y: height, width, ink: STYLES.body.ink, thickness: 1.4 },
      ],
    },
  ];
}

const centred = (ops: readonly Op[]): Op[] =>
  ops.map((op) => (op.kind === 'line' ? { ...op, x: op.x - op.line.width / 2 } : op));

/** A few numbers with what they count, side by side. */
export function figureSlabs(
  desk: Desk,
  { cells }: Extract<Block, { kind: 'figures' }>,
  width: number,
  parent: Node,
): Slab[] {
  const most = width > 380 ? 4 : 2;
  const columns = Math.max(1, Math.ceil(cells.length / Math.ceil(cells.length / most)));
  const gap = 18;
  const each = (width - gap * (columns - 1)) / columns;
  const slabs: Slab[] = [];
  for (let first = 0; first < cells.length; first += columns) {
    const row = cells.slice(first, first + columns).map(({ value, label, note, refs }) => {
      return stacked([
        ...textSlabs(desk, [{ text: value, style: STYLES.figure }], {
          width: each,
          leading: 24,
          node: node(parent, 'P'),
        }),
        ...textSlabs(desk, [{ text: label, style: STYLES.cell }, ...refWords(desk, refs, STYLES.cell)], {
          width: each,
          leading: 11.5,
          node: node(parent, 'P'),
        }),
        ...textSlabs(desk, [{ text: note, style: STYLES.fine }], {
          width: each,
          leading: 10,
          node: node(parent, 'P'),
          gap: 2,
        }),
      ]);
    });
    slabs.push({
      height: Math.max(...row.map(({ height }) => height)) + 6,
      gap: 14,
      hold: 0,
      ops: row.flatMap(({ ops }, index) => {
        const x = index * (each + gap);
        return [{ kind: 'rule', x, y: 0, width: each, ink: HAIRLINE, thickness: 0.8 } as Op, ...moved(ops, x, 5)];
      }),
    });
  }
  return slabs;
}
