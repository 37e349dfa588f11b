import { expect, test } from 'vitest';
import { qrSvg } from '../../src/exchange/qr.ts';

/** The modules of a picture, read back from its path, without the quiet zone. */
function readModules(svg: string): boolean[][] {
  const side = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const size = side - 8;
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const path = /fill="#000" d="([^"]*)"/.exec(svg)?.[1] ?? '';
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let step = 0; step < Number(width); step += 1) {
      const row = rows[Number(y) - 4];
      if (row) row[Number(x) - 4 + step] = true;
    }
  }
  return rows;
}

/** What a code of version 2 and level M says: unmasked, read upwards and downwards in pairs of columns, bytes taken out. */
function readCode(modules: boolean[][]): string {
  const size = modules.length;
  if (size !== 25) throw new Error('This reader knows version 2 only');
  const at = (row: number, column: number) => modules[row]?.[column] ?? false;
  // Format bits beside the upper left finder, most significant first, under their own mask.
  const formatPlaces = [0, 1, 2, 3, 4, 5, 7, 8].map((column) => [8, column] as const);
  const format = formatPlaces.reduce((bits, [row, column]) => (bits << 1) | Number(at(row, column)), 0) ^ 0b10101000;
  const mask = (format >> 3) & 0b111;
  const MASKS: ((i: number, j: number) => boolean)[] = [
    (i, j) => (i + j) % 2 === 0,
    (i) => i % 2 === 0,
    (_i, j) => j % 3 === 0,
    (i, j) => (i + j) % 3 === 0,
    (i, j) => (Math.floor(i / 2) + Math.floor(j / 3)) % 2 === 0,
    (i, j) => ((i * j) % 2) + ((i * j) % 3) === 0,
    (i, j) => (((i * j) % 2) + ((i * j) % 3)) % 2 === 0,
    (i, j) => (((i + j) % 2) + ((i * j) % 3)) % 2 === 0,
  ];
  const isFixed = (row: number, column: number) =>
    (row < 9 && column < 9) ||
    (row < 9 && column >= size - 8) ||
    (row >= size - 8 && column < 9) ||
    row === 6 ||
    column === 6 ||
    (row >= 16 && row <= 20 && column >= 16 && column <= 20);
  const bits: number[] = [];
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const row = isUp ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (!isFixed(row, column)) bits.push(Number(at(row, column) !== (MASKS[mask]?.(row, column) ?? false)));
      }
    }
    isUp = !isUp;
  }
  const take = (count: number) => bits.splice(0, count).reduce((value, bit) => (value << 1) | bit, 0);
  if (take(4) !== 0b0100) throw new Error('This reader knows bytes only');
  return new TextDecoder().decode(Uint8Array.from({ length: take(8) }, () => take(8)));
}

test('the picture says the address, read back module by module', () => {
  const address = 'https://r.example/s/small';
  expect(readCode(readModules(qrSvg(address, 'A survey')))).toBe(address);
});

test('around the code four modules stay light, and its three corners carry finders', () => {
  const svg = qrSvg('https://research.example/s/moving-house/for/AAAAAAAAAAAAAAAAAAAAAA', 'A survey');
  expect(svg.slice(svg.indexOf('fill="#000"'))).not.toMatch(/M[0-3] |M\d+ [0-3]h/);
  const modules = readModules(svg);
  const { length: size } = modules;
  for (const [row, column] of [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const) {
    expect(modules[row]?.slice(column, column + 7).every(Boolean)).toBe(true);
    expect(modules[row + 1]?.slice(column, column + 7)).toEqual([true, false, false, false, false, false, true]);
  }
});

test('a title with signs of markup stays a title, and there is no code of nothing', () => {
  expect(qrSvg('x', '<script>"&')).toContain('<title>&lt;script&gt;&quot;&amp;</title>');
  expect(() => qrSvg('', 'x')).toThrow(RangeError);
});
