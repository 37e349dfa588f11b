import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/model/rule.ts';
import { compileRules, decide } from '../../src/rules/decide.ts';
import { createFactColumn } from '../../src/rules/fact-column.ts';
import { createPopulation } from '../../src/rules/population.ts';
import { subjectOf } from '../../src/rules/subject.ts';

const clock = { now: Date.UTC(2026, 2, 9, 12), timeZone: 'UTC' };

describe('a column of facts', () => {
  const values = [
    'pro',
    12.5,
    true,
    ['a', 'b'],
    '2026-03-09T14:30:00.000Z',
    '2026-03-09',
    undefined,
    '',
    0,
    -0.5,
    Number.NaN,
    ['a', 'b'],
    '12.5',
    [],
  ];
  test('gives back what it was given, in whatever order it came', () => {
    const column = createFactColumn();
    for (const row of values.keys().toArray().toReversed()) column.set(row, values[row]);
    expect(values.map((_, row) => column.get(row))).toEqual(values);
  });
  test('forgets what was there before, whatever kind it was of', () => {
    const column = createFactColumn();
    for (const before of values)
      for (const after of values) {
        column.set(3, before);
        column.set(3, after);
        expect(column.get(3)).toEqual(after);
      }
  });
  test('keeps more different texts than a byte, or two, can number', () => {
    const column = createFactColumn();
    for (let row = 0; row < 70_000; row += 1) column.set(row, `text ${row}`);
    for (const row of [0, 254, 255, 256, 65_534, 65_535, 65_536, 69_999]) expect(column.get(row)).toBe(`text ${row}`);
  });
});

describe('a population', () => {
  test('of nobody is decided too', () => {
    expect(createPopulation().decide([{ all: [] }, { attribute: 'a', op: 'set' }])).toEqual([
      new Uint8Array(0),
      new Uint8Array(0),
    ]);
  });

  test('may grow and change after it has been asked', () => {
    const people = createPopulation({ events: true });
    const rules: Rule[] = [
      { attribute: 'plan', op: 'is', value: 'pro' },
      { event: 'Order', measure: { sum: 'revenue' }, op: 'gte', value: 30 },
    ];
    const ada = people.add();
    people.set(ada, 'attribute', 'plan', 'pro');
    people.happen(ada, 'Order', 5, '{"revenue":20}');
    expect(people.decide(rules, clock).map((one) => [...one])).toEqual([[1], [0]]);
    const bob = people.add();
    people.happen(bob, 'Order', 7, '{"revenue":"35"}');
    people.happen(ada, 'Order', 3, '{"revenue":10}');
    people.set(ada, 'attribute', 'plan', undefined);
    expect(people.decide(rules, clock).map((one) => [...one])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    expect(
      people
        .subjectAt(ada)
        .happenings('event', 'Order')
        ?.map(({ at }) => at),
    ).toEqual([3, 5]);
    expect(people.bytes()).toBeGreaterThan(0);
  });

  test('counts what somebody did more often than a byte can say', () => {
    const people = createPopulation({ events: true });
    const often = people.add();
    people.happen(people.add(), 'Order', 1);
    for (let time = 0; time < 300; time += 1) people.happen(often, 'Order', time);
    const rules: Rule[] = [255, 256, 300, 301].map((value) => ({ event: 'Order', op: 'gte', value }));
    expect(people.decide(rules, clock).map((one) => [...one])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  test('of which it is not known what people did leaves “never” unknown', () => {
    const people = createPopulation();
    people.add();
    const never: Rule = { event: 'Order', op: 'is', value: 0 };
    expect([...people.decide([never], clock)[0]!]).toEqual([2]);
    expect([...people.decide([{ ...never, ifMissing: true }], clock)[0]!]).toEqual([1]);
  });

  test('without a clock leaves unknown what depends on the time, and decides the rest', () => {
    const people = createPopulation({ events: true });
    people.happen(people.add(), 'Order', 5);
    const [ever, lately] = people.decide([
      { event: 'Order', op: 'gte', value: 1 },
      { event: 'Order', within: { last: 1, unit: 'day' }, op: 'gte', value: 1 },
    ]);
    expect([...ever!, ...lately!]).toEqual([1, 2]);
  });

  test('decides a leaf that several rules share without one of them changing it for another', () => {
    const people = createPopulation();
    for (const plan of ['pro', 'free', undefined, 'pro', 'team']) people.set(people.add(), 'attribute', 'plan', plan);
    const pro: Rule = { attribute: 'plan', op: 'is', value: 'pro' };
    const free: Rule = { attribute: 'plan', op: 'is', value: 'free' };
    const decided = people.decide([{ any: [pro, free] }, { all: [pro, { not: free }] }, pro, { not: pro }]);
    expect(decided.map((one) => [...one])).toEqual([
      [1, 1, 2, 1, 0],
      [1, 0, 2, 1, 0],
      [1, 0, 2, 1, 0],
      [0, 1, 2, 0, 1],
    ]);
  });
});

describe('a sample', () => {
  const ids = Array.from({ length: 4_000 }, (_, index) => `person ${index}`);
  const people = createPopulation();
  for (const id of ids) people.add(id);
  const drawn = (sample: number, salt: string) => people.decide([{ sample, salt }])[0]!;

  test('holds about its share of all', () => {
    const share = drawn(10, 'spring').reduce((sum, one) => sum + one, 0) / ids.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.12);
    expect(drawn(0, 'spring').includes(1)).toBe(false);
    expect(drawn(100, 'spring').includes(0)).toBe(false);
  });
  test('is the same each time, for one person as for all, and grows without letting anybody go', () => {
    const tenth = drawn(10, 'spring');
    expect(drawn(10, 'spring')).toEqual(tenth);
    const { decide: decideOne } = compileRules([{ sample: 10, salt: 'spring' }]);
    const one = (person: string) => decideOne(subjectOf(new Map(), new Map(), { person }))[0];
    expect(ids.slice(0, 200).map(one)).toEqual([...tenth.slice(0, 200)].map((verdict) => verdict === 1));
    const fifth = drawn(20, 'spring');
    expect(tenth.every((verdict, row) => verdict === 0 || fifth[row] === 1)).toBe(true);
  });
  test('of another salt is another one', () => {
    const [spring, autumn] = [drawn(50, 'spring'), drawn(50, 'autumn')];
    const both = spring.filter((verdict, row) => verdict === 1 && autumn[row] === 1).length / ids.length;
    expect(both).toBeGreaterThan(0.21);
    expect(both).toBeLessThan(0.29);
  });
  test('cannot be drawn of nobody in particular', () => {
    expect(decide({ sample: 100, salt: 'x' }, subjectOf(new Map(), new Map())).truth).toBeNull();
  });
});
