import { expect, test } from 'vitest';
import { plainBrand } from '../../../src/exchange/reports/assets.ts';
import { writeReportCsv } from '../../../src/exchange/reports/csv.ts';
import { reportPage } from '../../../src/exchange/reports/html.ts';
import { writeReportJson } from '../../../src/exchange/reports/json.ts';
import { writeMarkdown } from '../../../src/exchange/reports/markdown.ts';
import { allBlocks, type ReportDocument } from '../../../src/reports/document.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';

test('the sample holds every kind of block, so that whoever changes how reports look sees each', () => {
  const kinds = new Set([...allBlocks(sampleDocument.blocks)].map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(
    [
      'card',
      'chart',
      'claim',
      'columns',
      'empty',
      'figures',
      'heading',
      'list',
      'notice',
      'page-break',
      'paragraph',
      'quote',
      'table',
    ].sort(),
  );
});

test('words that Markdown would read as signs stay words', () => {
  const odd: ReportDocument = {
    ...sampleDocument,
    blocks: [
      { kind: 'paragraph', spans: [{ text: '# not a heading *nor* <b>bold</b> | [a](b)' }], refs: ['study'] },
      {
        kind: 'table',
        caption: 'T',
        columns: [{ label: 'a|b', isNumber: false }],
        rows: [{ cells: ['x | y\nz'], refs: ['study'] }],
        note: '',
      },
    ],
  };
  const text = writeMarkdown(odd);
  expect(text).toContain('\\# not a heading \\*nor\\* \\<b\\>bold\\</b\\> \\| \\[a\\](b) \\[1\\]');
  expect(text).toContain('| x \\| y z | \\[1\\] |');
});

test('a table guards what a spreadsheet would compute, and a quote stands with where it is found', () => {
  const [quote] = [...allBlocks(sampleDocument.blocks)].filter((block) => block.kind === 'quote');
  const csv = writeReportCsv({
    ...sampleDocument,
    blocks: [{ ...quote!, words: '=1+1', span: { ...quote!.span, spanStart: 4, spanEnd: 8 } }],
  });
  expect(csv).toContain("'=1+1");
  expect(csv).toMatch(/,1,4,8,0{64},/);
});

test('JSON is the document, whole', () => {
  expect(JSON.parse(writeReportJson(sampleDocument))).toEqual(sampleDocument);
});

test('a source is a link only where somebody said where addresses begin', () => {
  const hrefs = (base: string | null) =>
    reportPage(sampleDocument, { brand: plainBrand, links: { base } }).sources.map(({ href }) => href);
  expect(hrefs(null).every((href) => href === '')).toBe(true);
  expect(hrefs('https://verbatim.example')).toContain('https://verbatim.example/studio/sample');
});

test('a source that the report does not list is refused by name', () => {
  const torn: ReportDocument = { ...sampleDocument, sources: [] };
  expect(() => writeMarkdown(torn)).toThrow('does not list');
});
