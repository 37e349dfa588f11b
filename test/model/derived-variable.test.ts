import { expect, test } from 'vitest';
import {
  type DerivedDefinition,
  derivationOrder,
  describeDerived,
  readDerived,
} from '../../src/model/derived-variable.ts';

const read = (definition: unknown, id = 'd') => readDerived({ format: 1, id, name: 'D', definition });
const pointers = (definition: unknown) => {
  const found = read(definition);
  return 'errors' in found ? found.errors.map(({ pointer }) => pointer) : [];
};

test('each fault is told with the place it is in', () => {
  expect(pointers({ kind: 'bands', of: 'age' })).toEqual(['#/definition/cuts']);
  expect(pointers({ kind: 'bands', of: 'age', cuts: [1, 1], labels: ['a'] })).toEqual([
    '#/definition/cuts/1',
    '#/definition/labels',
  ]);
  const options = [{ code: 'a', label: 'A' }];
  const map = [{ from: ['x', 'x'], to: 'b' }];
  expect(pointers({ kind: 'recode', of: 'q', options, map, rest: 'keep' })).toEqual([
    '#/definition/map/0/to',
    '#/definition/map/0/from/1',
  ]);
  expect(pointers({ kind: 'box', of: 'd', side: 'top', boxes: 2 })).toEqual(['#/definition']);
  expect(pointers({ kind: 'box', of: 'q', side: 'left', boxes: 0 }).length).toBe(2);
  expect(readDerived({ format: 2 })).toHaveProperty('errors');
});

test('variables that go round in a circle are refused by name', () => {
  const variable = (id: string, of: string) => ({
    format: 1 as const,
    id,
    name: id.toUpperCase(),
    definition: { kind: 'box', of, side: 'top', boxes: 1 } as DerivedDefinition,
  });
  expect(derivationOrder([variable('b', 'a'), variable('a', 'q')]).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(() => derivationOrder([variable('a', 'c'), variable('b', 'a'), variable('c', 'b')])).toThrow(
    'circle: “A” is made of “C” is made of “B” is made of “A”',
  );
  expect(() => derivationOrder([variable('a', 'q'), variable('a', 'q')])).toThrow(/same id/);
});

test('a definition says in a sentence what it does', () => {
  const say = (definition: DerivedDefinition) => describeDerived(definition, (id) => id.toUpperCase());
  expect(say({ kind: 'bands', of: 'age', cuts: [30, 50] })).toBe('“AGE” in bands that begin at 30, 50.');
  expect(say({ kind: 'nets', of: 'q', nets: [{ code: 'n', label: 'Net', codes: ['a', 'b'] }], rest: 'keep' })).toBe(
    '“Q” with options together: “Net” for a, b, beside the others.',
  );
});
