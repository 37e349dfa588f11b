import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Portrait } from '../../src/personas/portrait.ts';
import type { Persona } from '../../src/store/personas.ts';
import type { Segment } from '../../src/store/segments.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';
import { type PlantedResponse, plantResponses, said } from '../support/plant-responses.ts';

/* Personas that viewers read, drawn anew as people leave and come. */

let house: House;
let planted: Awaited<ReturnType<typeof plantStudy>>;
let village: Segment;

const person = (n: number): PlantedResponse => ({
  answers: {
    city: said(n % 2 === 0 ? 'village' : 'city'),
    topics: said(n % 2 === 0 ? ['news'] : ['sport']),
    'holds.outdoors': said(n % 2 === 0 ? 5 : 1 + (n % 3 === 0 ? 1 : 0)),
    'holds.company': said(n % 2 === 0 ? 4 : 2),
    'holds.quiet': said(n % 2 === 0 ? 2 : 4),
    mood: said(n % 3 === 0 ? 9 : 3),
    age: said(20 + (n % 50)),
  },
});
const define = (name: string, rule: unknown): Promise<Segment> =>
  house.verbatim.segments.define(planted.study, { name, rule, surveyId: planted.survey.id }, null);

beforeAll(async () => {
  house = await openHouse();
  planted = await plantStudy(house.verbatim);
  await plantResponses(
    house.verbatim,
    planted,
    Array.from({ length: 240 }, (_, n) => person(n)),
  );
  village = await define('Village', { answer: 'city', op: 'is', value: 'village' });
});
afterAll(() => house[Symbol.asyncDispose]());

const draw = (segments: Segment[], combine = 'any') =>
  house.verbatim.personas.drawFrom(
    planted.study,
    { kind: 'quantified', segments: segments.map(({ publicId }) => publicId), combine, interviews: null, name: '' },
    null,
  );
const read = async (persona: Persona, reader: 'viewer' | 'researcher') => {
  const versions = await house.verbatim.store.personas.versionsOf(persona.id);
  return (await house.verbatim.toldPersonas.of(planted.study, versions, reader))!;
};
const sizeOf = ({ size }: Portrait) => size && [size.n, size.base];
const leave = async (count: number) => {
  const { store, responseDesk } = house.verbatim;
  const counted = new Set(await store.responses.countedIds(planted.survey.id));
  const there = (await store.responses.page(planted.survey.id, 0, 1000)).filter(({ publicId }) =>
    counted.has(publicId),
  );
  for (const response of there.slice(0, count)) await responseDesk.leaveOut(response, 'Made up', null);
};

test('viewers keep the figures they were told while fewer than the smallest cell came or left since', async () => {
  const { personas, toldPersonas, store } = house.verbatim;
  const persona = await draw([village]);
  expect(sizeOf((await read(persona, 'viewer')).portrait)).toEqual([120, 240]);

  await leave(1);
  await personas.redraw(planted.study, persona, null);
  const own = await read(persona, 'researcher');
  expect([own.version.number, sizeOf(own.portrait)]).toEqual([2, [120, 239]]);
  const told = await read(persona, 'viewer');
  expect([told.version.number, sizeOf(told.portrait)]).toEqual([1, [120, 240]]);
  expect(told.portrait.withheld?.heldBack).toBe(
    'These are the figures of version 1. Newer ones are held back: beside these they would show fewer than 10 people, who came or left since, or who are in one group and not in another.',
  );
  // Whoever asks for the second version by its number reads its words.
  const [second] = await store.personas.versionsOf(persona.id);
  const words = await toldPersonas.portraitOf(planted.study, second!, 'viewer');
  expect(words).toMatchObject({ size: null, scales: [], themes: [], spend: null, recognise: null });
  expect(words.claims.length).toBeGreaterThan(0);
  expect(words.claims.every(({ evidence }) => evidence === null)).toBe(true);
  expect(words.withheld?.heldBack).toContain('held back');

  await leave(24);
  await personas.redraw(planted.study, persona, null);
  const third = await read(persona, 'viewer');
  expect(third.version.number).toBe(3);
  expect(third.portrait.withheld?.heldBack).toBeUndefined();
  expect(sizeOf(third.portrait)?.[1]).toBe(215);
});

test('what researchers do to words alone is read at once, and other personas of nearly the same people are held back', async () => {
  const { personas } = house.verbatim;
  const persona = await draw([village]);
  await personas.describe(planted.study, persona.publicId, { name: 'Villagers', lede: 'They live outside.' }, null);
  expect((await read(persona, 'viewer')).version).toMatchObject({ number: 2, name: 'Villagers' });
  expect(sizeOf((await read(persona, 'viewer')).portrait)).not.toBeNull();

  const young = await define('Village and over 24', {
    all: [
      { answer: 'city', op: 'is', value: 'village' },
      { answer: 'age', op: 'gt', value: 21 },
    ],
  });
  const near = await read(await draw([young]), 'viewer');
  expect(sizeOf(near.portrait)).toBeNull();
  expect(near.portrait.withheld?.heldBack).toContain('Figures are held back');
});

test('the results of a survey show nobody who is in them and in no persona that was told', async () => {
  const { cells, store } = house.verbatim;
  await leave(4);
  expect(await store.responses.countedIds(planted.survey.id)).toHaveLength(211);
  const { summary, isBehind } = await cells.summary(planted.survey, { least: 10 });
  // Of 215 whom a persona was told of, 211 are left: as many leave with the four that nobody knows who they are.
  expect([summary?.n, isBehind]).toEqual([205, true]);
});

test('of a version that came before it was remembered from whom it was drawn no figures are told', async () => {
  const { store } = house.verbatim;
  const [drawn] = await store.personas.versionsOf((await draw([village])).id);
  const { name, lede, portrait: kept } = drawn!;
  const persona = await store.personas.addVersion(
    { studyId: planted.study.id, personaId: null, segmentIds: [] },
    { name, lede, portrait: kept, createdBy: null },
    house.verbatim.now().toISOString(),
  );
  const { portrait } = await read(persona, 'viewer');
  expect(portrait.size).toBeNull();
  expect(portrait.withheld?.heldBack).toContain('Once it is drawn anew');
});
