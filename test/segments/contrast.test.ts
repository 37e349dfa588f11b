import { describe, expect, test } from 'vitest';
import type { Found } from '../../src/rules/leaf.ts';
import {
  type ContrastColumn,
  contrastColumn,
  HERE,
  type LeftOut,
  REST,
  rankContrast,
} from '../../src/segments/contrast.ts';
import { benjaminiHochberg } from '../../src/stats/benjamini-hochberg.ts';
import { meanDifference } from '../../src/stats/mean-difference.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { rankSum } from '../../src/stats/rank-sum.ts';
import { shareContrast } from '../../src/stats/share-contrast.ts';

const NOW = Date.parse('2026-03-30T10:00:00.000Z');
const CLOCK = { now: NOW, timeZone: 'UTC' };
const UNKNOWN = 2;
const nothing = (): LeftOut => ({ base: 0, cell: 0, expected: 0, flat: 0 });
const column = (
  kind: ContrastColumn['kind'],
  values: readonly (Found | undefined)[],
  more: Partial<ContrastColumn> = {},
): ContrastColumn => ({
  id: 'attribute x',
  family: 'other',
  label: 'x',
  kind,
  get: (row) => values[row],
  leafFor: (value, direction) => ({
    attribute: 'x',
    op: direction === 'is' ? 'is' : direction === 'more' ? 'gt' : 'lt',
    value,
  }),
  isDefining: false,
  ...more,
});
/** Some here, some of the rest, and two of whom it is not known. */
const sidesOf = (here: number, rest: number) =>
  Uint8Array.from([...Array(here).fill(HERE), ...Array(rest).fill(REST), UNKNOWN, UNKNOWN]);
const times = <Value>(count: number, value: Value): Value[] => Array(count).fill(value);

describe('a column of codes', () => {
  test('is compared value by value, by those of whom it is known', () => {
    const values = [
      ...times(12, 'a'),
      ...times(6, 'b'),
      ...times(2, undefined),
      ...times(8, 'a'),
      ...times(14, 'b'),
      ...times(8, 'c'),
      'a',
      'a',
    ];
    const rows = contrastColumn(sidesOf(20, 30), column('code', values), CLOCK);
    expect(rows.map(({ value }) => value)).toEqual(['a', 'b']);
    const expected = shareContrast({ count: 12, total: 18 }, { count: 8, total: 30 })!;
    expect(rows[0]).toMatchObject({
      nHere: 18,
      nRest: 30,
      effect: expected.h,
      difference: expected.difference,
      p: expected.p,
      isFew: true,
      leaf: { attribute: 'x', op: 'is', value: 'a' },
    });
  });

  test('of two values that leave no third one says all', () => {
    const values = [...times(15, 'yes'), ...times(5, 'no'), ...times(9, 'yes'), ...times(21, 'no'), 'no', 'no'];
    expect(contrastColumn(sidesOf(20, 30), column('code', values), CLOCK)).toHaveLength(1);
  });

  test('spellings that a rule takes for the same are one value, as most write it', () => {
    const values = [
      ...times(9, 'Pro'),
      ...times(3, ' pro'),
      ...times(8, 'free'),
      ...times(10, 'PRO'),
      ...times(4, 'team'),
      ...times(16, 'free'),
    ];
    const rows = contrastColumn(sidesOf(20, 30), column('code', values), CLOCK);
    expect(rows.map(({ value, here, rest }) => [value, here.value * 20, rest.value * 30])).toEqual([
      ['free', 8, 16],
      ['PRO', 12, 10],
    ]);
    const lists = values.map((value) => [value, value.toUpperCase(), 'x']);
    const [first] = contrastColumn(sidesOf(20, 30), column('codes', lists), CLOCK);
    expect(first).toMatchObject({ id: 'attribute x FREE', here: { value: 0.4 } });
  });

  test('values of a handful of people are not shown, and are counted', () => {
    const leftOut = nothing();
    const values = [
      ...times(16, 'a'),
      ...Array.from({ length: 4 }, (_, one) => `lone ${one}`),
      ...times(20, 'a'),
      ...times(6, 'b'),
      ...times(4, 'd'),
    ];
    const rows = contrastColumn(sidesOf(20, 30), column('code', values), CLOCK, leftOut);
    expect(rows.map(({ value }) => value)).not.toContain('d');
    expect(JSON.stringify(rows)).not.toContain('lone');
    expect(leftOut.cell).toBe(5);
  });

  test('of a list each of its parts counts once for each person', () => {
    const values = [...times(20, ['a', 'b', 'a']), ...times(15, ['a']), ...times(15, ['b', 'c'])];
    const rows = contrastColumn(sidesOf(20, 30), column('codes', values), CLOCK);
    expect(rows.find(({ value }) => value === 'a')?.rest.value).toBeCloseTo(0.5, 12);
  });

  test('words stand for codes, and an answer leads to itself', () => {
    const values = [...times(15, 'y'), ...times(5, 'n'), ...times(9, 'y'), ...times(21, 'n')];
    const [row] = contrastColumn(
      sidesOf(20, 30),
      column('code', values, { words: new Map([['y', 'Yes, I do']]), survey: { publicId: 's1', item: 'q1' } }),
      CLOCK,
    );
    expect(row).toMatchObject({ value: 'Yes, I do', survey: { publicId: 's1', item: 'q1', code: 'y' } });
  });
});

