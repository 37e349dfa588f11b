import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Rule, type RuleLeaf, type RuleMeasure, RuleOperator } from '../../src/model/rule.ts';
import { compileRules, decide, type Truth } from '../../src/rules/decide.ts';
import { type FactValue, subjectOf } from '../../src/rules/subject.ts';

const nobody = subjectOf(new Map(), new Map());
const knowing = (facts: Record<string, FactValue>) => subjectOf(new Map(Object.entries(facts)), new Map());

/** Leaves that are true, false and unknown, whoever is asked. */
const T: RuleLeaf = { attribute: 'nothing', op: 'notSet' };
const F: RuleLeaf = { attribute: 'nothing', op: 'set' };
const U: RuleLeaf = { attribute: 'nothing', op: 'is', value: 'x' };
const truth = (rule: Rule): Truth => decide(rule, nobody).truth;

describe('Kleene’s logic', () => {
  const values: [RuleLeaf, Truth][] = [
    [T, true],
    [F, false],
    [U, null],
  ];
  const and = (a: Truth, b: Truth): Truth =>
    a === false || b === false ? false : a === null || b === null ? null : true;
  const or = (a: Truth, b: Truth): Truth => (a === true || b === true ? true : a === null || b === null ? null : false);

  test('“not” turns true and false, and leaves unknown unknown', () => {
    expect(values.map(([leaf]) => truth({ not: leaf }))).toEqual([false, true, null]);
  });
  test('“all” and “any” hold in every combination of two', () => {
    for (const [a, left] of values) {
      for (const [b, right] of values) {
        expect(truth({ all: [a, b] })).toBe(and(left, right));
        expect(truth({ any: [a, b] })).toBe(or(left, right));
      }
    }
  });
  test('all of nothing is true, any of nothing false', () => {
    expect(truth({ all: [] })).toBe(true);
    expect(truth({ any: [] })).toBe(false);
  });
});

describe('a missing value', () => {
  const asking = RuleOperator.options.filter((op) => op !== 'set' && op !== 'notSet');
  test.each(asking)('leaves “%s” unknown', (op) => {
    expect(decide({ attribute: 'plan', op, value: 'Pro' }, nobody)).toMatchObject({
      truth: null,
      found: null,
      wasMissing: true,
    });
  });
  test.each(asking)('counts for “%s” as the leaf says', (op) => {
    expect(truth({ attribute: 'plan', op, value: 'Pro', ifMissing: true })).toBe(true);
    expect(truth({ attribute: 'plan', op, value: 'Pro', ifMissing: false })).toBe(false);
  });
  test('decides “set” and “notSet”, whatever it counts as elsewhere', () => {
    expect(truth({ attribute: 'plan', op: 'set', ifMissing: true })).toBe(false);
    expect(truth({ attribute: 'plan', op: 'notSet', ifMissing: false })).toBe(true);
  });
  test('on the rule’s side leaves it unknown', () => {
    expect(decide({ attribute: 'plan', op: 'is' }, knowing({ plan: 'Pro' })).truth).toBeNull();
    expect(decide({ attribute: 'seats', op: 'gte' }, knowing({ seats: 3 })).truth).toBeNull();
  });
});

describe('operators', () => {
  test.each<[FactValue, RuleOperator, FactValue, Truth]>([
    ['Pro', 'is', ' pro ', true],
    ['12', 'is', 12, true],
    [true, 'is', 'true', true],
    [['a', 'b'], 'is', 'b', true],
    ['Pro', 'isNot', 'Free', true],
    [['a', 'b'], 'isNot', 'b', false],
    ['b', 'in', ['a', 'B'], true],
    ['c', 'in', ['a', 'b'], false],
    ['c', 'notIn', ['a', 'b'], true],
    [['a', 'c'], 'notIn', ['a'], false],
    ['In the City', 'contains', 'city', true],
    [['town', 'old city'], 'contains', 'city', true],
    ['In the City', 'contains', ['lake', 'city'], true],
    [10, 'lt', 10, false],
    [10, 'lte', '10', true],
    ['9', 'gt', 10, false],
    ['11', 'gte', 10, true],
    ['eleven', 'gte', 10, null],
    ['', 'lt', 10, null],
    ['  ', 'gte', 0, null],
    [true, 'gte', 0, null],
    [['11'], 'gte', 10, null],
    [5, 'lt', '', null],
    [Number.NaN, 'lt', 5, null],
  ])('%j %s %j is %j', (found, op, value, expected) => {
    expect(decide({ attribute: 'a', op, value: value as string }, knowing({ a: found })).truth).toBe(expected);
  });
});

