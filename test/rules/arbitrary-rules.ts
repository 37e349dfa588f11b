import fc from 'fast-check';
import { DEEDS, PERIODS, type Rule, type RuleLeaf, SPAN_UNITS } from '../../src/model/rule.ts';
import type { FactValue } from '../../src/rules/subject.ts';
import type { Did, World } from './reference-evaluator.ts';

/*
 * Rules and people that have to do with each other: few names, few values, times close to the moment of asking.
 */

const NOW = Date.parse('2026-03-30T10:00:00.000Z');
const HOUR = 3_600_000;

const texts = fc.constantFrom('Pro', ' pro', 'free', 'Old city', 'city', '12', '7.5', '', ' ');
const dates = fc.constantFrom(
  '2026-03-29',
  '2026-03-30',
  '2024-02-29',
  '1999-03-28',
  '2026-03-29T00:30:00.000Z',
  '2026-03-29T22:00:00.000Z',
  '2026-02-28T12:00:00.000Z',
  '2025-11-02T05:30:00.000Z',
);
const versions = fc.constantFrom('1.2', '1.10.0', 'v2', '2.0.0', '2.0.0-beta', '2.0.0-alpha', '1.9.9', 'old');
const numbers = fc.constantFrom(-1, 0, 1, 2, 3, 7.5, 12, 30);
const factValues: fc.Arbitrary<FactValue> = fc.oneof(
  texts,
  dates,
  versions,
  numbers,
  fc.boolean(),
  fc.array(fc.oneof(texts, dates), { maxLength: 3 }),
);
const instants = fc.oneof(
  fc.integer({ min: -60 * 24, max: 30 }).map((hours) => NOW + hours * HOUR),
  fc.integer({ min: -200, max: 0 }).map((quarters) => NOW + quarters * (HOUR / 4)),
  dates.filter((text) => text.length > 10).map((text) => Date.parse(text)),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const some = <T>(names: string[], value: fc.Arbitrary<T>) =>
  fc
    .record(Object.fromEntries(names.map((name) => [name, maybe(value)])))
    .map(
      (record) =>
        Object.fromEntries(Object.entries(record).filter(([, one]) => one !== undefined)) as Record<string, T>,
    );

const PROPERTIES = ['plan', 'revenue'];
const EVENTS = ['Order', 'Visit'];
const did: fc.Arbitrary<Did> = fc.record({
  event: fc.constantFrom(...EVENTS),
  at: instants,
  properties: some<unknown>(PROPERTIES, factValues),
});

const roles = fc.constantFrom('Buyer', ' buyer', 'user', 'champion', null);
const NOTHING = { answers: {}, surveys: undefined, page: {}, technology: {}, place: {}, scores: {}, segments: {} };

/** People of one population: asked at one moment, and with the same things known of all of them. */
export const worlds: fc.Arbitrary<World[]> = fc
  .record({
    now: fc.constantFrom(
      NOW,
      NOW - 12 * HOUR,
      Date.parse('2026-03-01T00:30:00.000Z'),
      Date.parse('2025-11-02T06:30:00.000Z'),
    ),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'),
    knowsEvents: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
    knowsSurveys: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  })
  .chain(({ now, timeZone, knowsEvents, knowsSurveys }) => {
    const events = knowsEvents ? fc.array(did, { maxLength: 8 }) : fc.constant(undefined);
    const members = fc.array(
      fc.record({
        world: fc.record({ person: fc.string(), attributes: some(['a', 'b'], factValues), events }).map(
          (known): World => ({
            now,
            timeZone,
            ...known,
            ...NOTHING,
            companies: undefined,
            roles: [],
            people: undefined,
            themes: undefined,
            personas: undefined,
            interviews: undefined,
          }),
        ),
        role: roles,
      }),
      { maxLength: 4 },
    );
    return fc.array(
      fc.record({
        now: fc.constant(now),
        timeZone: fc.constant(timeZone),
        person: fc.string({ minLength: 4, maxLength: 6 }),
        attributes: some(['a', 'b'], factValues),
        answers: some(['mood', 'small mood'], factValues),
        companies: maybe(fc.array(some(['a'], factValues), { maxLength: 3 })),
        roles: fc.array(roles, { minLength: 3, maxLength: 3 }),
        people: maybe(members),
        events,
        surveys: knowsSurveys
          ? fc.array(
              fc.record({ survey: fc.constantFrom('small', 'large'), did: fc.constantFrom(...DEEDS), at: instants }),
              { maxLength: 4 },
            )
          : fc.constant(undefined),
        page: some(['path', 'utm_source'], texts),
        technology: fc.oneof(
          some<string | number>(['browserVersion'], versions),
          some<string | number>(['viewport'], numbers),
          some<string | number>(['os'], texts),
        ),
        place: some(['country'], texts),
        scores: some(['calm'], some(['raw', 'z'], numbers)),
        themes: maybe(some(['t1', 't2'], fc.constantFrom(0, 0.4, 0.9))),
        personas: maybe(fc.subarray(['p1'])),
        segments: some(['s1', 'none n1'], fc.tuple(fc.constantFrom(0, 0.4, 1), instants)),
        interviews: maybe(some(['c1'], fc.integer({ min: 0, max: 3 }))),
      }),
      { minLength: 1, maxLength: 6 },
    );
  });

const spans = fc.record({ amount: fc.constantFrom(1, 2, 5, 30), unit: fc.constantFrom(...SPAN_UNITS) });
const days = dates.map((text) => text.slice(0, 10));
const windows = fc.oneof(
  fc.record({ last: fc.constantFrom(1, 2, 7, 30), unit: fc.constantFrom(...SPAN_UNITS) }),
  fc.record({ from: days }),
  fc.tuple(days, days).map((pair) => {
    const [from = '', to = ''] = pair.toSorted();
    return { from, to };
  }),
);
const pair = <T extends string | number>(one: fc.Arbitrary<T>) =>
  fc.tuple(one, one).map(([a, b]) => (a <= b ? [a, b] : [b, a]) as T[]) as fc.Arbitrary<string[] | number[]>;
const list = fc.array(texts, { minLength: 1, maxLength: 3 });
const patterns = fc.constantFrom('P.*', '[a-z ]+', '[0-9.]+', '.*pro', '(free|city)');

type Comparison = Pick<Extract<RuleLeaf, { attribute: string }>, 'op' | 'value'>;
const comparing = (op: Comparison['op'], value: fc.Arbitrary<unknown>) =>
  value.map((one) => ({ op, value: one }) as Comparison);
const known: fc.Arbitrary<Comparison> = fc.constantFrom({ op: 'set' }, { op: 'notSet' });
const numberComparisons = fc.oneof(
  ...(['is', 'isNot', 'lt', 'lte', 'gt', 'gte'] as const).map((op) => comparing(op, numbers)),
  ...(['in', 'notIn'] as const).map((op) => comparing(op, fc.array(numbers, { maxLength: 3 }))),
  comparing('between', pair(numbers)),
  known,
);
const textComparisons = fc.oneof(
  ...(['is', 'isNot'] as const).map((op) => comparing(op, fc.oneof(texts, list))),
  ...(['in', 'notIn', 'contains', 'notContains', 'startsWith', 'endsWith'] as const).map((op) => comparing(op, list)),
  ...(['matches', 'notMatches'] as const).map((op) => comparing(op, patterns)),
  known,
);
const timeComparisons = fc.oneof(
  ...(['before', 'after'] as const).map((op) => comparing(op, dates)),
  ...(['olderThan', 'newerThan'] as const).map((op) => comparing(op, spans)),
  comparing('between', pair(days)),
);
const versionComparisons = fc.oneof(
  ...(['versionAtLeast', 'versionBelow'] as const).map((op) =>
    comparing(
      op,
      versions.filter((text) => text !== 'old'),
    ),
  ),
);
const factComparisons = fc.oneof(
  numberComparisons,
  textComparisons,
  timeComparisons,
  versionComparisons,
  comparing('anniversary', fc.constantFrom(0, 1, 3, 30)),
  ...(['hasAny', 'hasAll', 'hasNone'] as const).map((op) => comparing(op, list)),
);

type Loose = Record<string, unknown>;
const leaf = (kind: Loose | fc.Arbitrary<Loose>, rest: fc.Arbitrary<Loose> = fc.constant({})): fc.Arbitrary<RuleLeaf> =>
  fc
    .tuple(
      'generate' in kind ? (kind as fc.Arbitrary<Loose>) : fc.constant(kind),
      rest,
      fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, fc.record({ ifMissing: fc.boolean() })),
    )
    .map((parts) => {
      const entries = parts.flatMap((part) => Object.entries(part)).filter(([, value]) => value !== undefined);
      return Object.fromEntries(entries) as RuleLeaf;
    });
