import { dayOf } from '../../reports/day-of.ts';
import type { ReportDocument, TableBlock } from '../../reports/document.ts';
import type { ReportAssets } from './assets.ts';
import { AUDIENCE_WORDS } from './office-sources.ts';
import type { Style } from './pdf-lines.ts';
import { held, type Node, type Op, type Slab } from './pdf-slabs.ts';
import {
  baseline,
  type Desk,
  FULL,
  MEASURE,
  moved,
  node,
  refWords,
  STYLES,
  sourcePlace,
  stacked,
  TONES,
  textSlabs,
} from './pdf-styles.ts';
import { tableSlabs } from './pdf-tables.ts';

const LOGO = { width: 120, height: 40 } as const;
/** A list of contents stands only where there is something to find. */
const CONTENTS_LEAST = 4;
const CONTENTS_GAP = 40;
/** Places of what stands at the end, which by itself needs no list of contents. */
const END = 'end-';

/** What stands at the head of the first page; a sheet whose card says its name has no title above it. */
export function titleSlabs(desk: Desk, document: ReportDocument, { brand }: ReportAssets, parent: Node): Slab[] {
  const isNamedBelow = document.blocks[0]?.kind === 'card' && document.blocks[0].name === document.title;
  const logo = brand.logo;
  const scale = logo === null ? 0 : Math.min(LOGO.width / logo.width, LOGO.height / logo.height);
  const width = FULL - (logo === null ? 0 : logo.width * scale + 24);
  const about = [document.study, dayOf(document.asOf), AUDIENCE_WORDS[document.audience]].join('  ·  ');
  const lines = (text: string, role: string, more: { style: Style; leading: number; gap: number }) =>
    textSlabs(desk, [{ text, style: more.style }], {
      width: Math.min(width, MEASURE + 40),
      leading: more.leading,
      gap: more.gap,
      node: node(parent, role),
      shape: role === 'H1' ? 'even' : 'plain',
    });
  const words = stacked([
    ...(isNamedBelow ? [] : lines(document.title, 'H1', { style: STYLES.title, leading: 32, gap: 0 })),
    ...lines(document.subtitle, 'P', {
      style: isNamedBelow ? STYLES.small : STYLES.subtitle,
      leading: isNamedBelow ? 12 : 17,
      gap: 4,
    }),
    ...lines(about, 'P', { style: STYLES.small, leading: 12, gap: isNamedBelow ? 1 : 8 }),
    ...(document.invented === null
      ? []
      : lines(document.invented, 'P', { style: { ...STYLES.smallStrong, ink: TONES.warn }, leading: 12, gap: 3 })),
  ]);
  if (!isNamedBelow) desk.level = 1;
  const picture: Op[] =
    logo === null
      ? []
      : [
          {
            kind: 'image',
            png: logo.png,
            x: FULL - logo.width * scale,
            y: 0,
            width: logo.width * scale,
            height: logo.height * scale,
            node: node(parent, 'Figure', { alt: brand.name ?? 'Logo' }),
          },
        ];
  const height = Math.max(words.height, (logo?.height ?? 0) * scale) + (isNamedBelow ? 2 : 14);
  const rule: Op[] = isNamedBelow
    ? []
    : [{ kind: 'rule', x: 0, y: height, width: FULL, ink: desk.accent, thickness: 1.4 }];
  return [{ height, gap: 0, hold: 0, ops: [...picture, ...words.ops, ...rule] }];
}

/** Where each part begins. */
export function contentsSlabs(desk: Desk, parent: Node): Slab[] {
  const entries = desk.headings.filter(({ level }) => level === 2);
  const parts = entries.filter(({ place }) => !place.startsWith(END));
  if (parts.length === 0 || entries.length < CONTENTS_LEAST) return [];
  const list = node(parent, 'TOC');
  const width = (FULL - CONTENTS_GAP) / 2;
  const all = entries.map(({ text, place }) => {
    const item = node(list, 'TOCI');
    const { height, ops } = stacked(
      textSlabs(desk, [{ text, style: STYLES.body, way: { place }, says: text }], {
        width: width - 30,
        leading: 15,
        node: item,
      }),
    );
    const pages: Op = {
      kind: 'pages',
      words: () => String(desk.pageOf(place)),
      way: null,
      align: 'end',
      x: width,
      y: height - 15 + baseline(15, 9.5),
      style: STYLES.cellNumber,
      node: item,
    };
    return { height, ops: [...ops, pages] };
  });
  const half = Math.ceil(all.length / 2);
  const lines = all.slice(0, half).map((left, at): Slab => {
    const right = all[half + at];
    return {
      height: Math.max(left.height, right?.height ?? 0),
      gap: at === 0 ? 20 : 0,
      hold: 0,
      ops: [...left.ops, ...moved(right?.ops ?? [], width + CONTENTS_GAP, 0)],
    };
  });
  return [...held(lines, 1), { height: 8, gap: 0, hold: 0, ops: [] }];
}

/** What charts were drawn from, as tables. */
export function numberSlabs(desk: Desk, width: number, parent: Node): Slab[] {
  const charts = desk.charts.filter(({ table }) => table.rows.length > 0);
  return [
    ...charts.flatMap(({ place, title, table, refs }) => {
      const { columns, rows } = table;
      const [first, ...rest] = tableSlabs(
        desk,
        {
          kind: 'table',
          caption: title,
          columns: columns.map(({ label }, at) => ({
            label,
            isNumber: at > 0 && rows.some(({ cells }) => /\d/.test(cells[at]?.text ?? '')),
          })),
          rows: rows.map(({ cells }) => ({
            cells: cells.map(({ text }) => text.replaceAll(/\bn (?=\d)/g, 'n\u00a0')),
            refs: refs as [string],
          })),
          note: '',
        },
        width,
        parent,
      );
      return first === undefined
        ? []
        : [{ ...first, ops: [{ kind: 'place' as const, name: place, y: 0 }, ...first.ops] }, ...rest];
    }),
  ];
}