describe('other columns', () => {
  test('numbers are compared by Hedges’ g, by the larger p of Welch’s test and of ranks, and lead to those above the rest', () => {
    const here = Array.from({ length: 20 }, (_, one) => 10 + (one % 5));
    const rest = Array.from({ length: 30 }, (_, one) => 9 + (one % 4));
    const [row] = contrastColumn(sidesOf(20, 30), column('number', [...here, ...rest, 99, 99]), CLOCK);
    const expected = meanDifference(here, rest)!;
    const counted = (values: number[]) => values.map((value) => ({ value, count: 1 }));
    expect(row?.p).toBeCloseTo(Math.max(expected.p, rankSum(counted(here), counted(rest))!.p), 10);
    expect(row?.effect).toBeCloseTo(expected.hedgesG, 10);
    expect(row).toMatchObject({ measure: 'mean', nHere: 20, nRest: 30, leaf: { attribute: 'x', op: 'gt' } });
  });

  test('days fall into spans before now, of which some can be asked by a rule', () => {
    const ago = (days: number) => new Date(NOW - days * 86_400_000).toISOString();
    const values = [
      ...times(14, ago(5)),
      ...times(6, ago(500)),
      ...times(8, ago(5)),
      ...times(12, ago(500)),
      ...times(10, ago(60)),
    ];
    const rows = contrastColumn(sidesOf(20, 30), column('date', values), CLOCK);
    // What is still to come is newer too, so then no rule can tell the two apart.
    const some = [...values.slice(0, -1), ago(-5)];
    const later = contrastColumn(sidesOf(20, 30), column('date', some), CLOCK);
    expect(later.map(({ value, leaf }) => [value, leaf !== null])).toEqual([
      ['in the last 30 days', false],
      ['more than a year ago', true],
    ]);
    expect(rows.map(({ value, leaf }) => [value, leaf])).toEqual([
      ['in the last 30 days', { attribute: 'x', op: 'newerThan', value: { amount: 30, unit: 'day' } }],
      ['more than a year ago', { attribute: 'x', op: 'olderThan', value: { amount: 365, unit: 'day' } }],
    ]);
  });

  test('what is so or is not is one row without a value', () => {
    const values = [...times(15, true), ...times(5, false), ...times(9, true), ...times(21, false)];
    expect(contrastColumn(sidesOf(20, 30), column('yes-no', values), CLOCK)).toMatchObject([
      { id: 'attribute x', value: null, here: { value: 0.75 }, rest: { value: 0.3 }, leaf: { value: true } },
    ]);
  });
});

test('too few on a side, or nothing that differs, is left out by its reason', () => {
  const leftOut = nothing();
  const few = [...times(9, 'a'), ...times(11, undefined), ...times(30, 'b')];
  expect(contrastColumn(sidesOf(20, 30), column('code', few), CLOCK, leftOut)).toEqual([]);
  expect(contrastColumn(sidesOf(20, 30), column('number', times(50, 3)), CLOCK, leftOut)).toEqual([]);
  const rare = [...times(3, true), ...times(17, false), ...times(3, true), ...times(27, false)];
  expect(contrastColumn(sidesOf(20, 30), column('yes-no', rare), CLOCK, leftOut)).toEqual([]);
  expect(contrastColumn(sidesOf(20, 30), column('code', []), CLOCK, leftOut)).toEqual([]);
  expect(leftOut).toEqual({ base: 1, cell: 0, expected: 1, flat: 1 });
});

