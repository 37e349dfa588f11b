import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';

/**
 * Runs every `@example` in `src`: lines that end in `expression // => value`. Statements may come before the expression,
 * an expression may span lines, a value may follow on the next line, and `// => throws RangeError` expects an error.
 * `Int32Array [1, 2]` is an array of that type. Numbers are compared to the digits printed, everything else by deep equality.
 */

const root = resolve(import.meta.dirname, '..');
const EXAMPLES_MIN = 10;

type Exports = Record<string, unknown>;
type Example = { code: string; value: string };

/** The blocks of examples in a source file, each a list that shares its earlier statements. */
function findBlocks(source: string): Example[][] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(([comment]) => {
    const lines = comment
      .slice(3, -2)
      .split('\n')
      .map((line) => line.replace(/^\s*\*? ?/, ''));
    const blocks: string[][] = [];
    let block: string[] | undefined;
    for (const line of lines) {
      if (/^@example\b/.test(line)) {
        block = [line.replace(/^@example\s*/, '')];
        blocks.push(block);
      } else if (/^@[a-z]/i.test(line)) block = undefined;
      else if (!/^```/.test(line)) block?.push(line);
    }
    return blocks.map(readBlock).filter((examples) => examples.length > 0);
  });
}

function readBlock(lines: string[]): Example[] {
  const examples: Example[] = [];
  let code: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [before, after] = lines[i]!.split(/\/\/ ?=>/, 2);
    code.push(before!);
    if (after === undefined) continue;
    const value = after.trim() === '' ? (lines[++i] ?? '') : after;
    examples.push({ code: code.join('\n').trim(), value: value.trim() });
    code = [];
  }
  return examples;
}

/** Runs one block; throws with both sides in the message at the first example that does not hold. */
async function runBlock(block: readonly Example[], exports: Exports): Promise<void> {
  let setup = '';
  for (const { code, value } of block) {
    const { statements, expression } = splitCode(code, setup);
    setup += statements;
    if (value.startsWith('throws')) {
      const name = value.replace(/^throws\s*/, '');
      const error = await evaluate(setup, expression, exports).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      if (error?.name !== name)
        throw new Error(`${code} throws ${error?.name ?? 'nothing'}, and the example says ${name}`);
      continue;
    }
    const actual = await evaluate(setup, expression, exports);
    const array = /^([A-Z]\w*Array) ?(?=\[)/.exec(value)?.[1];
    if (array !== undefined && actual?.constructor.name !== array) throw new Error(`${code} does not give an ${array}`);
    const printed = printedNumbers(array === undefined ? value : value.slice(array.length));
    const expected = await evaluate('', printed, {
      ...exports,
      $printed: (text: string) => new Printed(text),
    });
    if (!agrees(actual, expected)) {
      throw new Error(`${code} gives ${JSON.stringify(actual) ?? String(actual)}, and the example says ${value}`);
    }
  }
}

const AsyncFunction = (async () => {}).constructor as new (
  ...text: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** The longest tail of lines that reads as one expression; what stands before it is set up first. */
function splitCode(code: string, setup: string): { statements: string; expression: string } {
  const lines = code.split('\n');
  for (let first = 0; first < lines.length; first++) {
    const statements = first === 0 ? '' : `${lines.slice(0, first).join('\n')}\n;`;
    const expression = lines.slice(first).join('\n').trim().replace(/;$/, '');
    try {
      new AsyncFunction(`${setup}${statements}return (\n${expression}\n)`);
      return { statements, expression };
    } catch {
      // Perhaps the first of these lines is a statement.
    }
  }
  throw new Error(`This example is not JavaScript: ${code}`);
}

async function evaluate(setup: string, expression: string, exports: Exports): Promise<unknown> {
  const names = Object.keys(exports).filter((name) => name !== 'default');
  const run = new AsyncFunction(...names, `'use strict';\n${setup}return (\n${expression}\n)`);
  return run(...names.map((name) => exports[name]));
}

/** A number as it is printed in an example. */
class Printed {
  readonly value: number;
  /** How far an actual value may lie from it: half a unit of its last decimal; a whole number is meant exactly. */
  readonly tolerance: number;

  constructor(text: string) {
    const [, decimals = '', exponent = '0'] = /(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
    this.value = Number(text);
    this.tolerance = decimals === '' ? 1e-9 : 0.5000001 * 10 ** (Number(exponent) - decimals.length);
  }
}

/** Wraps the number literals of a value, outside strings, names and keys. */
function printedNumbers(value: string): string {
  return value.replace(
    /('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)|(?<![\w$.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]|\s*:)/gi,
    (match, text?: string) => text ?? `$printed('${match}')`,
  );
}

function agrees(actual: unknown, expected: unknown): boolean {
  if (expected instanceof Printed) {
    if (typeof actual === 'bigint') return Number(actual) === expected.value;
    return typeof actual === 'number' && Math.abs(actual - expected.value) <= expected.tolerance;
  }
  if (Array.isArray(expected)) {
    const items = Array.isArray(actual)
      ? actual
      : ArrayBuffer.isView(actual)
        ? Array.from(actual as Uint8Array)
        : undefined;
    return items?.length === expected.length && expected.every((item, i) => agrees(items[i], item));
  }
  if (expected instanceof Map) {
    return actual instanceof Map && agrees([...actual].flat(), [...expected].flat());
  }
  if (expected instanceof Set) return actual instanceof Set && agrees([...actual], [...expected]);
  if (isPlain(expected)) {
    if (!isPlain(actual)) return false;
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
    return [...keys].every((key) => agrees(actual[key], expected[key]));
  }
  return isDeepStrictEqual(actual, expected);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const files = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.d.ts'))
  .sort()
  .map((file) => ({ file, blocks: findBlocks(readFileSync(join(root, file), 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);

describe.each(files)('the examples of $file', ({ file, blocks }) => {
  test.each(blocks.map((block) => [block[0]!.code.split('\n')[0]!, block] as const))('%s', async (_, block) => {
    await runBlock(block, (await import(join(root, file))) as Exports);
  });
});

test('examples are found at all', () => {
  expect(files.flatMap(({ blocks }) => blocks.flat()).length).toBeGreaterThanOrEqual(EXAMPLES_MIN);
});

describe('an example', () => {
  const half = {
    half: (x: number) => x / 2,
    boom: () => {
      throw new RangeError('no');
    },
  };
  const run = (...lines: string[]) => {
    const blocks = findBlocks(
      ['/**', ' * Halves.', ' * @example', ...lines.map((line) => ` * ${line}`), ' */'].join('\n'),
    );
    expect(blocks).toHaveLength(1);
    return runBlock(blocks[0]!, half);
  };

  test('holds when its digits do', async () => {
    await run('half(1) // => 0.5', "[half(2), 'a 3'] // => [1, 'a 3']");
    await run('half(2 / 3) // => 0.3333', '({ third: half(2 / 3) }) // => { third: 0.33 }');
    await run('const two = 2', 'half(', '  two,', ') // => 1', 'await half(two) // =>', '1');
    await run('boom() // => throws RangeError');
    await run('Int8Array.of(1, 2) // => Int8Array [1, 2]', 'Int8Array.of(1) // => [1]');
  });

  test('fails when it is wrong', async () => {
    await expect(run('half(1) // => 0.6')).rejects.toThrow('the example says 0.6');
    await expect(run('half(2 / 3) // => 0.3334')).rejects.toThrow('0.3334');
    await expect(run('half(3) // => 1')).rejects.toThrow('gives 1.5');
    await expect(run('[half(2)] // => [1, 2]')).rejects.toThrow('gives [1]');
    await expect(run('({ a: half(2) }) // => {}')).rejects.toThrow('{}');
    await expect(run('half(1) // => null')).rejects.toThrow('null');
    await expect(run("'a' // => 'b'")).rejects.toThrow("'b'");
    await expect(run('[1] // => Int8Array [1]')).rejects.toThrow('Int8Array');
    await expect(run('boom() // => 1')).rejects.toThrow('no');
    await expect(run('half(1) // => throws RangeError')).rejects.toThrow('throws nothing');
    await expect(run('missing(1) // => 1')).rejects.toThrow('missing');
    await expect(run('half(1 // => 0.5')).rejects.toThrow('not JavaScript');
  });
});
