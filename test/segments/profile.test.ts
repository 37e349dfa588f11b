import { expect, test } from 'vitest';
import { choiceColumn, choicesColumn, numberColumn, type TableColumn } from '../../src/model/table-column.ts';
import { profileSegments } from '../../src/segments/profile.ts';
import { rankDrivers } from '../../src/segments/rank-drivers.ts';
import { meanDifference } from '../../src/stats/mean-difference.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';
import { shareContrast } from '../../src/stats/share-contrast.ts';

const yesNo = [
  { code: 'y', label: 'Yes' },
  { code: 'n', label: 'No' },
];
const town = (answers: (string | null)[]) => choiceColumn({ id: 'town', name: 'Town', options: yesNo }, answers);

const random = mulberry32(6);
const n = 600;
const labels = Array.from({ length: n }, (_, i) => (i < 20 ? null : i % 3));
const spend = labels.map((label) => (random() < 0.05 ? null : (label ?? 0) * 0.8 + normalDeviate(random)));
const inTown = labels.map((label) => (random() < (label === 0 ? 0.7 : 0.4) ? 'y' : 'n'));
const noise = labels.map(() => Math.floor(random() * 5));
const columns = [
  { column: numberColumn({ id: 'spend', name: 'Spend' }, spend) },
  { column: town(inTown) },
  { column: numberColumn({ id: 'noise', name: 'Noise', isOrdinal: true }, noise) },
];
const names = ['One', 'Two', 'Three'];

test('shares, residuals and effects are those of two groups held against each other', () => {
  const { blocks } = profileSegments(labels, { names, columns });
  const cell = blocks[1]!.rows[0]!.cells[0]!;
  const count = (own: (label: number | null) => boolean) => ({
    count: labels.filter((label, i) => own(label) && inTown[i] === 'y').length,
    total: labels.filter(own).length,
  });
  const expected = shareContrast(
    count((label) => label === 0),
    count((label) => label !== null && label !== 0),
  )!;
  expect(cell.value).toBeCloseTo(expected.first.share, 12);
  expect(cell.z).toBeCloseTo(expected.z!, 9);
  expect(cell.p).toBeCloseTo(expected.p!, 12);
  expect(cell.effect).toBeCloseTo(expected.h, 9);
  const all = count((label) => label !== null);
  expect(cell.index).toBeCloseTo((100 * expected.first.share) / (all.count / all.total), 9);
  expect(cell.above).toEqual([1, 2]);
});

test('means are tested by Welch against the rest, and by Games and Howell against each other', () => {
  const { blocks } = profileSegments(labels, { names, columns });
  const [row] = blocks[0]!.rows;
  const of = (own: (label: number | null) => boolean) =>
    spend.filter((value, i): value is number => value !== null && own(labels[i]!));
  const expected = meanDifference(
    of((label) => label === 2),
    of((label) => label === 0 || label === 1),
  )!;
  expect(row!.cells[2]!.effect).toBeCloseTo(expected.hedgesG, 9);
  expect(row!.cells[2]!.p).toBeCloseTo(expected.p, 9);
  expect(row!.cells.map(({ above }) => above)).toEqual([[], [0], [0, 1]]);
  const [test] = blocks[0]!.tests;
  expect(test).toMatchObject({ kind: 'welch', effect: { name: 'omega-squared' } });
  expect(test!.effect.low).toBeLessThan(test!.effect.value);
  expect(test!.effect.high).toBeGreaterThan(test!.effect.value);
});

test('steps without distances are told by medians and ranks', () => {
  const block = profileSegments(labels, { names, columns }).blocks[2]!;
  expect(block.rows.map(({ kind }) => kind)).toEqual(['mean', 'median']);
  expect(block.tests[0]?.kind).toBe('kruskal-wallis');
  expect(block.rows[0]!.cells.every(({ p }) => p === null)).toBe(true);
  expect(block.rows[1]!.cells.every(({ p }) => p !== null)).toBe(true);
});

test('what segments were made from is shown, without any test', () => {
  const { blocks, tests } = profileSegments(labels, { names, columns: [{ ...columns[0]!, isInput: true }] });
  expect(tests).toBe(0);
  expect(blocks[0]).toMatchObject({ isInput: true, tests: [] });
  expect(
    blocks[0]!.rows[0]!.cells.every((cell) => cell.p === null && cell.above.length === 0 && cell.value !== null),
  ).toBe(true);
});

test('of many things that tell nothing, hardly any is found', () => {
  const blank = Array.from({ length: 40 }, (_, i) => ({
    column: choiceColumn(
      { id: `q${i}`, name: `Q${i}`, options: yesNo },
      labels.map(() => (random() < 0.5 ? 'y' : 'n')),
    ),
  }));
  const found = (adjustment: 'none' | 'benjamini-hochberg' | 'holm') =>
    profileSegments(labels, { names, columns: blank, rules: { adjustment } })
      .blocks.flatMap(({ rows }) => rows)
      .flatMap(({ cells }) => cells)
      .filter(({ adjustedP }) => adjustedP !== null && adjustedP < 0.05).length;
  expect(found('none')).toBeGreaterThan(3);
  expect([found('benjamini-hochberg'), found('holm')]).toEqual([0, 0]);
});

