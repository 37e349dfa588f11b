import { XMLValidator } from 'fast-xml-parser';
import { describeChart } from '../../../src/charts/draw-chart.ts';
import { plainBrand, type ReportAssets } from '../../../src/exchange/reports/assets.ts';
import { readParts, xmlText } from '../../../src/exchange/reports/office-archive.ts';
import { reportFonts } from '../../../src/render/report-fonts.ts';
import { allBlocks, type Block, type ReportDocument } from '../../../src/reports/document.ts';

export const assets: ReportAssets = {
  fonts: reportFonts(),
  brand: { ...plainBrand, name: 'Harbour Research' },
  links: { base: 'https://verbatim.example' },
};

/** The parts of an office document as texts, by name; pictures and typefaces are left out. */
export function textsOf(bytes: Uint8Array): Map<string, string> {
  return new Map(
    [...readParts(bytes)].filter(([name]) => /\.(?:xml|rels)$/.test(name)).map(([name, part]) => [name, xmlText(part)]),
  );
}

/** What is wrong with the XML of its parts, by name. */
export const brokenParts = (texts: ReadonlyMap<string, string>): string[] =>
  [...texts].flatMap(([name, xml]) => {
    const found = XMLValidator.validate(xml);
    return found === true ? [] : [`${name}: ${found.err.msg}`];
  });

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The words of a part as a reader sees them, blanks of all kinds alike. */
export const wordsIn = (xml: string, tag: 'w:t' | 'a:t'): string =>
  plain(
    [...xml.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>|</[wa]:p>|<a:br/>|<w:br/>`, 'g'))]
      .map(([, text]) => text ?? '\n')
      .join('')
      .replaceAll(/&(\w+);/g, (_, name: string) => ENTITIES[name]!),
  );
export const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Every sentence and number of a document, as it has to be found again. */
export function saidIn(document: ReportDocument): string[] {
  const said = (block: Block): string[] => {
    const joined = (spans: readonly { text: string }[]): string => spans.map(({ text }) => text).join('');
    switch (block.kind) {
      case 'heading':
      case 'empty':
        return [block.text];
      case 'paragraph':
        return [joined(block.spans)];
      case 'list':
        return block.items.map(({ spans }) => joined(spans));
      case 'card':
        return [block.name, block.mark, joined(block.lede), block.share ?? '', ...block.lines];
      case 'figures':
        return block.cells.flatMap(({ value, label, note }) => [value, label, note]);
      case 'claim':
        return [block.heading, block.text, block.evidence, block.detail, block.notice];
      case 'quote':
        return [block.before + block.words + block.after, block.by];
      case 'table':
        return [
          block.caption,
          ...block.columns.map(({ label }) => label),
          ...block.rows.flatMap(({ cells }) => cells),
          block.note,
        ];
      case 'chart': {
        const { title, note, table } = describeChart(block.chart);
        return [title, note ?? '', ...table.rows.flatMap(({ cells }) => cells.map(({ text }) => text))];
      }
      case 'notice':
        return [block.title, joined(block.spans)];
      default:
        return [];
    }
  };
  return [
    document.title,
    document.subtitle,
    document.study,
    document.invented ?? '',
    ...[...allBlocks(document.blocks)].flatMap(said),
    ...document.sources.flatMap(({ title, detail }) => [title, detail]),
    ...document.notices,
  ]
    .map(plain)
    .filter((text) => text !== '');
}

/** A document of that one part, with the sources of another. */
export const holding = (document: ReportDocument, blocks: Block[]): ReportDocument => ({
  ...document,
  blocks,
  notices: [],
});