/** What a reader is told at the end. */
export const noticeListSlabs = (desk: Desk, notices: readonly string[], parent: Node): Slab[] =>
  notices.length === 0
    ? []
    : [
        ...endHeading(desk, 'Notices', 'notices', parent),
        ...notices.flatMap((text) =>
          textSlabs(desk, [{ text, style: STYLES.body }], {
            width: MEASURE,
            leading: 14,
            node: node(parent, 'P'),
            gap: 6,
          }),
        ),
      ];

/** The numbered sources, and the pages on which something rests on each. */
export function sourceSlabs(
  desk: Desk,
  { links, usedOn }: { links: ReportAssets['links']; usedOn: (number: number) => readonly number[] },
  width: number,
  parent: Node,
): Slab[] {
  const list = node(parent, 'L');
  const indent = 15;
  return desk.sources.list.flatMap(({ number, title, detail, href }) => {
    const item = node(list, 'LI');
    const label = node(item, 'Lbl');
    const body = node(item, 'LBody');
    const [mark] = textSlabs(desk, [{ text: String(number), style: { ...STYLES.source, isTabular: true } }], {
      width: indent,
      leading: SOURCE_LEADING,
      node: label,
    });
    const address = href === null || links.base === null ? null : `${links.base}${href}`;
    const words = { text: title, style: STYLES.source };
    const lines = textSlabs(
      desk,
      [
        address === null
          ? words
          : { ...words, style: { ...words.style, ink: desk.accent }, way: { url: address }, says: title },
        { text: detail === '' ? '' : `  ${detail}`, style: STYLES.sourceFine },
      ],
      { width: width - indent, x: indent, node: body, leading: SOURCE_LEADING, gap: 3 },
    );
    // On which pages stands at the end of the last line where there is room for many, else below it.
    const last = lines.at(-1)?.ops.find((op) => op.kind === 'line');
    const end = last?.kind === 'line' && last.line.width + PAGES_WIDTH <= width - indent ? last.line.width + 5 : null;
    const uses: Op = {
      kind: 'pages',
      words: () => pageWords(usedOn(number)),
      way: null,
      align: 'start',
      x: indent + (end ?? 0),
      y: baseline(SOURCE_LEADING, STYLES.source.size),
      style: STYLES.sourceFine,
      node: node(item, 'P'),
    };
    const first: Op[] = [{ kind: 'place', name: sourcePlace(number), y: 0 }, ...(mark?.ops ?? [])];
    return held(
      [
        ...lines.map((slab, at) => ({
          ...slab,
          ops: [...(at === 0 ? first : []), ...slab.ops, ...(end !== null && at === lines.length - 1 ? [uses] : [])],
        })),
        ...(end === null
          ? [{ height: SOURCE_LEADING, gap: 0, hold: 0 as const, ops: lines.length === 0 ? [...first, uses] : [uses] }]
          : []),
      ],
      2,
    );
  });
}

const SOURCE_LEADING = 9;
/** What `Pages 1, 2, 3, 4` takes; more may reach into the gap between columns. */
const PAGES_WIDTH = 62;
const PAGES_MOST = 5;
function pageWords(pages: readonly number[]): string {
  if (pages.length === 0) return 'Named nowhere above';
  const more = pages.length - PAGES_MOST;
  const shown = pages.slice(0, PAGES_MOST).join(', ');
  return `${pages.length === 1 ? 'Page' : 'Pages'} ${shown}${more > 0 ? ` + ${more}` : ''}`;
}

/** Where each quote stands, a line each. */
export function placeSlabs(desk: Desk, { rows, note }: TableBlock, width: number, parent: Node): Slab[] {
  const list = node(parent, 'L');
  return [
    ...rows.flatMap(({ cells: [quote = '', text = '', version = '', letters = ''], refs }, at) =>
      held(
        textSlabs(
          desk,
          [
            { text: `${quote} `, style: STYLES.source },
            { text: `${text}, version ${version}, ${letters}`, style: STYLES.sourceFine },
            ...refWords(desk, refs, STYLES.sourceFine),
          ],
          { width, leading: SOURCE_LEADING, node: node(node(list, 'LI'), 'LBody'), gap: at === 0 ? 6 : 2 },
        ),
        2,
      ),
    ),
    ...textSlabs(desk, [{ text: note, style: STYLES.sourceFine }], {
      width,
      leading: SOURCE_LEADING,
      node: node(parent, 'P'),
      gap: 5,
    }),
  ];
}

/** The head of a part at the end of the file, which is there to be looked up. */
export function endHeading(desk: Desk, text: string, id: string, parent: Node, width = MEASURE): Slab[] {
  const place = `${END}${id}`;
  desk.headings.push({ text, level: 2, place });
  const slabs = textSlabs(desk, [{ text, style: STYLES.end }], {
    width,
    leading: 15,
    node: node(parent, 'H2'),
    gap: 20,
  });
  return held(
    slabs.map((slab, at) => (at === 0 ? { ...slab, ops: [{ kind: 'place', name: place, y: 0 }, ...slab.ops] } : slab)),
    2,
    2,
  );
}
