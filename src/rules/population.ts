import type { LeafOf, Rule, RuleLeaf, RuleWhere } from '../model/rule.ts';
import type { Clock } from './calendar.ts';
import { FALSE, TRUE, UNKNOWN, type Verdict } from './compare.ts';
import { createEventTable, type EventTable, type SortedEvents } from './event-table.ts';
import { createFactColumn, type FactColumn } from './fact-column.ts';
import { boundsOver, type CompiledLeaf, compileLeaf, compileWhere, decideLeaf, type Found } from './leaf.ts';
import { leavesOf } from './references.ts';
import { type FactKind, type FactValue, type Subject, surveyKey } from './subject.ts';
import { tallyOf } from './tally.ts';

/** Facts of many people, or of many companies, as columns, and what they did in flat arrays, so that a rule is decided of all of them at once. */
export type Population = {
  /**
   * Adds somebody of whom nothing is known yet.
   *
   * @param person an id that stays the same, which only samples ask for
   * @returns their row
   */
  add(person?: string): number;
  /** Notes a fact, found as a `Subject` finds it; undefined takes it back. */
  set(row: number, kind: FactKind, name: string, value: Found | undefined): void;
  /**
   * Notes something somebody did, in any order.
   *
   * @param at milliseconds since 1970
   * @param body its properties as JSON; empty for none
   */
  happen(row: number, event: string, at: number, body?: string): void;
  /** Notes what somebody did with a survey: under its slug, and under `any`. */
  didSurvey(row: number, survey: string, did: LeafOf<'survey'>['did'], at: number): void;
  /** What each rule comes to for each row: 0 false, 1 true, 2 unknown. */
  decide(rules: readonly Rule[], clock?: Clock): Uint8Array[];
  /** One of them, to be asked as anybody else. */
  subjectAt(row: number, clock?: Clock): Subject;
  size(): number;
  /** What the arrays take. */
  bytes(): number;
};

/**
 * An empty population.
 *
 * @param knows whether all that people did, and did with surveys, is going to be noted: only then is “never” known
 *
 * @example
 * const people = createPopulation({ events: true })
 * const [ada, bob] = [people.add(), people.add()]
 * people.set(ada, 'attribute', 'plan', 'pro')
 * people.happen(bob, 'Signed Up', Date.UTC(2026, 2, 9))
 * people.decide([{ attribute: 'plan', op: 'is', value: 'pro' }, { event: 'Signed Up', op: 'gte', value: 1 }])
 * // => [[1, 2], [0, 1]]
 */
export function createPopulation(knows: { events?: boolean; surveys?: boolean } = {}): Population {
  const persons: (string | undefined)[] = [];
  const columns = new Map<string, FactColumn>();
  const tables = { event: new Map<string, EventTable>(), survey: new Map<string, EventTable>() };
  const isKnown = { event: knows.events === true, survey: knows.surveys === true };
  const columnKey = (kind: FactKind, name: string) => `${kind} ${name}`;

  const happen = (kind: 'event' | 'survey', row: number, name: string, at: number, body: string) => {
    let table = tables[kind].get(name);
    if (!table) {
      table = createEventTable();
      tables[kind].set(name, table);
    }
    table.add(row, at, body);
  };
  const subjectOver = (row: () => number, clock: Clock | undefined): Subject => ({
    get person() {
      return persons[row()];
    },
    clock,
    fact: (kind, name) => columns.get(columnKey(kind, name))?.get(row()),
    happenings: (kind, name) =>
      isKnown[kind] ? (tables[kind].get(name)?.sorted(persons.length).happeningsOf(row()) ?? []) : undefined,
  });

  /** Decides a leaf of everybody: over columns, over flat events, or else of one person after the other. */
  function decideAll(leaf: RuleLeaf, clock: Clock | undefined): Uint8Array {
    const rows = persons.length;
    const compiled = compileLeaf(leaf);
    if (compiled.fact) {
      const column = columns.get(columnKey(compiled.fact.kind, compiled.fact.name));
      return column?.decide(compiled, clock, rows) ?? new Uint8Array(rows).fill(compiled.missing);
    }
    const decideFlat = flatLeaf(leaf, compiled, clock);
    if (decideFlat) {
      const kind = 'did' in leaf ? 'survey' : 'event';
      if (!isKnown[kind] || !decideFlat.isDecidable) return new Uint8Array(rows).fill(compiled.missing);
      return decideFlat.over(tables[kind].get(decideFlat.name)?.sorted(rows) ?? noEvents(rows), rows);
    }
    const verdicts = new Uint8Array(rows);
    let row = 0;
    const subject = subjectOver(() => row, clock);
    for (; row < rows; row += 1) verdicts[row] = decideLeaf(compiled, subject);
    return verdicts;
  }

  return {
    add: (person) => persons.push(person) - 1,
    set: (row, kind, name, value) => {
      const key = columnKey(kind, name);
      let column = columns.get(key);
      if (!column) {
        column = createFactColumn();
        columns.set(key, column);
      }
      column.set(row, kind === 'company' && Array.isArray(value) && value.length === 0 ? undefined : value);
    },
    happen: (row, event, at, body = '') => happen('event', row, event, at, body),
    didSurvey: (row, survey, did, at) => {
      happen('survey', row, surveyKey(did, survey), at, '');
      happen('survey', row, surveyKey(did, 'any'), at, '');
    },
    decide: (rules, clock) => {
      const keyOf = (leaf: RuleLeaf) => JSON.stringify(leaf);
      const uses = Map.groupBy(rules.flatMap(leavesOf).map(keyOf), (key) => key);
      const decided = new Map<string, Uint8Array>();
      /** The array may be shared: whoever changes one makes it. */
      const verdictsOf = (rule: Rule): Uint8Array => {
        if ('all' in rule) return joined(rule.all.map(verdictsOf), true, persons.length);
        if ('any' in rule) return joined(rule.any.map(verdictsOf), false, persons.length);
        if ('not' in rule) return verdictsOf(rule.not).map((verdict) => NOT[verdict]!);
        const key = keyOf(rule);
        const known = decided.get(key);
        if (known) return known;
        const verdicts = decideAll(rule, clock);
        if ((uses.get(key)?.length ?? 0) > 1) decided.set(key, verdicts);
        return verdicts;
      };
      return rules.map(verdictsOf);
    },
    subjectAt: (row, clock) => subjectOver(() => row, clock),
    size: () => persons.length,
    bytes: () =>
      [...columns.values(), ...tables.event.values(), ...tables.survey.values()].reduce(
        (sum, one) => sum + one.bytes(),
        persons.length * 8,
      ),
  };
}

