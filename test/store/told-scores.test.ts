import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InstrumentFile } from '../../src/model/instrument.ts';
import { readScoreSource, scoreSource } from '../../src/model/score-source.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const at = '2026-03-02T08:00:00.000Z';

describe.each(engines)('instruments and told scores on %s', (_, open) => {
  let engine: OpenEngine;
  let planted: Awaited<ReturnType<typeof plantRows>>;
  beforeAll(async () => {
    engine = await open();
    planted = await plantRows(engine.database);
  });
  afterAll(() => engine.close());

  test('a survey tells its scores in the place of those it told before, and of no other survey', async () => {
    const { store, workspaceId, survey } = planted;
    const [ada = 0, bea = 0] = await knowPeople(
      engine.database,
      workspaceId,
      [{ externalId: 'a' }, { externalId: 'b' }],
      at,
    );
    const [place] = (await store.toldScores.places()).filter(({ surveyId }) => surveyId === survey.id);
    expect(place).toMatchObject({ workspaceId, told: null });
    const source = scoreSource({
      survey: survey.publicId,
      instrument: 'calm',
      version: '1: first',
      keyHash: 'k',
      isProvisional: true,
    });
    const row = (personId: number, value: number) => ({ personId, name: 'calm.all', value, source, at });
    await store.toldValues.tell(workspaceId, 'coder:x', ['other'], [{ personId: ada, name: 'other', value: 1 }], at);
    await store.toldScores.tell(place!, ['calm.all'], [row(ada, 3.25), row(bea, 2)], at);
    const known = (await store.people.attributesOf(ada)).get('calm.all');
    expect(known).toMatchObject({ value: 3.25, family: 'psychographic', recordedAt: at });
    expect(readScoreSource(known!.source)).toMatchObject({ version: '1: first', keyHash: 'k', isProvisional: true });
    expect(await store.toldScores.told(survey.id)).toEqual({ people: 2, toldAt: at });

    // Bea has withdrawn: what was told of her goes when the survey is told anew.
    await store.toldScores.tell(place!, ['calm.all'], [row(ada, 4)], at);
    expect((await store.people.attributesOf(bea)).has('calm.all')).toBe(false);
    expect((await store.people.attributesOf(ada)).get('calm.all')?.value).toBe(4);
    expect((await store.people.attributesOf(ada)).get('other')?.value).toBe(1);
    const [after] = (await store.toldScores.places()).filter(({ surveyId }) => surveyId === survey.id);
    expect(after?.told).toBe(after?.state);
  });

  test('versions of an instrument are kept by number, the newest is listed, and two cannot take the same number', async () => {
    const { store, workspaceId } = planted;
    const file = InstrumentFile.parse({
      format: 1,
      code: 'calm',
      version: '1',
      name: { en: 'Calm' },
      languages: ['en'],
      terms: 'own-work',
      licence: 'ours',
      stem: { en: 'Well?' },
      steps: { min: 1, max: 5 },
      items: [{ code: 'a', text: { en: 'One' } }],
      centring: 'none',
      scales: [{ code: 's', name: { en: 'S' }, items: ['a'] }],
    });
    const row = { workspaceId, code: 'calm', definition: file, keyHash: 'k', createdBy: null, createdAt: at };
    expect(await store.instruments.add({ ...row, number: 1 })).toBe(true);
    expect(await store.instruments.add({ ...row, number: 2, definition: { ...file, version: '2' } })).toBe(true);
    expect(await store.instruments.add({ ...row, number: 2 })).toBe(false);
    expect((await store.instruments.list(workspaceId)).map(({ number }) => Number(number))).toEqual([2]);
    expect((await store.instruments.versions(workspaceId, 'calm')).map((one) => one.definition.version)).toEqual([
      '2',
      '1',
    ]);

    const norms = { workspaceId, code: 'calm', source: 's', licence: 'l', loadedBy: null, loadedAt: at };
    const normal = { scale: 's', kind: 'normal' as const, mean: 3, standardDeviation: 1, n: null };
    await store.instruments.setNorms({ ...norms, norms: [] });
    await store.instruments.setNorms({ ...norms, norms: [normal] });
    expect((await store.instruments.norms(workspaceId, 'calm'))?.norms).toEqual([normal]);
    await store.instruments.remove(workspaceId, 'calm');
    expect(await store.instruments.list(workspaceId)).toEqual([]);
    expect(await store.instruments.norms(workspaceId, 'calm')).toBeNull();
  });
});
