import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { bareResponse } from '../support/bare-response.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('personas on %s', (_, open) => {
  let engine: OpenEngine;
  let here: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    here = await plantRows(engine.database);
  });
  afterAll(() => engine.close());

  const version = (name: string) => ({ name, lede: '', portrait: '{}', createdBy: null });
  const segment = (name: string, surveyId: number | null = null) =>
    here.store.segments.addDefined(here.study.id, name, { all: [] }, surveyId, null, here.at);

  test('a persona is the face of its segments in their order, and of others once it is drawn of these', async () => {
    const { personas } = here.store;
    const [a, b, c] = [await segment('A'), await segment('B'), await segment('C')];
    const place = { studyId: here.study.id, personaId: null, segmentIds: [b.id, a.id], combine: 'all' as const };
    const persona = await personas.addVersion(place, version('One'), here.at);
    const face = async () =>
      (await personas.faces(here.study.id)).find(({ publicId }) => publicId === persona.publicId);
    expect(await face()).toEqual({ publicId: persona.publicId, combine: 'all', segmentIds: [b.id, a.id] });
    expect(await personas.ofSegment(a.id)).toBeNull();
    const again = { ...place, personaId: persona.id };
    await personas.addVersion({ ...again, segmentIds: null }, version('Two'), here.at);
    expect((await face())?.segmentIds).toEqual([b.id, a.id]);
    await personas.addVersion({ ...again, segmentIds: [c.id], combine: 'any' }, version('Three'), here.at);
    expect(await face()).toMatchObject({ combine: 'any', segmentIds: [c.id] });
    expect((await personas.ofSegment(c.id))?.id).toBe(persona.id);
    await personas.remove(persona.id, here.at);
    expect(await face()).toBeUndefined();
  });

  test('a version that was made from an older one than the newest is refused, and changes nothing', async () => {
    const { personas } = here.store;
    const place = { studyId: here.study.id, personaId: null, segmentIds: [] };
    const persona = await personas.addVersion({ ...place, kind: 'assumption' }, version('One'), here.at, 0);
    const next = { ...place, personaId: persona.id, kind: 'qualitative' as const };
    await personas.addVersion({ ...next, kind: 'assumption' }, version('Two'), here.at, 1);
    await expect(personas.addVersion(next, version('Lost'), here.at, 1)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await personas.find(here.study.id, persona.publicId)).toMatchObject({ kind: 'assumption' });
    expect((await personas.versionsOf(persona.id)).map(({ name }) => name)).toEqual(['Two', 'One']);
  });

  test('withdrawals since the figures were made are counted, of finished responses to the surveys of its segments', async () => {
    const { store, study, survey, at } = here;
    const own = await segment('Own', survey.id);
    const place = { studyId: study.id, personaId: null, segmentIds: [own.id] };
    const persona = await store.personas.addVersion(place, version('One'), at);
    const respond = (more: { state?: string; completedAt?: string | null; lastSeq: number; isTest?: number }) =>
      engine.database.kysely
        .insertInto('responses')
        .values({
          ...bareResponse(at),
          studyId: study.id,
          surveyId: survey.id,
          surveyVersionId: survey.publishedVersionId!,
          publicId: newPublicId(),
          participationId: null,
          ...more,
        })
        .execute();
    await respond({ lastSeq: 10 });
    await respond({ state: 'withdrawn', lastSeq: 20 });
    expect(await store.personas.watermark(survey.id)).toBe(20);
    expect(await store.personas.withdrawnSince(persona.id, 20)).toBe(0);
    await respond({ state: 'withdrawn', lastSeq: 30 });
    await respond({ state: 'withdrawn', lastSeq: 31, completedAt: null });
    await respond({ state: 'withdrawn', lastSeq: 32, isTest: 1 });
    await respond({ lastSeq: 33 });
    expect(await store.personas.withdrawnSince(persona.id, 20)).toBe(1);
    expect(await store.personas.withdrawnSince(persona.id, 10)).toBe(2);
  });

  test('words against what it claims count from the version on', async () => {
    const { store, study } = here;
    const place = { studyId: study.id, personaId: null, segmentIds: [] };
    const persona = await store.personas.addVersion(place, version('One'), '2026-03-03T09:00:00.000Z');
    const { id, publicId } = await store.insights.add({
      studyId: study.id,
      statement: 'They rent.',
      note: '',
      status: 'standing',
      ownerId: null,
      createdBy: null,
      createdAt: here.at,
      changedAt: here.at,
    });
    await store.insights.claim(
      { studyId: study.id, personaId: persona.id, insightId: id, words: 'They rent.', createdBy: null },
      here.at,
    );
    const words = (stance: 'for' | 'against', spanStart: number) => ({
      sourceId: newPublicId(),
      sourceVersion: 1,
      spanStart,
      spanEnd: spanStart + 1,
      spanHash: 'h',
      codingId: null,
      stance,
    });
    const add = (stance: 'for' | 'against', at: string) =>
      store.insights.addEvidence({ id, studyId: study.id }, [words(stance, 0)], null, at);
    await add('against', '2026-03-02T09:00:00.000Z');
    await add('for', '2026-03-04T09:00:00.000Z');
    const since = () => store.personas.contradictedSince(persona.id, '2026-03-03T09:00:00.000Z');
    expect(await since()).toEqual([]);
    await add('against', '2026-03-05T09:00:00.000Z');
    await add('against', '2026-03-06T09:00:00.000Z');
    expect(await since()).toEqual([{ insight: publicId, statement: 'They rent.' }]);
  });
});
