import { expect, test } from 'vitest';
import { beforeRow, type Factor, rankBefore } from '../../src/segments/before.ts';
import { CASES_MAX, drawMatchedSets, type ToMatch } from '../../src/segments/matched-sets.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

const DAY = 86_400_000;
const T0 = Date.parse('2025-06-01T00:00:00.000Z');
const at = (day: number) => T0 + day * DAY;
const DAYS = 7;

type Person = { id: string; since: number; outcome: number; doings: number[] };

/** Active people do twenty times as much, come to the outcome oftener, and do the thing X oftener, which does nothing. */
function crowd(size: number, seed: number, { pull = 0 } = {}): (Person & { x: number[] })[] {
  const random = mulberry32(seed);
  return Array.from({ length: size }, (_, number) => {
    const isActive = random() < 0.4;
    const since = at(Math.floor(random() * 90));
    const outcome = random() < (isActive ? 0.3 : 0.05) ? at(210 + 60 * random()) : Number.NaN;
    const doings = Array.from({ length: isActive ? 40 : 2 }, () => at(100 + 180 * random()));
    const x = Array.from({ length: isActive ? 8 : 1 }, () => at(190 + 90 * random()));
    if (!Number.isNaN(outcome) && random() < pull) x.push(outcome - 3 * DAY);
    return { id: `p${String(number).padStart(5, '0')}`, since, outcome, doings, x };
  });
}

function toMatch(people: readonly Person[], more: Partial<ToMatch> = {}): ToMatch {
  const all = people
    .flatMap(({ doings }, row) => doings.map((when) => ({ row, when })))
    .sort((a, b) => a.when - b.when);
  return {
    ids: people.map(({ id }) => id),
    outcomes: Float64Array.from(people, ({ outcome }) => outcome),
    since: Float64Array.from(people, ({ since }) => since),
    doings: { rows: Uint32Array.from(all, ({ row }) => row), at: Float64Array.from(all, ({ when }) => when) },
    days: DAYS,
    controls: 3,
    seed: 5,
    ...more,
  };
}
const factor: Factor = { id: 'x', family: 'event', label: 'x', value: null, isDefining: false, leaf: null };

/** Who did X in the days before, over the sets. */
function rowOver(people: readonly (Person & { x: number[] })[], sets: ReturnType<typeof drawMatchedSets>['sets']) {
  const had: number[] = [];
  const starts = [0];
  for (const set of sets) {
    for (const row of [set.row, ...set.controls])
      had.push(Number(people[row]!.x.some((when) => when < set.at && when >= set.at - DAYS * DAY)));
    starts.push(had.length);
  }
  return beforeRow(factor, Uint8Array.from(had), { starts });
}

test('controls had not come to the outcome by then, were known long enough, and since the same month', () => {
  const people = crowd(800, 1);
  const { sets, tooNew, alone, notDrawn } = drawMatchedSets(toMatch(people));
  expect(sets.length + tooNew + alone + notDrawn).toBe(people.filter(({ outcome }) => !Number.isNaN(outcome)).length);
  expect(sets.length).toBeGreaterThan(50);
  for (const { row, at: when, controls } of sets) {
    expect(when).toBe(people[row]!.outcome);
    expect(controls.length).toBeLessThanOrEqual(3);
    expect(new Set([row, ...controls]).size).toBe(controls.length + 1);
    for (const control of controls) {
      expect(people[control]!.outcome <= when).toBe(false);
      expect(people[control]!.since).toBeLessThanOrEqual(when - DAYS * DAY);
      const month = (one: number) => new Date(people[one]!.since).toISOString().slice(0, 7);
      expect(month(control)).toBe(month(row));
    }
  }
});

test('whoever comes to it later may be a control until then', () => {
  const people = crowd(800, 2);
  const { sets } = drawMatchedSets(toMatch(people));
  expect(sets.some(({ controls }) => controls.some((one) => !Number.isNaN(people[one]!.outcome)))).toBe(true);
});

test('an association that activity alone makes is gone once people are alike in it; one that is there stays', () => {
  const people = crowd(3_000, 3);
  const cases = people.filter(({ outcome }) => !Number.isNaN(outcome));
  const isExposed = (one: (typeof people)[number], when: number) =>
    one.x.some((x) => x < when && x >= when - DAYS * DAY);
  // Held against anybody at all, X seems to come before the outcome.
  const crude =
    cases.filter((one) => isExposed(one, one.outcome)).length / cases.length -
    people.filter((one) => isExposed(one, at(240))).length / people.length;
  expect(crude).toBeGreaterThan(0.08);
  const matched = rowOver(people, drawMatchedSets(toMatch(people)).sets);
  expect(matched?.low).toBeLessThan(0);
  expect(matched?.high).toBeGreaterThan(0);
  const pulled = crowd(3_000, 3, { pull: 0.5 });
  expect(rowOver(pulled, drawMatchedSets(toMatch(pulled)).sets)?.low).toBeGreaterThan(0.2);
});

