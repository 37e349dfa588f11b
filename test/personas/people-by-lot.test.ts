import { expect, test } from 'vitest';
import { peopleByLot } from '../../src/personas/people-by-lot.ts';

const texts = ['d', 'b', 'a', 'c', 'f', 'e'].map((sourceId, at) => ({ sourceId, subjectId: `r${at}` }));
/** r0 and r2 are one person; r4 and r5 are outside. */
const of = {
  personOf: (id: string) => (id === 'r2' ? 'r0' : id),
  isInside: (id: string) => !['r4', 'r5'].includes(id),
};
const ids = (list: readonly { sourceId: string }[]) => list.map(({ sourceId }) => sourceId).join('');

test('so many people of either side are chosen, each with all their texts, and the others are counted', () => {
  const { chosen, left } = peopleByLot(texts, of, 1);
  expect([ids(chosen), left]).toEqual(['dae', 3]);
  expect(peopleByLot(texts, of, 9)).toEqual({ chosen: texts, left: 0 });
});

test('the same people are chosen whatever order texts come in', () => {
  const turned = peopleByLot(texts.toReversed(), of, 2);
  expect([...ids(turned.chosen)].sort()).toEqual([...ids(peopleByLot(texts, of, 2).chosen)].sort());
});