const condition = fc
  .tuple(fc.constantFrom(...PROPERTIES), factComparisons, maybe(fc.boolean()))
  .map(([property, comparison, ifMissing]) => ({
    property,
    ...comparison,
    ...(ifMissing === undefined ? {} : { ifMissing }),
  }));
const where = maybe(fc.array(condition, { maxLength: 2 }));
const event = fc.constantFrom(...EVENTS);
const measure = fc.oneof(
  fc.constantFrom(undefined, 'count'),
  fc
    .tuple(fc.constantFrom('sum', 'average', 'min', 'max', 'distinct'), fc.constantFrom(...PROPERTIES))
    .map(([kind, property]) => ({
      [kind]: property,
    })),
);
const rhythm = fc.record({ where, active: spans, quiet: spans });
const joined = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Loose) as fc.Arbitrary<Loose>;

const roleAsked = fc.constantFrom('buyer', 'User ');

export const leavesByKind: Record<string, fc.Arbitrary<RuleLeaf>> = {
  attribute: leaf(fc.record({ attribute: fc.constantFrom('a', 'b', 'c') }), factComparisons),
  answer: leaf(fc.record({ answer: fc.constant('mood'), survey: maybe(fc.constant('small')) }), factComparisons),
  company: leaf(fc.record({ company: fc.constant('a'), role: maybe(roleAsked) }), factComparisons),
  role: leaf(fc.record({ role: roleAsked })),
  event: leaf(joined(fc.record({ event, where, measure, within: maybe(windows) }), numberComparisons)),
  moment: leaf(joined(fc.record({ moment: fc.constantFrom('first', 'last'), event, where }), timeComparisons)),
  sequence: leaf(
    fc.record({
      sequence: fc.array(fc.record({ event, where }), { minLength: 2, maxLength: 3 }),
      span: maybe(spans),
      within: maybe(windows),
    }),
  ),
  regularly: leaf(
    fc.record({
      regularly: event,
      where,
      unit: fc.constantFrom(...PERIODS),
      of: fc.constantFrom(2, 5),
      atLeast: fc.constantFrom(1, 2),
    }),
  ),
  stopped: leaf(joined(fc.record({ stopped: event }), rhythm)),
  restarted: leaf(joined(fc.record({ restarted: event }), rhythm)),
  page: leaf(fc.record({ page: fc.constantFrom('path', 'utm_source') }), textComparisons),
  technology: fc.oneof(
    leaf({ technology: 'viewport' }, numberComparisons),
    leaf({ technology: 'os' }, textComparisons),
    leaf({ technology: 'browserVersion' }, versionComparisons),
  ),
  place: leaf({ place: 'country' }, textComparisons),
  survey: leaf(
    fc.record({
      survey: fc.constantFrom('any', 'small'),
      did: fc.constantFrom(...DEEDS),
      within: maybe(windows),
    }),
  ),
  score: leaf(fc.record({ score: fc.constant('calm'), as: maybe(fc.constantFrom('raw', 'z')) }), numberComparisons),
  theme: leaf(fc.record({ theme: fc.constant('t1'), minConfidence: maybe(fc.constantFrom(0, 0.5, 1)) })),
  persona: leaf({ persona: 'p1' }),
  segment: leaf(
    fc.oneof(
      fc.record({
        segment: fc.constant('s1'),
        minProbability: maybe(fc.constantFrom(0, 0.5, 1)),
        within: maybe(windows),
      }),
      fc.record({ segment: fc.constant('n1'), none: fc.constant(true), within: maybe(windows) }),
    ),
  ),
  interview: leaf(fc.record({ interview: fc.constant('c1'), atLeast: maybe(fc.constantFrom(1, 2)) })),
};
export const leaves = fc.oneof(...Object.values(leavesByKind));

