/**
 * How fast rules are decided: 200 nested rules for one visitor, against a plain recursive interpreter and json-logic-js,
 * and one segment over a whole population, against the same predicate in SQL over rows:
 *
 *   node bench/rules.ts [--people 100000] [--rounds 9]
 *   node --expose-gc bench/rules.ts --memory [--people 1000000]
 *
 * Every decision is compared. `--memory` only says what a population of people with events takes.
 */
import { parseArgs } from 'node:util';
import SqliteDatabase from 'better-sqlite3';
import type { Rule } from '../src/model/rule.ts';
import { compileRules, type Truth } from '../src/rules/decide.ts';
import { createPopulation, type Population } from '../src/rules/population.ts';
import { type FactValue, type Subject, subjectOf } from '../src/rules/subject.ts';
import { mulberry32 } from '../src/stats/random.ts';
import { atLeast, atMost, type Goal, invalid, medianOf, printGoals, printTable, show } from './support/figures.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    memory: { type: 'boolean', default: false },
  },
});
const DAY_MS = 86_400_000;
const SLICE_MS = 200;
const now = Date.UTC(2026, 2, 9, 12);
const clock = { now, timeZone: 'UTC' };
const rounds = Number(values.rounds);

type Visitor = {
  attributes: Record<string, FactValue>;
  /** The oldest first. */
  events: Record<string, { at: number; properties: Record<string, unknown> }[]>;
};
type Leaf =
  | { attribute: string; op: 'is' | 'isNot' | 'in' | 'contains' | 'gte' | 'lt'; value: string | number | string[] }
  | { event: string; within: { last: number; unit: 'day' }; op: 'gte' | 'lt'; value: number };
type Tree = { all: Tree[] } | { any: Tree[] } | { not: Tree } | Leaf;

const ATTRIBUTES: Record<string, readonly string[] | { from: number; to: number }> = {
  plan: ['free', 'pro', 'team', 'enterprise'],
  country: ['de', 'fr', 'gb', 'us', 'jp', 'br', 'in', 'pl'],
  role: ['owner', 'admin', 'member', 'guest'],
  source: ['search engine', 'a friend', 'an advertisement', 'a conference'],
  age: { from: 16, to: 85 },
  seats: { from: 1, to: 200 },
  openness: { from: 0, to: 100 },
  achievement: { from: 0, to: 100 },
};
const EVENTS = ['Order Completed', 'Report Viewed', 'Signed In', 'Invite Sent', 'Page Viewed'];
const WINDOWS = [1, 7, 14, 30, 90];

if (values.memory) await measureMemory(Number(values.people ?? 1_000_000));
else await measure(Number(values.people ?? 100_000));

async function measure(people: number): Promise<void> {
  const visitors = await decideVisitors();
  const segment = decideSegment(people);
  printTable([
    ['what', 'median'],
    [`${visitors.rules} rules of ${visitors.leaves} leaves, made ready, ms`, show(visitors.compileMs)],
    ['one visitor, rules made ready, µs', show(visitors.ownUs)],
    ['one visitor, plain interpreter, µs', show(visitors.plainUs)],
    ['one visitor, json-logic-js, µs', visitors.jsonLogicUs === null ? 'not run' : show(visitors.jsonLogicUs)],
    [`a segment of ${people.toLocaleString('en-GB')} people, columns, ms`, show(segment.ownMs)],
    [`a segment of ${people.toLocaleString('en-GB')} people, SQL over rows, ms`, show(segment.sqlMs)],
  ]);
  const goals: Goal[] = [
    atLeast('plain interpreter ÷ rules made ready', visitors.plainRatio, 1),
    ...(visitors.jsonLogicRatio === null
      ? []
      : [atLeast('json-logic-js ÷ rules made ready', visitors.jsonLogicRatio, 5)]),
    atLeast('SQL over rows ÷ columns', segment.ratio, 8),
    atMost(
      `of ${(visitors.decisions + people).toLocaleString('en-GB')} decisions, differing`,
      visitors.differing + segment.differing,
      0,
    ),
  ];
  printGoals('rules', goals, { ...visitors, segment });
  if (visitors.jsonLogicUs === null) console.log('json-logic-js is not installed: that comparison was not run.');
}

