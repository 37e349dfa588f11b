import { expect, test } from 'vitest';
import { choiceColumn, numberColumn } from '../../src/model/table-column.ts';
import { continuousProfile } from '../../src/segments/continuous-profile.ts';
import { correlation } from '../../src/stats/correlation.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';

const random = mulberry32(3);
const n = 400;
const calm = Array.from({ length: n }, () => normalDeviate(random));
const spend = calm.map((value, i) => (i % 20 === 0 ? null : 0.5 * value + normalDeviate(random)));
const town = calm.map((value) => (value + normalDeviate(random) > 0 ? 'y' : 'n'));
const options = [
  { code: 'y', label: 'Yes' },
  { code: 'n', label: 'No' },
];
const measure = numberColumn({ id: 'calm', name: 'Calm' }, calm);

test('numbers, steps and options are held against a measure as they allow, by hand the same', () => {
  const { measures, tests } = continuousProfile(
    [measure],
    [
      measure,
      numberColumn({ id: 'spend', name: 'Spend' }, spend),
      choiceColumn({ id: 'town', name: 'Town', options }, town),
      numberColumn(
        { id: 'cubes', name: 'Cubes', isOrdinal: true },
        calm.map((value) => value ** 3),
      ),
    ],
  );
  const relations = measures[0]!.relations;
  expect(tests).toBe(4);
  const of = (id: string) => relations.find((one) => one.id === id)!;
  // Ranks do not change when every value is raised to its third power.
  expect(of('cubes')).toMatchObject({ measure: 'rho', value: expect.closeTo(1, 9) });
  const both = calm.flatMap((value, i) => (spend[i] === null ? [] : [[value, spend[i]!] as const]));
  const r = correlation(
    both.map(([x]) => x),
    both.map(([, y]) => y),
  )!;
  expect(of('spend')).toMatchObject({ measure: 'r', n: 380, value: expect.closeTo(r, 12) });
  expect(of('spend').low).toBeCloseTo(Math.tanh(Math.atanh(r) - 1.959964 / Math.sqrt(377)), 6);
  const [yes, no] = relations.filter(({ id }) => id === 'town');
  expect(yes!.value).toBeCloseTo(-no!.value, 12);
  expect(relations.map(({ id }) => id)[0]).toBe('cubes');
});

test('the distribution counts everybody once, ends included', () => {
  const { measures } = continuousProfile(
    [numberColumn({ id: 'm', name: 'M', min: 1, max: 5 }, [1, 2, 5, 5, null])],
    [],
  );
  const [{ n: people, bins, quartiles, mean }] = measures as [(typeof measures)[0]];
  expect([people, mean, bins.reduce((all, { count }) => all + count, 0)]).toEqual([4, 3.25, 4]);
  expect(bins.map(({ from, to, count }) => [from, to, count])).toEqual([
    [1, 1, 1],
    [2, 2, 1],
    [3, 3, 0],
    [4, 4, 0],
    [5, 5, 2],
  ]);
  const ranges = continuousProfile([numberColumn({ id: 'm', name: 'M' }, [0, 0.25, 10])], []).measures[0]!.bins;
  expect([ranges.length, ranges[0]!.count, ranges.at(-1)]).toEqual([10, 2, { from: 9, to: 10, count: 1 }]);
  expect(quartiles).toEqual([1.75, 3.5, 5]);
});

test('what varies in nobody, hardly anybody chose or few answered is not told of', () => {
  const { measures, tests } = continuousProfile(
    [
      measure,
      numberColumn(
        { id: 'flat', name: 'Flat' },
        calm.map(() => 3),
      ),
      numberColumn(
        { id: 'none', name: 'None' },
        calm.map(() => null),
      ),
    ],
    [
      choiceColumn(
        { id: 'rare', name: 'Rare', options },
        calm.map((_, i) => (i < 3 ? 'y' : 'n')),
      ),
      numberColumn(
        { id: 'few', name: 'Few' },
        calm.map((value, i) => (i < 20 ? value : null)),
      ),
    ],
  );
  expect(tests).toBe(0);
  expect(measures.map(({ relations }) => relations)).toEqual([[], [], []]);
  expect(measures[1]!.bins).toEqual([{ from: 3, to: 3, count: 400 }]);
  expect(measures[2]).toMatchObject({ n: 0, mean: null, quartiles: null, bins: [] });
});
