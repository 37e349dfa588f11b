import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRule } from '../../src/model/rule.ts';

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
  ['an operator nobody knows', { attribute: 'city', op: 'matches', value: '.*' }],
  ['a leaf that asks two things', { attribute: 'city', answer: 'city', op: 'is', value: 'x' }],
  ['a name too many', { ...leaf, besides: 'all' }],
  ['a leaf without a name', { op: 'is', value: 'x' }],
  ['all beside any', { all: [leaf], any: [leaf] }],
  ['no operator', { attribute: 'city', value: 'x' }],
])('%s is no rule', (_, input) => {
  expect(readRule(input)).toHaveProperty('error');
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