async function decideVisitors() {
  const random = mulberry32(11);
  const trees = Array.from({ length: 200 }, () => drawTree(random, 3));
  const leaves = trees.reduce((sum, tree) => sum + leafCount(tree), 0);
  const visitors = Array.from({ length: 500 }, () => drawVisitor(random));
  const subjects = visitors.map(subjectFor);

  const began = performance.now();
  const { decide } = compileRules(trees as Rule[]);
  const compileMs = performance.now() - began;

  let differing = 0;
  for (const [index, visitor] of visitors.entries()) {
    const own = decide(subjects[index]!);
    for (const [at, tree] of trees.entries()) if (own[at] !== interpret(tree, visitor)) differing += 1;
  }
  const jsonLogic = await jsonLogicApply();
  const logics = trees.map(jsonLogicOf);
  if (jsonLogic)
    for (const [index, visitor] of visitors.entries()) {
      const own = decide(subjects[index]!);
      const facts = jsonLogicFacts(visitor);
      for (const [at, logic] of logics.entries()) if (own[at] !== Boolean(jsonLogic(logic, facts))) differing += 1;
    }

  const sides: ((index: number) => unknown)[] = [
    (index) => decide(subjects[index]!),
    (index) => trees.map((tree) => interpret(tree, visitors[index]!)),
    ...(jsonLogic
      ? [
          (index: number) => {
            const facts = jsonLogicFacts(visitors[index]!);
            return logics.map((logic) => jsonLogic(logic, facts));
          },
        ]
      : []),
  ];
  const took = alternate(
    sides.map((side) => () => {
      for (let index = 0; index < visitors.length; index += 1) side(index);
    }),
    rounds,
  );
  const us = (side: number) => (medianOf(took.map((round) => round[side]!)) * 1000) / visitors.length;
  const ratio = (side: number) => medianOf(took.map((round) => round[side]! / round[0]!));
  return {
    rules: trees.length,
    leaves,
    decisions: visitors.length * trees.length * (jsonLogic ? 2 : 1),
    differing,
    compileMs,
    ownUs: us(0),
    plainUs: us(1),
    plainRatio: ratio(1),
    jsonLogicUs: jsonLogic ? us(2) : null,
    jsonLogicRatio: jsonLogic ? ratio(2) : null,
  };
}

function drawTree(random: () => number, depth: number): Tree {
  if (depth === 0 || random() < 0.15) return drawLeaf(random);
  const parts = Array.from({ length: 2 + Math.floor(random() * 1.25) }, () => drawTree(random, depth - 1));
  const chance = random();
  if (chance < 0.1) return { not: { all: parts } };
  return chance < 0.55 ? { all: parts } : { any: parts };
}

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}

function drawLeaf(random: () => number): Leaf {
  if (random() < 0.3)
    return {
      event: pick(EVENTS, random),
      within: { last: pick(WINDOWS, random), unit: 'day' },
      op: random() < 0.7 ? 'gte' : 'lt',
      value: 1 + Math.floor(random() * 5),
    };
  const attribute = pick(Object.keys(ATTRIBUTES), random);
  const range = ATTRIBUTES[attribute]!;
  if ('from' in range)
    return {
      attribute,
      op: random() < 0.5 ? 'gte' : 'lt',
      value: range.from + 5 * Math.floor((random() * (range.to - range.from)) / 5),
    };
  const value = pick(range, random);
  const op = pick(['is', 'isNot', 'in', 'contains'] as const, random);
  return {
    attribute,
    op,
    value: op === 'in' ? [value, pick(range, random)] : op === 'contains' ? value.slice(0, 3).trim() : value,
  };
}

function leafCount(tree: Tree): number {
  if ('not' in tree) return leafCount(tree.not);
  const parts = 'all' in tree ? tree.all : 'any' in tree ? tree.any : null;
  return parts === null ? 1 : parts.reduce((sum, part) => sum + leafCount(part), 0);
}

function drawVisitor(random: () => number): Visitor {
  const attributes: Record<string, FactValue> = {};
  for (const [name, range] of Object.entries(ATTRIBUTES))
    attributes[name] =
      'from' in range ? range.from + Math.floor(random() * (range.to - range.from + 1)) : pick(range, random);
  const events: Visitor['events'] = {};
  for (const name of EVENTS)
    events[name] = Array.from({ length: Math.floor(random() * 12) }, () => now - Math.floor(random() * 180 * DAY_MS))
      .sort((a, b) => a - b)
      .map((at) => ({ at, properties: {} }));
  return { attributes, events };
}

function subjectFor({ attributes, events }: Visitor): Subject {
  return subjectOf(new Map(Object.entries(attributes)), new Map(), { clock, events: new Map(Object.entries(events)) });
}

