import { describeChart, drawChart } from '../../charts/draw-chart.ts';
import type { Block, QuoteBlock } from '../../reports/document.ts';
import { claimSlabs, quotesSlabs } from './pdf-claims.ts';
import { cardSlabs, figureSlabs } from './pdf-heads.ts';
import { held, holdLines, type Node, type Slab } from './pdf-slabs.ts';
import { type Desk, MEASURE, node, refWords, SOFT, STYLES, spanWords, TINT, TONES, textSlabs } from './pdf-styles.ts';
import { tableSlabs } from './pdf-tables.ts';

const COLUMN_GAP = 28;
/** A column may be so much longer than the other. */
const UNEVEN_PART = 1.6;
const UNEVEN_MOST = 160;

/** After these what follows stands further off. */
const APART: ReadonlySet<Block['kind']> = new Set([
  'table',
  'chart',
  'figures',
  'notice',
  'claim',
  'quote',
  'card',
  'columns',
]);

/** Blocks as slabs of a column so wide, and their place in the order of reading. */
export const blockSlabs = (desk: Desk, blocks: readonly Block[], width: number, parent: Node): Slab[] =>
  blocks.flatMap((block, index) => {
    const before = blocks[index - 1]?.kind;
    if (block.kind === 'quote' && before === 'quote') return [];
    const after = blocks[index + 1]?.kind;
    const isLeadIn = block.kind === 'paragraph' && (after === 'claim' || after === 'quote');
    const slabs = slabsFor(desk, block.kind === 'quote' ? quotesFrom(blocks, index) : block, {
      width,
      parent,
      isAfterCard: before === 'card',
      isLeadIn,
      isHeadedAlike: isHeadedAlike(block, blocks[index - 1]),
    });
    const [first, ...rest] = slabs;
    const isSame = before === block.kind || before === undefined;
    return first === undefined || isSame || !APART.has(before)
      ? slabs
      : [{ ...first, gap: Math.max(first.gap, 16) }, ...rest];
  });

const isHeadedAlike = (block: Block, before: Block | undefined): boolean =>
  block.kind === 'claim' && before?.kind === 'claim' && !before.isBrief && before.heading === block.heading;

/** Quotes that follow each other. */
function quotesFrom(blocks: readonly Block[], first: number): readonly QuoteBlock[] {
  const end = blocks.findIndex(({ kind }, at) => at > first && kind !== 'quote');
  return blocks.slice(first, end < 0 ? undefined : end) as QuoteBlock[];
}

/** A paragraph before what people said, or what is said of them, introduces it. */
type Where = {
  width: number;
  parent: Node;
  isAfterCard: boolean;
  isLeadIn: boolean;
  /** A claim of the kind that the one before it is of has no heading of its own. */
  isHeadedAlike: boolean;
};

function slabsFor(desk: Desk, block: Exclude<Block, QuoteBlock> | readonly QuoteBlock[], where: Where): Slab[] {
  const { width, parent, isHeadedAlike } = where;
  if (isQuotes(block)) return quotesSlabs(desk, block, width, parent);
  const measure = Math.min(width, MEASURE);
  switch (block.kind) {
    case 'heading':
      return headingSlabs(desk, block, where);
    case 'paragraph':
      return holdLines(
        textSlabs(desk, [...spanWords(block.spans, STYLES.body), ...refWords(desk, block.refs, STYLES.body)], {
          width: measure,
          leading: 14.5,
          node: node(parent, 'P'),
          gap: 8,
        }),
        // Words that announce what follows stay with it.
        where.isLeadIn || /:\s*$/.test(block.spans.at(-1)?.text ?? '') ? 2 : 0,
      );
    case 'list':
      return listSlabs(desk, block, measure, parent);
    case 'card':
      return cardSlabs(desk, block, width, parent);
    case 'figures':
      return figureSlabs(desk, block, width, parent);
    case 'claim':
      return claimSlabs(desk, isHeadedAlike ? { ...block, heading: '' } : block, width, parent);
    case 'table':
      return tableSlabs(desk, block, width, parent);
    case 'chart':
      return chartSlabs(desk, block, width, parent);
    case 'notice':
      return noticeSlabs(desk, block, measure, parent);
    case 'columns':
      return columnSlabs(desk, block, where);
    case 'empty':
      return textSlabs(desk, [{ text: block.text, style: { ...STYLES.body, ink: SOFT } }], {
        width: measure,
        leading: 14,
        node: node(parent, 'P'),
        gap: 8,
      });
    case 'page-break':
      return [{ height: 0, gap: 0, hold: 0, ops: [], isFirst: true }];
  }
}

