import { expect, test } from 'vitest';
import { openHouse, plantStudy } from '../support/house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

test('closing in the middle of a look over answers is no fault to hear of', async () => {
  const house = await openHouse();
  const place = await plantStudy(house.verbatim);
  await plantResponses(
    house.verbatim,
    place,
    Array.from({ length: 1_000 }, (_, n) => ({ answers: { story: said(`It rained the whole day, ${n}`) } })),
  );
  house.verbatim.answerReadings.readSoon(place.survey);
  // Until the thread has been asked.
  const state = () => house.verbatim.answerReadings.state(place.survey);
  for (let now = await state(); now.isGoing && now.progress === 0; now = await state())
    await new Promise((resolve) => setTimeout(resolve, 2));
  await house[Symbol.asyncDispose]();
  expect(house.reported).toEqual([]);
});

test('closing in the middle of a look for signs of haste is no fault to hear of either', async () => {
  const house = await openHouse();
  const place = await plantStudy(house.verbatim);
  await plantResponses(
    house.verbatim,
    place,
    Array.from({ length: 1_000 }, (_, n) => ({ answers: { story: said(`It rained the whole day, ${n}`) } })),
  );
  const { responseQuality } = house.verbatim;
  expect(responseQuality.refresh(place.survey, await responseQuality.overview(place.survey))).toBe(true);
  await house.verbatim.logs.settle();
  await house[Symbol.asyncDispose]();
  expect(house.reported).toEqual([]);
});