/** The plain interpreter: walks the tree, and looks at everything as it comes. */
function interpret(tree: Tree, visitor: Visitor): Truth {
  if ('all' in tree) {
    let truth: Truth = true;
    for (const part of tree.all) {
      const one = interpret(part, visitor);
      if (one === false) return false;
      if (one === null) truth = null;
    }
    return truth;
  }
  if ('any' in tree) {
    let truth: Truth = false;
    for (const part of tree.any) {
      const one = interpret(part, visitor);
      if (one === true) return true;
      if (one === null) truth = null;
    }
    return truth;
  }
  if ('not' in tree) {
    const part = interpret(tree.not, visitor);
    return part === null ? null : !part;
  }
  if ('event' in tree) {
    const count = countSince(visitor, tree.event, tree.within.last);
    return tree.op === 'gte' ? count >= tree.value : count < tree.value;
  }
  const found = visitor.attributes[tree.attribute];
  if (found === undefined) return null;
  const { op, value } = tree;
  switch (op) {
    case 'is':
      return found === value;
    case 'isNot':
      return found !== value;
    case 'in':
      return (value as string[]).includes(found as string);
    case 'contains':
      return (found as string).includes(value as string);
    case 'gte':
      return found >= value;
    case 'lt':
      return found < value;
  }
}

function countSince({ events }: Visitor, event: string, days: number): number {
  const from = (Math.floor(now / DAY_MS) - days) * DAY_MS;
  let count = 0;
  for (const { at } of events[event] ?? []) if (at >= from && at <= now) count += 1;
  return count;
}

type JsonLogic = (logic: unknown, data: unknown) => unknown;

