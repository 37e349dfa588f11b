import { PAPER_INKS, segmentInk } from '../../charts/paper-inks.ts';
import type { ClaimBlock, QuoteBlock } from '../../reports/document.ts';
import { STATUS_WORDS } from './office-sources.ts';
import { held, holdLines, type Node, type Op, type Slab } from './pdf-slabs.ts';
import {
  type Desk,
  HAIRLINE,
  MEASURE,
  moved,
  node,
  refWords,
  SOFT,
  STYLES,
  slabsOf,
  stacked,
  TONES,
  textSlabs,
} from './pdf-styles.ts';

/** From here on a claim has its evidence beside it. */
const BESIDE_MIN = 400;
const EVIDENCE_WIDTH = 146;
const QUOTE_INDENT = 12;
/** A claim has so much of the width, and words for it the rest. */
const SAID_PART = 0.4;
const SAID_GAP = 22;
const PAIR_GAP = 24;
/** What is higher than this may be cut at the end of a page. */
const WHOLE_MOST = 230;

/** What is said of people, with its evidence beside it where there is room, and words for it and against it. */
export function claimSlabs(desk: Desk, block: ClaimBlock, width: number, parent: Node): Slab[] {
  if (block.isBrief) return briefSlabs(desk, block, width, parent);
  if (width >= BESIDE_MIN && block.quotes.length + block.counterQuotes.length > 0)
    return quotedSlabs(desk, block, width, parent);
  const isBeside = width >= BESIDE_MIN;
  const measure = isBeside ? Math.min(MEASURE, width - EVIDENCE_WIDTH - 24) : width;
  const open = block.status === 'open' || block.status === 'assumed' ? SOFT : STYLES.body.ink;
  const left = [
    ...textSlabs(desk, [{ text: block.heading, style: STYLES.strong }], {
      width: measure,
      leading: 14,
      node: node(parent, `H${Math.min(6, desk.level + 1)}`),
    }),
    ...textSlabs(
      desk,
      [{ text: block.text, style: { ...STYLES.body, ink: open } }, ...refWords(desk, block.refs, STYLES.body)],
      {
        width: measure,
        leading: 14,
        node: node(parent, 'P'),
      },
    ),
  ];
  const side = isBeside ? EVIDENCE_WIDTH : measure;
  const counted = isBeside ? STYLES.evidence : { ...STYLES.evidence, size: 8.5 };
  const about = [
    ...textSlabs(
      desk,
      [
        { text: block.evidence, style: counted },
        { text: `${block.evidence === '' ? '' : '  '}${STATUS_WORDS[block.status]}`, style: STYLES.smallStrong },
      ],
      {
        width: side,
        leading: isBeside ? 13 : 12,
        node: node(parent, 'P'),
        gap: 2,
      },
    ),
    ...textSlabs(desk, [{ text: block.detail, style: STYLES.fine }], {
      width: side,
      leading: 10,
      node: node(parent, 'P'),
      gap: 1,
    }),
  ];
  const notice = textSlabs(desk, [{ text: block.notice, style: { ...STYLES.small, ink: TONES.warn } }], {
    width: measure,
    leading: 11.5,
    node: node(parent, 'P'),
    gap: 4,
  });
  const main = stacked([...left, ...(isBeside ? [] : about), ...notice]);
  const beside = isBeside ? stacked(about) : { height: 0, ops: [] };
  const head: Slab = {
    height: Math.max(main.height, beside.height) + 6,
    gap: 10,
    hold: 0,
    ops: [
      { kind: 'rule', x: 0, y: 0, width, ink: HAIRLINE, thickness: 0.6 },
      ...stacked([
        { height: 6, gap: 0, hold: 0, ops: [] },
        { height: main.height, gap: 0, hold: 0, ops: main.ops },
      ]).ops,
      ...stacked([
        { height: 6, gap: 0, hold: 0, ops: [] },
        { height: beside.height, gap: 0, hold: 0, ops: moved(beside.ops, width - EVIDENCE_WIDTH, 0) },
      ]).ops,
    ],
  };
  const quotes = wordsSlabs(desk, block, measure, parent);
  return held([{ ...head, hold: quotes.length > 0 ? 2 : 0 }, ...quotes], 1);
}

/** What is said of people and how many it is, with their words beside it. */
function quotedSlabs(desk: Desk, block: ClaimBlock, width: number, parent: Node): Slab[] {
  const left = Math.round(width * SAID_PART);
  const rightX = left + SAID_GAP;
  const bare = { ...block, quotes: [], counterQuotes: [] };
  const [claim = { height: 0, ops: [] }] = claimSlabs(desk, bare, left, parent);
  const quotes = wordsSlabs(desk, block, width - rightX, parent);
  const rule: Op = { kind: 'rule', x: left, y: 0, width: width - left, ink: HAIRLINE, thickness: 0.6 };
  const words = stacked([
    { height: 8, gap: 0, hold: 0, ops: [] },
    ...quotes.map((one, at) => ({ ...one, gap: at === 0 ? 0 : one.gap })),
  ]);
  const height = Math.max(claim.height, words.height);
  if (height <= WHOLE_MOST)
    return [{ height, gap: 10, hold: 0, ops: [...claim.ops, rule, ...moved(words.ops, rightX, 0)] }];
  return [
    { height: 8, gap: 10, hold: 2, ops: [{ ...rule, x: 0, width }] },
    {
      height: 0,
      gap: 0,
      hold: 0,
      ops: [],
      columns: { left: [{ height: claim.height, gap: 0, hold: 0, ops: claim.ops.slice(1) }], right: quotes, rightX },
    },
  ];
}

