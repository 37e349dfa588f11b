import { expect, test } from 'vitest';
import {
  costPerComplete,
  countFieldwork,
  cumulate,
  type FieldCell,
  responseRate,
} from '../../src/reports/fieldwork-figures.ts';

const cell = (about: Partial<FieldCell>): FieldCell => ({
  state: 'completed',
  wave: null,
  source: null,
  isTest: false,
  isLeftOut: false,
  isKnown: false,
  isRecent: false,
  count: 1,
  ...about,
});

test('every response stands in one place, and tests in none of the others', () => {
  const figures = countFieldwork([
    cell({ count: 10 }),
    cell({ isKnown: true, count: 4 }),
    cell({ isLeftOut: true, count: 2 }),
    cell({ state: 'screened-out', count: 3 }),
    cell({ state: 'quota-full', count: 1 }),
    cell({ state: 'withdrawn', count: 1 }),
    cell({ state: 'started', count: 5 }),
    cell({ state: 'started', isRecent: true, count: 6 }),
    cell({ isTest: true, count: 7 }),
    cell({ state: 'started', isTest: true, count: 7 }),
  ]);
  expect(figures).toMatchObject({
    begun: 32,
    completed: 14,
    completedByKnown: 4,
    screenedOut: 3,
    quotaFull: 1,
    withdrawn: 1,
    leftOut: 2,
    test: 14,
    underWay: 6,
    brokenOff: 5,
  });
  const { completed, screenedOut, quotaFull, withdrawn, leftOut, underWay, brokenOff } = figures;
  expect(completed + screenedOut + quotaFull + withdrawn + leftOut + underWay + brokenOff).toBe(figures.begun);
  // Of 32 that began, 6 are under way, 1 was withdrawn and 2 were left out.
  expect(figures.breakOffRate?.share).toBeCloseTo(5 / 23, 10);
});

test('nothing begun, or everything under way, leaves no rate', () => {
  expect(countFieldwork([]).breakOffRate).toBeNull();
  expect(countFieldwork([cell({ state: 'started', isRecent: true })]).breakOffRate).toBeNull();
});

test('a rate needs to know who was invited, and that those who completed are of them', () => {
  expect(responseRate(5, null)).toBeNull();
  expect(responseRate(5, 4)).toBeNull();
  expect(responseRate(0, 0)).toBeNull();
  expect(responseRate(4, 4)?.share).toBe(1);
});

test('a cost is shared among those who completed', () => {
  expect(costPerComplete(0, 4)).toBe(0);
  expect(costPerComplete(100, 0)).toBeNull();
  expect(costPerComplete(null, 4)).toBeNull();
});

test('quiet days carry the sum on, up to today', () => {
  expect(cumulate([], '2026-03-03')).toEqual([]);
  expect(cumulate([{ day: '2026-03-01', count: 2 }], '2026-03-02')).toEqual([
    { day: '2026-03-01', total: 2 },
    { day: '2026-03-02', total: 2 },
  ]);
});
