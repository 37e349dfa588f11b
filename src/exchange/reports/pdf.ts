import { textLines } from '../../charts/text-width.ts';
import { type Block, PLACES_ID, type ReportDocument, type TableBlock } from '../../reports/document.ts';
import type { FontCut, ReportAssets } from './assets.ts';
import { AUDIENCE_WORDS, numberSources } from './office-sources.ts';
import { blockSlabs } from './pdf-blocks.ts';
import { flowInColumns } from './pdf-columns.ts';
import {
  contentsSlabs,
  endHeading,
  noticeListSlabs,
  numberSlabs,
  placeSlabs,
  sourceSlabs,
  titleSlabs,
} from './pdf-ends.ts';
import { type EmbeddedFont, PdfFonts } from './pdf-fonts.ts';
import { type Line, LineSetter } from './pdf-lines.ts';
import { PdfPainter } from './pdf-paint.ts';
import { type Node, Pager, type Slab } from './pdf-slabs.ts';
import { type Desk, FULL, node, PAGE, STYLES, sourcePlace } from './pdf-styles.ts';

/** Numbers of few columns stand in two columns, what is looked up in three. */
const NUMBERS = { columns: 2, gap: 28 };
const LOOKED_UP = { columns: 3, gap: 20 };
const NARROW_COLUMNS = 4;
/** A heading and so much of what stands below it begin no page's last lines. */
const PART_LEAST = 84;
const PART_GAP = 20;
const PLAIN_ACCENT = '#1f5c57';

/**
 * A report as a tagged PDF: A4, its typefaces embedded, every part named for those who listen, each sentence leading to its
 * sources at the end. The same document and assets give the same bytes.
 *
 * @param document any report
 * @param assets typefaces for Latin, Arabic and Hebrew letters; the operator's name, logo and accent; where addresses begin
 * @throws {RangeError} where a typeface is missing, or the document names a source it does not list
 */
export async function writePdf(document: ReportDocument, assets: ReportAssets): Promise<Uint8Array> {
  const [{ default: PDFDocument }, { default: bidi }, { default: LineBreaker }] = await Promise.all([
    import('pdfkit'),
    import('bidi-js'),
    import('linebreak'),
  ]);
  const pdf = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    font: '',
    pdfVersion: '1.7',
    subset: 'PDF/UA' as never,
    tagged: true,
    lang: document.lang,
    displayTitle: true,
    info: {
      Title: document.title,
      Subject: document.subtitle,
      ...(assets.brand.name === null ? {} : { Author: assets.brand.name }),
      Creator: 'Verbatim',
      Producer: 'Verbatim',
      CreationDate: new Date(document.asOf),
    },
  });
  const done = gathered(pdf);
  describe(pdf, document, assets);
  const fonts = new PdfFonts(assets.fonts, (cut) => embedded(pdf, cut));
  const setter = new LineSetter(fonts, (bidi as unknown as typeof bidi.default)(), (text) => new LineBreaker(text));

  const { pages, root, desk } = layOut(document, assets, setter, fonts);
  const painter = new PdfPainter(pdf, setter, root);
  const edges = edgesOf(document, assets, setter);
  for (const [index, page] of pages.entries()) {
    pdf.addPage();
    painter.page(page);
    for (const { line, x, y } of edges(index + 1, pages.length)) painter.edge(line, x, y);
    painter.page({ placed: [] });
  }
  outline(pdf, desk);
  pdf.end();
  return done;
}

