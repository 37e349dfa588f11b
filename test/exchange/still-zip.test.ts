import { afterEach, expect, test, vi } from 'vitest';
import { writePlainBook } from '../../src/exchange/plain-book.ts';
import { readXlsx } from '../../src/exchange/read-xlsx.ts';
import { stillZip } from '../../src/exchange/still-zip.ts';

afterEach(() => {
  vi.useRealTimers();
});
const bookOf = (time: string) => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(time) });
  return writePlainBook([{ title: 'Quotes', rows: [['code'], ['Price'], [3]] }]);
};

test('a workbook that was made at two times is the same to the byte, and still read', async () => {
  const [one, other] = [await bookOf('2026-03-02T09:00:00.000Z'), await bookOf('2027-11-05T17:31:04.000Z')];
  expect(Buffer.compare(one, other)).not.toBe(0);
  expect(Buffer.compare(stillZip(one), stillZip(other))).toBe(0);
  expect(await readXlsx(stillZip(one))).toEqual(await readXlsx(one));
});

test('what is no archive is refused', () => {
  expect(() => stillZip(new Uint8Array(30))).toThrow(RangeError);
  expect(() => stillZip(new Uint8Array(0))).toThrow(RangeError);
});
