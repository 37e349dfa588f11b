import { expect, test } from 'vitest';
import { membershipHistory } from '../../src/segments/membership-history.ts';
import { shareChange, versionFlow } from '../../src/segments/version-flow.ts';
import { mulberry32 } from '../../src/stats/random.ts';

test('people are counted once: where they were, where they are, who came and who left', () => {
  const before = new Map([
    ['a', 0],
    ['b', 0],
    ['c', 1],
    ['d', 1],
  ]);
  const after = new Map([
    ['a', 0],
    ['b', 1],
    ['c', 1],
    ['e', 0],
  ]);
  const flow = versionFlow(before, after, [2, 2]);
  expect(flow).toEqual({
    counts: [
      [1, 1, 0],
      [0, 1, 1],
      [1, 0, 0],
    ],
    before: 4,
    after: 4,
  });
  expect(shareChange(flow, 0, 0)?.difference).toBe(0);
  expect(shareChange(versionFlow(new Map(), after, [1, 2]), 0, 0)).toBeNull();
  // Everybody stayed: nothing changed, and it is known to the digit.
  const same = shareChange(versionFlow(before, before, [2, 2]), 0, 0)!;
  expect([same.difference, same.low, same.high]).toEqual([0, expect.closeTo(0, 6), expect.closeTo(0, 6)]);
});

test('the interval of a changed share holds the truth in about 95% of simulated cases, with half of the people in both', () => {
  const random = mulberry32(4);
  const [p, q, rounds] = [0.4, 0.5, 1000];
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const before = new Map<number, number>();
    const after = new Map<number, number>();
    for (let person = 0; person < 450; person++) {
      const was = random() < p;
      // Whoever is in the segment stays in nine of ten cases; others come, so that q of all are in it.
      const is = random() < (was ? 0.9 : (q - 0.9 * p) / (1 - p));
      if (person < 300) before.set(person, was ? 0 : 1);
      if (person >= 150) after.set(person, is ? 0 : 1);
    }
    const { low, high } = shareChange(versionFlow(before, after, [2, 2]), 0, 0)!;
    if (low <= q - p && q - p <= high) held += 1;
  }
  expect(held / rounds).toBeGreaterThan(0.93);
  expect(held / rounds).toBeLessThan(0.975);
});

test('a person’s way: what each version says, and no move where a tool is not sure enough of another segment', () => {
  const fact = (id: number, version: number, segment: string | null, b: number | null = null) => ({
    id,
    version,
    segment,
    probability: b === null ? 0.9 : Math.max(b, 1 - b),
    probabilities: b === null ? null : { a: 1 - b, b },
    reason: null,
    placedAt: `2026-0${id}-01T00:00:00Z`,
  });
  const { byVersion, last, moves } = membershipHistory([
    fact(1, 1, 'a'),
    fact(2, 1, 'b', 0.55),
    fact(3, 1, 'b', 0.8),
    fact(4, 2, null),
  ])!;
  expect(moves).toEqual([
    { at: '2026-03-01T00:00:00Z', from: 'a', to: 'b' },
    { at: '2026-04-01T00:00:00Z', from: 'b', to: null },
  ]);
  expect([byVersion.get(1)?.segment, byVersion.get(2)?.segment, last.segment]).toEqual(['b', null, null]);
  expect(membershipHistory([])).toBeNull();
});
