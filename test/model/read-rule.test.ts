import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRule, readRule } from '../../src/model/read-rule.ts';

const leaf = { attribute: 'city', op: 'is', value: 'Ulm' };
const deep = (levels: number, wrap: (inner: unknown) => unknown): unknown => {
  let node: unknown = leaf;
  for (let level = 0; level < levels; level += 1) node = wrap(node);
  return node;
};

test('a rule is read as it stands', () => {
  const rule = {
    all: [
      leaf,
      {
        any: [
          { answer: 'mood', survey: 'small', op: 'gte', value: 5, ifMissing: false },
          { not: { attribute: 'plan', op: 'set' } },
        ],
      },
    ],
  };
  expect(readRule(rule)).toEqual({ rule });
});

test('whoever is in no segment is so without a probability', () => {
  const none = { segment: 'r4tw9', none: true, within: { last: 90, unit: 'day' } };
  expect(readRule(none)).toEqual({ rule: none });
  expect(checkRule({ ...none, minProbability: 0.7 })).toMatchObject({
    faults: [{ path: ['minProbability'], message: expect.stringContaining('in no segment') }],
  });
  expect(readRule({ segment: 'r4tw9', none: false })).toHaveProperty('error');
});

test('eight levels are a rule, nine are not', () => {
  expect(readRule(deep(7, (inner) => ({ not: inner })))).toHaveProperty('rule');
  expect(readRule(deep(8, (inner) => ({ not: inner })))).toEqual({ error: 'A rule may be at most 8 levels deep' });
});

test('two hundred conditions are a rule, one more is not', () => {
  expect(readRule({ any: Array(200).fill(leaf) })).toHaveProperty('rule');
  expect(readRule({ any: Array(201).fill(leaf) })).toEqual({ error: 'A rule may have at most 200 conditions' });
});

describe('a hundred thousand levels give an error, and exhaust nothing', () => {
  test.each<[string, (inner: unknown) => unknown]>([
    ['not', (inner) => ({ not: inner })],
    ['all', (inner) => ({ all: [inner] })],
    ['any', (inner) => ({ any: [inner] })],
    ['not beside all', (inner) => ({ all: [], not: inner })],
    ['any beside all', (inner) => ({ all: [leaf], any: [inner] })],
    ['not beside any', (inner) => ({ any: [leaf], not: inner })],
    ['all in a leaf', (inner) => ({ ...leaf, all: [inner] })],
    ['value', (inner) => ({ ...leaf, value: inner })],
    ['list in value', (inner) => ({ ...leaf, value: [inner] })],
    ['a name nobody knows', (inner) => ({ xor: [inner] })],
    ['lists in lists', (inner) => [inner]],
    ['all of no list', (inner) => ({ all: { inner } })],
  ])('%s', (_, wrap) => {
    expect(readRule(deep(100_000, wrap))).toHaveProperty('error');
  });
});

test.each([
  ['nothing', null],
  ['a text', 'city is Ulm'],
  ['an empty object', {}],
  ['an operator nobody knows', { attribute: 'city', op: 'resembles', value: '.*' }],
  ['a leaf that asks two things', { attribute: 'city', answer: 'city', op: 'is', value: 'x' }],
  ['a name too many', { ...leaf, besides: 'all' }],
  ['a leaf without a name', { op: 'is', value: 'x' }],
  ['all beside any', { all: [leaf], any: [leaf] }],
  ['no operator', { attribute: 'city', value: 'x' }],
])('%s is no rule', (_, input) => {
  expect(readRule(input)).toHaveProperty('error');
});

