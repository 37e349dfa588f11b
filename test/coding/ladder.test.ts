import { describe, expect, test } from 'vitest';
import { cutoffs, elementIndices, implicationMatrix, implications, twoWayPairs } from '../../src/coding/ladder.ts';

const line = (text: string) => ({ elements: text.split('>') });
const LADDERS = [
  'fee>save>security',
  'fee>save>security',
  'fee>save>freedom',
  'terms>nosurprise>security',
  'terms>nosurprise>save>security',
].map(line);

describe('five ladders from fees and terms to security and freedom', () => {
  const matrix = implicationMatrix(LADDERS);
  test('each pair counts its direct and its indirect links', () => {
    const said = Object.fromEntries(
      implications(matrix).map(({ from, to, direct, indirect }) => [
        `${matrix.elements[from]}-${matrix.elements[to]}`,
        `${direct}.0${indirect}`,
      ]),
    );
    expect(said).toEqual({
      'fee-save': '3.00',
      'save-security': '3.00',
      'terms-nosurprise': '2.00',
      'fee-security': '0.02',
      'terms-security': '0.02',
      'nosurprise-security': '1.01',
      'nosurprise-save': '1.00',
      'save-freedom': '1.00',
      'fee-freedom': '0.01',
      'terms-save': '0.01',
    });
  });
  test('cutoffs of 1, 2 and 3 keep 6, 3 and 2 pairs with 11, 8 and 6 links', () => {
    expect(cutoffs(matrix).map(({ cutoff, pairs, links }) => [cutoff, pairs, links])).toEqual([
      [1, 6, 11],
      [2, 3, 8],
      [3, 2, 6],
    ]);
  });
  test('abstractness and centrality', () => {
    const of = (name: string) => elementIndices(matrix)[matrix.elements.indexOf(name)];
    expect(of('save')).toMatchObject({ abstractness: 0.5, centrality: 8 / 11 });
    expect(of('security')).toMatchObject({ abstractness: 1 });
    expect(of('fee')).toMatchObject({ abstractness: 0 });
  });
  test('the order in which ladders come changes no count', () => {
    const other = implicationMatrix(LADDERS.toReversed());
    const named = (one: typeof matrix) =>
      implications(one)
        .map(({ from, to, direct, indirect }) => [one.elements[from], one.elements[to], direct, indirect].join(' '))
        .sort();
    expect(named(other)).toEqual(named(matrix));
  });
});

describe('ladders that are not as they should be', () => {
  test('nothing at all gives nothing', () => {
    const none = implicationMatrix([]);
    expect(none).toEqual({ elements: [], direct: [], indirect: [], ladders: 0 });
    expect(cutoffs(none)).toEqual([]);
    expect(elementIndices(none)).toEqual([]);
  });
  test('an element said twice in a row leads nowhere, and a single one has no place between', () => {
    const matrix = implicationMatrix([line('fee>fee>save'), line('alone')]);
    expect(matrix.direct.flat().reduce((a, b) => a + b)).toBe(1);
    expect(elementIndices(matrix)[2]).toEqual({ to: 0, from: 0, abstractness: null, centrality: 0 });
  });
  test('a ladder counts a pair once, and as direct where it is both', () => {
    const matrix = implicationMatrix([line('a>b>c>a>c')]);
    const [a, c] = [matrix.elements.indexOf('a'), matrix.elements.indexOf('c')];
    expect(matrix.direct[a]![c]).toBe(1);
    expect(matrix.indirect[a]![c]).toBe(0);
    expect(matrix.direct[a]![a]! + matrix.indirect[a]![a]!).toBe(0);
  });
  test('pairs linked both ways are told, with how likely both ways are equally frequent', () => {
    const matrix = implicationMatrix([...Array.from({ length: 9 }, () => line('a>b')), line('b>a'), line('b>c')]);
    expect(twoWayPairs(matrix)).toEqual([{ one: 0, other: 1, forth: 9, back: 1, p: expect.closeTo(22 / 1024, 10) }]);
  });
});
