import { XMLParser } from 'fast-xml-parser';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { DataTable } from '../../src/exchange/data-table.ts';
import { writeXlsx } from '../../src/exchange/xlsx.ts';

const table = (cells: DataTable['rows']): DataTable => ({
  name: 't',
  label: '',
  columns: [
    { name: '=head', label: 'Words', type: 'text', measure: 'nominal' },
    { name: 'n', label: 'Number', type: 'number', measure: 'scale', missing: [{ value: -9, label: '=none' }] },
    { name: 'd', label: 'Day', type: 'date', measure: 'scale' },
  ],
  rows: cells,
});

type XmlCell = { '@_r': string; '@_t'?: string; '@_s'?: string; v?: string; f?: string };

/** The files of a workbook, and its cells with shared strings resolved as a spreadsheet would. */
async function opened(rows: DataTable['rows']) {
  const { bytes, notices } = await writeXlsx(table(rows));
  const files = unzipSync(bytes);
  const xml = (name: string) => strFromU8(files[name]!);
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => ['c', 'row', 'si'].includes(name),
  });
  const strings = parser
    .parse(xml('xl/sharedStrings.xml'))
    .sst.si.map(({ t }: { t: string | { '#text': string } }) => (typeof t === 'string' ? t : t['#text']))
    .map((text: string) =>
      text.replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    );
  const cells = (sheet: number): Map<string, string | number> =>
    new Map(
      parser
        .parse(xml(`xl/worksheets/sheet${sheet}.xml`))
        .worksheet.sheetData.row.flatMap(({ c }: { c: XmlCell[] }) => c ?? [])
        .map((cell: XmlCell) => [cell['@_r'], cell['@_t'] === 's' ? strings[Number(cell.v)] : Number(cell.v)]),
    );
  return { notices, xml, cells };
}

test('numbers are numbers, dates are dates and words are text, even those that look like formulas', async () => {
  const { cells, xml, notices } = await opened([
    ['=1+1', 3.5, '2026-03-01'],
    ['123', -9, null],
  ]);
  const answers = cells(1);
  expect([...answers]).toEqual([
    ['A1', '=head'],
    ['B1', 'n'],
    ['C1', 'd'],
    ['A2', '=1+1'],
    ['B2', 3.5],
    ['C2', 46082],
    ['A3', '123'],
    ['B3', -9],
  ]);
  expect(xml('xl/worksheets/sheet1.xml')).not.toContain('<f');
  expect(notices).toEqual([]);
});

test('the header is bold and stays in sight on both sheets', async () => {
  const { xml } = await opened([['a', 1, null]]);
  for (const sheet of [1, 2]) expect(xml(`xl/worksheets/sheet${sheet}.xml`)).toMatch(/<pane [^>]*state="frozen"/);
  expect(xml('xl/styles.xml')).toContain('<b/>');
  expect([...xml('xl/workbook.xml').matchAll(/<sheet [^>]*name="([^"]+)"/g)].map(([, name]) => name)).toEqual([
    'Answers',
    'Codebook',
  ]);
});

test('the codebook stands on the second sheet', async () => {
  const { cells } = await opened([]);
  const codebook = cells(2);
  expect([codebook.get('A3'), codebook.get('E3'), codebook.get('F3'), codebook.get('G3')]).toEqual([
    'n',
    -9,
    '=none',
    'yes',
  ]);
});

test('letters that a workbook cannot hold are shown as signs, and it is said in how many cells', async () => {
  const { cells, notices } = await opened([
    ['a\u0000b\u001Bc', 1, null],
    ['\uD800 and \uFFFF', 1, null],
    ['fine\r\n😀', 1, null],
  ]);
  expect([cells(1).get('A2'), cells(1).get('A3'), cells(1).get('A4')]).toEqual(['a␀b␛c', '□ and □', 'fine\n😀']);
  expect(notices).toEqual([{ kind: 'letters-replaced', cells: 2 }]);
});

test('a text longer than a cell is cut between letters, and that is said', async () => {
  const { cells, notices } = await opened([[`${'x'.repeat(32_766)}😀`, 1, null]]);
  expect(cells(1).get('A2')).toBe('x'.repeat(32_766));
  expect(notices).toEqual([{ kind: 'text-cut', cells: 1 }]);
});

test.each(['constructor', '__proto__', 'toString', '_x0041_', '<b>&amp;"', '  spaces  '])(
  '%j is written as it was said',
  async (words) => expect((await opened([[words, 1, null]])).cells(1).get('A2')).toBe(words),
);