describe('what is wrong is said, and where', () => {
  const span = { amount: 1, unit: 'week' };
  test.each<[unknown, string]>([
    [{ any: [leaf, { event: 'Order', op: 'contains', value: 'x' }] }, '“contains” does not fit an event at any.1.op'],
    [{ not: { page: 'path', op: 'gt', value: 3 } }, '“gt” does not fit a page at not.op'],
    [{ moment: 'first', event: 'Order', op: 'set' }, '“set” does not fit a moment at op'],
    [{ technology: 'os', op: 'versionBelow', value: '2' }, '“versionBelow” does not fit a technology at op'],
    [{ attribute: 'a', op: 'matches', value: '(' }, '“(” is no pattern that can be read at value'],
    [{ attribute: 'a', op: 'matches', value: '(?=a)' }, '“(?=a)” is no pattern that can be read at value'],
    [{ score: 'calm', op: 'gte', value: '5' }, '“gte” needs a number at value'],
    [{ score: 'calm', op: 'between', value: [2, 1] }, '“between” needs the smaller number first at value'],
    [{ attribute: 'a', op: 'between', value: ['2026-01-01'] }, '“between” needs two numbers or days at value'],
    [{ attribute: 'a', op: 'before', value: '2026-02-30' }, '“before” needs a day such as 2026-03-09 at value'],
    [{ attribute: 'a', op: 'olderThan', value: 3 }, '“olderThan” needs an amount and a unit of time at value'],
    [{ attribute: 'a', op: 'is', value: span }, '“is” needs a value at value'],
    [{ attribute: 'a', op: 'anniversary', value: 400 }, '“anniversary” needs a number of days from 0 to 183 at value'],
    [{ attribute: 'a', op: 'versionBelow', value: 'new' }, '“versionBelow” needs a version such as 4.12.1 at value'],
    [{ attribute: 'a', op: 'hasAny', value: [] }, '“hasAny” needs a list at value'],
    [
      { event: 'Order', where: [{ property: 'a', op: 'lt', value: 'x' }], op: 'gt', value: 1 },
      '“lt” needs a number at where.0.value',
    ],
    [
      { sequence: [{ event: 'a' }, { event: 'b', where: [{ property: 'c', op: 'matches', value: '[' }] }] },
      '“[” is no pattern that can be read at sequence.1.where.0.value',
    ],
    [{ survey: 'any', did: 'seen', within: { last: 0, unit: 'day' } }, 'within'],
    [{ survey: 'any', did: 'seen', within: { from: '2026-02-01', to: '2026-01-01' } }, 'within'],
    [{ regularly: 'a', unit: 'week', of: 2, atLeast: 3 }, 'at least so many of fewer at atLeast'],
    [{ regularly: 'a', unit: 'hour', of: 2, atLeast: 1 }, 'unit'],
    [{ stopped: 'a', active: span }, 'quiet'],
    [{ sample: 101, salt: 'x' }, 'sample'],
    [{ theme: 'a', op: 'is', value: 'b' }, 'op'],
    [{ all: [leaf, { all: 'x' }] }, '“all” needs a list at all.1.all'],
    [{ all: [leaf], any: [leaf] }, '“any” stands beside “all” at the top'],
    [{ theme: 'a', persona: 'b' }, 'a condition asks for exactly one of'],
  ])('%j', (input, expected) => {
    const read = readRule(input);
    expect('error' in read && read.error).toMatch(/^This is not a rule: /);
    expect('error' in read && read.error).toContain(expected);
  });
});

test.each<[string, object]>([
  ['a number written as a text', { attribute: 'seats', op: 'gte', value: '10' }],
  ['a text that is no number', { answer: 'age', op: 'lt', value: 'eleven' }],
  ['one value where a list is meant', { attribute: 'plan', op: 'in', value: 'pro' }],
  ['no value', { attribute: 'plan', op: 'is' }],
  ['an empty list', { answer: 'topics', survey: 'small', op: 'notIn', value: [] }],
  ['a value that nothing needs', { attribute: 'plan', op: 'set', value: true, ifMissing: false }],
])('a stored rule that compares with %s stays one', (_, rule) => {
  expect(readRule(rule)).toEqual({ rule });
});

test('whatever arrives is a rule or an error in a sentence', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.object({ key: fc.constantFrom('all', 'any', 'not', 'attribute', 'op', 'value', '__proto__'), maxDepth: 6 }),
      ),
      (input) => {
        const read = readRule(input);
        if ('error' in read) expect(read.error.length).toBeGreaterThan(10);
        else expect(read.rule).toBeTypeOf('object');
      },
    ),
    { numRuns: 1000 },
  );
});

describe('everything that is wrong is named at once, with what to do', () => {
  const faultsOf = (input: unknown, unit: 'person' | 'company' = 'person') => {
    const checked = checkRule(input, unit);
    return 'faults' in checked
      ? checked.faults.map(({ message, advice, path }) => [path.join('/'), message, advice])
      : [];
  };
  test('in the order in which it stands there', () => {
    expect(
      faultsOf({
        all: [
          { event: 'Order', op: 'contains', value: 'x' },
          { any: [leaf, { theme: 't', minConfidence: 2 }] },
          { not: 'Ulm' },
          { stopped: 'Order', active: { amount: 1, unit: 'week' } },
        ],
      }).map(([path, message]) => [path, message]),
    ).toEqual([
      ['all/0/op', '“contains” does not fit an event'],
      ['all/1/any/1/minConfidence', 'it may be at most 1, and 2 is more'],
      ['all/2/not', 'a condition is an object'],
      ['all/3/quiet', '“quiet” is missing'],
    ]);
  });
  test.each<[string, unknown, string, string]>([
    ['an operator nobody knows', { page: 'path', op: 'like', value: 'x' }, 'op', 'Use one of is, isNot, in,'],
    ['one that does not fit', { score: 'calm', op: 'contains', value: 'x' }, 'op', 'Use one of is, isNot, in,'],
    ['none at all', { attribute: 'plan', value: 'pro' }, 'op', 'Use one of is,'],
    ['a name too many', { ...leaf, besides: 1 }, 'besides', 'Take it out; what asks for attribute has attribute, op,'],
    ['two joins', { all: [], any: [] }, '', 'Give each braces of its own'],
    ['no list', { any: leaf }, 'any', 'square brackets'],
    ['no object', [leaf], '', 'Write it in braces'],
    ['too much', deep(9, (inner) => ({ not: inner })), '', 'a segment of its own'],
  ])('%s', (_, input, path, advice) => {
    const [first] = faultsOf(input);
    expect(first?.[0]).toBe(path);
    expect(first?.[2]).toContain(advice);
  });
  test('and no more than twenty of it', () => {
    expect(faultsOf({ all: Array(50).fill('x') })).toHaveLength(20);
  });
});
