import { expect, test } from 'vitest';
import { gammaDeviate, mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

const draw = (seed: number, count: number) => {
  const random = mulberry32(seed);
  return Array.from({ length: count }, random);
};

test('the same seed gives the same numbers, another seed gives others', () => {
  expect(draw(7, 5)).toEqual(draw(7, 5));
  expect(draw(7, 5)).not.toEqual(draw(8, 5));
});

test('numbers are at least 0, below 1 and evenly spread', () => {
  const numbers = draw(1, 20_000);
  expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((x) => Math.floor(x * 10) === tenth).length / numbers.length;
    expect(share).toBeCloseTo(0.1, 1.8);
  }
});

test('a seed that is not a whole number is refused', () => {
  expect(() => mulberry32(0.5)).toThrow(RangeError);
  expect(() => mulberry32(Number.NaN)).toThrow(RangeError);
});

test('shuffling keeps every item, leaves the input alone, and reaches every order about equally often', () => {
  const items = Object.freeze(['a', 'b', 'c']);
  const random = mulberry32(3);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(items, random).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  expect(items).toEqual(['a', 'b', 'c']);
  expect(shuffled([], random)).toEqual([]);
});

test('normal deviates have mean 0 and variance 1, and a draw of 0 is no accident', () => {
  const random = mulberry32(5);
  const deviates = Array.from({ length: 20_000 }, () => normalDeviate(random));
  const mean = deviates.reduce((sum, x) => sum + x, 0) / deviates.length;
  const variance = deviates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / deviates.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  expect(normalDeviate(() => 0)).toBeCloseTo(0, 12);
});

test('gamma deviates have their shape as mean and variance, also below 1, and a shape of 0 is refused', () => {
  for (const shape of [0.2, 1, 7.5]) {
    const random = mulberry32(6);
    const deviates = Array.from({ length: 20_000 }, () => gammaDeviate(shape, random));
    const mean = deviates.reduce((sum, x) => sum + x, 0) / deviates.length;
    const variance = deviates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / deviates.length;
    expect(Math.abs(mean / shape - 1)).toBeLessThan(0.05);
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1);
    expect(Math.min(...deviates)).toBeGreaterThanOrEqual(0);
  }
  expect(() => gammaDeviate(0, mulberry32(1))).toThrow(RangeError);
});

test('shares of two gamma deviates are beta deviates', () => {
  const random = mulberry32(7);
  const shares = Array.from({ length: 4_000 }, () => {
    const yes = gammaDeviate(0.5, random);
    return yes / (yes + gammaDeviate(60.5, random));
  }).sort((a, b) => a - b);
  // Median and 97.5% point of Beta(0.5, 60.5).
  expect(shares[2_000]).toBeCloseTo(0.0038, 3);
  expect(Math.abs(shares[3_900]! - 0.0406)).toBeLessThan(0.004);
});