const NOT = Uint8Array.of(TRUE, FALSE, UNKNOWN);

/** `all` for the one kind, `any` for the other. */
function joined(parts: readonly Uint8Array[], isAll: boolean, rows: number): Uint8Array {
  const [first, ...others] = parts;
  if (!first) return new Uint8Array(rows).fill(isAll ? TRUE : FALSE);
  const verdicts = first.slice();
  const words = rows >>> 2;
  const four = new Uint32Array(verdicts.buffer, 0, words);
  const [andOr, table] = isAll ? [allOfWords, AND] : [anyOfWords, OR];
  for (const other of others) {
    andOr(four, new Uint32Array(other.buffer, other.byteOffset, words));
    for (let row = words * 4; row < rows; row += 1) verdicts[row] = table[verdicts[row]! * 3 + other[row]!]!;
  }
  return verdicts;
}

/** Kleene’s tables, by three times the one and the other. */
const AND = Uint8Array.of(0, 0, 0, 0, 1, 2, 0, 2, 2);
const OR = Uint8Array.of(0, 1, 2, 1, 1, 1, 2, 1, 2);

/*
 * The same on the bits of four verdicts at a time: the lower bit of each says true, the upper one unknown. Both what is
 * true, and what is or may be, are joined as in two-valued logic; what may be and is not is unknown.
 */
const LOW = 0x01010101;

function allOfWords(verdicts: Uint32Array, other: Uint32Array): void {
  for (let at = 0; at < verdicts.length; at += 1) {
    const a = verdicts[at]!;
    const b = other[at]!;
    const isTrue = a & b & LOW;
    const maybe = (a | (a >>> 1)) & (b | (b >>> 1)) & LOW;
    verdicts[at] = isTrue | ((maybe ^ isTrue) << 1);
  }
}

function anyOfWords(verdicts: Uint32Array, other: Uint32Array): void {
  for (let at = 0; at < verdicts.length; at += 1) {
    const either = verdicts[at]! | other[at]!;
    const isTrue = either & LOW;
    const maybe = (either | (either >>> 1)) & LOW;
    verdicts[at] = isTrue | ((maybe ^ isTrue) << 1);
  }
}

const noEvents = (people: number): SortedEvents => createEventTable().sorted(people);

type FlatLeaf = {
  name: string;
  /** False when it needs a clock and there is none. */
  isDecidable: boolean;
  over(events: SortedEvents, people: number): Uint8Array;
};