const isQuotes = (block: Exclude<Block, QuoteBlock> | readonly QuoteBlock[]): block is readonly QuoteBlock[] =>
  Array.isArray(block);

/**
 * Two columns, where there is room for them and they are of about the same length; else one after the other, since a column
 * beside an empty one is but a narrow page.
 */
function columnSlabs(desk: Desk, block: Extract<Block, { kind: 'columns' }>, where: Where): Slab[] {
  const { width, parent, isAfterCard } = where;
  const left = Math.round((width - COLUMN_GAP) * 0.54);
  const right = width - COLUMN_GAP - left;
  const heightOf = (blocks: readonly Block[], width: number) =>
    blockSlabs({ ...desk, charts: [], headings: [] }, blocks, width, { role: 'Div', children: [] }).reduce(
      (sum, { height, gap }) => sum + height + gap,
      0,
    );
  const heights = width < 300 ? [] : [heightOf(block.left, left), heightOf(block.right, right)];
  const areEven = heights.length > 0 && Math.max(...heights) <= Math.min(...heights) * UNEVEN_PART + UNEVEN_MOST;
  if (!areEven) {
    const [first, ...rest] = [
      ...blockSlabs(desk, block.left, width, parent),
      ...blockSlabs(desk, block.right, width, parent),
    ];
    return first === undefined ? [] : [{ ...first, gap: isAfterCard ? 18 : first.gap }, ...rest];
  }
  return [
    {
      height: 0,
      gap: isAfterCard ? 18 : 14,
      hold: 0,
      ops: [],
      columns: {
        left: blockSlabs(desk, block.left, left, node(parent, 'Div')),
        right: blockSlabs(desk, block.right, right, node(parent, 'Div')),
        rightX: left + COLUMN_GAP,
      },
    },
  ];
}

function headingSlabs(
  desk: Desk,
  { level, text }: Extract<Block, { kind: 'heading' }>,
  { width, parent }: Where,
): Slab[] {
  const place = `heading-${desk.headings.length + 1}`;
  desk.headings.push({ text, level, place });
  desk.level = level;
  const isLarge = level === 2;
  const slabs = textSlabs(desk, [{ text, style: isLarge ? STYLES.h2 : STYLES.h3 }], {
    width: Math.min(width, MEASURE),
    leading: isLarge ? 19 : 14.5,
    node: node(parent, `H${level}`),
    gap: isLarge ? 28 : 17,
    shape: 'even',
  });
  return held(
    slabs.map((slab, index) =>
      index === 0 ? { ...slab, ops: [{ kind: 'place', name: place, y: 0 }, ...slab.ops] } : slab,
    ),
    2,
    2,
  );
}

