import { expect, test } from 'vitest';
import { summariseBestWorst } from '../../src/reports/best-worst-summary.ts';

const asked = { question: 'matters', text: 'What matters?', perTask: 3 };
const options = ['price', 'speed', 'care'].map((code) => ({ code, label: code }));
const task = (best: number | null, worst: number | null) => ({ shown: [0, 1, 2], best, worst });

test('options stand in the order of liking, and their shares come to a hundred', () => {
  const people = [
    [task(2, 0), task(2, 1)],
    [task(2, 0), task(1, 2)],
    [task(0, 1), task(2, 0)],
  ];
  const summary = summariseBestWorst(asked, options, people);
  expect(summary.n).toBe(3);
  expect(summary.lines[0]?.code).toBe('care');
  expect(summary.lines.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(100, 9);
  for (const { share, shareLow, shareHigh, standardError } of summary.lines) {
    expect(standardError).toBeGreaterThan(0);
    expect(shareLow).toBeLessThan(share ?? 0);
    expect(shareHigh).toBeGreaterThan(share ?? 100);
  }
});

test('where an option always won there are counts and a reason, and no utilities', () => {
  const summary = summariseBestWorst(asked, options, [[task(2, 0)], [task(2, 0)]]);
  expect(summary.obstacle).toContain('separation');
  expect(summary.lines.map(({ code, utility, share }) => [code, utility, share])).toEqual([
    ['care', null, null],
    ['speed', null, null],
    ['price', null, null],
  ]);
  expect(summary.lines[0]?.count).toMatchObject({ shown: 2, best: 2, worst: 0, score: 1 });
});

test('nobody’s choices are no choices', () => {
  expect(summariseBestWorst(asked, options, [])).toMatchObject({ n: 0, choices: 0, pseudoRSquared: null });
});
