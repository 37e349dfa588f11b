import { expect, test } from 'vitest';
import { compileComparison, TRUE } from '../../../src/rules/compare.ts';
import type { Found } from '../../../src/rules/leaf.ts';
import type { ChangeSides } from '../../../src/workers/columns/change-sides.ts';
import { type AskedTrait, columnTraits, contextTraits } from '../../../src/workers/columns/change-traits.ts';
import type { KnownColumn } from '../../../src/workers/columns/known-columns.ts';

const sidesOf = (contexts: ChangeSides['contexts']): ChangeSides => ({
  rows: Uint32Array.from(contexts, (_, row) => row),
  sides: new Uint8Array(contexts.length),
  outcomes: new Uint8Array(contexts.length),
  contexts,
  notYet: 0,
  neither: 0,
});
function traitsOf(kind: KnownColumn['kind'], values: readonly (Found | undefined)[]): AskedTrait[] {
  const column: KnownColumn = {
    family: 'other',
    asks: { kind: 'attribute', name: 'x' },
    id: 'attribute x',
    label: 'x',
    kind,
    get: (row) => values[row],
    leafFor: (value, direction) => ({ attribute: 'x', op: direction === 'is' ? 'is' : 'gt', value }),
  };
  return columnTraits(column, sidesOf(values.map(() => ({}))));
}
/** Of each level whom its rule finds, and whom the level holds. */
const found = ({ levels, codes, rules }: AskedTrait, values: readonly (Found | undefined)[]) =>
  levels.map((level, code) => {
    const [rule] = rules.slice(code);
    const leaves = (rule && 'all' in rule ? rule.all : [rule]) as { op: 'is'; value: string | number }[];
    const isIn = leaves.map(({ op, value }) => compileComparison(op, value));
    const byRule = values.flatMap((value, row) =>
      value !== undefined && isIn.every((test) => test(value as string, undefined) === TRUE) ? [row] : [],
    );
    return { level, byRule, byCode: [...codes].flatMap((one, row) => (one === code ? [row] : [])) };
  });
const some = <Value>(count: number, list: readonly Value[]): Value[] =>
  Array.from({ length: count }, (_, index) => list[index % list.length]!);

test.each<[KnownColumn['kind'], readonly (Found | undefined)[], number]>([
  ['code', some(240, ['Pro', 'pro', ' PRO', 'free', '', '  ', 'x'.repeat(200)]), 2],
  ['code', some(200, [5, '5', 'Zürich', '"q" <b>']), 3],
  ['codes', some(200, [['a', 'A '], ['a', 'b'], [], undefined]), 2],
  ['yes-no', some(200, [true, false, undefined]), 2],
  ['number', some(400, [1, '1', 2, 30, '400', 0.001, -5, 'none', 9, 10]), 4],
])('each level of a %s holds whom its rule finds, whatever the spelling', (kind, values, levels) => {
  const all = traitsOf(kind, values).flatMap((trait) => found(trait, values));
  expect(all).toHaveLength(levels);
  expect(all.map(({ byRule }) => byRule)).toEqual(all.map(({ byCode }) => byCode));
});

test('a visit’s device is one level whatever its letters', () => {
  const [device] = contextTraits(sidesOf(some(120, [{ device: 'Phone' }, { device: 'phone' }, {}])));
  expect(device?.levels).toEqual(['Phone']);
  expect(device?.codes.filter((code) => code === 0)).toHaveLength(80);
});
