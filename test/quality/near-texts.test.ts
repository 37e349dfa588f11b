import { expect, test } from 'vitest';
import { minHash, nearTextGroups, overlapEstimate } from '../../src/quality/near-texts.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const random = mulberry32(11);
const write = (length: number) => Array.from({ length }, () => `w${Math.floor(random() * 5_000)}`);
const shingles = (words: string[]) => new Set(words.slice(2).map((_, i) => words.slice(i, i + 3).join(' ')));

test('the estimate lies within three standard errors of the overlap counted out', () => {
  for (const changed of [1, 3, 6, 12, 25]) {
    const a = write(120);
    const b = a.map((word, i) => (i % Math.floor(120 / changed) === 5 ? 'other' : word));
    const [x, y] = [shingles(a), shingles(b)];
    const shared = [...x].filter((shingle) => y.has(shingle)).length;
    const overlap = shared / (x.size + y.size - shared);
    const error = Math.sqrt((overlap * (1 - overlap)) / 128);
    expect(Math.abs(overlapEstimate(minHash(a), minHash(b)) - overlap)).toBeLessThanOrEqual(3 * error + 1 / 128);
  }
});

test('texts with one word of a hundred changed are found, strangers are not', () => {
  const originals = Array.from({ length: 300 }, () => write(100));
  const copies = originals.map((words) => words.with(50, 'changed'));
  const groups = nearTextGroups([...originals, ...copies]);
  const right = groups.filter((group) => group.length === 2 && group[1]! - group[0]! === 300);
  expect(groups.length).toBe(right.length);
  expect(right.length).toBeGreaterThanOrEqual(285);
});

test('a crowd of variants of one text is one group', () => {
  const base = write(100);
  const variants = Array.from({ length: 2_000 }, (_, i) => [...base, `unique${i}`]);
  expect(nearTextGroups(variants).map((group) => group.length)).toEqual([2_000]);
});

test('no text, and texts too short for a run of three words, are alike to nobody', () => {
  expect(nearTextGroups([])).toEqual([]);
  expect(nearTextGroups([[], [], ['a'], ['a'], ['a', 'b'], ['a', 'b']])).toEqual([]);
});
