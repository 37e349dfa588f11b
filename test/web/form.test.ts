import type { Request } from 'express';
import { expect, test } from 'vitest';
import { formOf } from '../../src/web/form.ts';

test('a form holds texts and lists of them, and one that brings anything else is refused in words', () => {
  const read = (body: unknown) => ({ ...formOf({ body } as Request) });
  expect(read({ a: 'one', b: ['two', 'three'] })).toEqual({ a: 'one', b: ['two', 'three'] });
  expect(read(undefined)).toEqual({});
  // What a reader of multipart forms makes of fields named `a[b]`.
  for (const body of [{ a: { b: 'c' } }, { a: [['c']] }, { a: ['c', { b: 'c' }] }, { a: null }, { a: 7 }])
    expect(() => read(body), JSON.stringify(body)).toThrow('This form cannot be read');
});