describe('who never did a thing', () => {
  const never = subjectOf(new Map(), new Map(), { events: new Map() });
  test.each<[RuleMeasure, Truth]>([
    ['count', true],
    [{ sum: 'revenue' }, true],
    [{ distinct: 'revenue' }, true],
    [{ average: 'revenue' }, null],
    [{ min: 'revenue' }, null],
    [{ max: 'revenue' }, null],
  ])('has 0 as their %j, or nothing to measure', (measure, expected) => {
    expect(decide({ event: 'Order', measure, op: 'is', value: 0 }, never).truth).toBe(expected);
    expect(decide({ event: 'Order', measure, op: 'set' }, never).truth).toBe(expected === true);
    expect(decide({ event: 'Order', measure, op: 'is', value: 0 }, nobody).truth).toBeNull();
  });
  test('has no first time of it, and did not stop', () => {
    const first: Rule = { moment: 'first', event: 'Order', op: 'before', value: '2026-01-01' };
    expect(decide(first, never)).toMatchObject({ truth: null, wasMissing: true });
    expect(decide({ ...first, ifMissing: true }, never).truth).toBe(true);
  });
});

test('an event without the property does not count as one whose property is something else', () => {
  const events = new Map([
    [
      'Order',
      [
        { at: 1, properties: {} },
        { at: 2, properties: { currency: 'USD' } },
      ],
    ],
  ]);
  const count = (ifMissing?: boolean) =>
    decide(
      {
        event: 'Order',
        where: [{ property: 'currency', op: 'isNot', value: 'EUR', ...(ifMissing === undefined ? {} : { ifMissing }) }],
        op: 'gte',
        value: 0,
      },
      subjectOf(new Map(), new Map(), { events }),
    );
  expect(count()).toMatchObject({ found: 1 });
  expect(count(true)).toMatchObject({ found: 2 });
});

test('the trace shows what was found: a number, a time, the values of all companies', () => {
  const subject = subjectOf(new Map(), new Map(), {
    clock: { now: Date.UTC(2026, 2, 9), timeZone: 'UTC' },
    events: new Map([['Order', [{ at: Date.UTC(2026, 1, 1), properties: {} }]]]),
    companies: [{ industry: 'retail' }, { seats: 3 }, { industry: ['travel', 'leisure'] }],
  });
  const found = (rule: Rule) => decide(rule, subject);
  expect(found({ event: 'Order', op: 'gte', value: 1 })).toMatchObject({ found: 1, truth: true });
  expect(found({ moment: 'last', event: 'Order', op: 'olderThan', value: { amount: 1, unit: 'month' } })).toMatchObject(
    {
      found: '2026-02-01T00:00:00.000Z',
      truth: true,
    },
  );
  expect(found({ company: 'industry', op: 'is', value: 'leisure' })).toMatchObject({
    found: ['retail', 'travel', 'leisure'],
    truth: true,
  });
});

test('rules that share leaves look for each thing once', () => {
  let asked = 0;
  const { decide: decideAll } = compileRules([
    {
      all: [
        { attribute: 'age', op: 'gte', value: 18 },
        { attribute: 'age', op: 'lt', value: 65 },
      ],
    },
    { not: { attribute: 'age', op: 'gte', value: 18 } },
    { attribute: 'age', op: 'notSet' },
  ]);
  const subject = {
    ...nobody,
    fact: () => {
      asked += 1;
      return 70;
    },
  };
  expect(decideAll(subject)).toEqual([false, false, false]);
  expect(asked).toBe(1);
});

