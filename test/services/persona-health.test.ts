import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readPortrait } from '../../src/personas/portrait.ts';
import type { Persona } from '../../src/store/personas.ts';
import { fixedClock, type House, openHouse } from '../support/house.ts';
import { type PlantedResponse, plantResponses, recordsOf, said } from '../support/plant-responses.ts';
import { publishSurvey, wishInputs } from '../support/plant-typing.ts';
import { WISHES, wishSurvey } from '../support/wish-survey.ts';

const clock = fixedClock('2026-03-30T10:00:00.000Z');
let house: House;
beforeAll(async () => {
  house = await openHouse({ now: clock.now });
});
afterAll(() => house[Symbol.asyncDispose]());

let place: Awaited<ReturnType<typeof plantGroups>>;
/** Forty want the first wishes and forty the others; who is `moved` wants the others. */
const person = (n: number, id: string, moved = 0): PlantedResponse => ({
  id,
  answers: Object.fromEntries(
    Array.from({ length: WISHES }, (_, j) => {
      const isFirst = n < 40 - moved;
      return [`wants.q0${j}`, said(j < 4 === isFirst ? 5 - ((n + j) % 2) : 1 + ((n + j) % 2))];
    }),
  ),
});
async function plantGroups() {
  const study = await house.verbatim.studies.addTo('Health', null, null, null);
  const survey = await publishSurvey(house.verbatim, study, wishSurvey(`health-${study.id}`));
  const ids = Array.from({ length: 80 }, (_, n) => `health-${study.id}-${String(n).padStart(3, '0')}`.padEnd(22, 'x'));
  await plantResponses(
    house.verbatim,
    { study, survey },
    ids.map((id, n) => person(n, id)),
  );
  const { segmentations, store } = house.verbatim;
  const added = await segmentations.add(study, survey, 'Groups', null);
  await segmentations.change(study, added, {
    name: 'Groups',
    settings: { inputs: wishInputs },
    changedAt: added.changedAt,
  });
  const segmentation = (await store.segmentations.findById(added.id))!;
  return { study, survey, segmentation, ids };
}
async function regroup(k = 2): Promise<void> {
  const { segmentations, analysis, store } = house.verbatim;
  const { id } = await segmentations.fit(place.study, place.segmentation, { k, seed: 1 }, null);
  await analysis.idle();
  await segmentations.accept(place.segmentation, (await store.analyses.findRunById(id))!, { note: '' }, null);
}
let persona: Persona;
beforeEach(async () => {
  place = await plantGroups();
  await regroup();
  const { store, personas } = house.verbatim;
  const members = new Map((await store.responses.list(place.survey.id)).map(({ id, publicId }) => [publicId, id]));
  const current = await store.segmentations.current(place.segmentation.id);
  for (const segment of current)
    if ((await store.segments.members(segment.id)).has(members.get(place.ids[0]!)!))
      persona = await personas.draw(place.study, segment, 'Ada', null);
});
const health = () => house.verbatim.personaHealth.healthOf(place.study, persona);

test('a persona whose people, words and owner are as they were stands', async () => {
  expect(await health()).toEqual({ state: 'stands', reasons: [] });
});

test('where most of the people stay together the persona follows, and asks to be drawn anew', async () => {
  await regroup();
  const { store, personas } = house.verbatim;
  const [face] = await store.personas.segmentsOf(persona.id);
  expect(face?.supersededAt).toBeNull();
  expect(await health()).toEqual({
    state: 'needs-review',
    reasons: [
      {
        text: `“${face?.name}” was found anew since: draw the persona anew, so that its figures are those of today’s people`,
        href: `/studio/${place.study.publicId}/segments/${face?.publicId}`,
      },
    ],
  });
  await personas.redraw(place.study, persona, null);
  expect((await health()).state).toBe('stands');
});

test('where the people fall apart it is stale, with how many stayed, and cannot be drawn until it has a segment', async () => {
  // Fourteen of the forty now answer as the others do: of both groups 26 are together in the successor.
  await plantResponses(house.verbatim, place, place.ids.map((id, n) => ({ ...person(n, id, 14), id })).slice(0, 0));
  const corrections = place.ids.slice(26, 40).flatMap((id, index) => {
    const [start, page] = recordsOf(place, person(26 + index, id, 14));
    return start && page ? [{ ...page, kind: 'correction' as const, revision: 3 }] : [];
  });
  await house.verbatim.logs.responses.append(corrections);
  await house.verbatim.logs.settle();
  await regroup();
  const told = await health();
  expect(told.state).toBe('stale');
  expect(told.reasons[0]?.text).toMatch(
    /only 65% of those in “.*” or its successor are in both; a persona follows from 75%/,
  );
  await expect(house.verbatim.personas.redraw(place.study, persona, null)).rejects.toMatchObject({
    kind: 'conflict',
    detail: expect.stringContaining('Choose a segment that stands'),
  });
});

test('whoever withdraws their answers calls for a new drawing, after which it stands', async () => {
  const gone = place.ids[1]!;
  const [start] = recordsOf(place, { id: gone });
  await house.verbatim.logs.responses.append([{ ...start!, kind: 'withdrawal', revision: 3 }]);
  await house.verbatim.logs.settle();
  expect(await health()).toEqual({
    state: 'needs-review',
    reasons: [
      {
        text: '1 person has withdrawn their answers since the figures were made: draw the persona anew',
        href: null,
      },
    ],
  });
  await house.verbatim.personas.redraw(place.study, persona, null);
  expect((await health()).state).toBe('stands');
  const [version] = await house.verbatim.store.personas.versionsOf(persona.id);
  const { size, exemplars } = readPortrait(version!.portrait);
  expect(size).toMatchObject({ n: 39, base: 79 });
  expect(exemplars.map(({ response }) => response)).not.toContain(gone);
});

