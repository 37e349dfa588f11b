import { expect, test } from 'vitest';
import type { MeasuredDefinition } from '../../src/model/computed.ts';
import {
  type Doing,
  moneyOf,
  workOut,
  workOutLifetimeValue,
  workOutPurchases,
} from '../../src/rules/computed-value.ts';

const clock = { now: Date.parse('2026-03-10T12:00:00Z'), timeZone: 'Europe/Berlin' };
const order = (at: string, properties: unknown, name = 'Order'): Doing => ({ name, at: Date.parse(at), properties });
const measured = (definition: Omit<MeasuredDefinition, 'kind' | 'event'>, doings: readonly Doing[]) => {
  const working = workOut({ kind: 'measure', event: 'Order', ...definition }, clock)();
  for (const doing of doings) working.add(doing);
  return working.result();
};

const doings = [
  order('2026-03-09T10:00:00Z', { total: 3, room: 'Bath', tags: ['a', 'b'] }),
  order('2026-03-01T10:00:00Z', { total: '4', room: 'bath ', tags: ['b'] }),
  order('2026-02-01T10:00:00Z', { total: 'free', room: 'Hall' }),
  order('2026-03-10T11:00:00Z', { total: 100 }, 'Refund'),
];

test('what comes out does not hang on the order in which it went in', () => {
  for (const list of [doings, doings.toReversed()]) {
    expect(measured({ measure: 'first', property: 'room' }, list)).toBe('Hall');
    expect(measured({ measure: 'last', property: 'room' }, list)).toBe('Bath');
    expect(measured({ measure: 'first' }, list)).toBe('2026-02-01T10:00:00.000Z');
    expect(measured({ measure: 'average', property: 'total' }, list)).toBe(3.5);
    expect(measured({ measure: 'distinct', property: 'room' }, list)).toBe(2);
    expect(measured({ measure: 'distinct', property: 'tags' }, list)).toBe(2);
    expect(
      String(measured({ measure: 'most-frequent', property: 'room' }, list))
        .trim()
        .toLowerCase(),
    ).toBe('bath');
  }
  const cents = [0.1, 0.2, 0.3].map((total) => order('2026-03-01T00:00:00Z', { total }));
  expect(measured({ measure: 'sum', property: 'total' }, cents)).toBe(0.6);
  expect(measured({ measure: 'sum', property: 'total' }, cents.toReversed())).toBe(0.6);
});

test('only what the window and the conditions let in counts, and of nothing there is no value', () => {
  expect(measured({ measure: 'count', within: { last: 2, unit: 'week' } }, doings)).toBe(2);
  expect(measured({ measure: 'count', where: [{ property: 'room', op: 'is', value: 'hall' }] }, doings)).toBe(1);
  expect(
    measured({ measure: 'count', where: [{ property: 'colour', op: 'isNot', value: 'red' }] }, doings),
  ).toBeUndefined();
  expect(measured({ measure: 'sum', property: 'nothing' }, doings)).toBeUndefined();
  expect(measured({ measure: 'max', property: 'total' }, [order('2026-03-01T00:00:00Z', null)])).toBeUndefined();
});

test('money is counted in one currency, and a refund takes away whichever sign it has', () => {
  const left = { otherCurrency: 0, noAmount: 0, tooLarge: 0 };
  const definition = { event: 'Order', property: 'revenue', currency: 'EUR' };
  const value = workOutLifetimeValue({ kind: 'lifetime-value', refund: 'Refund', ...definition }, left)();
  for (const doing of [
    order('2026-03-01T00:00:00Z', { revenue: 10, currency: ' eur' }),
    order('2026-03-01T00:00:00Z', { revenue: '5' }),
    order('2026-03-01T00:00:00Z', { revenue: 99, currency: 'CHF' }),
    order('2026-03-01T00:00:00Z', { total: 99 }),
    order('2026-03-01T00:00:00Z', { revenue: 2 }, 'Refund'),
    order('2026-03-01T00:00:00Z', { total: -1 }, 'Refund'),
    order('2026-03-01T00:00:00Z', { value: 3 }, 'Refund'),
    order('2026-03-01T00:00:00Z', { revenue: 7 }, 'Something else'),
  ])
    value.add(doing);
  expect(value.result()).toBe(9);
  expect(left).toEqual({ otherCurrency: 1, noAmount: 1, tooLarge: 0 });
  const bought = workOutPurchases({ kind: 'rfm', ...definition }, left)();
  expect(bought.result()).toBeUndefined();
  bought.add(order('2026-03-05T00:00:00Z', { revenue: 10 }));
  bought.add(order('2026-03-02T00:00:00Z', { revenue: 5 }));
  expect(bought.result()).toEqual({ recency: Date.parse('2026-03-05T00:00:00Z'), frequency: 2, monetary: 15 });
});

test('amounts that nobody pays are passed over, and counted', () => {
  const left = { otherCurrency: 0, noAmount: 0, tooLarge: 0 };
  const definition = { event: 'Order', property: 'revenue', currency: 'EUR' };
  const bought = workOutPurchases({ kind: 'rfm', ...definition }, left)();
  const value = workOutLifetimeValue({ kind: 'lifetime-value', refund: 'Refund', ...definition }, left)();
  for (const revenue of [1e308, 1e308, -1e308, 1e15, 12]) {
    bought.add(order('2026-03-05T00:00:00Z', { revenue }));
    value.add(order('2026-03-05T00:00:00Z', { revenue }));
  }
  expect(bought.result()).toMatchObject({ frequency: 1, monetary: 12 });
  expect(value.result()).toBe(12);
  expect(left).toEqual({ otherCurrency: 0, noAmount: 0, tooLarge: 8 });
  expect([moneyOf({ revenue: 1e308 }, false), moneyOf({ revenue: -1e308, value: 5 }, false)]).toEqual([null, 5]);
});

test('a number without bound counts for nothing, so that no value is one that cannot be written', () => {
  for (const measure of ['sum', 'average', 'min', 'max'] as const) {
    const clock = { now: 0, timeZone: 'UTC' };
    const working = workOut({ kind: 'measure', measure, event: 'Order', property: 'revenue' }, clock)();
    const add = (revenue: unknown) => working.add({ name: 'Order', at: 0, properties: { revenue } });
    for (const revenue of ['1e999', '-1e999', 'Infinity']) add(revenue);
    expect(working.result()).toBeUndefined();
    add(5);
    expect(working.result()).toBe(5);
    if (measure !== 'sum') continue;
    for (const revenue of [1e308, 1e308]) add(revenue);
    expect(working.result()).toBeUndefined();
  }
});
