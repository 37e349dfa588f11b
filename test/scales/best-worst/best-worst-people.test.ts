import { expect, test } from 'vitest';
import type { BestWorstPerson } from '../../../src/scales/best-worst/best-worst-answer.ts';
import { bestWorstPersonCounts } from '../../../src/scales/best-worst/best-worst-counts.ts';
import { bestWorstDesign } from '../../../src/scales/best-worst/best-worst-design.ts';
import { bestWorstLogLikelihood } from '../../../src/scales/best-worst/best-worst-likelihood.ts';
import type { BestWorstLogit } from '../../../src/scales/best-worst/best-worst-logit.ts';
import { bestWorstLogit } from '../../../src/scales/best-worst/best-worst-logit.ts';
import { bestWorstPeople } from '../../../src/scales/best-worst/best-worst-people.ts';
import { correlation } from '../../../src/stats/correlation.ts';
import { mean } from '../../../src/stats/mean.ts';
import { mulberry32, shuffled } from '../../../src/stats/random.ts';
import { drawUtilities, simulatePerson } from './simulated-answers.ts';

const ITEMS = 12;
const RISING = Array.from({ length: ITEMS }, (_, item) => (item - (ITEMS - 1) / 2) * 0.25);
const FALLING = RISING.map((utility) => -utility);

/** People with known utilities, around one of the means each in turn. */
function plant(n: number, { means = [RISING], spread = 1, tasks = 12, seed = 1 } = {}) {
  const random = mulberry32(seed);
  const { sets } = bestWorstDesign({ items: ITEMS, perTask: 4, tasks, versions: 10, random });
  const truth = Array.from({ length: n }, (_, i) => drawUtilities(means[i % means.length]!, spread, random));
  return { truth, people: truth.map((utilities, i) => simulatePerson(utilities, sets[i % 10]!, random)) };
}

const fitPeople = (people: readonly BestWorstPerson[]) => bestWorstPeople(people, { items: ITEMS })!;
const squares = (values: readonly number[], around: readonly number[]) =>
  values.reduce((sum, value, i) => sum + (value - around[i]!) ** 2, 0);

test('planted utilities of each person come back', () => {
  const { truth, people } = plant(300);
  const fitted = fitPeople(people);
  expect(fitted).toMatchObject({ n: 300, converged: true, neverShown: [] });
  const likeness = fitted.people.map(({ utilities }, i) => correlation(utilities, truth[i]!)!);
  expect(mean(likeness)).toBeGreaterThan(0.8);
  expect(correlation(fitted.mean, RISING)).toBeGreaterThan(0.98);
  // Modes lean towards the mean, so the planted spread of 0.96 is not quite reached.
  expect(mean(fitted.spread)).toBeGreaterThan(0.6);
  expect(mean(fitted.spread)).toBeLessThan(1.1);
  for (const { utilities } of fitted.people) expect(utilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 8);
});

test('two planted groups stand apart', () => {
  const { people } = plant(200, { means: [RISING, FALLING], spread: 0.4, seed: 2 });
  const sides = fitPeople(people).people.map(({ utilities }) => correlation(utilities, RISING)!);
  const misplaced = sides.filter((side, i) => side > 0 !== (i % 2 === 0));
  expect(misplaced.length).toBeLessThanOrEqual(4);
});

test('answers held back are likelier than under counts at their best, or under one crowd', () => {
  const { people } = plant(300, { seed: 3 });
  const known = people.map((person) => person.slice(0, 9));
  const heldBack = people.map((person) => person.slice(9));
  const judge = (utilities: readonly (readonly number[])[]) =>
    heldBack.reduce((sum, person, i) => sum + bestWorstLogLikelihood([person], utilities[i]!), 0);

  const hierarchical = judge(fitPeople(known).people.map(({ utilities }) => utilities));
  const scores = bestWorstPersonCounts(known, { items: ITEMS }).map((counts) => counts.map(({ score }) => score ?? 0));
  // The scale of counts is chosen by the very answers held back, which is more than fair to them.
  const scales = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3];
  const counted = Math.max(...scales.map((by) => judge(scores.map((row) => row.map((score) => by * score)))));
  const crowd = (bestWorstLogit(known, { items: ITEMS }) as BestWorstLogit).utilities;
  expect(hierarchical).toBeGreaterThan(counted);
  expect(hierarchical).toBeGreaterThan(judge(people.map(() => crowd)));
});

test('who answered little is drawn to the mean, and who answered nothing stands on it', () => {
  const { people } = plant(200, { spread: 1.5, seed: 4 });
  const thinned = people.map((person, i) => (i % 2 === 0 ? person : person.slice(0, 2)));
  const fitted = fitPeople([...thinned, [], [{ shown: [0, 1], best: null, worst: null }]]);
  const far = (remainder: number) =>
    mean(
      fitted.people
        .slice(0, 200)
        .flatMap(({ utilities }, i) => (i % 2 === remainder ? [squares(utilities, fitted.mean)] : [])),
    )!;
  const unsure = (i: number) => mean(fitted.people[i]!.standardDeviations)!;
  expect(far(1)).toBeLessThan(0.6 * far(0));
  expect(unsure(1)).toBeGreaterThan(unsure(0));
  expect(fitted.n).toBe(200);
  for (const silent of fitted.people.slice(200)) {
    expect(silent).toEqual({
      utilities: fitted.mean,
      standardDeviations: fitted.spread,
      choices: 0,
      rootLikelihood: null,
      chanceRootLikelihood: null,
    });
  }
});

