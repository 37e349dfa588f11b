import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readXlsx } from '../../src/exchange/read-xlsx.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet';
const book = (sheet: string, more: Record<string, string> = {}) =>
  zipSync({
    'xl/workbook.xml': bytes(
      '<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="a"/></sheets></workbook>',
    ),
    'xl/_rels/workbook.xml.rels': bytes(
      `<Relationships><Relationship Id="a" Type="${relation}" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    'xl/worksheets/sheet1.xml': bytes(`<worksheet><sheetData>${sheet}</sheetData></worksheet>`),
    ...Object.fromEntries(Object.entries(more).map(([name, text]) => [name, bytes(text)])),
  });

test('cells stand in their column, also where others are left out, and formulas are their last value', async () => {
  const sheet =
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="C1" t="str"><f>1+1</f><v>=x&amp;y</v></c></row>' +
    '<row r="2"/><row r="3"><c r="B3"><v>0.5</v></c><c r="C3" t="b"><v>1</v></c></row>';
  expect(await readXlsx(book(sheet))).toEqual([
    ['id', '', '=x&y'],
    ['', '0.5', 'true'],
  ]);
});

test('numbers keep every digit, and a cell with an error is empty', async () => {
  const sheet =
    '<row r="1"><c r="A1"><v>12345678901234567890</v></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1"><v>1</v></c></row>';
  expect(await readXlsx(book(sheet))).toEqual([['12345678901234567890', '', '1']]);
});

test('shared words are read without how they are pronounced, and dates by their style', async () => {
  const row =
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46023</v></c><c r="C1" s="0"><v>46023</v></c></row>';
  const found = await readXlsx(
    book(row, {
      'xl/sharedStrings.xml': '<sst><si><r><t>Sa</t></r><r><t>vers</t></r><rPh sb="0"><t>no</t></rPh></si></sst>',
      'xl/styles.xml':
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    }),
  );
  expect(found).toEqual([['Savers', '2026-01-01T00:00:00.000Z', '46023']]);
});

test.each([
  ['a single cell far out', '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 'too large'],
  ['a cell whose place is written in another way', '<row r="1"><c r="&#88;FD1"><v>1</v></c></row>', 'has a cell at'],
  ['a cell whose place is in small letters', '<row r="1"><c r="xfd1"><v>1</v></c></row>', 'has a cell at'],
  ['rows that do not end', '<row '.repeat(20_000), 'damaged'],
  ['a sheet that does not end', '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c>', 'damaged'],
])('%s is refused at no cost of memory', async (_, sheet, says) => {
  await expect(readXlsx(book(sheet))).rejects.toThrow(says);
});
