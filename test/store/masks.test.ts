import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';
import { recordOf } from '../support/records.ts';

describe.each(engines)('masks and what was read of answers on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  /** Two counted responses with a story each, the first of which was corrected. */
  async function plant() {
    const here = await plantRows(engine.database);
    const ids = [newPublicId(), newPublicId()];
    const story = (value: string) => ({ story: { state: 'answered' as const, value } });
    for (const [index, id] of ids.entries()) {
      const record = (revision: number, more: Parameters<typeof recordOf>[2]) =>
        recordOf(id, revision, { place: here.place, ...more });
      await engine.responses.append([
        record(0, {}),
        record(1, { page: 3, answers: story(index === 0 ? 'Misspelt' : 'I love it') }),
        record(2, { page: 3, answers: story(index === 0 ? 'Call 0170 1234567' : 'I love it') }),
        record(3, { kind: 'completion', page: null }),
      ]);
    }
    const { projectBatch } = projector(engine.database, textKey, () => new Date(here.at));
    while ((await projectBatch(1_000)) > 0);
    const texts = await here.store.answerReadings.textsAfter(here.survey.id, 0, 100);
    return { ...here, ids, texts };
  }

  test('answers are read as they stand now, not as they stood before a correction', async () => {
    const { texts } = await plant();
    expect(texts.map(({ text }) => text).sort()).toEqual(['Call 0170 1234567', 'I love it']);
    expect(texts.map(({ language }) => language)).toEqual(['en', 'en']);
  });

  test('a look shows once it is done, in the place of the one before, and not what has been withdrawn since', async () => {
    const { store, survey, texts, ids, at } = await plant();
    const { answerReadings } = store;
    const readings = texts.map(({ publicId, version, subjectId, item, text }) => ({
      sourceId: publicId,
      sourceVersion: Number(version),
      responseId: subjectId,
      item,
      language: 'en',
      sentiment: text === 'I love it' ? 'positive' : null,
      score: text === 'I love it' ? 900 : null,
    }));
    const findings = readings
      .filter(({ sentiment }) => sentiment === null)
      .map(({ sourceId, sourceVersion, responseId, item }) => ({
        sourceId,
        sourceVersion,
        responseId,
        item,
        kind: 'phone',
        spanStart: 5,
        spanEnd: 17,
      }));
    for (const round of [1, 2]) {
      const look = { surveyId: survey.id, engineVersion: `v${round}`, watermark: round, computedAt: at };
      const id = await answerReadings.begin(look);
      await answerReadings.add(id, readings, findings);
      expect((await answerReadings.look(survey.id))?.engineVersion ?? null).toBe(round === 1 ? null : 'v1');
      await answerReadings.finish({ id, surveyId: survey.id }, readings.length, at);
    }
    expect(await answerReadings.look(survey.id)).toMatchObject({ engineVersion: 'v2', texts: 2 });
    const sentiments = (await answerReadings.sentiments(survey.id)).get('story') ?? [];
    expect(sentiments.map(({ label, n }) => `${label} ${n}`).sort()).toEqual(['null 1', 'positive 1']);
    expect((await answerReadings.sentimentsOf(survey.id, 'story')).size).toBe(2);
    expect(await answerReadings.unknownLanguages(survey.id, 'story')).toEqual([{ language: 'en', n: 1 }]);
    expect((await answerReadings.findings(survey.id)).map(({ responseId, kind }) => [responseId, kind])).toEqual([
      [ids[0], 'phone'],
    ]);

    await engine.responses.append([
      recordOf(ids[0]!, 4, {
        kind: 'withdrawal',
        page: null,
        place: { surveyId: survey.id, studyId: survey.studyId, surveyVersionId: survey.publishedVersionId ?? 0 },
      }),
    ]);
    const { projectBatch } = projector(engine.database, textKey, () => new Date(at));
    while ((await projectBatch(1_000)) > 0);
    expect(await answerReadings.findings(survey.id)).toEqual([]);
    expect((await answerReadings.sentiments(survey.id)).get('story')).toEqual([
      { item: 'story', label: 'positive', n: 1 },
    ]);
  });

  test('a decision takes the place of the one before about the same span, and can be taken back by its study alone', async () => {
    const { store, study, survey, texts, at } = await plant();
    const { masks } = store;
    const source = texts.find(({ text }) => text.startsWith('Call'))!;
    const span = {
      studyId: study.id,
      sourceId: source.publicId,
      sourceVersion: Number(source.version),
      spanStart: 5,
      spanEnd: 17,
    };
    await masks.decide({ ...span, verdict: 'open' }, null, at);
    await masks.decide({ ...span, verdict: 'masked' }, null, at);
    const held = await masks.decisionsOf(study.id, [source.publicId]);
    expect(held.map(({ verdict }) => verdict)).toEqual(['masked']);
    expect(await masks.counts(survey.id)).toEqual({ open: 0, masked: 1 });
    expect(await masks.decisionsOf(study.id + 1, [source.publicId])).toEqual([]);
    const { publicId } = held[0]!;
    expect(await masks.undo(study.id + 1, [source.publicId], publicId, null, at)).toBe(false);
    expect(await masks.undo(study.id, ['another'], publicId, null, at)).toBe(false);
    expect(await masks.undo(study.id, [source.publicId], publicId, null, at)).toBe(true);
    expect(await masks.undo(study.id, [source.publicId], publicId, null, at)).toBe(false);
    expect(await masks.decisionsOf(study.id, [source.publicId])).toEqual([]);
  });

  test('a look at the same words is one entry a day, a file is one each time', async () => {
    const { store, study, survey } = await plant();
    const entry = { studyId: study.id, surveyId: survey.id, subject: 'x', reason: '', userId: null };
    for (const at of ['2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z', '2026-03-03T09:00:00.000Z'])
      await store.masks.disclose({ ...entry, kind: 'view', at });
    for (const at of ['2026-03-03T09:00:00.000Z', '2026-03-03T09:00:00.000Z'])
      await store.masks.disclose({ ...entry, kind: 'export', subject: 'csv', reason: 'asked', at });
    expect(await store.masks.countDisclosures(survey.id)).toBe(4);
    const shown = await store.masks.disclosures(survey.id, 3);
    expect(shown.map(({ kind }) => kind)).toEqual(['export', 'export', 'view']);
  });
});