test('a segment that is removed leaves the persona stale', async () => {
  await house.verbatim.segmentations.remove(place.segmentation);
  expect(await health()).toMatchObject({
    state: 'stale',
    reasons: [{ text: expect.stringContaining('was removed') }],
  });
});

/** Words against an insight that the persona claims come in on 31 March. */
async function contradict(): Promise<{ publicId: string; text: string }> {
  const { store } = house.verbatim;
  const { study } = place;
  const { id, publicId } = await store.insights.add({
    studyId: study.id,
    statement: 'They rent.',
    note: '',
    status: 'standing',
    ownerId: null,
    createdBy: null,
    createdAt: '2026-03-02',
    changedAt: '2026-03-02',
  });
  await store.insights.claim(
    { studyId: study.id, personaId: persona.id, insightId: id, words: 'They rent.', createdBy: null },
    '2026-03-02',
  );
  const words = { sourceId: 'x'.repeat(22), sourceVersion: 1, spanStart: 0, spanEnd: 1, spanHash: 'h', codingId: null };
  await store.insights.addEvidence(
    { id, studyId: study.id },
    [{ ...words, stance: 'against' }],
    null,
    '2026-03-31T10:00:00.000Z',
  );
  return { publicId, text: 'Words against “They rent.” came in since' };
}

test('words against what it claims ask for a look, until somebody looked', async () => {
  const { store } = house.verbatim;
  const { study } = place;
  const { publicId, text } = await contradict();
  expect(await health()).toEqual({
    state: 'needs-review',
    reasons: [{ text, href: `/studio/${study.publicId}/insights/${publicId}` }],
  });
  await store.insights.review({
    studyId: study.id,
    subjectKind: 'persona',
    subjectId: persona.publicId,
    reviewedBy: null,
    reviewedAt: '2026-04-01T10:00:00.000Z',
  });
  expect((await health()).state).toBe('stands');
});

test('a review that is overdue, and an owner who left, are told', async () => {
  const { personas, store } = house.verbatim;
  await personas.govern(place.study, persona, {
    ownerId: null,
    reviewOn: '2026-03-30',
    validFor: 'Movers',
    notValidFor: '',
    retireWhen: '',
  });
  const governed = async () => (await store.personas.find(place.study.id, persona.publicId))!;
  const told = async () => house.verbatim.personaHealth.healthOf(place.study, await governed());
  expect((await told()).state).toBe('stands');
  await personas.govern(place.study, persona, {
    ownerId: null,
    reviewOn: '2026-03-29',
    validFor: '',
    notValidFor: '',
    retireWhen: '',
  });
  expect((await told()).reasons).toEqual([{ text: 'It was to be looked at again by 29 March 2026', href: null }]);
  await store.personas.govern(persona.id, { reviewOn: null });
  const user = house.verbatim.connection
    .prepare(
      `insert into users (public_id, email, name, password_hash, is_admin, created_at)
       values (?, ?, 'Gone', 'x', 0, '2026-03-01')`,
    )
    .run(`gone-${place.study.id}`, `gone-${place.study.id}@example.org`).lastInsertRowid;
  await store.personas.govern(persona.id, { ownerId: Number(user) });
  expect((await told()).reasons).toEqual([
    { text: 'Whoever answered for it no longer works in this study: name somebody else', href: null },
  ]);
  await expect(
    personas.govern(place.study, persona, {
      ownerId: Number(user),
      reviewOn: '2026-02-30',
      validFor: 'x'.repeat(1_001),
      notValidFor: '',
      retireWhen: '',
    }),
  ).rejects.toMatchObject({
    kind: 'invalid',
    errors: [
      { pointer: '#/ownerId', detail: expect.any(String) },
      { pointer: '#/reviewOn', detail: expect.any(String) },
      { pointer: '#/validFor', detail: expect.any(String) },
    ],
  });
});

test('words against it are not answered by changing something else of the persona, but by drawing it anew', async () => {
  const { personas, store } = house.verbatim;
  const { study } = place;
  const { text } = await contradict();
  clock.forward(3 * 86_400_000);
  const own = { text: 'They hurry', heading: '', part: '' };
  const added = await personas.addOwnClaim(study, persona, own, null);
  await personas.reword(study, persona, added, 'They are in a hurry', null);
  await personas.removeOwnClaim(study, persona, added, null);
  await personas.describe(study, persona.publicId, { name: 'Grace', lede: 'Wants it now.' }, null);
  await personas.comment(persona, { claim: null, words: 'Is that so?' }, null);
  await personas.govern(study, persona, {
    ownerId: null,
    reviewOn: '',
    validFor: 'X',
    notValidFor: '',
    retireWhen: '',
  });
  expect(await store.personas.versionsOf(persona.id)).toHaveLength(5);
  expect((await health()).reasons).toMatchObject([{ text }]);
  await personas.redraw(study, persona, null);
  expect((await health()).state).toBe('stands');
});
