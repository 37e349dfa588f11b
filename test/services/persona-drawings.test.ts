import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPortrait } from '../../src/personas/portrait.ts';
import type { Run } from '../../src/store/analyses.ts';
import type { Segment } from '../../src/store/segments.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';
import { plantResponses, said } from '../support/plant-responses.ts';

let house: House;
let planted: Awaited<ReturnType<typeof plantStudy>>;

beforeAll(async () => {
  house = await openHouse();
  planted = await plantStudy(house.verbatim);
  await plantResponses(
    house.verbatim,
    planted,
    Array.from({ length: 120 }, (_, n) => ({
      answers: { city: said(n % 2 === 0 ? 'village' : 'city'), mood: said(n % 3 === 0 ? 9 : 3) },
    })),
  );
});
afterAll(() => house[Symbol.asyncDispose]());

const define = (name: string, value: string) =>
  house.verbatim.segments.define(
    planted.study,
    { name, rule: { answer: 'city', op: 'is', value }, surveyId: planted.survey.id },
    null,
  );
const after = async (run: Run): Promise<Run> => {
  await house.verbatim.analysis.idle();
  return (await house.verbatim.store.analyses.findRunById(run.id))!;
};
const versionsOf = async (segment: Segment) => {
  const persona = await house.verbatim.store.personas.ofSegment(segment.id);
  return persona ? house.verbatim.store.personas.versionsOf(persona.id) : [];
};

test('a drawing is a run that is of the persona when it is done', async () => {
  const { personas, store } = house.verbatim;
  const segment = await define('Village', 'village');
  const asked = await personas.ask.draw(planted.study, segment, null);
  expect(asked).toMatchObject({ kind: 'personas', state: 'queued' });
  expect(await versionsOf(segment)).toEqual([]);
  const done = await after(asked);
  const persona = (await store.personas.ofSegment(segment.id))!;
  expect(done).toMatchObject({ state: 'done', progress: 1, subject: persona.publicId });
  const [version] = await versionsOf(segment);
  expect(readPortrait(version!.portrait).size).toMatchObject({ n: 60, base: 120 });
  const again = await after(await personas.ask.redraw(planted.study, persona, null));
  expect(again).toMatchObject({ state: 'done', subject: persona.publicId });
  expect((await versionsOf(segment)).map(({ number, note }) => [number, note])).toEqual([
    [2, 'Drawn anew'],
    [1, ''],
  ]);
});

test('what is being drawn is not begun again, and two drawings of one segment make one persona', async () => {
  const { personas, store } = house.verbatim;
  const segment = await define('Town', 'city');
  const [one, other] = await Promise.all([
    personas.ask.draw(planted.study, segment, null),
    personas.ask.draw(planted.study, segment, null),
  ]);
  expect(other.id).toBe(one.id);
  await after(one);
  expect(await versionsOf(segment)).toHaveLength(1);
  const twin = await define('Town again', 'city');
  await Promise.all([
    personas.draw(planted.study, twin, null, null),
    personas.draw(planted.study, twin, null, null),
    personas.ask.draw(planted.study, twin, null).then(after),
  ]);
  expect(
    (await store.personas.list(planted.study.id)).filter(({ segments }) => segments[0]?.id === twin.id),
  ).toHaveLength(1);
  expect((await versionsOf(twin)).map(({ number }) => Number(number))).toEqual([3, 2, 1]);
});

test('a drawing that fails says why and leaves the version before it', async () => {
  const { personas, segments, store } = house.verbatim;
  const segment = await define('Moving', 'village');
  const persona = await personas.draw(planted.study, segment, null, null);
  await segments.redefine((await store.segments.findById(planted.study.id, segment.id))!, 1, {
    name: 'Moving',
    rule: { answer: 'city', op: 'in', value: ['city', 'village'] },
  });
  const failed = await after(await personas.ask.redraw(planted.study, persona, null));
  expect(failed).toMatchObject({
    state: 'failed',
    error: 'Everybody is in this segment, so there is nobody to compare it with',
  });
  expect(await versionsOf(segment)).toHaveLength(1);
  await personas.remove(persona);
  const gone = await after(await personas.ask.redraw(planted.study, persona, null));
  expect(gone).toMatchObject({
    state: 'failed',
    error: 'This persona was taken away meanwhile. Look at the list of personas',
  });
});

test('a drawing that was cancelled writes nothing, while it waits and while it goes', async () => {
  const { analysis, personas, store } = house.verbatim;
  const segment = await define('Cancelled', 'village');
  const [going, waiting] = [
    await personas.ask.draw(planted.study, segment, null),
    await personas.ask.drawFrom(
      planted.study,
      { kind: 'quantified', segments: [segment.publicId], combine: 'any', interviews: null, name: 'Waits' },
      null,
    ),
  ];
  await analysis.cancel(waiting);
  while ((await store.analyses.findRunState(going.id)) === 'queued') await new Promise((done) => setTimeout(done, 5));
  await analysis.cancel(going);
  expect((await after(going)).state).toBe('cancelled');
  expect((await after(waiting)).state).toBe('cancelled');
  expect(await versionsOf(segment)).toEqual([]);
  const names = (await store.personas.list(planted.study.id)).map(({ versions }) => versions[0]?.name);
  expect(names).not.toContain('Waits');
});

test('a run that was cancelled before its persona is written leaves nothing half-written', async () => {
  const { personas, store } = house.verbatim;
  const { study } = planted;
  const segment = await define('Late', 'village');
  const persona = await personas.draw(study, segment, null, null);
  const run = await store.analyses.addRun(
    {
      studyId: study.id,
      kind: 'personas',
      surveyId: null,
      subject: persona.publicId,
      engineVersion: '1',
      seed: 0,
      settings: {},
      inputCut: {},
      createdBy: null,
    },
    '2026-03-02T08:00:00.000Z',
  );
  const version = { name: 'Other', lede: '', portrait: '{}', createdBy: null };
  const place = { studyId: study.id, personaId: persona.id, segmentIds: [], kind: 'assumption' as const };
  expect(await store.personas.addDrawn(run, place, version, '2026-03-02T08:00:00.000Z', 1)).toBeNull();
  expect(await store.personas.segmentsOf(persona.id)).toHaveLength(1);
  await store.analyses.begin(run.id, '2026-03-02T08:00:00.000Z');
  await expect(store.personas.addDrawn(run, place, version, '2026-03-02T08:00:00.000Z', 7)).rejects.toMatchObject({
    kind: 'conflict',
  });
  expect(await store.analyses.findRunState(run.id)).toBe('running');
  expect(await versionsOf(segment)).toHaveLength(1);
});
