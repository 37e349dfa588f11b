import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { itemsOf } from '../../src/model/items.ts';
import { questionsOf, SurveyDefinition } from '../../src/model/survey.ts';
import { perceived } from '../../src/reports/perception.ts';

const survey = SurveyDefinition.parse(
  JSON.parse(readFileSync(new URL('../../templates/surveys/persona-perception.json', import.meta.url), 'utf8')),
);
const instrument = survey.instruments![0]!;
const ranges = Object.fromEntries(
  questionsOf(survey).flatMap((question) =>
    itemsOf(question).flatMap(({ address, steps }) => (steps ? [[address, steps]] : [])),
  ),
);
const [credible, doubted] = instrument.scales[0]!.items.map((item) => item.replace(/^-/, '')) as [string, string];
const of = (readers: Record<string, number>[]) => perceived(instrument, ranges, readers, 'en')[0]!;

test('the statement against a scale is turned, so that agreeing to everything is the middle', () => {
  expect(of([{ [credible]: 5, [doubted]: 5 }]).mean).toBe(3);
  expect(of([{ [credible]: 5, [doubted]: 1 }]).mean).toBe(5);
});

test('a mean has an interval from two readers on, which does not leave the steps', () => {
  expect(of([])).toEqual({ code: 'credibility', name: 'Credibility', n: 0, mean: null, interval: null });
  expect(of([{ [credible]: 4, [doubted]: 2 }])).toMatchObject({ n: 1, mean: 4, interval: null });
  const { n, mean, interval } = of([
    { [credible]: 5, [doubted]: 1 },
    { [credible]: 4, [doubted]: 2 },
    { [credible]: 5, [doubted]: 2 },
  ]);
  expect([n, mean]).toEqual([3, 4.5]);
  expect(interval?.low).toBeCloseTo(3.258, 3);
  expect(interval?.high).toBe(5);
});

test('who left a statement out, or answered beyond the steps, does not count on its scale', () => {
  expect(of([{ [credible]: 5 }, { [credible]: 9, [doubted]: 1 }, { [credible]: 4, [doubted]: 2 }]).n).toBe(1);
});
