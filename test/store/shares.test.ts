import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPortrait } from '../../src/personas/portrait.ts';
import { newPublicId } from '../../src/store/identifiers.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';
import { smallSurvey } from '../support/small-survey.ts';

describe.each(engines)('shared links on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function plant() {
    const { store, study, at } = await plantRows(engine.database);
    const draw = () =>
      store.personas.addVersion(
        { studyId: study.id, segmentIds: [], personaId: null },
        { name: 'A', lede: '', portrait: JSON.stringify(emptyPortrait('assumption')), createdBy: null },
        at,
      );
    const [first, second] = [await draw(), await draw()];
    const tokenHash = newPublicId();
    const share = await store.shares.add(
      {
        ...{ studyId: study.id, publicId: newPublicId(), tokenHash, name: 'Sales', audience: 'client', isPlaying: 0 },
        ...{ createdBy: null, expiresAt: '2026-12-01T00:00:00.000Z', personaIds: [second.id, first.id] },
      },
      at,
    );
    return { store, study, at, first, second, share, tokenHash };
  }

  test('a link is found by its hash and in its study alone, with its personas in their order', async () => {
    const { store, study, first, second, share, tokenHash, at } = await plant();
    const other = await plant();
    expect(await store.shares.byToken(tokenHash)).toEqual(share);
    expect(await store.shares.find(other.study.id, share.publicId)).toBeNull();
    expect((await store.shares.list(study.id)).map(({ id }) => id)).toEqual([share.id]);
    expect((await store.shares.personasOf([share.id])).map(({ publicId }) => publicId)).toEqual([
      second.publicId,
      first.publicId,
    ]);
    await store.personas.remove(second.id, at);
    expect((await store.shares.personasOf([share.id])).map(({ publicId }) => publicId)).toEqual([first.publicId]);
    expect(await store.shares.personasOf([])).toEqual([]);
  });

  test('a link is closed once, and counts of a day add up for it alone', async () => {
    const { store, study, share, first, at } = await plant();
    expect(await store.shares.count(share.id, first.id, '2026-03-02', 'opened')).toBe(1);
    expect(await store.shares.count(share.id, first.id, '2026-03-02', 'opened')).toBe(2);
    expect(await store.shares.count(share.id, first.id, '2026-03-02', 'played')).toBe(1);
    expect(await store.shares.count(share.id, first.id, '2026-03-03', 'opened')).toBe(1);
    expect(await store.shares.visitsOf(study.id)).toEqual(new Map([[share.id, { opened: 3, played: 1 }]]));
    await store.personaUsage.opened(first.id, '2026-03-02');
    await store.personaUsage.opened(first.id, '2026-03-02');
    expect(await store.personaUsage.of(first.id, '2026-03-03', at)).toEqual({
      ...{ inside: 0, byLink: 1, played: 0, links: 1, linksEver: 1 },
    });
    expect((await store.personaUsage.of(first.id, '2026-03-01', at)).inside).toBe(2);
    expect(await store.shares.revoke(share.id, null, at)).toBe(true);
    expect(await store.shares.revoke(share.id, null, at)).toBe(false);
    expect((await store.personaUsage.of(first.id, '2026-03-01', at)).links).toBe(0);
  });

  test('a question waits until it is answered, and one that is taken away leaves no words', async () => {
    const { store, study, share, first, at } = await plant();
    const place = { studyId: study.id, shareId: share.id, personaId: first.id };
    await store.readerQuestions.add({ ...place, words: 'Do they rent?' }, at);
    await store.readerQuestions.add({ ...place, words: 'Where?' }, at);
    expect(await store.readerQuestions.waiting(share.id)).toBe(2);
    const [where, rent] = await store.readerQuestions.list(study.id);
    await store.readerQuestions.answer(rent!.id, 'Most do.', null, at);
    expect(await store.readerQuestions.answered(share.id, first.id)).toMatchObject([
      { words: 'Do they rent?', answer: 'Most do.' },
    ]);
    await store.readerQuestions.remove(where!.id, null, at);
    expect(await store.readerQuestions.waiting(share.id)).toBe(0);
    expect(await store.readerQuestions.find(study.id, where!.publicId)).toBeNull();
    const kept = await engine.database.kysely
      .selectFrom('readerQuestions')
      .selectAll()
      .where('id', '=', where!.id)
      .execute();
    expect(kept).toMatchObject([{ words: '', answer: null }]);
  });

  test('a study has one survey for readers, which goes with its draft', async () => {
    const { store, study, at } = await plant();
    const draft = await store.surveys.add(study.id, `judge-${study.publicId.toLowerCase()}`, smallSurvey, at);
    expect(await store.personaUsage.perceptionSurvey(study.id)).toBeNull();
    await store.personaUsage.setPerceptionSurvey(study.id, draft.id, null, at);
    await store.personaUsage.setPerceptionSurvey(study.id, draft.id, null, at);
    expect(await store.personaUsage.perceptionSurvey(study.id)).toBe(Number(draft.id));
    expect(await store.surveys.removeUnanswered(draft.id)).toBe(true);
    expect(await store.personaUsage.perceptionSurvey(study.id)).toBeNull();
  });
});
