import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPortrait } from '../../src/personas/portrait.ts';
import { wordsOf } from '../../src/services/personas.ts';
import type { Persona } from '../../src/store/personas.ts';
import type { Segment } from '../../src/store/segments.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';
import { type PlantedResponse, plantResponses, said } from '../support/plant-responses.ts';

let house: House;
let planted: Awaited<ReturnType<typeof plantStudy>>;
let [village, merry]: Segment[] = [];
/** Every second person lives in a village and is outdoors, every third is merry, and the young ones read the news. */
const person = (n: number): PlantedResponse => ({
  answers: {
    city: said(n % 2 === 0 ? 'village' : 'city'),
    topics: said(n % 2 === 0 ? ['news'] : ['sport']),
    'holds.outdoors': said(n % 2 === 0 ? 5 - (n % 2) : 1 + (n % 3 === 0 ? 1 : 0)),
    'holds.company': said(n % 2 === 0 ? 4 : 2),
    'holds.quiet': said(n % 2 === 0 ? 2 : 4),
    mood: said(n % 3 === 0 ? 9 : 3),
    age: said(20 + (n % 50)),
  },
});
beforeAll(async () => {
  house = await openHouse();
  planted = await plantStudy(house.verbatim);
  await plantResponses(
    house.verbatim,
    planted,
    Array.from({ length: 240 }, (_, n) => person(n)),
  );
  const define = (name: string, rule: unknown) =>
    house.verbatim.segments.define(planted.study, { name, rule, surveyId: planted.survey.id }, null);
  village = await define('Village', { answer: 'city', op: 'is', value: 'village' });
  merry = await define('Merry', { answer: 'mood', op: 'gte', value: 8 });
});
afterAll(() => house[Symbol.asyncDispose]());

const newest = async (persona: Persona) => {
  const [version] = await house.verbatim.store.personas.versionsOf(persona.id);
  return { version: version!, portrait: readPortrait(version!.portrait), words: wordsOf(version!) };
};
const form = (more: Record<string, unknown> = {}) => ({
  kind: 'quantified',
  segments: [village!.publicId, merry!.publicId],
  combine: 'any',
  interviews: null,
  name: '',
  ...more,
});
const draw = (more: Record<string, unknown> = {}) => house.verbatim.personas.drawFrom(planted.study, form(more), null);

test('a persona of several segments has those in any of them, or in all', async () => {
  const [any, all] = [await newest(await draw()), await newest(await draw({ combine: 'all' }))];
  expect(any.version.name).toBe('Village or Merry');
  expect(all.version.name).toBe('Village and Merry');
  expect(any.portrait.size).toMatchObject({ n: 160, base: 240, interval: 'sample', effectiveBase: null });
  expect(all.portrait.size).toMatchObject({ n: 40, base: 240 });
  expect(all.portrait.sources.segments?.map(({ name, version }) => [name, version])).toEqual([
    ['Village', 1],
    ['Merry', 1],
  ]);
});

test('what a rule asks for stands on the card, and is no finding about its people', async () => {
  const { portrait } = await newest(await draw({ segments: [village!.publicId] }));
  const claims = new Map(portrait.claims.map((claim) => [claim.id, claim]));
  expect(claims.has('answer:city=village')).toBe(false);
  expect(portrait.sources.segments?.map(({ asks }) => asks)).toEqual(['the answer to city is village']);
  expect(claims.get('scale:tiny.open')).toMatchObject({ status: 'validated', section: 'holds' });
  expect(claims.get('answer:topics=news')).toMatchObject({ status: 'validated', section: 'chose' });
  expect(portrait.stability).toMatchObject({ label: 'defined', jaccard: null });
  expect(portrait.recognise).toBeNull();
});

