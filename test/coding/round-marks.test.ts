import { expect, test } from 'vitest';
import { allMarked, isDisagreement, itemsOf, type TakenMark, type TakenRound } from '../../src/coding/round-marks.ts';

const mark = (coder: number, code: number, start: number, end: number): TakenMark => ({ coder, code, start, end });
const round = (marks: TakenMark[], readBy = [0, 1]): TakenRound => ({
  unit: 'turn',
  coders: [
    { userId: 1, name: 'A' },
    { userId: 2, name: 'B' },
  ],
  codes: [
    { id: 1, publicId: 'c', name: 'C' },
    { id: 2, publicId: 'd', name: 'D' },
  ],
  texts: [{ sourceId: 's', subjectId: 'i', version: 1, length: 40, readBy, marks }],
});
const kinds = (taken: TakenRound) => itemsOf(taken).map(({ code, kind }) => `${code} ${kind}`);

test('a code that nobody used is no item; one that one of two used is a disagreement', () => {
  expect(kinds(round([]))).toEqual([]);
  const [item] = itemsOf(round([mark(0, 1, 3, 8)]));
  expect(item).toMatchObject({ code: 1, kind: 'presence' });
  expect(isDisagreement(item!, 'turn')).toBe(true);
});

test('other words under the same code are a disagreement only where characters are counted', () => {
  const [item] = itemsOf(round([mark(0, 0, 0, 10), mark(1, 0, 5, 20)]));
  expect(item?.kind).toBe('words');
  expect(isDisagreement(item!, 'turn')).toBe(false);
  expect(isDisagreement(item!, 'characters')).toBe(true);
  expect(allMarked(item!)).toEqual([{ start: 0, end: 20 }]);
});

test('the same words in other pieces that overlap are alike', () => {
  expect(kinds(round([mark(0, 0, 0, 6), mark(0, 0, 4, 10), mark(1, 0, 0, 10)]))).toEqual(['0 alike']);
});

test('what only one has read is compared with nothing', () => {
  const [item] = itemsOf(round([mark(0, 0, 0, 10)], [0]));
  expect(item?.kind).toBe('single');
  expect(isDisagreement(item!, 'turn')).toBe(false);
});
