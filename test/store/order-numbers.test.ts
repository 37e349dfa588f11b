import { expect, test } from 'vitest';
import { openHouse, plantStudy } from '../support/house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

test('responses are numbered in each study by the order in which they came, and withdrawing one moves no other', async () => {
  await using house = await openHouse();
  const { verbatim } = house;
  const { store } = verbatim;
  const first = await plantStudy(verbatim);
  const other = await plantStudy(verbatim);
  const plant = (of: typeof first, n: number) =>
    plantResponses(
      verbatim,
      of,
      Array.from({ length: n }, () => ({ answers: { city: said('city') } })),
    );
  await plant(first, 2);
  await plant(other, 1);
  await plant(first, 1);
  const idsOf = async ({ survey }: typeof first) =>
    (await store.responses.list(survey.id)).map(({ publicId }) => publicId);
  const [here, there] = [await idsOf(first), await idsOf(other)];
  const numbers = await store.orderNumbers.ofResponses(first.study.id, [...here, ...there, 'nobody']);
  expect([...numbers]).toHaveLength(3);
  expect(here.map((id) => numbers.get(id))).toEqual([1, 2, 3]);
  expect(await store.orderNumbers.ofResponses(other.study.id, there)).toEqual(new Map([[there[0], 1]]));
  house.verbatim.connection.prepare("update responses set state = 'withdrawn' where public_id = ?").run(here[0]);
  expect((await store.orderNumbers.ofResponses(first.study.id, [here[2]!])).get(here[2]!)).toBe(3);
  expect(await store.orderNumbers.ofInterviews(first.study.id, here)).toEqual(new Map());
});
