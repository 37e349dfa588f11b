import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromLimeExpression, type LimeTarget } from '../../../src/exchange/surveys/lime-expressions.ts';
import { printExpression } from '../../../src/exchange/surveys/print-expression.ts';
import { fromJsExpression, toJsExpression } from '../../../src/exchange/surveys/survey-js-expressions.ts';
import { type Target, Untranslatable } from '../../../src/exchange/surveys/targets.ts';
import { evaluate, type Facts } from '../../../src/logic/evaluate.ts';
import { type Expression, parseExpression } from '../../../src/logic/expression.ts';
import type { Value } from '../../../src/logic/functions.ts';

const codes = new Map([
  ['a', 'a'],
  ['b', 'b'],
  ["it's", 'c'],
]);
const targets: Record<string, Target> = {
  plan: { address: 'plan', holds: 'code', codes },
  tools: { address: 'tools', holds: 'codes', codes },
  age: { address: 'age', holds: 'number', codes: null },
  'grid.x': { address: 'grid.x', holds: 'number', codes: null },
  words: { address: 'words', holds: 'text', codes: null },
};
const resolve = (name: string): Target | null => targets[name] ?? null;
const fromJs = (source: string) => printExpression(fromJsExpression(source, resolve));
const read = (source: string): Expression => {
  const found = parseExpression(source);
  if ('error' in found) throw new Error(`${found.error}: ${source}`);
  return found.expression;
};
const toJs = (source: string) => toJsExpression(read(source), (address) => address);

test.each([
  ["{plan} = 'a' and {age} notempty", "{plan} = 'a' and answered({age})"],
  ["{tools} contains 'a' or {tools} anyof ['a', 'b']", "{tools} includes 'a' or anyOf({tools}, ['a', 'b'])"],
  ["{tools} allof ['a', 'b']", "{tools} includes ['a', 'b']"],
  ["{plan} anyof ['a', 'it\\'s']", "{plan} in ['a', 'c']"],
  ["{tools} noneof ['a']", "not answered({tools}) or not anyOf({tools}, ['a'])"],
  ["{plan} <> 'a'", "not answered({plan}) or {plan} != 'a'"],
  ["{words} contains 'x y'", "contains({words}, 'x y')"],
  ['iif({age} >= 18, sum({age}, {grid.x}), 0) > 3', 'if({age} >= 18, sum({age}, {grid.x}), 0) > 3'],
  ['!({age} > 1) && {tools.length} == 2', 'not {age} > 1 and count({tools}) = 2'],
  ["dateDiff({words}, today(), 'days') < -3", 'days({words}, today()) < -3'],
  ['avg({age}, 2) + 1 * 2 = 4', 'average({age}, 2) + 1 * 2 = 4'],
])('%s is %s', (source, own) => {
  expect(fromJs(source)).toBe(own);
  expect(read(own)).toBeDefined();
});

test.each([
  '{nobody} = 1',
  "{plan} = 'zz'",
  'foo({age})',
  '{age} ^ 2',
  '{age} >',
  "{age} = 'x",
  '('.repeat(500),
  `{age} = 1 ${'and {age} = 1 '.repeat(1000)}`,
])('%s is refused with a reason', (source) => {
  expect(() => fromJs(source)).toThrow(Untranslatable);
});

const number = fc.oneof(
  fc.constantFrom('{age}', '{grid.x}'),
  fc.nat(100).map(String),
  fc.constantFrom('sum({age}, 3)', 'count({tools})', 'round({age} / 3, 1)'),
);
const leaf = fc.oneof(
  fc
    .tuple(number, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), fc.nat(9))
    .map(([left, how, right]) => `${left} ${how} ${right}`),
  fc.constantFrom(
    "{plan} = 'a'",
    "{plan} != 'b'",
    "{plan} in ['a', 'b']",
    "{tools} includes 'a'",
    "{tools} includes ['a', 'b']",
    "anyOf({tools}, ['b'])",
    'answered({plan})',
    'not answered({tools})',
    "contains({words}, 'it''s')",
    '{age} + 2 * {grid.x} > 3',
    '-{age} < 2',
  ),
);
const condition = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any'))
      .map(([left, op, right]) => `(${left}) ${op} (${right})`),
    tie('any').map((one) => `not (${one})`),
  ),
})).any;
const facts = fc.record({
  plan: fc.constantFrom('a', 'b', 'c', null),
  tools: fc.constantFrom(['a'], ['a', 'b'], ['c'], null),
  age: fc.constantFrom(0, 5, 30, null),
  'grid.x': fc.constantFrom(1, 3, null),
  words: fc.constantFrom("say it's", '', null),
});
const factsOf = (values: Record<string, Value>): Facts => ({
  value: ({ name }) => values[name] ?? null,
  isRefused: () => false,
  today: '2026-03-09',
});

test('a printed tree reads back as what it was', () => {
  fc.assert(
    fc.property(condition, (source) => {
      const printed = printExpression(read(source));
      expect(printExpression(read(printed))).toBe(printed);
    }),
  );
});

test('a condition of ours decides the same after a way through SurveyJS', () => {
  fc.assert(
    fc.property(condition, facts, (source, values) => {
      const own = new Map([...codes.values()].map((code) => [code, code]));
      const theirs: Record<string, Target> = Object.fromEntries(
        Object.entries(targets).map(([name, target]) => [name, { ...target, codes: target.codes && own }]),
      );
      const back = fromJsExpression(toJs(source), (name) => theirs[name] ?? (name.startsWith('tools') ? null : null));
      const answers = factsOf(values as unknown as Record<string, Value>);
      expect(evaluate(back, answers) === true).toBe(evaluate(read(source), answers) === true);
    }),
    { numRuns: 500 },
  );
});

const lime: Record<string, LimeTarget> = {
  Q1: targets['plan'] as Target,
  Q2_SQ1: { address: 'tools', holds: 'codes', codes, option: 'a' },
  Q3: targets['age'] as Target,
  '1X2X3': targets['age'] as Target,
};
const fromLime = (source: string) => printExpression(fromLimeExpression(source, (name) => lime[name] ?? null));

test.each([
  ['Q1.NAOK == "a"', "{plan} = 'a'"],
  ['Q2_SQ1.NAOK == "Y" and !is_empty(Q3)', "{tools} includes 'a' and answered({age})"],
  ['Q2_SQ1 != "Y"', "not answered({tools}) or not {tools} includes 'a'"],
  ['((1X2X3.NAOK ge 3)) or Q3 == ""', '{age} >= 3 or not answered({age})'],
  ['if(Q3 > 2, 1, 0) == 1', 'if({age} > 2, 1, 0) = 1'],
  ['(Q3 + 1) * 2 < 10', '({age} + 1) * 2 < 10'],
])('LimeSurvey’s %s is %s', (source, own) => {
  expect(fromLime(source)).toBe(own);
});

test.each(['count(that.Q1)', 'Q9 == 1', 'Q1 == "zz"', 'Q1 ==', '"open', '('.repeat(300), 'Q1 =~ 2'])(
  'LimeSurvey’s %s is refused with a reason',
  (source) => {
    expect(() => fromLime(source)).toThrow(Untranslatable);
  },
);