function layOut(document: ReportDocument, assets: ReportAssets, setter: LineSetter, fonts: PdfFonts) {
  const root: Node = { role: 'Document', lang: document.lang, children: [] };
  const pager = new Pager({ top: PAGE.top, bottom: PAGE.height - PAGE.bottom });
  const desk: Desk = {
    setter,
    sources: numberSources(document),
    accent: assets.brand.accent ?? PLAIN_ACCENT,
    level: 0,
    charts: [],
    headings: [],
    pageOf: (place) => (pager.places.get(place) ?? 0) + 1,
    lang: document.lang,
  };
  const uses = new Map<string, Set<number>>();
  const usedOn = (number: number) => [...(uses.get(sourcePlace(number)) ?? [])];
  const title = titleSlabs(desk, document, assets, root);
  const contentsNode = node(root, 'Div');
  const [blocks, ends] = apartFromEnds(document.blocks);
  const body = blockSlabs(desk, blocks, FULL, root);
  const numbersWidth = widthOf(NUMBERS);
  const width = widthOf(LOOKED_UP);
  const isNarrow = desk.charts.every(({ table }) => table.columns.length <= NARROW_COLUMNS);
  const numbersHead = desk.charts.some(({ table }) => table.rows.length > 0)
    ? endHeading(desk, 'The numbers behind the charts', 'numbers', root)
    : [];
  const numbers = numberSlabs(desk, isNarrow ? numbersWidth : FULL, root);
  const noticesNode = node(root, 'Div');
  const placesHead = ends === null ? [] : endHeading(desk, ends.heading, 'quotes', root);
  const places = ends === null ? [] : placeSlabs(desk, ends.table, width, root);
  const sourcesNode = node(root, 'Div');
  const listNode: Node = { role: 'L', children: [] };
  const sources = sourceSlabs(desk, { links: assets.links, usedOn }, width, listNode);
  // Only now is every letter known that no typeface has.
  const notices = noticeListSlabs(desk, [...document.notices, ...missingWords(fonts.missing)], noticesNode);
  const sourceHead = endHeading(desk, 'Sources', 'sources', sourcesNode);
  sourcesNode.children.push(listNode);
  const contents = contentsSlabs(desk, contentsNode);
  const area = { top: PAGE.top, bottom: PAGE.height - PAGE.bottom };
  let at = pager.flow([...title, ...contents, ...body], pager.column(PAGE.left, { page: 0, y: PAGE.top }));
  const goOn = (head: readonly Slab[], slabs: readonly Slab[], { columns, gap }: { columns: number; gap: number }) => {
    if (head.length === 0 && slabs.length === 0) return;
    const from =
      at.y + PART_GAP + PART_LEAST > area.bottom ? { page: at.page + 1, y: area.top } : { ...at, y: at.y + PART_GAP };
    at = pager.flow(head, pager.column(PAGE.left, from));
    const xs = Array.from({ length: columns }, (_, place) => PAGE.left + place * (widthOf({ columns, gap }) + gap));
    at = flowInColumns(pager, slabs, { ...at, y: at.y + 4 }, { xs, ...area });
  };
  if (isNarrow) goOn(numbersHead, numbers, NUMBERS);
  else goOn([...numbersHead, ...numbers], [], NUMBERS);
  goOn(notices, [], NUMBERS);
  goOn(placesHead, places, LOOKED_UP);
  goOn(sourceHead, sources, LOOKED_UP);
  for (const [page, { placed }] of pager.pages.entries())
    for (const { ops } of placed)
      for (const op of ops)
        for (const { words } of op.kind === 'line' ? op.line.runs : []) {
          const place = words.way?.place;
          if (place === undefined) continue;
          uses.set(place, (uses.get(place) ?? new Set()).add(page + 1));
        }
  return { pages: pager.pages, root, desk };
}

const widthOf = ({ columns, gap }: { columns: number; gap: number }): number => (FULL - gap * (columns - 1)) / columns;

/** Where quotes stand is looked up as sources are, and stands with them. */
function apartFromEnds(blocks: readonly Block[]): [readonly Block[], { heading: string; table: TableBlock } | null] {
  const [heading, table] = blocks.slice(-2);
  return heading?.kind === 'heading' && heading.id === PLACES_ID && table?.kind === 'table'
    ? [blocks.slice(0, -2), { heading: heading.text, table }]
    : [blocks, null];
}