test('fewer than 30 are shown and not tested, fewer than 50 carry a warning', () => {
  const small = Array.from({ length: 200 }, (_, i) => (i < 29 ? 0 : i < 78 ? 1 : 2));
  const profile = profileSegments(small, {
    names,
    columns: [{ column: town(small.map((_, i) => (i % 2 ? 'y' : 'n'))) }],
  });
  expect(profile.segments.map(({ standing }) => standing)).toEqual(['hidden', 'warned', 'enough']);
  const cells = profile.blocks[0]!.rows[0]!.cells;
  expect([cells[0]!.value !== null, cells[0]!.p]).toEqual([true, null]);
  expect(cells.some(({ above }) => above.includes(0))).toBe(false);
  expect(cells[1]!.p).not.toBeNull();
});

test('weights of one size change no test, and unequal ones widen every interval', () => {
  const plain = profileSegments(labels, { names, columns });
  const doubled = profileSegments(labels, { names, columns, weights: labels.map(() => 2) });
  expect(doubled.weighting?.designEffect).toBeCloseTo(1, 12);
  expect(doubled.blocks[1]!.rows[0]!.cells[0]!.p).toBeCloseTo(plain.blocks[1]!.rows[0]!.cells[0]!.p!, 9);
  expect(doubled.blocks[0]!.tests[0]!.p).toBeCloseTo(plain.blocks[0]!.tests[0]!.p, 9);
  const uneven = profileSegments(labels, { names, columns, weights: labels.map((_, i) => (i % 4 ? 0.4 : 2.8)) });
  const width = ({ low, high }: { low: number | null; high: number | null }) => high! - low!;
  expect(width(uneven.blocks[1]!.rows[0]!.cells[0]!)).toBeGreaterThan(1.2 * width(plain.blocks[1]!.rows[0]!.cells[0]!));
  expect(uneven.blocks[1]!.tests[0]!.designEffect).toBeGreaterThan(1.5);
  expect(uneven.weighting!.efficiency).toBeLessThan(0.7);
});

test('the order of the file changes nothing that can be told', () => {
  const places = shuffled([...labels.keys()], mulberry32(9));
  const moved = profileSegments(
    places.map((i) => labels[i]!),
    { names, columns: [{ column: town(places.map((i) => inTown[i]!)) }] },
  );
  expect(moved.blocks).toEqual(profileSegments(labels, { names, columns: [columns[1]!] }).blocks);
});

test('nothing that is not a number leaves a profile, whatever the columns hold', () => {
  const hostile = (make: (i: number) => number | null, isOrdinal: boolean, i: number): TableColumn =>
    numberColumn(
      { id: `n${i}${isOrdinal}`, name: 'N', isOrdinal },
      labels.map((_, person) => make(person)),
    );
  const makes = [
    () => null,
    () => 7,
    (i: number) => (i === 30 ? 1 : null),
    (i: number) => 1e15 + (i % 2),
    (i: number) => (i % 50 ? 0 : 1e300 ** 0.5),
  ];
  const all = [
    ...makes.flatMap((make, i) => [hostile(make, false, i), hostile(make, true, i)]),
    town(labels.map(() => null)),
    town(labels.map(() => 'y')),
    town(labels.map((_, i) => (i === 21 ? 'y' : null))),
    choicesColumn(
      { id: 'none', name: 'None', options: yesNo },
      labels.map(() => []),
    ),
    choicesColumn(
      { id: 'all', name: 'All', options: yesNo },
      labels.map((_, i) => (i % 2 ? ['y', 'n'] : null)),
    ),
    choiceColumn(
      { id: 'empty', name: 'Empty', options: [] },
      labels.map(() => null),
    ),
  ].map((column) => ({ column }));
  const zero = labels.map((label) => (label === 1 ? 0 : 1e-9));
  const huge = labels.map((_, i) => (i % 100 ? 1 : 1e9));
  for (const weights of [undefined, zero, huge]) {
    const seen: unknown[] = [];
    JSON.stringify(profileSegments(labels, { names, columns: all, weights }), (_, value) => {
      if (typeof value === 'number' && !Number.isFinite(value)) seen.push(value);
      return value;
    });
    expect(seen).toEqual([]);
  }
  for (const driver of rankDrivers(labels, all)) expect(Number.isFinite(driver.strength)).toBe(true);
});

test('what cannot be profiled is refused in words', () => {
  expect(() => profileSegments([0, 0], { names: ['One'], columns: [] })).toThrow(/at least two/);
  expect(() => profileSegments([0, 0], { names: ['One', 'Two'], columns: [] })).toThrow('Nobody is in “Two”');
  expect(() => profileSegments([0, 1], { names: ['A', 'B'], columns: [{ column: town(['y']) }] })).toThrow(
    /same respondents/,
  );
  expect(() => profileSegments([0, 1], { names: ['A', 'B'], columns: [], weights: [0, 0] })).toThrow(
    /All weights are 0/,
  );
  const texts = { kind: 'text' as const, id: 't', name: 'Why', texts: ['a', 'b'] };
  expect(() => profileSegments([0, 1], { names: ['A', 'B'], columns: [{ column: texts }] })).toThrow(
    /“Why” holds texts/,
  );
});

test('drivers stand in the order of their strength, inputs marked and not tested', () => {
  const drivers = rankDrivers(labels, [
    ...columns,
    { column: town(labels.map((l) => (l === 1 ? 'y' : 'n'))), isInput: true },
  ]);
  expect(drivers.map(({ id }) => id)).toEqual(['town', 'spend', 'town', 'noise']);
  expect(drivers[0]).toMatchObject({ isInput: true, p: null, adjustedP: null });
  expect(drivers[0]!.strength).toBeCloseTo(1, 2);
  expect(drivers[1]).toMatchObject({ measure: 'omega', uSegment: null });
  expect(drivers[2]!.adjustedP).toBeLessThan(0.01);
  expect(drivers[2]!.uSegment).toBeGreaterThan(0);
});
