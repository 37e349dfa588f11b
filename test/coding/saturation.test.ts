import { describe, expect, test } from 'vitest';
import { saturation } from '../../src/coding/saturation.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

const subject = (id: number, codes: Iterable<string>) => ({ id: String(id), codes: new Set(codes) });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `c${from + index}`);

describe('saturation', () => {
  test('the published course of 114 themes: 80 after six interviews, 100 after twelve', () => {
    // Sixty interviews; each brings what the study reports to have been there by then.
    const totals = [30, 45, 58, 67, 74, 80, 85, 89, 93, 96, 98, 100];
    const subjects = Array.from({ length: 60 }, (_, index) => {
      const before = totals[index - 1] ?? (index === 0 ? 0 : 100 + Math.round(((index - 12) * 14) / 48));
      const after = totals[index] ?? 100 + Math.round(((index - 11) * 14) / 48);
      return subject(index, range(before, after));
    });
    const { steps } = saturation(subjects);
    expect(steps[5]!.total).toBe(80);
    expect(Math.round((steps[5]!.total / steps[59]!.total) * 100)).toBe(70);
    expect(steps[11]!.total).toBe(100);
    expect(steps[59]!.total).toBe(114);
  });

  test('is reached with the first run that brings at most 5% of what the base brought', () => {
    const subjects = [
      subject(0, range(0, 10)),
      subject(1, range(5, 15)),
      subject(2, range(10, 18)),
      subject(3, range(15, 20)),
      subject(4, range(0, 21)), // one new: 1 / 20
      subject(5, range(0, 23)), // two new
      subject(6, range(0, 23)),
      subject(7, range(0, 23)),
    ];
    const { reachedAt, newShare } = saturation(subjects);
    expect(reachedAt).toBe(8);
    expect(newShare).toBe(0);
    expect(saturation(subjects.slice(0, 6))).toMatchObject({ reachedAt: null, newShare: 3 / 20 });
    expect(saturation(subjects, { base: 4, run: 1, threshold: 0.05 }).reachedAt).toBe(5);
    expect(saturation(subjects, { base: 4, run: 2, threshold: 0 }).reachedAt).toBe(8);
  });

  test('what is expected does not depend on the order, and ends at what was heard', () => {
    const random = mulberry32(5);
    const subjects = Array.from({ length: 12 }, (_, id) =>
      subject(
        id,
        range(0, 30).filter(() => random() < 0.2),
      ),
    );
    const one = saturation(subjects);
    const other = saturation(shuffled(subjects, mulberry32(9)));
    expect(other.steps.map(({ expected }) => expected)).toEqual(
      one.steps.map(({ expected }) => expect.closeTo(expected, 9) as number),
    );
    expect(one.steps.at(-1)!.expected).toBeCloseTo(one.steps.at(-1)!.total, 9);
    expect(other.estimated).toBe(one.estimated);
    // By hand: of one interview the mean number of codes.
    expect(one.steps[0]!.expected).toBeCloseTo(
      subjects.reduce((sum, { codes }) => sum + codes.size, 0) / subjects.length,
      9,
    );
  });

  test('Chao2 by hand: five interviews, four codes borne once and two borne twice', () => {
    const subjects = [
      subject(0, ['a', 'x', 'p']),
      subject(1, ['b', 'x', 'p']),
      subject(2, ['c', 'y', 'p']),
      subject(3, ['d', 'y', 'p']),
      subject(4, ['p']),
    ];
    const { estimated, stillNeeded } = saturation(subjects);
    const unheard = (4 / 5) * (16 / 4);
    expect(estimated).toBeCloseTo(7 + unheard, 10);
    // 7 + 3.2 × (1 − (1 − 4/(5 × 3.2 + 4))^t) ≥ .95 × 10.2 first holds for t = 9.
    const heardAfter = (t: number) => 7 + unheard * (1 - (1 - 4 / (5 * unheard + 4)) ** t);
    expect(heardAfter(stillNeeded!)).toBeGreaterThanOrEqual(0.95 * 10.2);
    expect(heardAfter(stillNeeded! - 1)).toBeLessThan(0.95 * 10.2);
  });

  test('too few interviews, and interviews without a code, say nothing rather than something wrong', () => {
    expect(saturation([])).toEqual({ steps: [], reachedAt: null, newShare: null, estimated: null, stillNeeded: null });
    expect(saturation([subject(0, ['a'])])).toMatchObject({ reachedAt: null, newShare: null, estimated: null });
    const none = Array.from({ length: 9 }, (_, id) => subject(id, []));
    expect(saturation(none)).toMatchObject({ reachedAt: null, newShare: null, estimated: 0, stillNeeded: null });
    const same = Array.from({ length: 9 }, (_, id) => subject(id, ['a', 'b']));
    expect(saturation(same)).toMatchObject({ reachedAt: 6, newShare: 0, estimated: 2, stillNeeded: 0 });
  });

  test('a rule that is none is refused', () => {
    expect(() => saturation([], { base: 0, run: 1, threshold: 0 })).toThrow(RangeError);
    expect(() => saturation([], { base: 1, run: 1, threshold: 2 })).toThrow(RangeError);
  });
});