test('each person stands at the top of their own likelihood times the crowd', () => {
  // Two items: one number d = u_0 − u_1 with the crowd's variance 4 spread², and its slope can be written down.
  const choice = (best: number) => ({ shown: [0, 1], best, worst: 1 - best });
  const people = [[choice(0), choice(0), choice(0), choice(1)], [choice(1), choice(1), choice(0)], [choice(0)]];
  const fitted = bestWorstPeople(people, { items: 2 })!;
  fitted.people.forEach(({ utilities, standardDeviations, choices }, i) => {
    const difference = 2 * utilities[0]!;
    const share = 1 / (1 + Math.exp(-difference));
    const wins = people[i]!.filter(({ best }) => best === 0).length;
    const variance = 4 * fitted.spread[0]! ** 2;
    expect(wins - choices * share - (difference - 2 * fitted.mean[0]!) / variance).toBeCloseTo(0, 6);
    const width = 1 / (choices * share * (1 - share) + 1 / variance);
    expect(standardDeviations[0]).toBeCloseTo(Math.sqrt(width) / 2, 4);
  });
});

test('blind answers are no likelier than chance, considered ones are', () => {
  const { people } = plant(100, { spread: 0.5, seed: 5 });
  const random = mulberry32(6);
  const blind = people.map((person) =>
    person.map(({ shown }) => {
      const [best, worst] = shuffled(shown, random);
      return { shown, best: best!, worst: worst! };
    }),
  );
  const fitted = fitPeople([...people, ...blind.slice(0, 10)]).people;
  const gain = (part: typeof fitted) => mean(part.map((one) => one.rootLikelihood! / one.chanceRootLikelihood!))!;
  expect(fitted[0]!.chanceRootLikelihood).toBeCloseTo(Math.sqrt((1 / 4) * (1 / 3)), 9);
  expect(gain(fitted.slice(0, 100))).toBeGreaterThan(gain(fitted.slice(100)) + 0.1);
});

test('the order of people, tasks and items shown does not matter', () => {
  const { people } = plant(40, { seed: 7 });
  const random = mulberry32(8);
  const order = shuffled(
    people.map((_, i) => i),
    random,
  );
  const turned = order.map((i) =>
    shuffled(people[i]!, random).map((answer) => ({ ...answer, shown: shuffled(answer.shown, random) })),
  );
  const one = fitPeople(people);
  const other = fitPeople(turned);
  expect(other.iterations).toBe(one.iterations);
  order.forEach((i, place) => {
    one.people[i]!.utilities.forEach((utility, item) => {
      expect(other.people[place]!.utilities[item]).toBeCloseTo(utility, 7);
    });
  });
  expect(fitPeople(people)).toEqual(one);
});

test('an item that always wins gets a high utility and not an endless one', () => {
  const { people } = plant(50, { means: [RISING.map((utility, item) => (item === 11 ? 30 : utility))], spread: 0.5 });
  const fitted = fitPeople(people);
  expect(Math.max(...fitted.mean)).toBe(fitted.mean[11]);
  for (const { utilities } of fitted.people) expect(utilities[11]).toBeLessThan(30);
});

test('one person alone, items never shown and nobody are coped with', () => {
  const alone = bestWorstPeople([[{ shown: [0, 1, 2], best: 0, worst: 2 }]], { items: 4 })!;
  expect(alone.neverShown).toEqual([3]);
  expect(alone.people[0]!.utilities[0]).toBeGreaterThan(alone.people[0]!.utilities[2]!);
  expect(alone.people.flatMap(({ utilities }) => utilities).every(Number.isFinite)).toBe(true);
  expect(bestWorstPeople([], { items: 4 })).toBeNull();
  expect(bestWorstPeople([[]], { items: 4 })).toBeNull();
});

test('a fit cut short says so', () => {
  const { people } = plant(30, { seed: 9 });
  expect(bestWorstPeople(people, { items: ITEMS, iterationsMax: 2 })).toMatchObject({
    iterations: 2,
    converged: false,
  });
  expect(() => bestWorstPeople(people, { items: ITEMS, iterationsMax: 0 })).toThrow(RangeError);
});

test('a thousand people by twelve tasks take no longer than a moment', () => {
  const { people } = plant(1000, { seed: 10 });
  const before = performance.now();
  fitPeople(people);
  // Measured at 0.6 s; the slack is for busy machines.
  expect(performance.now() - before).toBeLessThan(60_000);
});
