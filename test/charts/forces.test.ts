import { expect, test } from 'vitest';
import { forces } from '../../src/charts/forces.ts';

const made = (people: number, of: number) =>
  forces({
    id: 'f',
    title: 'Forces',
    rows: [
      { label: 'Push', direction: 'towards', people, of },
      { label: 'Habit', direction: 'away', people, of },
    ],
    note: null,
  });

test('what moves people on begins at the middle, what holds them ends there, and everybody reaches the edge', () => {
  const [push, habit] = made(14, 14).rows;
  expect([push?.x, push?.width]).toEqual(['50%', '50%']);
  expect([habit?.x, habit?.width]).toEqual(['0%', '50%']);
  expect(made(7, 14).rows[1]).toMatchObject({ x: '25%', width: '25%', value: '7 of 14 people' });
});

test('where nobody was heard bars have no length', () => {
  expect(made(0, 0).rows.map(({ width }) => width)).toEqual(['0%', '0%']);
});

test('the table beside it says the same', () => {
  expect(made(7, 14).table.rows.map(({ cells }) => cells.map(({ text }) => text))).toEqual([
    ['Push', 'towards the new', '7', '14'],
    ['Habit', 'stays with the old', '7', '14'],
  ]);
});