test('nobody in all of them, and segments that are not there, are said in words for a person', async () => {
  const { segments, personas } = house.verbatim;
  const { study, survey } = planted;
  const town = await segments.define(
    study,
    { name: 'Town', rule: { answer: 'city', op: 'is', value: 'city' }, surveyId: survey.id },
    null,
  );
  await expect(draw({ segments: [village!.publicId, town.publicId], combine: 'all' })).rejects.toMatchObject({
    kind: 'conflict',
    detail: 'Nobody is in all of these segments, so there is nobody to portray',
  });
  await expect(draw({ segments: [village!.publicId, town.publicId] })).rejects.toMatchObject({
    detail: 'Everybody is in any of these segments, so there is nobody to compare it with',
  });
  for (const [more, pointer] of [
    [{ kind: 'other' }, '#/kind'],
    [{ segments: [] }, '#/segments'],
    [{ segments: ['nowhere'] }, '#/segments'],
    [{ kind: 'qualitative', name: 'Q', interviews: { by: 'magic' } }, '#/interviews'],
    [{ kind: 'assumption', segments: [] }, '#/name'],
  ] as const)
    await expect(personas.drawFrom(study, form(more), null)).rejects.toMatchObject({
      kind: 'invalid',
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
    });
});

test('a claim said in a researcher’s words keeps its evidence, in every drawing, until they are taken back', async () => {
  const { personas } = house.verbatim;
  const { study } = planted;
  const persona = await draw({ segments: [village!.publicId] });
  const before = await newest(persona);
  await personas.reword(study, persona, 'scale:tiny.open', ' They would rather be outside. ', null);
  const after = await newest(persona);
  expect(after.words).toEqual({ 'scale:tiny.open': 'They would rather be outside.' });
  expect(after.portrait).toEqual(before.portrait);
  await personas.redraw(study, persona, null);
  expect(await newest(persona)).toMatchObject({
    version: { number: 3, note: 'Drawn anew' },
    words: { 'scale:tiny.open': 'They would rather be outside.' },
    portrait: before.portrait,
  });
  await personas.reword(study, persona, 'scale:tiny.open', '', null);
  expect((await newest(persona)).words).toEqual({});
  await expect(personas.reword(study, persona, 'scale:none', 'x', null)).rejects.toMatchObject({ kind: 'not-found' });
});

test('a worded claim that the people no longer bear stays and says so, and can be let go', async () => {
  const { personas, segments, store } = house.verbatim;
  const { study, survey } = planted;
  const moving = await segments.define(
    study,
    { name: 'Moving', rule: { answer: 'city', op: 'is', value: 'village' }, surveyId: survey.id },
    null,
  );
  const persona = await personas.draw(study, moving, null, null);
  await personas.reword(study, persona, 'answer:topics=news', 'They follow the news.', null);
  await personas.reword(study, persona, 'scale:tiny.open', 'Outdoor people.', null);
  await segments.redefine((await store.segments.findById(study.id, moving.id))!, 1, {
    name: 'Moving',
    rule: { answer: 'city', op: 'is', value: 'city' },
  });
  await personas.redraw(study, persona, null);
  const { portrait } = await newest(persona);
  expect(portrait.claims.find(({ id }) => id === 'answer:topics=news')).toMatchObject({
    lapsedIn: 4,
    status: 'open',
    lapse: 'The difference is no longer sure, or too small to tell',
    evidence: { here: { share: 0 }, nHere: 120 },
  });
  expect(portrait.claims.find(({ id }) => id === 'scale:tiny.open')).toMatchObject({
    lapsedIn: 4,
    status: 'validated',
    lapse: 'The evidence now says the contrary',
  });
  expect(await house.verbatim.personaHealth.healthOf(study, persona)).toEqual({
    state: 'needs-review',
    reasons: [{ text: '2 claims that somebody worded are no longer borne by the evidence', href: null }],
  });
  await personas.reword(study, persona, 'answer:topics=news', '', null);
  await personas.reword(study, persona, 'scale:tiny.open', 'Indoor people.', null);
  const left = await newest(persona);
  expect(left.portrait.claims.map(({ id }) => id)).not.toContain('answer:topics=news');
  expect(left.portrait.claims.find(({ id }) => id === 'scale:tiny.open')).toMatchObject({ lapsedIn: null });
  expect((await house.verbatim.personaHealth.healthOf(study, persona)).state).toBe('stands');
});

