import { expect, test } from 'vitest';
import type { Asked } from '../../src/model/record.ts';
import { choiceColumn } from '../../src/model/table-column.ts';
import { Weighting } from '../../src/model/weighting.ts';
import { weighResponses } from '../../src/reports/weigh-responses.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

/**
 * A site where heavy users see more pages: they are 20% of everybody, asked with probability 0.5 where light users are
 * asked with 0.05, and 70% of them would buy again, of the light ones 30%. Truth: 0.2 × 0.7 + 0.8 × 0.3 = 0.38.
 */
function sampleSite(seed: number) {
  const random = mulberry32(seed);
  const asked: Asked[] = [];
  const buys: number[] = [];
  const heavy: boolean[] = [];
  for (let person = 0; person < 20_000; person++) {
    const isHeavy = random() < 0.2;
    const probability = isHeavy ? 0.5 : 0.05;
    const wouldBuy = random() < (isHeavy ? 0.7 : 0.3);
    if (random() >= probability) continue;
    asked.push({ how: 'widget', probability });
    buys.push(Number(wouldBuy));
    heavy.push(isHeavy);
  }
  return { asked, buys, heavy };
}
const shareOf = (values: number[], weights: number[]) =>
  values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / weights.reduce((sum, weight) => sum + weight, 0);
const byProbability = Weighting.parse({ asked: { given: {} } });
const whole = (asked: Asked[]) => ({ rows: [...asked.keys()], leftOut: {}, asked, columns: [] });

test('a biased widget sample is repaired by one over the probability, in ten samples out of ten', () => {
  const truth = 0.38;
  let covered = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const { asked, buys } = sampleSite(seed);
    const { weights, effect } = weighResponses(byProbability, whole(asked));
    const plain = shareOf(
      buys,
      buys.map(() => 1),
    );
    expect(plain).toBeGreaterThan(0.54);
    const repaired = shareOf(buys, weights);
    expect(Math.abs(repaired - truth)).toBeLessThan(0.04);
    const reach = 1.96 * Math.sqrt((repaired * (1 - repaired)) / effect.effectiveN);
    covered += Number(Math.abs(repaired - truth) < reach);
    expect(effect.effectiveN).toBeLessThan(asked.length);
  }
  expect(covered).toBeGreaterThanOrEqual(8);
});

test('raking begins from the probabilities and meets its targets, where the order of the file changes no digit', () => {
  const { asked, heavy } = sampleSite(3);
  const sex = asked.map((_, i) => (i % 3 === 0 ? 'w' : 'm'));
  const run = (order: number[]) => {
    const column = choiceColumn(
      {
        id: 'answer:sex',
        name: 'Sex',
        options: [
          { code: 'w', label: 'Woman' },
          { code: 'm', label: 'Man' },
        ],
      },
      order.map((i) => sex[i]!),
    );
    const weighting = Weighting.parse({
      asked: { given: {} },
      raked: {
        margins: [
          {
            column: 'answer:sex',
            name: 'Sex',
            categories: [
              { label: 'Woman', codes: ['w'], target: 52 },
              { label: 'Man', codes: ['m'], target: 48 },
            ],
          },
        ],
        trim: null,
        missing: 'keep',
      },
    });
    return weighResponses(weighting, { ...whole(order.map((i) => asked[i]!)), columns: [column] });
  };
  const order = shuffled([...asked.keys()], mulberry32(9));
  const [found, other] = [run([...asked.keys()]), run(order)];
  expect(found.raked!.converged).toBe(true);
  expect(
    shareOf(
      sex.map((code) => Number(code === 'w')),
      found.weights,
    ),
  ).toBeCloseTo(0.52, 9);
  // Heavy users stay as rare as their probabilities make them.
  expect(shareOf(heavy.map(Number), found.weights)).toBeCloseTo(0.2, 1);
  expect(order.map((i, place) => other.weights[place] === found.weights[i]).every(Boolean)).toBe(true);
  expect(found.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(asked.length, 6);
});

test('whose probability nobody knows is left out and counted by way, unless it was said', () => {
  const asked: Asked[] = [
    { how: 'widget', probability: 0.5 },
    { how: 'widget', probability: 0 },
    { how: 'open' },
    { how: 'list' },
    { how: 'widget', probability: 0.5, rule: 'loyal' },
  ];
  const silent = weighResponses(byProbability, whole(asked));
  expect(silent.weights).toEqual([1, 0, 0, 0, 0]);
  expect(silent.leftOut.unknown).toBe(4);
  const said = weighResponses(Weighting.parse({ asked: { given: { list: 0.25, rule: 0.5 } } }), whole(asked));
  // 2 for the widget, 4 for the list, 4 for the rule and the half of those whom the widget drew.
  expect(said.weights.map((weight) => weight / said.weights[0]!)).toEqual([1, 0, 0, 2, 2]);
  expect(said.ways.find(({ way }) => way === 'rule')).toEqual({
    way: 'rule',
    n: 1,
    stored: 0,
    said: 1,
    probability: 0.5,
    unknown: 0,
  });
  expect(() => weighResponses(byProbability, whole([{ how: 'open' }]))).toThrow(/Of nobody is it known/);
  expect(() => weighResponses(byProbability, { ...whole(asked), rows: [] })).toThrow(/Nobody is in the base/);
});
