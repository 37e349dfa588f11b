import type * as Docx from 'docx';
import { dayOf } from '../../reports/day-of.ts';
import type { ReportDocument } from '../../reports/document.ts';
import type { FontCut, ReportAssets } from './assets.ts';
import { docxBlocks } from './docx-blocks.ts';
import { docxLines } from './docx-lines.ts';
import { stillDocx } from './docx-still.ts';
import { docxStyles, hexOf, inkHex, PAGE, TEXT_WIDTH } from './docx-styles.ts';
import { docxTables } from './docx-tables.ts';
import { packParts, readParts } from './office-archive.ts';
import { AUDIENCE_WORDS, numberSources } from './office-sources.ts';
import { holdable, scriptsIn } from './office-text.ts';

const LOGO_HEIGHT = 40;
const LOGO_WIDTH_MOST = 220;

/**
 * A report as a Word document that can be edited: styles of its own names, headings and lists that are such, tables whose
 * header comes again on every page, charts as pictures with their words and numbers, typefaces inside. Marks in brackets
 * lead to the sources at its end. The same document and assets give the same bytes.
 *
 * @throws {RangeError} for something that rests on a source the document does not list
 */
export async function writeDocx(document: ReportDocument, assets: ReportAssets): Promise<Uint8Array> {
  const docx = await import('docx');
  const sources = numberSources(document);
  const lines = docxLines(docx, sources);
  const blocks = docxBlocks(docx, lines, docxTables(docx, lines), { fonts: assets.fonts, title: document.title });
  const accent = assets.brand.accent === null ? inkHex('accent') : hexOf(assets.brand.accent);
  const body = [
    ...titlePart(docx, lines, document, assets, accent),
    ...(await blocks.laidOut(document.blocks)),
    ...endPart(docx, lines, document, assets, sources),
  ];
  const file = new docx.Document({
    title: holdable(document.title),
    subject: holdable(document.subtitle),
    description: holdable(`${document.study}. ${AUDIENCE_WORDS[document.audience]}.`),
    creator: assets.brand.name === null ? 'Verbatim' : holdable(assets.brand.name),
    lastModifiedBy: 'Verbatim',
    styles: docxStyles(accent),
    numbering: { config: lists() },
    fonts: embedded(assets.fonts, JSON.stringify(document)),
    sections: [
      {
        properties: {
          page: {
            size: { width: PAGE.width, height: PAGE.height },
            margin: { top: PAGE.margin, bottom: 1247, left: PAGE.margin, right: PAGE.margin, footer: 567 },
          },
        },
        footers: { default: foot(docx, lines, document, assets) },
        children: body,
      },
    ],
  });
  return packParts(stillDocx(readParts(await docx.Packer.toBuffer(file)), document.asOf));
}

function titlePart(
  docx: typeof Docx,
  { line }: ReturnType<typeof docxLines>,
  document: ReportDocument,
  { brand }: ReportAssets,
  accent: string,
): Docx.Paragraph[] {
  const { logo } = brand;
  const scale = logo === null ? 1 : Math.min(LOGO_HEIGHT / logo.height, LOGO_WIDTH_MOST / logo.width);
  return [
    ...(logo === null
      ? []
      : [
          new docx.Paragraph({
            style: 'Facts',
            spacing: { after: 240 },
            children: [
              new docx.ImageRun({
                type: 'png',
                data: Buffer.from(logo.png),
                transformation: { width: Math.round(logo.width * scale), height: Math.round(logo.height * scale) },
                altText: { id: '9999', name: 'Logo', title: 'Logo', description: holdable(brand.name ?? 'Logo') },
              }),
            ],
          }),
        ]),
    ...(isNamedBelow(document) ? [] : [line('Title', [{ text: document.title }])]),
    line('Subtitle', [{ text: document.subtitle }]),
    line(
      'Facts',
      [{ text: `${document.study} · ${AUDIENCE_WORDS[document.audience]} · as of ${dayOf(document.asOf)}` }],
      { spacing: { after: 280 }, border: { bottom: { style: 'single', size: 12, space: 10, color: accent } } },
    ),
    ...(document.invented === null ? [] : [line('Notice', [{ text: document.invented, isStrong: true }])]),
  ];
}

