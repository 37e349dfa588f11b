import { expect, test } from 'vitest';
import type { DerivedDefinition } from '../../src/model/derived-variable.ts';
import { choiceColumn, choicesColumn, numberColumn, type TableColumn } from '../../src/model/table-column.ts';
import { deriveVariables } from '../../src/reports/derive-variable.ts';

const options = ['a', 'b', 'c', 'other'].map((code) => ({ code, label: code.toUpperCase() }));
const columns: TableColumn[] = [
  choiceColumn({ id: 'q', name: 'Q', options }, ['a', 'b', 'other', 'other', null]),
  choicesColumn({ id: 'm', name: 'M', options }, [['a', 'other'], [], ['other'], null, ['b', 'c']]),
  numberColumn({ id: 'age', name: 'Age' }, [18, 30, 44, null, 70]),
  numberColumn({ id: 'sat', name: 'Sat', min: 1, max: 5 }, [5, 4, 3, 1, null]),
  { kind: 'text', id: 'why', name: 'Why', texts: ['The  Café', null, 'the cafe', 'unknown', null] },
];
const derive = (definition: DerivedDefinition) => {
  const found = deriveVariables(columns, [{ format: 1, id: 'd', name: 'D', definition }]).get('d')!;
  return 'column' in found ? found.column : found.errors;
};

test('options get new codes, and what is not named stays or is left out', () => {
  const base = {
    kind: 'recode' as const,
    of: 'q',
    options: [{ code: 'ab', label: 'A or B' }],
    map: [{ from: ['a', 'b'], to: 'ab' }],
  };
  expect(derive({ ...base, rest: 'missing' })).toMatchObject({ codes: Int16Array.of(0, 0, -1, -1, -1) });
  expect(derive({ ...base, rest: 'keep' })).toMatchObject({ codes: Int16Array.of(0, 0, 2, 2, -1) });
  expect(derive({ ...base, rest: 'keep', map: [{ from: ['z'], to: 'ab' }] })).toEqual([
    { pointer: '#/definition/map/0/from/0', detail: '“Q” has no option “z”' },
  ]);
});

test('numbers fall into bands that begin at their cut', () => {
  const found = derive({ kind: 'bands', of: 'age', cuts: [30, 50] });
  expect(found).toMatchObject({ codes: Int16Array.of(0, 1, 1, -1, 2) });
  expect((found as unknown as { options: { label: string }[] }).options.map(({ label }) => label)).toEqual([
    'Below 30',
    '30 to below 50',
    '50 and above',
  ]);
  expect(derive({ kind: 'bands', of: 'age', quantiles: 2 })).toMatchObject({ codes: Int16Array.of(0, 0, 1, -1, 1) });
  expect(derive({ kind: 'bands', of: 'q', cuts: [1] })).toEqual([
    { pointer: '#/definition/of', detail: '“Q” is not a number' },
  ]);
});

test('nets count whoever chose any of their options, once', () => {
  expect(
    derive({ kind: 'nets', of: 'm', nets: [{ code: 'n', label: 'N', codes: ['b', 'c'] }], rest: 'keep' }),
  ).toMatchObject({
    answered: Uint8Array.of(1, 1, 1, 0, 1),
    chosen: [Uint8Array.of(0, 0, 0, 0, 1), Uint8Array.of(1, 0, 0, 0, 0), Uint8Array.of(1, 0, 1, 0, 0)],
  });
});

test('boxes count from the end of the scale, not from the highest answer', () => {
  expect(derive({ kind: 'box', of: 'sat', side: 'top', boxes: 2 })).toMatchObject({
    codes: Int16Array.of(0, 0, 1, 1, -1),
  });
  expect(derive({ kind: 'box', of: 'sat', side: 'bottom', boxes: 1 })).toMatchObject({
    codes: Int16Array.of(1, 1, 1, 0, -1),
  });
  expect(derive({ kind: 'box', of: 'age', side: 'top', boxes: 2 })).toHaveLength(1);
  expect(derive({ kind: 'box', of: 'sat', side: 'top', boxes: 5 })).toHaveLength(1);
});

test('texts under “other” go to options, however they are spelt, and the rest stays other', () => {
  const definition = {
    kind: 'back-coding' as const,
    other: 'other',
    texts: 'why',
    options: [{ code: 'cafe', label: 'Café' }],
    assigned: [{ text: 'the café', code: 'cafe' }],
  };
  expect(derive({ ...definition, of: 'q' })).toMatchObject({ codes: Int16Array.of(0, 1, 4, 3, -1) });
  expect(derive({ ...definition, of: 'm' })).toMatchObject({
    chosen: [Uint8Array.of(1, 0, 0, 0, 0), {}, {}, Uint8Array.of(0, 0, 0, 0, 0), Uint8Array.of(1, 0, 1, 0, 0)],
  });
  expect(derive({ ...definition, of: 'q', texts: 'age' })).toHaveLength(1);
});

test('several questions become one with several answers, missing only where all of them are', () => {
  expect(
    derive({
      kind: 'set',
      parts: [
        { of: 'q', code: '1', label: 'Q', counts: ['a'] },
        { of: 'sat', code: '2', label: 'S', counts: { atLeast: 4 } },
      ],
    }),
  ).toMatchObject({
    answered: Uint8Array.of(1, 1, 1, 1, 0),
    chosen: [Uint8Array.of(1, 0, 0, 0, 0), Uint8Array.of(1, 1, 0, 0, 0)],
  });
});

test('a variable can be made of a derived one, in whatever order they stand, and has its faults', () => {
  const found = deriveVariables(columns, [
    { format: 1, id: 'young', name: 'Young', definition: { kind: 'box', of: 'bands', side: 'bottom', boxes: 1 } },
    { format: 1, id: 'bands', name: 'Bands', definition: { kind: 'bands', of: 'age', cuts: [40] } },
    { format: 1, id: 'lost', name: 'Lost', definition: { kind: 'box', of: 'gone', side: 'top', boxes: 1 } },
  ]);
  expect(found.get('young')).toMatchObject({ column: { codes: Int16Array.of(0, 0, 1, -1, 1) } });
  expect(found.get('lost')).toEqual({
    errors: [{ pointer: '#/definition/of', detail: 'There is no variable “gone”' }],
  });
});
