import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Comparison } from '../../src/store/comparisons.ts';
import type { Segment } from '../../src/store/segments.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { findSegments } from '../support/find-segments.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

const ASKED = 64;
const NOT_ASKED = 6;
let house: House;
let study: Study;
let survey: SurveyRow;
let found: Segment[];

/** Half of those asked agree with all that the scale is made of, and mostly live in the city; the others do neither. */
beforeAll(async () => {
  house = await openHouse();
  const { analysis, fieldwork, intake, logs, personas, store, targeting } = house.verbatim;
  ({ study, survey } = await plantStudy(house.verbatim));
  const ids = await intake.people(
    study.workspaceId,
    Array.from({ length: ASKED + NOT_ASKED }, (_, number) => ({ externalId: `p${number}`, attributes: [] })),
  );
  const published = await store.surveys.findPublished(survey.slug);
  if (!published) throw new Error('The survey is not published');
  for (const [number, id] of ids.slice(0, ASKED).entries()) {
    const person = await store.contacts.personById(id);
    if (!person) throw new Error('Somebody is not there');
    await targeting.invite(published, [person]);
    const invitation = targeting.invitationToken(survey.publicId, person.publicId);
    const begun = await fieldwork.start('small', { consents: ['analysis'], language: null, invitation, isTest: false });
    if (!begun.started) throw new Error('It did not start');
    const { token } = begun.next;
    const agrees = number % 2 === 0;
    const step = String(agrees ? 4 + (number % 4 === 0 ? 1 : 0) : 1 + (number % 3 === 0 ? 1 : 0));
    const city = agrees === number % 8 > 0 ? 'city' : 'village';
    await fieldwork.answer({ token, page: 1, revision: 1 }, { city });
    await fieldwork.answer(
      { token, page: 2, revision: 2 },
      { 'holds.outdoors': step, 'holds.company': step, 'holds.quiet': String(6 - Number(step)) },
    );
    await fieldwork.answer({ token, page: 3, revision: 3 }, { story: '' });
    await fieldwork.complete(token, 4);
  }
  await logs.settle();
  await analysis.score(study, survey, null);
  await analysis.idle();
  await findSegments(house.verbatim, study, survey, { inputs: ['scale:tiny.open'], k: 2, seed: 1 });
  found = (await store.segments.list(study.id)).filter(({ rule }) => rule === null);
  await personas.draw(study, found[0]!, null, null);
});
afterAll(() => house[Symbol.asyncDispose]());

test('found segments do not overlap, and whose answers were not sorted is unknown', async () => {
  const { comparisons } = house.verbatim;
  expect(await comparisons.overlap(study)).toMatchObject({ latest: null, isUnderway: true, failed: null });
  await comparisons.idle();
  const { latest, isUnderway } = await comparisons.overlap(study);
  expect(isUnderway).toBe(false);
  const result = comparisons.resultOf(latest!, 'overlap');
  expect(result.everybody).toBe(ASKED + NOT_ASKED);
  expect(result.segments.map(({ unknown }) => unknown)).toEqual([NOT_ASKED, NOT_ASKED]);
  expect(result.pairs).toEqual([
    { a: 0, b: 1, both: 0, first: expect.any(Number), second: expect.any(Number), base: ASKED },
  ]);
  expect(result.pairs[0]!.first + result.pairs[0]!.second).toBe(ASKED);
});

test('of a found segment the scales that made it, their items and its persona are set apart; another answer is found', async () => {
  const { comparisons } = house.verbatim;
  const begun = await comparisons.contrast(study, found[0]!, null);
  // Once it is under way it is not begun twice.
  expect((await comparisons.contrast(study, found[0]!, null)).id).toBe(begun.id);
  await comparisons.idle();
  const done = await house.verbatim.store.comparisons.findById(begun.id);
  expect(done?.error).toBeNull();
  const result = comparisons.resultOf(done!, 'contrast');
  expect(result.people).toMatchObject({ all: ASKED + NOT_ASKED, unknown: NOT_ASKED });
  const defining = result.defining.map(({ id }) => id);
  expect(defining).toContain('score tiny.open');
  expect(defining).toContain('answer small holds.outdoors');
  expect(defining.some((id) => id.startsWith('persona '))).toBe(true);
  const city = result.rows.find(({ id }) => id.startsWith('answer small city'));
  expect(city?.adjustedP).toBeLessThan(0.001);
  expect(city?.survey).toEqual({ publicId: survey.publicId, item: 'city', code: expect.any(String) });
  expect(city).toMatchObject({ nHere: result.people.here, nRest: result.people.rest });
});

test('the same facts give the same, to the last digit', async () => {
  const { comparisons, store } = house.verbatim;
  const again = async () => {
    const begun = await comparisons.contrast(study, found[1]!, null);
    await comparisons.idle();
    return (await store.comparisons.findById(begun.id))?.result;
  };
  expect(await again()).toBe(await again());
});

test('a result of another kind, or none, is a conflict', async () => {
  const { comparisons } = house.verbatim;
  const { latest } = await comparisons.overlap(study);
  expect(() => comparisons.resultOf(latest!, 'contrast')).toThrow('This comparison has no result');
});

test('asked twice at once it is begun once', async () => {
  const { comparisons, segments, store } = house.verbatim;
  const twice = await Promise.all([1, 2, 3].map(() => comparisons.contrast(study, found[0]!, null)));
  expect(new Set(twice.map(({ id }) => id)).size).toBe(1);
  await segments.define(study, { name: 'One more', rule: { attribute: 'x', op: 'set' }, surveyId: null }, null);
  await Promise.all([1, 2, 3].map(() => comparisons.overlap(study)));
  const going = await store.comparisons.list({ studyId: study.id, kind: 'overlap', segmentId: null });
  expect(going.filter(({ state }) => state !== 'done')).toHaveLength(1);
  await comparisons.idle();
  expect((await comparisons.overlap(study)).isUnderway).toBe(false);
});

test('when many wait for their turn, more are refused until some are done', async () => {
  const { comparisons } = house.verbatim;
  const ask = () =>
    comparisons.before(
      study,
      { event: 'Never', property: '', op: 'is', value: '', period: '30', days: '7', controls: '1', seed: '1' },
      null,
    );
  const waiting: Comparison[] = [];
  const period = { from: '2026-01-01', to: '2026-01-31' };
  const change = {
    outcome: { kind: 'event', to: { event: 'Never' } },
    sides: { kind: 'periods', first: period, second: { from: '2026-02-01', to: '2026-02-28' } },
  };
  await expect(async () => {
    for (let one = 0; one < 25; one += 1) waiting.push(await ask());
  }).rejects.toThrow('Too many comparisons are waiting for their turn');
  expect(waiting.length).toBeGreaterThan(19);
  await expect(comparisons.change(study, change, null)).rejects.toThrow('Too many comparisons are waiting');
  for (const one of waiting) await comparisons.cancel(one);
  await comparisons.idle();
  expect(house.reported).toEqual([]);
});