/** What stands at the head and foot of every page. */
function edgesOf(document: ReportDocument, { brand }: ReportAssets, setter: LineSetter) {
  const right = PAGE.width - PAGE.right;
  const set = (text: string, width: number) => {
    const [short = ''] = textLines(text, { width, size: STYLES.fine.size, linesMax: 1 });
    return setter.set([{ text: short, style: STYLES.fine }], Number.POSITIVE_INFINITY).lines[0] ?? null;
  };
  const other = document.study === document.title ? document.subtitle : document.study;
  const [title, study] = [set(document.title, 290), set(other, 160)];
  const foot = [brand.name ?? '', AUDIENCE_WORDS[document.audience], (document.invented ?? '').split(/[.:]/)[0] ?? ''];
  const left = set(foot.filter((text) => text !== '').join('  ·  '), 400);
  return (page: number, pages: number) => {
    const count = set(`${page} of ${pages}`, 60);
    const at = (line: Line | null, x: number, y: number, isRight: boolean) =>
      line === null ? [] : [{ line, x: isRight ? x - line.width : x, y }];
    const [head, bottom] = [36, PAGE.height - 32];
    return [
      ...(page === 1 ? [] : [...at(title, PAGE.left, head, false), ...at(study, right, head, true)]),
      ...at(left, PAGE.left, bottom, false),
      ...at(count, right, bottom, true),
    ];
  };
}

const LETTERS_MOST = 12;
/** Letters by their codes, since they cannot be shown. */
function missingWords(letters: ReadonlySet<string>): string[] {
  if (letters.size === 0) return [];
  const codes = [...letters].map((letter) => `U+${letter.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
  const more = codes.length - LETTERS_MOST;
  return [
    `The typefaces of this file have no letters for ${codes.slice(0, LETTERS_MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}; a box stands in their place. The report as a page (HTML) shows them.`,
  ];
}

function outline(pdf: PDFKit.PDFDocument, { headings, pageOf }: Desk): void {
  let part: PDFKit.PDFOutline = pdf.outline;
  for (const { text, level, place } of headings) {
    const options = { pageNumber: pageOf(place) - 1, fit: true } as never;
    if (level === 2) part = pdf.outline.addItem(text, options);
    else part.addItem(text, options);
  }
}

function embedded(pdf: PDFKit.PDFDocument, { family, weight, data }: FontCut): EmbeddedFont {
  const name = `${family} ${weight}`;
  pdf.registerFont(name, data as never);
  return (pdf.font(name) as unknown as { _font: EmbeddedFont })._font;
}

function gathered(pdf: PDFKit.PDFDocument): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('error', reject);
    pdf.on('end', () => {
      const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      resolve(bytes);
    });
  });
}

/** What the file says of itself: the writer's own words for it do not hold with an ampersand in a title. */
function describe(pdf: PDFKit.PDFDocument, document: ReportDocument, { brand }: ReportAssets): void {
  const day = `${new Date(document.asOf).toISOString().slice(0, 19)}Z`;
  const author =
    brand.name === null ? '' : `<dc:creator><rdf:Seq><rdf:li>${xml(brand.name)}</rdf:li></rdf:Seq></dc:creator>`;
  const words = (name: string, text: string) =>
    `<dc:${name}><rdf:Alt><rdf:li xml:lang="x-default">${xml(text)}</rdf:li></rdf:Alt></dc:${name}>`;
  Object.assign(pdf, {
    _addInfo() {
      (pdf as unknown as { appendXML(text: string): void }).appendXML(
        [
          `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>${day}</xmp:CreateDate><xmp:CreatorTool>Verbatim</xmp:CreatorTool></rdf:Description>`,
          `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">${words('title', document.title)}${words('description', document.subtitle)}${author}</rdf:Description>`,
          `<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>Verbatim</pdf:Producer></rdf:Description>`,
        ].join('\n'),
      );
    },
  });
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const xml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' ')
    .replaceAll(/[&<>]/g, (letter) => ENTITIES[letter]!);
