import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDelimited, writeCsv } from '../../src/exchange/delimited.ts';
import { streamDelimited } from '../../src/exchange/delimited-stream.ts';
import { streamLines } from '../../src/exchange/line-stream.ts';

const format = { delimiter: ',', isQuoted: true, hasHeader: true } as const;
/** A text cut into pieces of a few letters. */
async function* pieces(text: string, letters: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += letters) yield text.slice(at, at + letters);
}
async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of from) found.push(one);
  return found;
}

describe('a table in a stream', () => {
  test('is the table that is read at once, however it is cut', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'ü') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, letters) => {
          const text = writeCsv(['one', 'two'], rows).replace(/^\uFEFF/, '');
          const read = readDelimited(text, format);
          const streamed = await all(streamDelimited(pieces(text, letters), format, 10_000));
          expect(streamed.map(({ cells }) => cells)).toEqual([read.header, ...read.rows]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('rows are counted in lines of the file', async () => {
    const text = 'a,b\n\n1,"x\ny"\n2,3\n';
    expect((await all(streamDelimited(pieces(text, 3), format, 100))).map(({ line }) => line)).toEqual([1, 3, 5]);
    const told = 'sep=;\r\na;b\r\n1;2\r\n';
    const rows = await all(streamDelimited(pieces(told, 100), { ...format, delimiter: ';' }, 100));
    expect(rows).toEqual([
      { line: 2, cells: ['a', 'b'] },
      { line: 3, cells: ['1', '2'] },
    ]);
  });

  test('a quotation mark that never closes is told of, and fills no memory', async () => {
    await expect(all(streamDelimited(pieces('a,b\n1,"2\n3,4\n', 5), format, 100))).rejects.toMatchObject({
      code: 'CSV_QUOTE_NOT_CLOSED',
    });
    let given = 0;
    async function* endless(): AsyncGenerator<string> {
      yield 'a,b\n1,"';
      for (; given < 100_000; given += 1) yield 'x'.repeat(1000);
    }
    await expect(all(streamDelimited(endless(), format, 10_000))).rejects.toMatchObject({
      code: 'CSV_MAX_RECORD_SIZE',
    });
    expect(given).toBeLessThan(1000);
  });
});

describe('lines in a stream', () => {
  test('are counted, empty ones passed over, and a last one without an end is known', async () => {
    const lines = await all(streamLines(pieces('\uFEFFone\r\n\n two \nthree', 100), 100));
    expect(lines.map(({ line, text, isWhole }) => [line, text?.trim(), isWhole])).toEqual([
      [1, 'one', true],
      [3, 'two', true],
      [4, 'three', false],
    ]);
  });

  test('one that is too long is passed over without being held', async () => {
    const text = `a\n${'x'.repeat(5000)}\nb\n${'y'.repeat(5000)}`;
    const lines = await all(streamLines(pieces(text, 100), 1000));
    expect(lines.map(({ line, text: said }) => [line, said])).toEqual([
      [1, 'a'],
      [2, null],
      [3, 'b'],
      [4, null],
    ]);
  });
});