test('an assumption is a persona without evidence, and keeps what was assumed when it is drawn from people', async () => {
  const { personas } = house.verbatim;
  const { study } = planted;
  const persona = await draw({ kind: 'assumption', segments: [], name: 'Busy Bo' });
  const id = await personas.addOwnClaim(study, persona, { text: 'Buys at night.', heading: '', part: 'journey' }, null);
  const guess = await newest(persona);
  expect(guess.portrait).toMatchObject({ kind: 'assumption', size: null });
  expect(guess.portrait.claims).toEqual([
    expect.objectContaining({
      id,
      status: 'assumed',
      section: 'ring',
      ring: 'journey',
      isWritten: true,
      evidence: null,
    }),
  ]);
  await personas.reword(study, persona, id, 'Buys at night, on the phone.', null);
  await personas.redraw(study, persona, null, form({ segments: [village!.publicId] }));
  const drawn = await newest(persona);
  expect(drawn.version.name).toBe('Busy Bo');
  expect(drawn.portrait).toMatchObject({ kind: 'quantified', size: { n: 120, base: 240 } });
  expect(drawn.portrait.claims.find((claim) => claim.id === id)).toMatchObject({
    text: 'Buys at night, on the phone.',
    status: 'assumed',
  });
  expect(
    await personas.standsFor((await house.verbatim.store.personas.find(study.id, persona.publicId))!),
  ).toMatchObject({
    kind: 'quantified',
    segments: [{ name: 'Village' }],
  });
  await personas.removeOwnClaim(study, persona, id, null);
  await expect(personas.removeOwnClaim(study, persona, 'scale:tiny.open', null)).rejects.toMatchObject({
    kind: 'not-found',
  });
  for (const text of ['', 'x'.repeat(1_001)])
    await expect(personas.addOwnClaim(study, persona, { text, heading: '', part: '' }, null)).rejects.toMatchObject({
      kind: 'invalid',
    });
});

test('two who change a persona at once do not undo each other', async () => {
  const { personas } = house.verbatim;
  const { study } = planted;
  const persona = await draw({ segments: [village!.publicId] });
  const outcomes = await Promise.allSettled([
    personas.reword(study, persona, 'scale:tiny.open', 'One', null),
    personas.reword(study, persona, 'answer:topics=news', 'Two', null),
  ]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([
    expect.objectContaining({ reason: expect.objectContaining({ kind: 'conflict' }) }),
  ]);
});

test('remarks are kept on a claim or the whole, dealt with, and taken away', async () => {
  const { personas, store } = house.verbatim;
  const persona = await draw({ segments: [village!.publicId] });
  await personas.comment(persona, { claim: 'scale:tiny.open', words: 'Really?' }, null);
  await personas.comment(persona, { claim: null, words: 'Good.' }, null);
  const [first, second] = await store.personas.comments(persona.id);
  expect([first?.claim, second?.claim]).toEqual(['scale:tiny.open', null]);
  await personas.changeComment(persona, first!.publicId, 'resolve', null);
  await personas.changeComment(persona, second!.publicId, 'remove', null);
  expect(await store.personas.comments(persona.id)).toEqual([
    expect.objectContaining({ words: 'Really?', resolvedAt: expect.any(String) }),
  ]);
  await expect(personas.changeComment(persona, second!.publicId, 'resolve', null)).rejects.toMatchObject({
    kind: 'not-found',
  });
  await expect(personas.comment(persona, { claim: 'none', words: 'x' }, null)).rejects.toMatchObject({
    kind: 'not-found',
  });
});

test('a persona that was removed is found no more, and its segment can be drawn again', async () => {
  const { personas, store } = house.verbatim;
  const { study } = planted;
  const persona = await draw({ segments: [merry!.publicId], name: 'Meg' });
  await personas.remove(persona);
  expect(await store.personas.find(study.id, persona.publicId)).toBeNull();
  expect((await personas.draw(study, merry!, null, null)).id).not.toBe(persona.id);
});
