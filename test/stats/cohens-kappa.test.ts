import { describe, expect, test } from 'vitest';
import { cohensKappa } from '../../src/stats/cohens-kappa.ts';

describe('kappa as others print it', () => {
  test.each([
    [
      'Artstein and Poesio (2008)',
      [
        [20, 10],
        [20, 50],
      ],
      0.3478,
      4,
    ],
    [
      'Artstein and Poesio (2008), three codes',
      [
        [46, 0, 0],
        [6, 32, 6],
        [0, 0, 10],
      ],
      0.8013,
      4,
    ],
    [
      'Cohen (1960), p. 45',
      [
        [88, 14, 18],
        [10, 40, 10],
        [2, 6, 12],
      ],
      29 / 59,
      12,
    ],
    [
      'Gwet, three codes',
      [
        [75, 1, 4],
        [5, 4, 1],
        [0, 0, 10],
      ],
      0.676471,
      6,
    ],
    [
      'the paradox of prevalence',
      [
        [118, 5],
        [2, 0],
      ],
      -0.023392,
      6,
    ],
    [
      'the same with fewer',
      [
        [95, 4],
        [1, 0],
      ],
      -0.01626,
      6,
    ],
    [
      'four codes of couples',
      [
        [7, 7, 2, 3],
        [2, 8, 3, 7],
        [1, 5, 4, 9],
        [2, 8, 9, 14],
      ],
      0.12933,
      6,
    ],
    [
      'ten segments of two coders',
      [
        [1, 1],
        [3, 5],
      ],
      1 / 11,
      12,
    ],
    [
      'characters marked unevenly',
      [
        [50, 150],
        [0, 800],
      ],
      8 / 23,
      12,
    ],
    [
      'characters marked evenly',
      [
        [50, 75],
        [75, 800],
      ],
      11 / 35,
      12,
    ],
  ])('%s', (_, table, kappa, digits) => {
    expect(cohensKappa(table)?.kappa).toBeCloseTo(kappa, digits);
  });

  test('the standard error and interval that SAS prints for dermatologists', () => {
    const found = cohensKappa([
      [0, 4, 1],
      [0, 8, 0],
      [0, 1, 5],
    ]);
    expect(found?.kappa).toBeCloseTo(0.484163, 5);
    expect(found?.standardError).toBeCloseTo(0.138, 4);
    expect(found?.low).toBeCloseTo(0.2137, 4);
    expect(found?.high).toBeCloseTo(0.7547, 4);
    expect(found?.n).toBe(19);
  });
});

test('where nothing varies there is no kappa, and where one coder never varies it is naught', () => {
  expect(
    cohensKappa([
      [10, 0],
      [0, 0],
    ]),
  ).toBeNull();
  expect(
    cohensKappa([
      [0, 0],
      [0, 0],
    ]),
  ).toBeNull();
  expect(
    cohensKappa([
      [6, 0],
      [4, 0],
    ])?.kappa,
  ).toBe(0);
});

test('the interval holds its promise: about 95 of 100 samples cover the kappa they come from', () => {
  // Two coders who agree as in the table, drawn 400 times with 120 things each.
  const table = [
    [0.3, 0.1],
    [0.1, 0.5],
  ];
  const truth = cohensKappa(table)?.kappa ?? 0;
  let state = 7;
  const random = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  let covered = 0;
  for (let turn = 0; turn < 400; turn += 1) {
    const drawn = [
      [0, 0],
      [0, 0],
    ];
    for (let i = 0; i < 120; i += 1) {
      const at = random();
      const [row, column] = at < 0.3 ? [0, 0] : at < 0.4 ? [0, 1] : at < 0.5 ? [1, 0] : [1, 1];
      drawn[row]![column]! += 1;
    }
    const found = cohensKappa(drawn)!;
    covered += Number(found.low <= truth && truth <= found.high);
  }
  expect(covered / 400).toBeGreaterThan(0.92);
  expect(covered / 400).toBeLessThan(0.98);
});

test('a table that is not a square of counts is refused', () => {
  expect(() => cohensKappa([[1, 2]])).toThrow(RangeError);
  expect(() =>
    cohensKappa([
      [1, -1],
      [0, 2],
    ]),
  ).toThrow(RangeError);
});
