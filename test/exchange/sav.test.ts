import { describe, expect, test } from 'vitest';
import { dataCsvRow, writeDataCsv } from '../../src/exchange/data-csv.ts';
import type { DataTable } from '../../src/exchange/data-table.ts';
import { writeSav } from '../../src/exchange/sav.ts';
import { savLayout } from '../../src/exchange/sav-layout.ts';
import { spssLiteral, writeSps } from '../../src/exchange/sps.ts';
import { EVERY_KIND, HAS_PSPP, LONG_300, LONG_2000, runPspp } from './every-kind.ts';

const createdAt = new Date('2026-03-01T12:34:56Z');
const sav = (table: DataTable) => Buffer.concat([...writeSav(table, { createdAt })]);
const OPEN = "GET FILE='t.sav'.\n";
const rowsOf = (cells: string[][], name: string) => cells.filter((row) => row[0] === name || row[1] === name);

describe.skipIf(!HAS_PSPP)('PSPP reads (skipped where there is no PSPP, unless REQUIRE_PSPP is set)', () => {
  test('a system file without a word of complaint, with every label, code and measure', () => {
    const { text } = runPspp({ 't.sav': sav(EVERY_KIND) }, `${OPEN}DISPLAY DICTIONARY.\nMRSETS /DISPLAY NAME=ALL.\n`);
    expect(text).not.toMatch(/error|warning|unexpected/i);
    for (const part of [
      'with_2,3,A word of the language,Scale',
      'opinion_of_the_people_ö,7,Opinion,Nominal',
      'many,2,Four codes for nothing,Ordinal',
      '-98 THRU -96; -99',
      "it's männlich",
      'A long one',
      'would not say',
      'An X',
      'A316,A316',
      'DATE11',
      'DATETIME20',
      'TIME8',
      '$choices,"Which ones, ö",Dichotomies,1',
    ]) {
      expect(text).toContain(part);
    }
  });

  test('long texts, dates, times and numbers to their last letter', () => {
    const { cells } = runPspp(
      { 't.sav': sav(EVERY_KIND) },
      `${OPEN}LIST text300.\nLIST opinion_of_the_people_ö.\nLIST day moment clock with_2.\n`,
    );
    const flat = cells.map((row) => row.join('|').trimEnd());
    expect(Buffer.byteLength(LONG_300)).toBeGreaterThan(300);
    expect(Buffer.byteLength(LONG_2000)).toBeGreaterThan(2000);
    expect(flat).toContain(LONG_300);
    expect(flat).toContain(LONG_2000);
    expect(flat).toContain("'=1+1");
    expect(flat.map((line) => line.replaceAll(' ', ''))).toEqual(
      expect.arrayContaining([
        '01-MAR-2026|01-MAR-202609:30:15|09:30:00|1.500',
        '31-DEC-1999|31-DEC-199923:59:00|23:59:59|.',
        '.|.|.|-123456.789',
      ]),
    );
  });

  test('the syntax and its CSV as the same data as the system file', () => {
    const ask = `FREQUENCIES sex many short middle_text c1 c2.\nDESCRIPTIVES with_2 day moment clock.\nLIST opinion_of_the_people_ö text300.\n`;
    const fromSav = runPspp({ 't.sav': sav(EVERY_KIND) }, OPEN + ask);
    const csv = [...writeDataCsv(EVERY_KIND, 'spss')].join('');
    const fromCsv = runPspp({ 't.csv': csv }, writeSps(EVERY_KIND, 't.csv') + ask);
    expect(fromCsv.text).not.toMatch(/error|warning/i);
    expect(rowsOf(fromSav.cells, "it's männlich")[0]?.slice(-4)).toEqual(['1', '33.3%', '50.0%', '50.0%']);
    const trimmed = (cells: string[][]) =>
      cells
        .filter(
          ([first]) => first !== 'Reading free-form data from t.csv.' && !/^Table: (Reading|Record)/.test(`${first}`),
        )
        .map((row) => row.map((cell) => cell.trim()));
    const saved = trimmed(fromSav.cells);
    const read = trimmed(fromCsv.cells);
    // The syntax keeps all of a label that the system file keeps, and shows a line break as a space.
    const sameLine = (rows: string[][]) => rows.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')).join('|'));
    expect(sameLine(read).slice(-saved.length)).toEqual(sameLine(saved));
  });
});

test('the number of cases is written when it is known, and left open when it is not', () => {
  const count = (bytes: Uint8Array) => Buffer.from(bytes).readInt32LE(80);
  expect(count(sav(EVERY_KIND))).toBe(3);
  const open = {
    name: 't',
    label: '',
    columns: [{ ...EVERY_KIND.columns[0]! }],
    rows: { [Symbol.iterator]: () => [[1]].values() },
  };
  expect(count(sav(open))).toBe(-1);
});

test('the date of making stands in the header as it was given', () => {
  expect(sav(EVERY_KIND).toString('latin1', 92, 109)).toBe('01 Mar 2612:34:56');
});

test('rows that can be walked once are refused where widths are unknown, and written where they are known', () => {
  const text = { name: 't', label: '', type: 'text', measure: 'nominal' } as const;
  const once = (bytesMax?: number): DataTable => ({
    name: 't',
    label: '',
    columns: [bytesMax === undefined ? text : { ...text, bytesMax }],
    rows: [['words']].values(),
  });
  expect(() => sav(once())).toThrow(TypeError);
  expect(sav(once(5)).includes('words')).toBe(true);
  expect(() => sav(once(4))).toThrow(RangeError);
});

test('missing codes with a real answer between them are refused rather than swallowing it', () => {
  const column = {
    name: 'q',
    label: '',
    type: 'number',
    measure: 'nominal',
    valueLabels: [-3, 3].map((value) => ({ value, label: 'real' })),
    missing: [-4, -2, 2, 4].map((value) => ({ value, label: 'none' })),
  } as const;
  expect(() => savLayout({ label: '', columns: [column], rows: [] })).toThrow(RangeError);
});

test('what is cut or renamed is said', () => {
  const columns = [
    {
      name: 'all',
      label: 'é'.repeat(200),
      type: 'number',
      measure: 'scale',
      valueLabels: [{ value: 1, label: 'x'.repeat(121) }],
    },
  ] as const;
  const { notices, variables } = savLayout({ label: '', columns, rows: [] });
  expect(notices.map(({ kind }) => kind)).toEqual(['renamed', 'label-cut', 'value-label-cut']);
  expect(variables[0]).toMatchObject({ name: 'all_2', label: 'é'.repeat(127) });
});

test('open texts that are mostly empty take little room', () => {
  const rows = Array.from({ length: 500 }, (_, i) => [i === 0 ? 'x'.repeat(20_000) : 'short']);
  const table: DataTable = {
    name: 't',
    label: '',
    columns: [{ name: 't', label: '', type: 'text', measure: 'nominal' }],
    rows,
  };
  expect(sav(table).length).toBeLessThan((500 * 20_000) / 6);
});

test('no text can end a literal of the syntax', () => {
  expect(spssLiteral("a'.\nDELETE VARIABLES ALL.")).toBe("'a''. DELETE VARIABLES ALL.'");
  expect(spssLiteral('x'.repeat(130)).split(' +\n    ')).toHaveLength(3);
});

test('a table of one empty column still has its rows', () => {
  const columns = [{ name: 't', label: '', type: 'text', measure: 'nominal' }] as const;
  expect(dataCsvRow(columns, [null], 'plain')).toMatch(/^(""|)\r\n$/);
  expect(dataCsvRow(columns, ['=1'], 'plain')).toBe("'=1\r\n");
});
