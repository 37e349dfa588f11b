import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewFeedback } from '../../src/store/feedback.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('feedback on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  async function plant() {
    const here = await plantRows(engine.database);
    const source = await engine.database.kysely
      .insertInto('sources')
      .values({
        workspaceId: here.study.workspaceId,
        publicId: `s${Math.random()}`,
        name: 'Shop',
        writeKey: `k${Math.random()}`,
        createdBy: null,
        createdAt: here.at,
        endedAt: null,
      } as never)
      .returningAll()
      .executeTakeFirstOrThrow();
    const piece = (more: Partial<NewFeedback> = {}): NewFeedback => ({
      studyId: here.study.id,
      sourceId: source.id,
      personId: null,
      fingerprint: `f${Math.random()}`,
      category: 'problem',
      rating: 2,
      words: 'Words',
      wordsHash: 'h',
      replaced: 0,
      purposes: '[]',
      language: 'en',
      email: 'me@x.example',
      pageUrl: 'https://x.example/a?q=',
      pageKey: 'https://x.example/a',
      pageTitle: 'A',
      locale: 'de-DE',
      pageLanguage: '',
      device: 'phone',
      browser: 'Chrome',
      os: null,
      viewport: null,
      release: '1',
      replayUrl: null,
      selector: '#buy',
      mark: '{"tag":"button","text":"Buy"}',
      ...more,
    });
    const minutes = (count: number) => new Date(Date.parse(here.at) + count * 60_000).toISOString();
    return { ...here, source, piece, minutes };
  }

  test('the same within ten minutes is one, later it is another, and what was erased is the same as nothing', async () => {
    const { store, piece, minutes, study } = await plant();
    const said = piece({ fingerprint: 'same' });
    const first = await store.feedback.add(said, minutes(0));
    expect(first.isNew).toBe(true);
    expect(await store.feedback.add(said, minutes(9))).toEqual({ feedback: first.feedback, isNew: false });
    expect((await store.feedback.add(said, minutes(11))).isNew).toBe(true);
    await store.feedback.addNote(first.feedback.id, 'A note', null, minutes(12));
    await store.feedback.erase(first.feedback.id, 'empty', minutes(12));
    expect(await store.feedback.find(study.id, first.feedback.publicId)).toMatchObject({
      words: '',
      email: null,
      mark: null,
      pageTitle: '',
      rating: 2,
      erasedAt: minutes(12),
    });
    expect(await store.feedback.notes(first.feedback.id)).toEqual([]);
  });

  test('filters meet what they name, over people as they are today, and duplicates stand aside unless asked for', async () => {
    const { store, piece, minutes, study, at } = await plant();
    const [ada = 0, adi = 0] = await knowPeople(
      engine.database,
      study.workspaceId,
      ['ada', 'adi'].map((externalId) => ({ externalId })),
      at,
    );
    const one = (await store.feedback.add(piece({ personId: adi }), minutes(0))).feedback;
    const two = (
      await store.feedback.add(
        piece({ category: 'idea', rating: null, pageLanguage: 'fr', selector: null, mark: null }),
        minutes(5),
      )
    ).feedback;
    await store.people.link(adi, ada, at);
    const ids = async (filter: Parameters<typeof store.feedback.list>[1]) =>
      (await store.feedback.list(study.id, filter, null, 10)).map(({ id }) => id);
    expect(await ids({})).toEqual([two.id, one.id]);
    expect(await ids({ people: [ada] })).toEqual([one.id]);
    expect(await ids({ people: [] })).toEqual([]);
    expect(await ids({ locale: 'de-DE' })).toEqual([one.id]);
    expect(await ids({ locale: 'fr' })).toEqual([two.id]);
    expect(
      await ids({
        category: 'idea',
        state: 'open',
        assignee: 'nobody',
        device: 'phone',
        release: '1',
        page: 'https://x.example/a',
      }),
    ).toEqual([two.id]);
    expect(await ids({ from: minutes(1) })).toEqual([two.id]);
    expect(await ids({ until: minutes(1), rating: 2, selector: '#buy' })).toEqual([one.id]);
    await store.feedback.change(study.id, [two.id], { duplicateOf: one.id }, minutes(6));
    expect(await ids({})).toEqual([one.id]);
    expect(await ids({ withDuplicates: true })).toHaveLength(2);
    expect(await store.feedback.count(study.id, {})).toBe(1);
    expect(await store.feedback.duplicates(study.id)).toEqual([{ id: two.id, of: one.id }]);
    expect((await store.feedback.openWords(study.id, 10)).map(({ id }) => id)).toEqual([one.id]);
    expect(await store.feedback.facts(study.id)).toEqual({
      pages: ['https://x.example/a'],
      locales: ['de-DE', 'fr'],
      devices: ['phone'],
      releases: ['1'],
    });
    expect(
      (await store.feedback.marks(study.id)).map(({ selector, tag, personId }) => [selector, tag, personId]),
    ).toEqual([
      [null, null, null],
      ['#buy', 'button', ada],
    ]);
    expect(
      (await store.timeline.page(study.id, [ada, adi], null, 10)).filter(({ kind }) => kind === 'feedback'),
    ).toMatchObject([{ feedback: one.publicId, category: 'problem', at: minutes(0) }]);
  });

  test('translations are counted by page and language, and a change of another study’s piece changes nothing', async () => {
    const { store, piece, minutes, study } = await plant();
    for (let index = 0; index < 3; index += 1)
      await store.feedback.add(
        piece({ category: 'translation', pageLanguage: index < 2 ? 'de' : 'fr' }),
        minutes(index),
      );
    const [newest] = await store.feedback.list(study.id, {}, null, 1);
    expect(await store.feedback.change(study.id + 1, [newest?.id ?? 0], { state: 'done' }, minutes(9))).toBe(0);
    expect(await store.feedback.change(study.id, [newest?.id ?? 0], { state: 'done' }, minutes(9))).toBe(1);
    expect(await store.feedback.translations(study.id)).toEqual([
      { pageKey: 'https://x.example/a', locale: 'de', count: 2, open: 2, newest: minutes(1) },
      { pageKey: 'https://x.example/a', locale: 'fr', count: 1, open: 0, newest: minutes(2) },
    ]);
  });

  test('a button is found with its study, and a change is seen at once', async () => {
    const { store, study, source, at } = await plant();
    expect(await store.feedback.button(source.id)).toBe(null);
    const button = { isOn: true, side: 'left', marks: true, email: false } as const;
    await store.feedback.saveButton(source.id, study.id, button, at);
    expect(await store.feedback.button(source.id)).toEqual({ studyId: study.id, button });
    await store.feedback.saveButton(source.id, study.id, { ...button, isOn: false }, at);
    expect((await store.feedback.button(source.id))?.button.isOn).toBe(false);
  });
});
