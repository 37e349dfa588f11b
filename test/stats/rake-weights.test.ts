import { expect, test } from 'vitest';
import { rakeWeights } from '../../src/stats/rake-weights.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

const random = mulberry32(8);
const people = Array.from({ length: 400 }, () => ({
  sex: random() < 0.7 ? 0 : 1,
  age: random() < 0.1 ? null : Math.floor(random() ** 2 * 3),
}));
const margins = (own: typeof people) => [
  {
    name: 'Sex',
    codes: own.map(({ sex }) => sex),
    categories: [
      { label: 'F', target: 51 },
      { label: 'M', target: 49 },
    ],
  },
  {
    name: 'Age',
    codes: own.map(({ age }) => age),
    categories: [
      { label: 'young', target: 30 },
      { label: 'middle', target: 30 },
      { label: 'old', target: 40 },
    ],
  },
];

test('all margins are met at once, those who did not say are weighted by the others, and the mean weight is 1', () => {
  const found = rakeWeights(margins(people));
  expect(found.converged).toBe(true);
  expect(found.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(400, 8);
  for (const { categories } of found.margins)
    for (const { after, target } of categories) expect(after).toBeCloseTo(target, 7);
  expect(found.notes[0]).toMatch(/have no “Age”: they are weighted by the other margins only/);
  expect(found.efficiency).toBeCloseTo(found.effectiveN / 400, 12);
});

test('the order of the file changes no digit', () => {
  const places = shuffled([...people.keys()], mulberry32(2));
  const found = rakeWeights(margins(people));
  const other = rakeWeights(margins(places.map((place) => people[place]!)));
  expect(other.weights).toEqual(places.map((place) => found.weights[place]));
});

test('trimmed weights lie between the ends, cost less, and what they miss is shown', () => {
  const plain = rakeWeights(margins(people));
  const found = rakeWeights(margins(people), { trim: { low: 0.6, high: 1.5 } });
  expect(found.smallest).toBeGreaterThan(0.599);
  expect(found.largest).toBeLessThan(1.501);
  expect(found.trimmed).toBeGreaterThan(0);
  expect(found.designEffect).toBeLessThan(plain.designEffect);
  expect(found.converged).toBe(false);
  expect(found.notes[0]).toMatch(/kept between these ends the targets cannot all be met/);
});

test('margins that contradict each other do not converge, and say so', () => {
  const codes = [0, 0, 0, 1, 1];
  const found = rakeWeights([
    {
      name: 'A',
      codes,
      categories: [
        { label: 'x', target: 50 },
        { label: 'y', target: 50 },
      ],
    },
    {
      name: 'B',
      codes,
      categories: [
        { label: 'x', target: 80 },
        { label: 'y', target: 20 },
      ],
    },
  ]);
  expect(found.converged).toBe(false);
  expect(found.notes[0]).toMatch(/cannot all be met at once/);
  expect(found.weights.every(Number.isFinite)).toBe(true);
});

test('what cannot be weighted is refused in words', () => {
  const margin = (targets: number[], codes: (number | null)[] = [0, 0, 0]) => [
    { name: 'Region', codes, categories: targets.map((target, i) => ({ label: `R${i}`, target })) },
  ];
  expect(() => rakeWeights(margin([50, 50]))).toThrow(/Nobody is in “R1” of “Region”.*Merge it/);
  expect(() => rakeWeights(margin([50, 40]))).toThrow('The targets of “Region” come to 90, and have to come to 100');
  expect(() => rakeWeights(margin([100], [0, 1, 0]))).toThrow(/category that has no target/);
  expect(() => rakeWeights(margin([-1, 101]))).toThrow(/percentages/);
  expect(() => rakeWeights(margin([100]), { trim: { low: 2, high: 1 } })).toThrow(/Trimming/);
  expect(() => rakeWeights([])).toThrow(/at least one target/);
  expect(rakeWeights(margin([100, 0], [0, 0, 1])).notes).toEqual([
    '1 of 3 are in a category with target 0 and no longer count',
  ]);
});

test('raking begins from weights that are there, keeps their ratio within a cell, and refuses ones that are none', () => {
  const sex = {
    name: 'Sex',
    codes: [0, 0, 0, 1],
    categories: [
      { label: 'F', target: 50 },
      { label: 'M', target: 50 },
    ],
  };
  const { weights } = rakeWeights([sex], { start: [2, 1, 1, 3] });
  expect(weights[0]! / weights[1]!).toBeCloseTo(2, 12);
  expect(weights[3]).toBeCloseTo(2, 12);
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(4, 12);
  for (const start of [
    [1, 1, 1],
    [1, 1, 1, 0],
    [1, 1, 1, Number.NaN],
  ])
    expect(() => rakeWeights([sex], { start })).toThrow(/one weight above 0/);
});