/** Null when the package is not there. */
async function jsonLogicApply(): Promise<JsonLogic | null> {
  // A name in a variable, so that this compiles without the package.
  const name = 'json-logic-js';
  try {
    const module = (await import(name)) as { default: { apply: JsonLogic } };
    return module.default.apply.bind(module.default);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function jsonLogicOf(tree: Tree): unknown {
  if ('all' in tree) return { and: tree.all.map(jsonLogicOf) };
  if ('any' in tree) return { or: tree.any.map(jsonLogicOf) };
  if ('not' in tree) return { '!': [jsonLogicOf(tree.not)] };
  const found = { var: 'event' in tree ? `${tree.event}|${tree.within.last}` : tree.attribute };
  switch (tree.op) {
    case 'is':
      return { '===': [found, tree.value] };
    case 'isNot':
      return { '!==': [found, tree.value] };
    case 'in':
      return { in: [found, tree.value] };
    case 'contains':
      return { in: [tree.value, found] };
    case 'gte':
      return { '>=': [found, tree.value] };
    case 'lt':
      return { '<': [found, tree.value] };
  }
}

/** It knows nothing of events, so these are counted for it, once per visitor. */
function jsonLogicFacts(visitor: Visitor): Record<string, unknown> {
  const facts: Record<string, unknown> = { ...visitor.attributes };
  for (const event of EVENTS) for (const days of WINDOWS) facts[`${event}|${days}`] = countSince(visitor, event, days);
  return facts;
}

function decideSegment(people: number) {
  const rule: Rule = {
    all: [
      { attribute: 'age', op: 'gte', value: 30 },
      {
        any: [
          { attribute: 'plan', op: 'is', value: 'pro' },
          { attribute: 'openness', op: 'gte', value: 60 },
        ],
      },
      { event: 'Order Completed', within: { last: 30, unit: 'day' }, op: 'gte', value: 1 },
    ],
  };
  const population = createPopulation({ events: true });
  const database = new SqliteDatabase(':memory:');
  database.exec(`
    create table people (id integer primary key, age integer, plan text, openness real);
    create table events (person_id integer not null, name text not null, at integer not null);
    begin`);
  const insertPerson = database.prepare('insert into people (id, age, plan, openness) values (?, ?, ?, ?)');
  const insertEvent = database.prepare('insert into events (person_id, name, at) values (?, ?, ?)');
  drawPeople(people, population, {
    person: (row, age, plan, openness) => insertPerson.run(row, age, plan, openness),
    event: (row, name, at) => insertEvent.run(row, name, at),
  });
  database.exec('commit; create index of_person on events (person_id, name, at); analyze');
  const condition = `age >= 30 and (plan = 'pro' or openness >= 60) and exists (
    select 1 from events
    where person_id = people.id and name = 'Order Completed' and at between ? and ?)`;
  const bounds = [(Math.floor(now / DAY_MS) - 30) * DAY_MS, now];
  const ids = new Set(
    database
      .prepare(`select id from people where ${condition}`)
      .pluck()
      .all(...bounds) as number[],
  );
  const [own] = population.decide([rule], clock);
  let differing = 0;
  for (let row = 0; row < people; row += 1) if ((own![row] === 1) !== ids.has(row)) differing += 1;
  if (ids.size === 0 || ids.size === people) invalid('the segment holds nobody, or everybody');

  const counting = database.prepare(`select count(*) from people where ${condition}`).pluck();
  const took = alternate(
    [() => countTrue(population.decide([rule], clock)[0]!), () => counting.get(...bounds)],
    rounds,
  );
  database.close();
  return {
    people,
    members: ids.size,
    differing,
    ownMs: medianOf(took.map((round) => round[0]!)),
    sqlMs: medianOf(took.map((round) => round[1]!)),
    ratio: medianOf(took.map((round) => round[1]! / round[0]!)),
  };
}

function countTrue(verdicts: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < verdicts.length; row += 1) if (verdicts[row] === 1) count += 1;
  return count;
}

type Side = {
  person(row: number, age: number, plan: string, openness: number | null): void;
  event(row: number, name: string, at: number): void;
};

/** The same people on both sides; of some it is not known how open they are. */
function drawPeople(people: number, population: Population, side?: Side): void {
  const random = mulberry32(23);
  for (let index = 0; index < people; index += 1) {
    const row = population.add();
    const age = 16 + Math.floor(random() * 70);
    const plan = pick(['free', 'pro', 'team'], random);
    const openness = random() < 0.1 ? null : Math.round(random() * 1000) / 10;
    population.set(row, 'attribute', 'age', age);
    population.set(row, 'attribute', 'plan', plan);
    population.set(row, 'attribute', 'openness', openness ?? undefined);
    side?.person(row, age, plan, openness);
    for (let count = Math.floor(random() * 5); count > 0; count -= 1) {
      const name = random() < 0.6 ? 'Order Completed' : 'Report Viewed';
      const at = now - Math.floor(random() * 180 * DAY_MS);
      population.happen(row, name, at, `{"revenue":${Math.floor(random() * 200)},"currency":"EUR"}`);
      side?.event(row, name, at);
    }
  }
}

/**
 * How long each side takes in each round, in milliseconds: the mean over a slice of time. Who begins changes from round
 * to round.
 */
function alternate(sides: readonly (() => unknown)[], times: number): number[][] {
  for (const side of sides) meanOf(side);
  return Array.from({ length: times }, (_, round) => {
    const took: number[] = [];
    const order = [...sides.keys()];
    for (const side of round % 2 === 0 ? order : order.toReversed()) took[side] = meanOf(sides[side]!);
    return took;
  });
}

function meanOf(side: () => unknown): number {
  const began = performance.now();
  let runs = 0;
  while (performance.now() - began < SLICE_MS) {
    side();
    runs += 1;
  }
  return (performance.now() - began) / runs;
}

async function measureMemory(people: number): Promise<void> {
  const collect = (globalThis as { gc?: () => void }).gc;
  const megabytes = () => {
    collect?.();
    return process.memoryUsage().rss / 2 ** 20;
  };
  const before = megabytes();
  const population = createPopulation({ events: true });
  const began = performance.now();
  drawPeople(people, population);
  const filled = performance.now();
  const rules: Rule[] = [
    { event: 'Order Completed', within: { last: 30, unit: 'day' }, op: 'gte', value: 1 },
    { event: 'Order Completed', measure: { sum: 'revenue' }, op: 'gte', value: 200 },
    { moment: 'first', event: 'Report Viewed', op: 'olderThan', value: { amount: 2, unit: 'month' } },
  ];
  population.decide(rules, clock);
  const first = performance.now();
  population.decide(rules, clock);
  const again = performance.now();
  const rssMb = megabytes() - before;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  printTable([
    [`${people.toLocaleString('en-GB')} people with two events each`, ''],
    ['added, s', show((filled - began) / 1000)],
    ['three rules, first, ms', show(first - filled)],
    ['three rules, again, ms', show(again - first)],
    ['arrays, MB', show(population.bytes() / 2 ** 20)],
    ['memory, MB', show(rssMb)],
    ['memory of the process at its most, MB', show(peakMb)],
  ]);
  printGoals('rules-memory', [atMost('memory of the process at its most, MB', peakMb, 1024)], {
    people,
    rssMb,
    peakMb,
  });
}