function listSlabs(
  desk: Desk,
  { isOrdered, items }: Extract<Block, { kind: 'list' }>,
  width: number,
  parent: Node,
): Slab[] {
  const list = node(parent, 'L');
  const indent = isOrdered ? 18 : 12;
  return items.flatMap(({ spans, refs }, index) => {
    const item = node(list, 'LI');
    const label = { text: isOrdered ? `${index + 1}.` : '–', style: { ...STYLES.body, ink: SOFT } };
    const [mark] = textSlabs(desk, [label], { width: indent, leading: 13.2, node: node(item, 'Lbl') });
    const lines = textSlabs(desk, [...spanWords(spans, STYLES.body), ...refWords(desk, refs, STYLES.body)], {
      width: width - indent,
      x: indent,
      leading: 13.2,
      node: node(item, 'LBody'),
      gap: index === 0 ? 7 : 3,
    });
    return holdLines(
      lines.map((slab, line) => (line === 0 ? { ...slab, ops: [...(mark?.ops ?? []), ...slab.ops] } : slab)),
      index === 0 && items.length > 1 ? 2 : 0,
    );
  });
}

function chartSlabs(
  desk: Desk,
  { chart, refs }: Extract<Block, { kind: 'chart' }>,
  width: number,
  parent: Node,
): Slab[] {
  const { title, description, note, table } = describeChart(chart);
  const drawing = drawChart(chart, width);
  // Letters of drawings are looked at now, so that what none of the typefaces has is known before the notices are written.
  for (const mark of drawing.marks)
    if (mark.kind === 'text') desk.setter.width([{ text: mark.text, style: STYLES.cell }]);
  const place = `numbers-${desk.charts.length + 1}`;
  desk.charts.push({ place, title, table, refs });
  const caption = node(parent, 'P');
  const titles = textSlabs(desk, [{ text: title, style: STYLES.strong }, ...refWords(desk, refs, STYLES.strong)], {
    width: width - 74,
    leading: 14,
    node: caption,
    gap: 18,
    hold: 2,
  });
  const figure = node(parent, 'Figure', { alt: `${title}. ${description}` });
  const link = node(parent, 'P');
  const isNumbered = table.rows.length > 0;
  return held(
    [
      ...titles.map((slab, index) =>
        index > 0 || !isNumbered
          ? slab
          : {
              ...slab,
              ops: [
                ...slab.ops,
                {
                  kind: 'pages' as const,
                  words: () => `Numbers on page ${desk.pageOf(place)}`,
                  way: place,
                  align: 'end' as const,
                  x: width,
                  y: 9.5,
                  style: STYLES.fine,
                  node: link,
                },
              ],
            },
      ),
      { height: drawing.height, gap: 6, hold: 2, ops: [{ kind: 'drawing', drawing, x: 0, y: 0, node: figure }] },
      ...textSlabs(desk, [{ text: note ?? '', style: STYLES.fine }], {
        width: Math.min(width, MEASURE),
        leading: 10.5,
        node: node(parent, 'P'),
        gap: 5,
      }),
    ],
    2,
  );
}

function noticeSlabs(
  desk: Desk,
  { tone, title, spans, refs }: Extract<Block, { kind: 'notice' }>,
  width: number,
  parent: Node,
): Slab[] {
  const pad = 10;
  const style = { ...STYLES.body, size: 9 };
  const lines = textSlabs(
    desk,
    [
      {
        text: title === '' ? '' : `${title}${/[.?!:]$/.test(title) ? '' : '.'} `,
        style: { ...style, weight: 600, ink: tone === 'plain' ? style.ink : TONES[tone] },
      },
      ...spanWords(spans, style),
      ...refWords(desk, refs, style),
    ],
    { width: width - 2 * pad - 3, leading: 13, x: pad + 3, node: node(parent, 'P') },
  );
  return holdLines(
    lines.map((slab, index) => {
      const [before, after] = [index === 0 ? 7 : 0, index === lines.length - 1 ? 7 : 0];
      const height = slab.height + before + after;
      return {
        ...slab,
        gap: index === 0 ? 12 : 0,
        height,
        ops: [
          { kind: 'box', x: 0, y: 0, width, height, fill: TINT },
          { kind: 'box', x: 0, y: 0, width: 3, height, fill: TONES[tone] },
          ...slab.ops.map((op) => (op.kind === 'place' ? op : { ...op, y: op.y + before })),
        ],
      };
    }),
    0,
  );
}
