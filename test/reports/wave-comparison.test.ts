import { expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
import { compareWaves, type WaveTally } from '../../src/reports/wave-comparison.ts';
import { smallSurvey } from '../support/small-survey.ts';

const tally = (wave: string, versionId: number, item: string, value: unknown, count: number): WaveTally => ({
  wave,
  versionId,
  item,
  value,
  count,
});
/** The small survey with something of it changed. */
function changed(change: (copy: SurveyDefinition) => void): SurveyDefinition {
  const copy = structuredClone(smallSurvey);
  change(copy);
  return copy;
}
const compare = (versions: [number, SurveyDefinition][], tallies: WaveTally[], pair: [number, number] = [0, 1]) =>
  compareWaves({ waves: ['a', 'b'], versions: new Map(versions), tallies, language: 'en', pair });

test('shares stand beside each other, with Newcombe’s interval around their difference', () => {
  const [item] = compare(
    [[1, smallSurvey]],
    [
      tally('a', 1, 'city', 'city', 48),
      tally('a', 1, 'city', 'village', 32),
      tally('b', 1, 'city', 'city', 56),
      tally('b', 1, 'city', 'village', 14),
    ],
  );
  expect(item).toMatchObject({ item: 'city', kind: 'share', notes: [] });
  const [city, , na] = item?.rows ?? [];
  expect(city?.label).toBe('In a city');
  expect(city?.points.map((point) => [point?.n, point?.value])).toEqual([
    [80, 0.6],
    [70, 0.8],
  ]);
  expect(city?.change?.difference).toBeCloseTo(0.2, 10);
  expect(city?.change?.low).toBeCloseTo(0.0524, 4);
  expect(city?.change?.high).toBeCloseTo(0.3339, 4);
  expect(na?.points.map((point) => point?.value)).toEqual([0, 0]);
});

test('several answers of one person count for each option, out of the people', () => {
  const [item] = compare(
    [[1, smallSurvey]],
    [
      tally('a', 1, 'topics', ['news', 'sport'], 3),
      tally('a', 1, 'topics', ['news'], 1),
      tally('b', 1, 'topics', ['sport'], 4),
    ],
  );
  expect(item?.rows.map((row) => row.points.map((point) => point?.value))).toEqual([
    [1, 0],
    [0.75, 1],
    [0, 0],
  ]);
});

test('ratings are compared by their means, later minus earlier, whichever way round they are asked', () => {
  const tallies = [
    tally('a', 1, 'mood', 4, 10),
    tally('a', 1, 'mood', 6, 10),
    tally('b', 1, 'mood', 6, 10),
    tally('b', 1, 'mood', 8, 10),
  ];
  const [item] = compare([[1, smallSurvey]], tallies);
  expect(item).toMatchObject({ item: 'mood', kind: 'mean' });
  expect(item?.rows[0]?.points.map((point) => point?.value)).toEqual([5, 7]);
  expect(item?.rows[0]?.change?.difference).toBe(2);
  expect(compare([[1, smallSurvey]], tallies, [1, 0])[0]?.rows[0]?.change?.difference).toBe(-2);
});

test('an item is the same across versions where its address is, and says what else changed', () => {
  const second = changed((copy) => {
    const question = copy.pages[0]?.questions[0];
    if (question?.kind !== 'single') throw new Error('It is no choice any more');
    question.text = { en: 'Where is your home?' };
    question.options = [...question.options, { code: 'boat', text: { en: 'On a boat' } }];
  });
  const [item] = compare(
    [
      [1, smallSurvey],
      [2, second],
    ],
    [tally('a', 1, 'city', 'city', 10), tally('b', 2, 'city', 'city', 5), tally('b', 2, 'city', 'boat', 5)],
  );
  expect(item?.text).toBe('Where is your home?');
  expect(item?.notes).toHaveLength(2);
  const boat = item?.rows.find((row) => row.label === 'On a boat');
  expect(boat?.points.map((point) => point?.value)).toEqual([undefined, 0.5]);
  expect(boat?.change).toBeNull();
});

test('a rating on other steps is another question', () => {
  const second = changed((copy) => {
    const question = copy.pages[1]?.questions[1];
    if (question?.kind !== 'rating') throw new Error('It is no rating any more');
    question.steps = { min: 1, max: 5 };
  });
  expect(
    compare(
      [
        [1, smallSurvey],
        [2, second],
      ],
      [tally('a', 1, 'mood', 9, 10), tally('b', 2, 'mood', 4, 10)],
    ),
  ).toEqual([]);
});

test('what only one wave answered, and words, are not compared', () => {
  expect(
    compare(
      [[1, smallSurvey]],
      [tally('a', 1, 'city', 'city', 10), tally('a', 1, 'story', null, 3), tally('b', 1, 'story', null, 3)],
    ),
  ).toEqual([]);
});