/** How a leaf is decided over flat events; null for one that follows each person's own course. */
function flatLeaf(leaf: RuleLeaf, compiled: CompiledLeaf, clock: Clock | undefined): FlatLeaf | null {
  if ('moment' in leaf) return momentsOver(leaf, compiled, clock);
  if ('event' in leaf) return measuresOver(leaf, compiled, clock);
  if ('did' in leaf) {
    const within = boundsOver(leaf.within)(clock);
    return {
      name: surveyKey(leaf.did, leaf.survey),
      isDecidable: within !== null,
      over: (events, people) => {
        const counts = counting(events, undefined, within, clock);
        return perPerson(events, people, (from, to) => (counts.subarray(from, to).includes(1) ? TRUE : FALSE));
      },
    };
  }
  return null;
}

const ALWAYS = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Which events count: within the window, and known to meet every condition. */
function counting(
  events: SortedEvents,
  where: readonly RuleWhere[] | undefined,
  within: { from: number; to: number } | null,
  clock: Clock | undefined,
): Uint8Array {
  const { count, at } = events;
  const counts = new Uint8Array(count);
  const { from, to } = within ?? ALWAYS;
  // Added up instead of a branch, which a processor would guess wrongly half of the time.
  for (let event = 0; event < count; event += 1) counts[event] = Number(at[event]! >= from) & Number(at[event]! <= to);
  for (const one of where ?? []) {
    const { property, ...asked } = compileWhere(one);
    const verdicts = events.property(property).decide(asked, clock, count);
    for (let event = 0; event < count; event += 1) if (verdicts[event] !== TRUE) counts[event] = 0;
  }
  return counts;
}

function perPerson(events: SortedEvents, people: number, decide: (from: number, to: number) => Verdict): Uint8Array {
  const { starts } = events;
  const verdicts = new Uint8Array(people);
  for (let person = 0; person < people; person += 1) verdicts[person] = decide(starts[person]!, starts[person + 1]!);
  return verdicts;
}

/** How many of each person's events count. */
function countOf({ persons, count }: SortedEvents, counts: Uint8Array, numbers: Uint8Array | Uint32Array): void {
  for (let event = 0; event < count; event += 1) numbers[persons[event]!]! += counts[event]!;
}

function countWithin(
  { persons, count, at }: SortedEvents,
  { from, to }: { from: number; to: number },
  numbers: Uint8Array | Uint32Array,
): void {
  for (let event = 0; event < count; event += 1)
    numbers[persons[event]!]! += Number(at[event]! >= from) & Number(at[event]! <= to);
}

/** Most people did a thing few times: what these numbers come to is worked out once. */
const FEW = 256;

function verdictsOn(numbers: Uint8Array | Uint32Array, test: (number: number) => Verdict): Uint8Array {
  const perNumber = Uint8Array.from({ length: FEW }, (_, number) => test(number));
  const verdicts = numbers instanceof Uint8Array ? numbers : new Uint8Array(numbers.length);
  for (let row = 0; row < numbers.length; row += 1) {
    const number = numbers[row]!;
    verdicts[row] = number < FEW ? perNumber[number]! : test(number);
  }
  return verdicts;
}

function measuresOver(leaf: LeafOf<'event'>, { test, missing }: CompiledLeaf, clock: Clock | undefined): FlatLeaf {
  const within = boundsOver(leaf.within)(clock);
  const tally = tallyOf(leaf.measure ?? 'count');
  return {
    name: leaf.event,
    isDecidable: within !== null,
    over: (events, people) => {
      const { property } = tally;
      if (property === null) {
        const numbers = events.most < FEW ? new Uint8Array(people) : new Uint32Array(people);
        if (leaf.where === undefined) countWithin(events, within ?? ALWAYS, numbers);
        else countOf(events, counting(events, leaf.where, within, clock), numbers);
        return verdictsOn(numbers, (number) => test(number, clock));
      }
      const counts = counting(events, leaf.where, within, clock);
      const column = events.property(property);
      return perPerson(events, people, (from, to) => {
        tally.start();
        for (let event = from; event < to; event += 1)
          if (counts[event] === 1) tally.add(column.get(event) as FactValue | undefined);
        const result = tally.result();
        return result === undefined ? missing : test(result, clock);
      });
    },
  };
}

function momentsOver(leaf: LeafOf<'moment'>, { test, missing }: CompiledLeaf, clock: Clock | undefined): FlatLeaf {
  return {
    name: leaf.event,
    isDecidable: true,
    over: (events, people) => {
      const counts = counting(events, leaf.where, null, clock);
      return perPerson(events, people, (from, to) => {
        const own = counts.subarray(from, to);
        const found = leaf.moment === 'first' ? own.indexOf(1) : own.lastIndexOf(1);
        return found < 0 ? missing : test(events.at[from + found]!, clock);
      });
    },
  };
}
