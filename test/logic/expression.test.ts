import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkExpression, type Known } from '../../src/logic/check-expression.ts';
import { evaluate, type Facts } from '../../src/logic/evaluate.ts';
import { type Expression, parseExpression } from '../../src/logic/expression.ts';
import { FUNCTIONS, type Value } from '../../src/logic/functions.ts';

function facts(values: Record<string, Value>, refused: readonly string[] = []): Facts {
  return {
    value: ({ source, name }) => values[source === 'item' ? name : `${source}:${name}`] ?? null,
    isRefused: (item) => refused.includes(item),
    today: '2026-03-09',
  };
}
function read(source: string): Expression {
  const parsed = parseExpression(source);
  if ('error' in parsed) throw new Error(`${parsed.error} at ${parsed.at} in ${source}`);
  return parsed.expression;
}
const work = (source: string, values: Record<string, Value> = {}, refused: readonly string[] = []) =>
  evaluate(read(source), facts(values, refused));

describe('an expression', () => {
  test.each<[string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['-2 * -3', 6],
    ['7 % 4', 3],
    ['1 / 0', null],
    ["'it''s' = \"it's\"", true],
    ['true or false and false', true],
    ['not true or true', true],
    ["{plan} = 'pro'", true],
    ["{plan} != 'pro'", false],
    ["{plan} in ['free', 'pro']", true],
    ["{tools} includes 'paper'", true],
    ["{tools} includes ['paper', 'pen']", false],
    ["anyOf({tools}, ['pen', 'board'])", true],
    ['count({tools})', 2],
    ['{age} >= 18 and {age} < 65', true],
    ["{age} = '41'", true],
    ['round({age} / 2, 1)', 20.5],
    ['round(-2.5)', -3],
    ['round(1.005, 2)', 1.01],
    ['sum({age}, {nothing}, 1)', 42],
    ['average({age}, {nothing})', 41],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['sum({nothing})', null],
    ['{nothing} + 1', null],
    ["{nothing} = 'a'", null],
    ["{nothing} = 'a' or true", true],
    ["{nothing} = 'a' and false", false],
    ["not ({nothing} = 'a')", null],
    ['answered({age}) and not answered({nothing})', true],
    ['refused({mood})', true],
    ["if({age} > 40, 'old', 'young')", 'old'],
    ["if({nothing} > 40, 'old', 'young')", 'young'],
    ["length('añ😀')", 3],
    ["contains('The Quick', 'quick')", true],
    ["place({order}, 'b')", 1],
    ["place({order}, 'z')", null],
    ["age('2000-03-10')", 25],
    ["age('2000-03-09')", 26],
    ["days('2026-03-09', '2026-04-01')", 23],
    ["number('x')", null],
    ["join('a', {nothing}, 'b')", 'ab'],
    ["{since} < '2020-03-01'", true],
    ['{attribute:country}', 'DE'],
    ['{segment:vip}', true],
  ])('%s comes to %j', (source, value) => {
    const known = {
      plan: 'pro',
      tools: ['paper', 'board'],
      age: 41,
      order: ['b', 'a'],
      since: '2020-02-29',
      'attribute:country': 'DE',
      'segment:vip': true,
    };
    expect(work(source, known, ['mood'])).toEqual(value);
  });

  test.each([
    ['', 'Something is missing at the end'],
    ['1 +', 'Something is missing at the end'],
    ['{age', 'A { has no } after it'],
    ["'open", 'A text is not closed'],
    ['age > 3', '“age” means nothing by itself'],
    ['1 2', 'one too many'],
    ['(1', 'Here should be )'],
    ['1 = 2 = 3', 'one too many'],
    ['{a} & {b}', 'means nothing here'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, 'nested too deeply'],
    [`${'not '.repeat(5000)}true`, 'nested too deeply'],
  ])('%s is refused with its place', (source, message) => {
    const parsed = parseExpression(source);
    expect('error' in parsed ? parsed.error : 'it was read').toContain(message);
  });

  const value = fc.oneof(
    fc.integer({ min: -1000, max: 1000 }),
    fc.boolean(),
    fc.string({ maxLength: 8 }),
    fc.constant(null),
    fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
  );
  /** Trees and their texts side by side, every part in brackets. */
  const tree = fc.letrec<{ node: [string, (values: Record<string, Value>) => Value] }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.integer({ min: 0, max: 999 }).map((n): [string, () => Value] => [String(n), () => n]),
      fc.boolean().map((b): [string, () => Value] => [String(b), () => b]),
      fc
        .constantFrom('p', 'q')
        .map((name): [string, (v: Record<string, Value>) => Value] => [`{${name}}`, (v) => v[name] ?? null]),
      fc.tuple(tie('node'), tie('node')).map(([a, b]): [string, (v: Record<string, Value>) => Value] => [
        `(${a[0]} and ${b[0]})`,
        (v) => {
          const [x, y] = [a[1](v), b[1](v)].map((one) => (typeof one === 'boolean' ? one : null));
          return x === false || y === false ? false : x === null || y === null ? null : true;
        },
      ]),
      fc.tuple(tie('node'), tie('node')).map(([a, b]): [string, (v: Record<string, Value>) => Value] => [
        `(${a[0]} + ${b[0]})`,
        (v) => {
          const [x, y] = [a[1](v), b[1](v)];
          return typeof x === 'number' && typeof y === 'number' ? x + y : null;
        },
      ]),
      tie('node').map(([text, run]): [string, (v: Record<string, Value>) => Value] => [
        `(not ${text})`,
        (v) => {
          const x = run(v);
          return typeof x === 'boolean' ? !x : null;
        },
      ]),
    ),
  })).node;

  test('comes to what its parts come to, however deep', () => {
    fc.assert(
      fc.property(tree, value, value, ([source, run], p, q) => {
        const parsed = parseExpression(source);
        if ('error' in parsed) return;
        expect(evaluate(parsed.expression, facts({ p, q }))).toEqual(run({ p, q }));
      }),
      { numRuns: 1000 },
    );
  });

  test('turns round under “not” as de Morgan says, also where something is not known', () => {
    const truth = fc.constantFrom<boolean | null>(true, false, null);
    fc.assert(
      fc.property(truth, truth, (p, q) => {
        const known = { p, q };
        expect(work('not ({p} and {q})', known)).toBe(work('not {p} or not {q}', known));
        expect(work('not ({p} or {q})', known)).toBe(work('not {p} and not {q}', known));
      }),
    );
  });

  test('is read or refused, whatever it is, and never throws', () => {
    const word = fc.constantFrom(
      '{a}',
      'and',
      'not',
      '(',
      ')',
      '[',
      ']',
      ',',
      '=',
      "'x'",
      '3',
      'sum(',
      '-',
      '{',
      "'",
      'in',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        value,
        (source, a) => {
          const parsed = parseExpression(source);
          if ('error' in parsed) expect(parsed.at).toBeGreaterThanOrEqual(0);
          else evaluate(parsed.expression, facts({ a }));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('no function throws or gives NaN, whatever it is given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(FUNCTIONS)), fc.array(value, { maxLength: 4 }), (name, args) => {
        const result = FUNCTIONS[name]?.work(args, '2026-03-09');
        expect(Number.isNaN(result)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a check before publishing', () => {
  const names: Record<string, Known> = {
    plan: { type: 'text', codes: ['free', 'pro'] },
    tools: { type: 'list', codes: ['paper', 'pen'] },
    age: { type: 'number' },
    name: { type: 'text' },
  };
  const faults = (source: string) =>
    checkExpression(read(source), (source_, name) =>
      source_ === 'item' ? (names[name] ?? null) : { type: 'any' },
    ).faults.map((fault) => `${fault.at}: ${fault.detail}`);

  test.each([
    "{plan} = 'pro' and {age} > 3",
    "{tools} includes 'pen' or {tools} includes ['pen', 'paper']",
    "{plan} in ['free']",
    "if({age} > 3, 'a', 'b') = 'a'",
    '{attribute:x} > 3 and {attribute:y}',
    "{age} = '3'",
    'length({name}) > 3',
  ])('finds nothing in %s', (source) => {
    expect(faults(source)).toEqual([]);
  });
  test.each([
    ["{nobody} = 'a'", 'There is no question or row called “nobody”'],
    ["{plan} = 'team'", 'No option has the code “team”; there are free, pro'],
    ["{plan} in ['free', 'team']", 'No option has the code “team”'],
    ["{tools} includes 'ink'", 'No option has the code “ink”'],
    ["{plan} > 'a'", 'A choice is neither smaller nor larger'],
    ['{tools} > 3', 'neither smaller nor larger'],
    ['{tools} + 1', 'should be a number, but this is a list'],
    ['not {age}', 'should be a yes or no, but this is a number'],
    ["{age} = 'old'", 'is never equal to'],
    ['{age} includes 3', 'should be a list'],
    ['median({age})', 'There is no function “median”'],
    ['round()', 'It is written round('],
    ['constructor({age})', 'There is no function “constructor”'],
    ['answered(3)', 'It is written answered('],
  ])('finds in %s what is wrong', (source, message) => {
    expect(faults(source).join()).toContain(message);
  });
});
