import { expect, test } from 'vitest';
import { chancesOf, drawWinners } from '../../src/reports/prize-draw.ts';

const contacts = Array.from({ length: 50 }, (_, index) => `person-${index}@example.org`);

test('the same entries and seed give the same winners, in whatever order they came', () => {
  expect(drawWinners([...contacts].reverse(), 5, 42)).toEqual(drawWinners(contacts, 5, 42));
  expect(drawWinners(contacts, 5, 43)).not.toEqual(drawWinners(contacts, 5, 42));
});

test('an address has one chance, however often and in whichever letters it was entered', () => {
  expect(chancesOf(['a@x.example', ' A@x.example', 'b@x.example'])).toHaveLength(2);
  const winners = drawWinners([...contacts, ...contacts.map((one) => one.toUpperCase())], 50, 1);
  expect(new Set(winners.map((one) => one.toLowerCase())).size).toBe(50);
});

test('everybody wins about equally often', () => {
  const wins = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed += 1)
    for (const winner of drawWinners(contacts.slice(0, 10), 1, seed)) wins.set(winner, (wins.get(winner) ?? 0) + 1);
  expect(wins.size).toBe(10);
  for (const count of wins.values()) expect(Math.abs(count - 200)).toBeLessThan(60);
});

test('nobody to draw from gives no winners, and a longer draw begins like a shorter one', () => {
  expect(drawWinners([], 3, 1)).toEqual([]);
  expect(drawWinners(contacts, 10, 9).slice(0, 4)).toEqual(drawWinners(contacts, 4, 9));
});