/** Words for a claim, and those against it, which say that they are. */
function wordsSlabs(desk: Desk, block: ClaimBlock, width: number, parent: Node): Slab[] {
  return [
    ...block.quotes.flatMap((quote) => quoteSlabs(desk, quote, width, parent)),
    ...(block.counterQuotes.length === 0
      ? []
      : held(
          textSlabs(desk, [{ text: 'Against it', style: STYLES.smallStrong }], {
            width,
            leading: 12,
            node: node(parent, 'P'),
            gap: 8,
          }),
          2,
          2,
        )),
    ...block.counterQuotes.flatMap((quote) => quoteSlabs(desk, quote, width, parent)),
  ];
}

/** One of several claims, in a line where that will do: what is said, and beside it in small type what was counted. */
function briefSlabs(desk: Desk, block: ClaimBlock, width: number, parent: Node): Slab[] {
  const isBeside = width >= BESIDE_MIN;
  const side = isBeside ? Math.round(width * 0.45) : width;
  const measure = isBeside ? width - side - 18 : width;
  const counted = block.detail.includes(block.evidence)
    ? block.detail
    : [block.evidence, block.detail].filter((one) => one !== '').join(' · ');
  const status = block.status === 'described' && block.evidence !== '' ? [] : [STATUS_WORDS[block.status]];
  const about = [...status, counted].filter((one) => one !== '').join(' · ');
  const said = textSlabs(desk, [{ text: block.text, style: STYLES.body }, ...refWords(desk, block.refs, STYLES.body)], {
    width: measure,
    leading: 13,
    node: node(parent, 'P'),
  });
  const facts = textSlabs(desk, [{ text: about, style: STYLES.fine }], {
    width: side,
    leading: 10.5,
    node: node(parent, 'P'),
  });
  const notice = textSlabs(desk, [{ text: block.notice, style: { ...STYLES.small, ink: TONES.warn } }], {
    width: measure,
    leading: 11.5,
    node: node(parent, 'P'),
  });
  const main = stacked([...said, ...(isBeside ? [] : facts), ...notice]);
  const beside = isBeside ? stacked(facts) : { height: 0, ops: [] };
  return held(
    [
      {
        height: Math.max(main.height, beside.height + 1.5),
        gap: 4,
        hold: 0,
        ops: [...main.ops, ...moved(beside.ops, width - side, 1.5)],
      },
      ...wordsSlabs(desk, block, width, parent),
    ],
    2,
  );
}

/** Several people's words one after the other: in pairs side by side where there is room. */
export function quotesSlabs(desk: Desk, quotes: readonly QuoteBlock[], width: number, parent: Node): Slab[] {
  if (width < BESIDE_MIN || quotes.length < 2)
    return quotes.flatMap((quote) => quoteSlabs(desk, quote, Math.min(width, MEASURE), parent));
  const each = (width - PAIR_GAP) / 2;
  return quotes.flatMap((quote, at): Slab[] => {
    const second = quotes[at + 1];
    if (at % 2 === 1) return [];
    if (second === undefined) return quoteSlabs(desk, quote, Math.min(width, MEASURE), parent);
    const pair = [quote, second].map((one) => stacked(quoteSlabs(desk, one, each, parent)));
    const height = Math.max(...pair.map((one) => one.height));
    if (height > WHOLE_MOST)
      return [quote, second].flatMap((one) => quoteSlabs(desk, one, Math.min(width, MEASURE), parent));
    return [{ height, gap: 10, hold: 0, ops: [...pair[0]!.ops, ...moved(pair[1]!.ops, each + PAIR_GAP, 0)] }];
  });
}

/** Words as they were said, on the side where their lines begin. */
export function quoteSlabs(desk: Desk, block: QuoteBlock, width: number, parent: Node): Slab[] {
  const quote = node(parent, 'BlockQuote', block.lang === null ? {} : { lang: block.lang });
  const soft = { ...STYLES.quote, ink: SOFT };
  const inner = width - QUOTE_INDENT;
  const said = [
    { text: block.before, style: soft },
    { text: block.words, style: STYLES.quote },
    { text: block.after, style: soft },
  ];
  const set = desk.setter.set(said, inner, { lang: block.lang });
  const x = set.isRtl ? 0 : QUOTE_INDENT;
  const words = slabsOf(set, said, { width: inner, leading: 14, x, node: node(quote, 'P') });
  const by = textSlabs(desk, [{ text: block.by, style: STYLES.small }, ...refWords(desk, block.refs, STYLES.small)], {
    width: inner,
    leading: 12,
    x,
    node: node(quote, 'P', { lang: desk.lang }),
    align: set.isRtl ? 'end' : 'start',
  });
  const ink = PAPER_INKS[segmentInk(block.segmentClass)];
  const isShort = words.length <= 10;
  const slabs = [...(isShort ? held(words, 2, 2) : holdLines(words, 2)), ...held(by, 2, 0)];
  return slabs.map((slab, index) => ({
    ...slab,
    gap: index === 0 ? 9 : slab.gap,
    ops: [{ kind: 'box', x: set.isRtl ? width - 2 : 0, y: 0, width: 2, height: slab.height, fill: ink }, ...slab.ops],
  }));
}
