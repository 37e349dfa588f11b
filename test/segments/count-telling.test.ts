import { expect, test } from 'vitest';
import { choiceColumn, choicesColumn, numberColumn } from '../../src/model/table-column.ts';
import { countTelling } from '../../src/segments/count-telling.ts';
import { profileSegments } from '../../src/segments/profile.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const N = 400;
const labels = Array.from({ length: N }, (_, i) => i % 2);
const random = mulberry32(5);
const options = ['a', 'b'].map((code) => ({ code, label: code }));
/** Answers of which so many follow the segment. */
const following = (share: number) =>
  labels.map((label) => (random() < share ? options[label]!.code : options[random() < 0.5 ? 0 : 1]!.code));
const countIn = (columns: Parameters<typeof profileSegments>[1]['columns']) =>
  countTelling(profileSegments(labels, { names: ['One', 'Two'], columns }));

test('what tells segments apart is counted in every kind, and chance is not', () => {
  const choice = { id: 'answer:x', name: 'X', options };
  expect(
    countIn([
      { column: choiceColumn(choice, following(0.5)) },
      {
        column: choicesColumn(
          { ...choice, id: 'answer:y' },
          following(0.5).map((code) => [code]),
        ),
      },
      {
        column: numberColumn(
          { id: 'answer:z', name: 'Z' },
          labels.map((label) => label + 2 * random()),
        ),
      },
      { column: choiceColumn({ ...choice, id: 'answer:chance' }, following(0)) },
    ]),
  ).toEqual({ telling: 3, tested: 4 });
});

test('what segments were made from is not counted', () => {
  const column = choiceColumn({ id: 'answer:x', name: 'X', options }, following(0.5));
  expect(countIn([{ column, isInput: true }])).toEqual({ telling: 0, tested: 0 });
});
