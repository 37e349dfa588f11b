import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { documentId, type ThemeAction } from '../../src/themes/correction.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { recordsOf, said } from '../support/plant-responses.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('themes under the hand, on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  let people: number[];
  let runId: number;
  /** The source of each person's answer. */
  let sources: { id: string; version: number }[];

  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
    const { store, study, survey, at, workspaceId } = planted;
    people = await knowPeople(
      engine.database,
      workspaceId,
      ['ada', 'bob', 'cid', 'dee'].map((externalId) => ({ externalId })),
      at,
    );
    const participations = await store.people.participate(study.id, people, at);
    const answers = people.map((person, index) => ({ person, id: newPublicId(), text: `Answer ${index}` }));
    await engine.responses.append(
      answers.flatMap(({ person, id, text }) =>
        recordsOf({ study, survey }, { id, answers: { story: said(text), city: said('city') } }).map((record) => ({
          ...record,
          participationId: participations.get(person) ?? null,
        })),
      ),
    );
    const { projectBatch } = projector(engine.database, textKey, () => new Date(at));
    while ((await projectBatch(1_000)) > 0);
    const spoken = await store.themes.answers(survey.id, 'story');
    sources = answers.map(({ id }) => {
      const document = spoken.find(({ response }) => response === id)?.document ?? '';
      const [source = '', version] = document.split('.');
      return { id: source, version: Number(version) };
    });
    runId = await addRun();
  }, 60_000);
  afterAll(() => engine.close());

  const theme = (key: string, position: number, more: object = {}) => ({
    key,
    position,
    label: key,
    words: JSON.stringify([key]),
    size: 1,
    share: 0.5,
    repeatability: 0.7,
    band: 'solid',
    quotes: [],
    lineage: key.padEnd(22, '_'),
    ...more,
  });
  const [rent, school] = ['rent'.padEnd(22, '_'), 'school'.padEnd(22, '_')] as const;
  /** Ada speaks of rent, Bob of school and rent, Cid of nothing; Dee came later. */
  async function addRun(isCarriedOn = false): Promise<number> {
    const { store, study, survey, at } = planted;
    const run = await store.analyses.addRun(
      {
        studyId: study.id,
        kind: 'themes',
        surveyId: survey.id,
        subject: 'story',
        engineVersion: '1',
        seed: 1,
        settings: {},
        inputCut: { corrections: [] },
        createdBy: null,
      },
      at,
    );
    await store.analyses.begin(run.id, at);
    const of = (index: number, more: object) => ({
      sourceId: sources[index]!.id,
      sourceVersion: sources[index]!.version,
      theme: null,
      confidence: 0,
      ...more,
    });
    await store.analyses.saveThemes(
      run,
      '{}',
      'hash',
      [
        theme('rent', 0, { isCarriedOn, subThemes: [{ id: 's1', label: 'deposit', words: ['deposit'], size: 1 }] }),
        theme('school', 1, { isCarriedOn }),
      ],
      [
        of(0, { theme: 'rent', confidence: 0.9, subTheme: 's1' }),
        of(1, {
          theme: 'school',
          confidence: 0.8,
          further: [{ theme: 'rent', subTheme: null, confidence: 0.6 }],
        }),
        of(2, {}),
      ],
      at,
      { engineVersion: '1', model: 'packed' },
    );
    return run.id;
  }
  const append = async (action: ThemeAction) => {
    const question = { studyId: planted.study.id, surveyId: planted.survey.id, item: 'story' };
    const numbers = await planted.store.themes.append(question, [action], { userId: null, at: planted.at });
    return numbers?.[0] ?? null;
  };
  const speakers = async (id: string, ids: readonly number[] | null = null) =>
    Object.fromEntries(
      (await planted.store.themes.speakers(planted.study.id, id, ids)).map(({ personId, confidence }) => [
        ['Ada', 'Bob', 'Cid', 'Dee'][people.indexOf(Number(personId))],
        confidence,
      ]),
    );

  test('a theme is spoken of by those with an answer in it, however many themes the answer has; others were looked at', async () => {
    expect(await speakers(rent)).toEqual({ Ada: 0.9, Bob: 0.6, Cid: false });
    expect(await speakers(school, people.slice(0, 1))).toEqual({ Ada: false });
    expect(await speakers(rent, [])).toEqual({});
    expect(await speakers('nobody')).toEqual({});
  });

  test('a response that is left out tells nothing of its person, and does again when it is taken back', async () => {
    const { store, study, survey, at } = planted;
    const [bob] = (await store.themes.answers(survey.id, 'story')).filter(({ document }) =>
      document.startsWith(`${sources[1]!.id}.`),
    );
    const responseId = bob?.response ?? '';
    await store.responseDesk.leaveOut({
      responseId,
      studyId: study.id,
      surveyId: survey.id,
      reason: 'A robot',
      madeBy: null,
      madeAt: at,
    });
    expect(await speakers(rent)).toEqual({ Ada: 0.9, Cid: false });
    expect(await store.themes.describe(study.id, rent)).toMatchObject({ size: 1, answered: 2 });
    await store.responseDesk.takeBack(responseId);
    expect(await speakers(rent)).toEqual({ Ada: 0.9, Bob: 0.6, Cid: false });
    expect(await store.themes.describe(study.id, rent)).toMatchObject({ size: 2, answered: 3 });
  });

  test('nothing is written down while a run is at work on the question, and numbers follow each other', async () => {
    const { store, study, survey, at } = planted;
    const question = { studyId: study.id, surveyId: survey.id, item: 'another' };
    const lock = (...themes: string[]) =>
      store.themes.append(
        question,
        themes.map((theme) => ({ kind: 'lock', theme })),
        { userId: null, at },
      );
    const both = await Promise.all(['a', 'b'].map((theme) => lock(theme)));
    expect(both.flat().toSorted()).toEqual([1, 2]);
    // What one press does goes in together.
    expect(await lock('a', 'b', 'c')).toEqual([3, 4, 5]);
    const working = await store.analyses.addRun(
      {
        studyId: study.id,
        kind: 'themes',
        surveyId: survey.id,
        subject: 'another',
        engineVersion: '1',
        seed: 1,
        settings: {},
        inputCut: {},
        createdBy: null,
      },
      at,
    );
    expect(await lock('c')).toEqual([6]);
    await store.analyses.begin(working.id, at);
    expect(await lock('d')).toBeNull();
    await store.analyses.cancel(working.id, at);
    expect(await lock('d')).toEqual([7]);
  });

  test('an answer that was placed later tells of its person too, once', async () => {
    const placement = { sourceId: sources[3]!.id, sourceVersion: sources[3]!.version, theme: school, confidence: 0.5 };
    await planted.store.themes.place(runId, [placement], planted.at);
    await planted.store.themes.place(runId, [{ ...placement, theme: rent }], planted.at);
    expect(await speakers(school)).toEqual({ Ada: false, Bob: 0.8, Cid: false, Dee: 0.5 });
    expect(await planted.store.themes.mark((await planted.store.analyses.findRunById(runId))!)).toBe('0 1');
  });

  test('corrections number themselves, and what is told of people follows them at once', async () => {
    const document = documentId(sources[0]!.id, sources[0]!.version);
    expect(await append({ kind: 'move', document, from: rent, to: school })).toBe(1);
    expect(await speakers(rent)).toEqual({ Ada: false, Bob: 0.6, Cid: false, Dee: false });
    expect(await speakers(school, people.slice(0, 1))).toEqual({ Ada: 1 });
    expect(await append({ kind: 'undo', of: 1 })).toBe(2);
    expect(await speakers(rent, people.slice(0, 1))).toEqual({ Ada: 0.9 });
    expect(
      (
        await planted.store.themes.journal({ studyId: planted.study.id, surveyId: planted.survey.id, item: 'story' })
      ).map(({ number }) => number),
    ).toEqual([1, 2]);
  });

  test('merged themes keep answering to both ids, and a theme split off answers to its own', async () => {
    await append({ kind: 'merge', from: school, into: rent, fromLabel: 'school' });
    expect(await speakers(school)).toEqual({ Ada: 0.9, Bob: 0.8, Cid: false, Dee: 0.5 });
    expect(await speakers(rent)).toEqual(await speakers(school));
    const [row] = await planted.store.analyses.themesOf(runId);
    const [sub] = JSON.parse(row?.subThemes ?? '[]') as { id: string }[];
    const part = newPublicId();
    await append({
      kind: 'split',
      theme: rent,
      parts: [{ subTheme: sub?.id ?? '', theme: part, label: 'deposit', words: ['deposit'] }],
    });
    expect(await speakers(part)).toEqual({ Ada: 0.9, Bob: false, Cid: false, Dee: false });
    expect(await planted.store.themes.describe(planted.study.id, part)).toMatchObject({
      label: 'deposit',
      size: 1,
      answered: 4,
    });
    expect(await planted.store.themes.describe(planted.study.id, school)).toMatchObject({ id: rent, size: 2 });
  });

  test('a theme that a later run carried on answers from there, by any of its ids', async () => {
    const next = await addRun(true);
    expect((await planted.store.themes.locate(planted.study.id, school))?.run.id).toBe(next);
    const [first] = await planted.store.analyses.themesOf(runId);
    const [second] = await planted.store.analyses.themesOf(next);
    expect(second?.publicId).not.toBe(first?.publicId);
    expect(await speakers(first?.publicId ?? '')).toEqual(await speakers(second?.publicId ?? ''));
    // Only the newest run of a question places what comes in.
    expect(await planted.store.themes.modelOf(runId)).toBeNull();
    expect(await planted.store.themes.placing()).toMatchObject([{ runId: next, item: 'story' }]);
  });

  test('all themes of a run tell of everybody at once as each does by itself', async () => {
    const run = await planted.store.analyses.latestDone(planted.study.id, 'themes');
    if (!run) throw new Error('There is no run');
    const all = await planted.store.themes.speakersByTheme(run);
    expect(all.length).toBeGreaterThan(1);
    for (const { id, speakers: own } of all)
      expect(own).toEqual(await planted.store.themes.speakers(planted.study.id, id, null));
  });

  test('of a source, the theme it speaks of most is told as it is corrected', async () => {
    const ids = sources.map(({ id }) => id);
    expect(await planted.store.themes.ofSources(planted.study.id, ids)).toEqual(
      new Map([
        [ids[0], { publicId: expect.any(String), label: expect.any(String) }],
        [ids[1], { publicId: rent, label: 'rent' }],
        [ids[3], { publicId: rent, label: 'rent' }],
      ]),
    );
  });

  test('only answers that count are there to speak of anything, and only those a filter is for', async () => {
    const { themes } = planted.store;
    expect(await themes.answers(planted.survey.id, 'story')).toHaveLength(4);
    expect(await themes.answers(planted.survey.id, 'mood')).toEqual([]);
  });
});