/** What is asked of each of a company's people. */
const peopleRule: fc.Arbitrary<Rule> = fc
  .tuple(leavesByKind['attribute']!, fc.oneof(leavesByKind['attribute']!, leavesByKind['event']!))
  .chain(([one, other]) =>
    fc.constantFrom<Rule>(one, { not: one }, { all: [one, other] }, { any: [other, one] }, { all: [] }),
  );
export const peopleLeaf = leaf(
  joined(
    fc.record({ people: peopleRule, role: maybe(roleAsked), measure: maybe(fc.constantFrom('count', 'share')) }),
    fc.oneof(
      numberComparisons,
      ...(['lt', 'lte', 'gt', 'gte'] as const).map((op) => comparing(op, fc.constantFrom(1, 2, 50))),
    ),
  ),
);
/** What can be asked of a company: what its own people did together, and for how many of them something holds. */
export const companyTree: fc.Arbitrary<Rule> = fc
  .array(fc.oneof(peopleLeaf, leavesByKind['event']!, leavesByKind['moment']!, leavesByKind['segment']!), {
    maxLength: 4,
  })
  .chain((parts) =>
    fc.constantFrom<Rule>({ all: parts }, { any: parts }, { not: { all: parts } }, { all: [{ any: parts }, ...parts] }),
  );

export const ruleTree: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaves,
    fc.array(tie('rule'), { maxLength: 4 }).map((all) => ({ all })),
    fc.array(tie('rule'), { maxLength: 4 }).map((any) => ({ any })),
    tie('rule').map((not) => ({ not })),
  ),
})).rule;
