import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Portrait, readPortrait } from '../../../src/personas/portrait.ts';
import { newPublicId } from '../../../src/store/identifiers.ts';
import type { Study } from '../../../src/store/studies.ts';
import { fixedClock, type House, openHouse } from '../../support/house.ts';
import { plantResponses, said } from '../../support/plant-responses.ts';
import { publishSurvey } from '../../support/plant-typing.ts';
import { wishQuestions, wishSurvey } from '../../support/wish-survey.ts';

const text = (en: string) => ({ en });
const scale = (code: string, at: number) => ({ code, name: text(code), items: [`wants.q0${at}`, `wants.q0${at + 1}`] });
/** Two of the ten values, and what people say in their own words. */
const survey = {
  ...wishSurvey('values'),
  pages: [{ code: 'p1', questions: [...wishQuestions, { kind: 'text', code: 'why', text: text('Why?'), long: true }] }],
  instruments: [
    {
      code: 'values',
      version: '1',
      name: text('Values'),
      centring: 'none',
      structure: 'circumplex',
      scales: [scale('security', 0), scale('power', 2)],
    },
    { code: 'mood', version: '1', name: text('Mood'), centring: 'none', scales: [scale('calm', 4)] },
  ],
};
let house: House;
let study: Study;
let portrait: Portrait;
beforeAll(async () => {
  house = await openHouse({ now: fixedClock('2026-03-30T10:00:00.000Z').now });
  const { studies, segments, personas, store, codings, saidValues } = house.verbatim;
  study = await studies.addTo('Values', null, null, null);
  const published = await publishSurvey(house.verbatim, study, survey);
  const ids = Array.from({ length: 120 }, newPublicId);
  await plantResponses(
    house.verbatim,
    { study, survey: published },
    ids.map((id, n) => ({
      id,
      answers: {
        ...Object.fromEntries(
          Array.from({ length: 9 }, (_, j) => [
            `wants.q0${j}`,
            said(j < 2 ? (n % 2 === 0 ? 5 - ((n / 2) % 2) : 1 + (n % 3 === 0 ? 1 : 0)) : 1 + ((n * 7 + j) % 5)),
          ]),
        ),
        town: said(n % 2 === 0 ? 'yes' : 'no'),
        why: said(n % 4 === 0 ? 'I throw caution to the wind.' : 'A safe home matters.'),
      },
    })),
  );
  await saidValues.addCodes(study);
  const code = (await store.notes.codes(study.id)).find(({ humanValue }) => humanValue === 'security')!;
  // Of those in town three speak against it and one for it; of the others one for it.
  for (const [n, direction] of [
    [0, 'against'],
    [4, 'against'],
    [8, 'against'],
    [2, 'for'],
    [1, 'for'],
  ] as const) {
    const [source] = await store.notes.versionsOfSubject(study.id, ids[n]!);
    await codings.code(
      study,
      { sourceId: source!.publicId, version: 1, start: null, end: null, words: source!.text },
      { publicId: code.publicId, name: '', definition: '', direction },
      null,
    );
  }
  const segment = await segments.define(
    study,
    { name: 'Town', rule: { answer: 'town', op: 'is', value: 'yes' }, surveyId: published.id },
    null,
  );
  const persona = await personas.draw(study, segment, null, null);
  portrait = readPortrait((await store.personas.versionsOf(persona.id))[0]!.portrait);
}, 30_000);
afterAll(() => house[Symbol.asyncDispose]());

test('scales of a circle of values are told as values, and others are not', () => {
  expect(Object.fromEntries(portrait.scales.map(({ scale: id, isHumanValue }) => [id, isHumanValue]))).toEqual({
    'values.security': true,
    'values.power': true,
    'mood.calm': false,
  });
});

test('a value that is higher by answers, and that most of their words speak against, says so with both sides', async () => {
  const claim = portrait.claims.find(({ id }) => id === 'scale:values.security');
  expect(claim).toMatchObject({ status: 'validated', evidence: { kind: 'mean' } });
  const marked = async (spans: NonNullable<typeof claim>['quotes']) =>
    (await house.verbatim.evidence.readQuotes(study.id, spans)).map((quote) => quote.isVerbatim && quote.marked);
  expect(await marked(claim!.quotes)).toEqual(['A safe home matters.']);
  expect(await marked(claim!.counterQuotes)).toEqual(Array(3).fill('I throw caution to the wind.'));
  expect(portrait.against).toContainEqual({
    text: 'security: higher than among everyone else. Yet of 4 passages of theirs that speak of it and say which way, 3 say the contrary.',
    counted: {
      people: [1, 3],
      instead:
        'security: higher than among everyone else. Yet most passages of theirs that speak of it and say which way say the contrary.',
    },
    source: { kind: 'scale', scale: 'values.security' },
    quotes: claim!.counterQuotes,
  });
});
