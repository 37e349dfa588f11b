import { expect, test } from 'vitest';
import { readBefore } from '../../src/model/before-question.ts';
import type { Problem } from '../../src/model/problem.ts';

const form = { event: ' Order ', property: '', op: 'is', value: '', period: '90', days: '7', controls: '4', seed: '' };
const faultsOf = (more: Partial<typeof form>) => {
  try {
    readBefore({ ...form, ...more });
    return [];
  } catch (error) {
    return (error as Problem).errors.map(({ pointer }) => pointer);
  }
};

test('a question without a property is about every such event, and its seed is 1 unless told', () => {
  expect(readBefore(form)).toEqual({ event: 'Order', where: [], period: 90, days: 7, controls: 4, seed: 1 });
});

test('sizes are compared as numbers, everything else as it was written', () => {
  expect(readBefore({ ...form, property: 'total', op: 'gte', value: '50' }).where).toEqual([
    { property: 'total', op: 'gte', value: 50 },
  ]);
  expect(readBefore({ ...form, property: 'code', op: 'contains', value: '12' }).where).toEqual([
    { property: 'code', op: 'contains', value: '12' },
  ]);
});

test('each field that does not fit is named', () => {
  expect(faultsOf({ event: '', period: '3', days: '8', controls: '9', seed: '-1' })).toEqual([
    '#/event',
    '#/seed',
    '#/period',
    '#/days',
    '#/controls',
  ]);
  expect(faultsOf({ property: 'total', op: 'gte', value: 'many' })).toEqual(['#/value']);
  expect(faultsOf({ property: 'total', op: 'is', value: ' ' })).toEqual(['#/value']);
  expect(faultsOf({ property: 'total', op: 'explode', value: '1' })).toEqual(['#/value']);
});