test('what defines the segment is set apart: no test, and no part in the adjustment of others', () => {
  const rowsOf = (isDefining: boolean, seed: number) => {
    const random = mulberry32(seed);
    const values = Array.from({ length: 50 }, (_, row) => random() < (row < 20 ? 0.7 : 0.4));
    return contrastColumn(
      sidesOf(20, 30),
      column('yes-no', values, { id: `x ${seed} ${isDefining}`, isDefining }),
      CLOCK,
    );
  };
  const open = [1, 2, 3, 4].flatMap((seed) => rowsOf(false, seed));
  const ranked = rankContrast([...open, ...rowsOf(true, 5)]);
  expect(ranked.defining).toMatchObject([{ p: null, adjustedP: null }]);
  const adjusted = benjaminiHochberg(open.map(({ p }) => p));
  for (const [index, row] of open.entries())
    expect(ranked.rows.find(({ id }) => id === row.id)?.adjustedP).toBe(adjusted[index]);
  expect(ranked.tested).toBe(open.length);
});

test('shuffled people give the same to the last digit', () => {
  const random = mulberry32(9);
  const people = Array.from({ length: 400 }, (_, row) => ({
    side: row % 7 === 0 ? UNKNOWN : row % 2,
    code: ['a', 'b', 'c', 'd'][Math.floor(random() * 4)],
    number: random() < 0.1 ? undefined : random() * 1e3 + 1 / 3,
    list: random() < 0.5 ? ['x', 'y'] : ['y'],
    isSo: random() < 0.3,
  }));
  const resultOf = (list: typeof people) => {
    const sides = Uint8Array.from(list, ({ side }) => side);
    const of = (kind: ContrastColumn['kind'], name: keyof (typeof people)[number]) =>
      contrastColumn(
        sides,
        column(
          kind,
          list.map((one) => one[name]),
          { id: name },
        ),
        CLOCK,
      );
    return rankContrast([
      ...of('code', 'code'),
      ...of('number', 'number'),
      ...of('codes', 'list'),
      ...of('yes-no', 'isSo'),
    ]);
  };
  for (const seed of [1, 2, 3]) expect(resultOf(shuffled(people, mulberry32(seed)))).toEqual(resultOf(people));
});

test('of columns that have nothing to do with the segment hardly any is called a finding', () => {
  const random = mulberry32(21);
  let findings = 0;
  for (let view = 0; view < 40; view += 1) {
    const sides = Uint8Array.from({ length: 200 }, () => (random() < 0.4 ? HERE : REST));
    const rows = Array.from({ length: 25 }, (_, one) => {
      const share = 0.2 + 0.6 * random();
      const values = Array.from(sides, () => random() < share);
      return contrastColumn(sides, column('yes-no', values, { id: `x ${one}` }), CLOCK);
    }).flat();
    if (rankContrast(rows).found > 0) findings += 1;
  }
  // With nothing real to find, the chance that a view has any finding is the rate itself.
  expect(findings).toBeLessThanOrEqual(6);
});

test.each([
  ['rare', (random: () => number) => Number(random() < 0.05)],
  ['often nothing', (random: () => number) => (random() < 0.6 ? 0 : Math.floor(-3 * Math.log(1 - random())))],
  ['money', (random: () => number) => Math.exp(4 * random() * random() * random() * random())],
])('numbers that are %s make no findings where a small segment has nothing to do with them', (_, draw) => {
  const random = mulberry32(17);
  const pages = Array.from({ length: 60 }, () => {
    const rows = Array.from({ length: 20 }, (__, one) => {
      const values = Array.from({ length: 412 }, () => draw(random));
      return contrastColumn(sidesOf(12, 400), column('number', values, { id: `x ${one}` }), CLOCK);
    });
    return rankContrast(rows.flat()).found;
  });
  expect(pages.filter((found) => found > 0).length).toBeLessThanOrEqual(7);
});

test('a number no measure could be is not known, and does not spoil the others', () => {
  const values = [...Array.from({ length: 50 }, (_, one) => one % 9), 1, 1];
  const huge = values.map((value, row) => (row === 3 || row === 30 ? 1e300 : value));
  const [row] = contrastColumn(sidesOf(20, 30), column('number', huge), CLOCK);
  expect(row).toMatchObject({ nHere: 19, nRest: 29 });
});

test('numbers kept as text count as numbers, and what is no number is not known', () => {
  const values = [...Array.from({ length: 50 }, (_, one) => (one % 2 === 0 ? String(one % 9) : one % 9)), 1, 1];
  const some = values.map((value, row) => (row < 3 ? ['', ' ', 'seven'][row] : value));
  const [row] = contrastColumn(sidesOf(20, 30), column('number', some), CLOCK);
  expect(row).toMatchObject({ nHere: 17, nRest: 30 });
});
