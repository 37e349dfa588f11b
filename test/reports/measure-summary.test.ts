import { expect, test } from 'vitest';
import { summariseMeasure } from '../../src/reports/measure-summary.ts';

const each = (...values: number[]) => values.map((value) => ({ value, count: 1 }));

test('NPS parts 0–6, 7–8 and 9–10, and is promoters less detractors', () => {
  const nps = summariseMeasure('nps', each(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  expect(nps.groups.map(({ code, count }) => [code, count])).toEqual([
    ['promoters', 2],
    ['passives', 2],
    ['detractors', 7],
  ]);
  expect(nps.score).toBeCloseTo(-5 / 11, 12);
  // p = 2/11, d = 7/11: √((9/11 − 25/121) / 11) = 0.2357907, times 1.959964.
  expect(nps.high).toBeCloseTo(-5 / 11 + 0.2357907 * 1.959964, 5);
});

test('CSAT is the two highest of five steps, CES the three highest of seven, each with the interval of its share', () => {
  const csat = summariseMeasure('csat', each(1, 2, 3, 4, 5));
  expect(csat).toMatchObject({ n: 5, score: 0.4, groups: [{ count: 2 }, { count: 1 }, { count: 2 }] });
  expect([csat.low, csat.high]).toEqual([csat.groups[0]?.low, csat.groups[0]?.high]);
  expect(summariseMeasure('ces', each(1, 2, 3, 4, 5, 6, 7))).toMatchObject({
    n: 7,
    score: 3 / 7,
    groups: [{ count: 3 }, { count: 1 }, { count: 3 }],
  });
});

test('what is no step of the measure is in no group and not in the base', () => {
  expect(summariseMeasure('nps', each(10, 11, -1, 9.5))).toMatchObject({ n: 1, score: 1, low: null });
});

test('nobody is no score', () => {
  expect(summariseMeasure('nps', [])).toMatchObject({ n: 0, score: null, low: null, high: null });
  expect(summariseMeasure('csat', [])).toMatchObject({ n: 0, score: null });
});