/** A sheet whose card says its name needs no title above it. */
const isNamedBelow = ({ blocks: [first], title }: ReportDocument): boolean =>
  first?.kind === 'card' && first.name === title;

function endPart(
  docx: typeof Docx,
  { line, runs }: ReturnType<typeof docxLines>,
  document: ReportDocument,
  { links }: ReportAssets,
  sources: ReturnType<typeof numberSources>,
): Docx.Paragraph[] {
  return [
    ...(document.notices.length === 0
      ? []
      : [
          line('Heading1', [{ text: 'Notices' }]),
          ...document.notices.map((text) => line(null, [{ text }], { numbering: { reference: 'plain', level: 0 } })),
        ]),
    line('Heading1', [{ text: 'Sources' }]),
    ...sources.list.map(({ number, title, detail, href }) => {
      const name = runs({ text: title, isStrong: true });
      const link = links.base !== null && href !== null ? new URL(href, links.base).href : null;
      return new docx.Paragraph({
        style: 'Source',
        tabStops: [{ type: 'left', position: 454 }],
        children: [
          new docx.Bookmark({ id: `source_${number}`, children: [new docx.TextRun({ text: String(number) })] }),
          new docx.TextRun({ children: [new docx.Tab()] }),
          ...(link === null ? name : [new docx.ExternalHyperlink({ link, children: name })]),
          ...(detail === '' ? [] : runs({ text: `. ${detail}`, isSoft: true })),
        ],
      });
    }),
  ];
}

function foot(
  docx: typeof Docx,
  { runs }: ReturnType<typeof docxLines>,
  document: ReportDocument,
  { brand }: ReportAssets,
): Docx.Footer {
  const name = brand.name === null ? '' : `${brand.name} · `;
  return new docx.Footer({
    children: [
      new docx.Paragraph({
        style: 'Foot',
        tabStops: [{ type: 'right', position: TEXT_WIDTH }],
        children: [
          ...runs({ text: `${name}${document.title}` }),
          new docx.TextRun({
            children: [new docx.Tab(), docx.PageNumber.CURRENT, ' of ', docx.PageNumber.TOTAL_PAGES],
          }),
        ],
      }),
    ],
  });
}

function lists(): Docx.INumberingOptions['config'] {
  const level = (format: 'bullet' | 'decimal', text: string): Docx.ILevelsOptions => ({
    level: 0,
    format,
    text,
    alignment: 'left',
    style: { paragraph: { indent: { start: 397, hanging: 284 }, spacing: { after: 80 } } },
  });
  return [
    { reference: 'plain', levels: [level('bullet', '•')] },
    { reference: 'ordered', levels: [level('decimal', '%1.')] },
  ];
}

/** The typefaces a document needs, each with its bolder cut where there is one. */
function embedded(fonts: readonly FontCut[], text: string): NonNullable<Docx.IPropertiesOptions['fonts']> {
  const { arabic, hebrew } = scriptsIn(text);
  const needed = fonts.filter(
    ({ family, isItalic }) =>
      !isItalic && (family.includes('Arabic') ? arabic : family.includes('Hebrew') ? hebrew : true),
  );
  const names = [...new Set(needed.map(({ family }) => family))];
  return names.flatMap((name) => {
    const regular = needed.find(({ family, weight }) => family === name && weight === 400);
    const bold = needed.find(({ family, weight }) => family === name && weight === 600);
    return regular
      ? [{ name, data: Buffer.from(regular.data), ...(bold ? { bold: Buffer.from(bold.data) } : {}) }]
      : [];
  });
}
