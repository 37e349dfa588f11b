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
  INK,
  MEASURE,
  node,
  refWords,
  SOFT,
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
  if (entries.length < CONTENTS_LEAST) return [];
  const list = node(parent, 'TOC');
  const lines = held(
    entries.flatMap(({ text, place }, index) => {
      const item = node(list, 'TOCI');
      const slabs = textSlabs(desk, [{ text, style: STYLES.body, way: { place }, says: text }], {
        width: MEASURE - 40,
        leading: 16,
        node: item,
        gap: index === 0 ? 20 : 0,
      });
      const words = () => String(desk.pageOf(place));
      const pages: Op = {
        kind: 'pages',
        words,
        way: null,
        align: 'end',
        x: MEASURE,
        y: baseline(16, 9.5),
        style: STYLES.cellNumber,
        node: item,
      };
      return slabs.map((slab, line) => (line === slabs.length - 1 ? { ...slab, ops: [...slab.ops, pages] } : slab));
    }),
    1,
  );
  return [...lines, { height: 10, gap: 0, hold: 0, ops: [] }];
}

/** What charts were drawn from, as tables. */
export function numberSlabs(desk: Desk, width: number, parent: Node): Slab[] {
  const charts = desk.charts.filter(({ table }) => table.rows.length > 0);
  if (charts.length === 0) return [];
  return [
    ...endHeading(desk, 'The numbers behind the charts', 'numbers', parent, width),
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
  const indent = 18;
  return desk.sources.list.flatMap(({ number, title, detail, href }) => {
    const item = node(list, 'LI');
    const label = node(item, 'Lbl');
    const body = node(item, 'LBody');
    const [mark] = textSlabs(desk, [{ text: String(number), style: { ...STYLES.smallStrong, isTabular: true } }], {
      width: indent,
      leading: 11,
      node: label,
    });
    const inner = { width: width - indent, x: indent, node: body };
    const address = href === null || links.base === null ? null : `${links.base}${href}`;
    const words = { text: title, style: { ...STYLES.smallStrong, ink: INK } };
    const titles = textSlabs(
      desk,
      [
        address === null
          ? words
          : { ...words, style: { ...words.style, ink: desk.accent }, way: { url: address }, says: title },
      ],
      { ...inner, leading: 11, gap: 4 },
    );
    const details = textSlabs(desk, [{ text: detail, style: { ...STYLES.fine, ink: SOFT } }], {
      ...inner,
      width: inner.width - PAGES_WIDTH,
      leading: 10,
    });
    // The pages stand at the end of the last line.
    const uses: Op = {
      kind: 'pages',
      words: () => pageWords(usedOn(number)),
      way: null,
      align: 'end',
      x: width,
      y: baseline(10, 7.5),
      style: STYLES.fine,
      node: node(item, 'P'),
    };
    const about: Slab[] = details.length > 0 ? details : [{ height: 10, gap: 0, hold: 0, ops: [] }];
    const first: Op[] = [{ kind: 'place', name: sourcePlace(number), y: 0 }, ...(mark?.ops ?? [])];
    return held(
      [
        ...titles.map((slab, at) => (at === 0 ? { ...slab, ops: [...first, ...slab.ops] } : slab)),
        ...about.map((slab, at) => (at === about.length - 1 ? { ...slab, ops: [...slab.ops, uses] } : slab)),
      ],
      2,
    );
  });
}

/** Room for the pages beside the last line of a source. */
const PAGES_WIDTH = 78;
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
            { text: `${quote} `, style: { ...STYLES.fine, ink: INK } },
            { text: `${text}, version ${version}, ${letters}`, style: STYLES.fine },
            ...refWords(desk, refs, STYLES.fine),
          ],
          { width, leading: 10, node: node(node(list, 'LI'), 'LBody'), gap: at === 0 ? 6 : 2 },
        ),
        2,
      ),
    ),
    ...textSlabs(desk, [{ text: note, style: { ...STYLES.fine, ink: SOFT } }], {
      width,
      leading: 10,
      node: node(parent, 'P'),
      gap: 5,
    }),
  ];
}

export function endHeading(desk: Desk, text: string, id: string, parent: Node, width = MEASURE): Slab[] {
  const place = `end-${id}`;
  desk.headings.push({ text, level: 2, place });
  const slabs = textSlabs(desk, [{ text, style: STYLES.h2 }], {
    width,
    leading: 19,
    node: node(parent, 'H2'),
    gap: 30,
  });
  return held(
    slabs.map((slab, at) => (at === 0 ? { ...slab, ops: [{ kind: 'place', name: place, y: 0 }, ...slab.ops] } : slab)),
    2,
    2,
  );
}