test('an answer is asked of the survey named, else of any', () => {
  const subject = subjectOf(
    new Map(),
    new Map<string, FactValue>([
      ['mood', 3],
      ['small mood', 8],
    ]),
  );
  expect(decide({ answer: 'mood', op: 'is', value: 3 }, subject).truth).toBe(true);
  expect(decide({ answer: 'mood', survey: 'small', op: 'is', value: 8 }, subject).truth).toBe(true);
  expect(decide({ answer: 'mood', survey: 'other', op: 'is', value: 8 }, subject).truth).toBeNull();
});

test('a trace says of every leaf what was found', () => {
  const trace = decide(
    { all: [{ attribute: 'plan', op: 'is', value: 'Pro' }, { not: { attribute: 'seats', op: 'lt', value: 5 } }] },
    knowing({ plan: 'Pro' }),
  );
  expect(trace).toEqual({
    kind: 'all',
    truth: null,
    parts: [
      {
        kind: 'leaf',
        truth: true,
        leaf: { attribute: 'plan', op: 'is', value: 'Pro' },
        found: 'Pro',
        wasMissing: false,
      },
      {
        kind: 'not',
        truth: null,
        parts: [
          {
            kind: 'leaf',
            truth: null,
            leaf: { attribute: 'seats', op: 'lt', value: 5 },
            found: null,
            wasMissing: true,
          },
        ],
      },
    ],
  });
});

/** Slow and plain: unknown is settled by trying every way the unknown leaves could turn out, each on its own. */
function byTrying(rule: Rule): Truth {
  const leaves: Truth[] = [];
  const collect = (node: Rule): void => {
    if ('all' in node) node.all.forEach(collect);
    else if ('any' in node) node.any.forEach(collect);
    else if ('not' in node) collect(node.not);
    else leaves.push(node === T ? true : node === F ? false : null);
  };
  collect(rule);
  const unknown = leaves.flatMap((leaf, index) => (leaf === null ? [index] : []));
  const outcomes = new Set<boolean>();
  for (let way = 0; way < 2 ** unknown.length; way += 1) {
    const tried = leaves.map((leaf, index) => (leaf === null ? (way & (2 ** unknown.indexOf(index))) !== 0 : leaf));
    let next = 0;
    const value = (node: Rule): boolean => {
      if ('all' in node) return node.all.map(value).every(Boolean);
      if ('any' in node) return node.any.map(value).some(Boolean);
      if ('not' in node) return !value(node.not);
      next += 1;
      return tried[next - 1] ?? false;
    };
    outcomes.add(value(rule));
  }
  return outcomes.size === 2 ? null : outcomes.has(true);
}

test('a rule of any shape comes out as it does when every unknown is tried both ways', () => {
  const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<Rule>(T, F, U),
      fc.array(tie('rule'), { maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('rule'), { maxLength: 3 }).map((any) => ({ any })),
      tie('rule').map((not) => ({ not })),
    ),
  }));
  const unknownLeaves = (text: string) => text.split('"is"').length - 1;
  fc.assert(
    fc.property(rule, (tree) => {
      fc.pre(unknownLeaves(JSON.stringify(tree)) <= 10);
      expect(truth(tree)).toBe(byTrying(tree));
    }),
    { numRuns: 1000 },
  );
});

test('deciding changes neither the rule nor what it looked at', () => {
  const rule: Rule = Object.freeze({
    any: Object.freeze([Object.freeze({ attribute: 'a', op: 'in', value: ['x'] } as const)]) as unknown as Rule[],
  });
  expect(decide(rule, knowing({ a: Object.freeze(['x']) as string[] })).truth).toBe(true);
});