test('shuffled people are drawn into the same sets', () => {
  const people = crowd(600, 4);
  const named = (list: typeof people) =>
    drawMatchedSets(toMatch(list)).sets.map(({ row, at: when, controls }) => [
      list[row]!.id,
      when,
      controls.map((one) => list[one]!.id),
    ]);
  expect(named(shuffled(people, mulberry32(8)))).toEqual(named(people));
  expect(drawMatchedSets(toMatch(people, { seed: 6 })).sets).not.toEqual(drawMatchedSets(toMatch(people)).sets);
});

test('nobody like them leaves a case alone, and who has just come is too new', () => {
  const person = (id: string, since: number, outcome: number): Person => ({ id, since, outcome, doings: [] });
  const found = drawMatchedSets(
    toMatch([
      person('alone', at(0), at(200)),
      person('new', at(198), at(200)),
      person('other month', at(40), Number.NaN),
    ]),
  );
  expect(found).toEqual({ sets: [], tooNew: 1, alone: 1, notDrawn: 0 });
});

test('of very many cases some are drawn by chance, the same for a seed', () => {
  const people = Array.from(
    { length: CASES_MAX + 200 },
    (_, one): Person => ({ id: `p${one}`, since: at(0), outcome: at(200 + (one % 2)), doings: [] }),
  );
  const found = drawMatchedSets(toMatch(people, { controls: 1 }));
  expect(found.notDrawn).toBe(200);
  // On the first of two days everybody of the second can still be drawn; on the second nobody is left.
  expect(found.sets.length + found.alone).toBe(CASES_MAX);
});

test('a table over sets is what Mantel and Haenszel make of it, without those of whom it is not known', () => {
  // Fifteen sets in which the case alone had it, six in which a control had, nine in which nobody is known.
  const had = [
    ...Array.from({ length: 15 }, () => [1, 0]).flat(),
    ...Array.from({ length: 6 }, () => [0, 1]).flat(),
    ...Array.from({ length: 9 }, () => [1, 2]).flat(),
  ];
  const row = beforeRow(factor, Uint8Array.from(had), { starts: Array.from({ length: 31 }, (_, set) => set * 2) });
  expect(row).toMatchObject({ nCases: 21, nControls: 21 });
  expect(row?.odds?.ratio).toBeCloseTo(15 / 6, 10);
  expect(row?.difference).toBeCloseTo(9 / 21, 10);
});

test('too few, too rare, and what is the same in every set are left out by their reason', () => {
  const leftOut = { base: 0, cell: 0, margin: 0 };
  const starts = (sets: number) => ({ starts: Array.from({ length: sets + 1 }, (_, set) => set * 2) });
  expect(beforeRow(factor, Uint8Array.from([1, 0, 1, 0]), starts(2), leftOut)).toBeNull();
  expect(beforeRow(factor, new Uint8Array(60), starts(30), leftOut)).toBeNull();
  expect(beforeRow(factor, new Uint8Array(60).fill(1), starts(30), leftOut)).toBeNull();
  expect(leftOut).toEqual({ base: 1, cell: 1, margin: 1 });
});

test('the outcome itself is set apart, and the largest difference comes first', () => {
  const sets = (withCase: number, withControl: number) => {
    const had = Array.from({ length: 60 }, (_, set) => [
      Number(set < withCase),
      Number(set >= 60 - withControl),
    ]).flat();
    return beforeRow({ ...factor, id: `x ${withCase}` }, Uint8Array.from(had), {
      starts: Array.from({ length: 61 }, (_, set) => set * 2),
    })!;
  };
  const ranked = rankBefore([sets(20, 15), sets(40, 10), { ...sets(50, 5), isDefining: true, p: null }], {
    base: 0,
    cell: 0,
    margin: 0,
  });
  expect(ranked.rows.map(({ id }) => id)).toEqual(['x 40', 'x 20']);
  expect(ranked.defining).toHaveLength(1);
  expect(ranked.tested).toBe(2);
});
