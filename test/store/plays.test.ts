import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';
import { smallSurvey } from '../support/small-survey.ts';

describe.each(engines)('plays on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  test('a play is found in its study only, and outlives a draft that is removed', async () => {
    const { store, study, at } = await plantRows(engine.database);
    const other = await plantRows(engine.database);
    const segment = await store.segments.addDefined(study.id, 'A', { attribute: 'plan', op: 'set' }, null, null, at);
    const draft = await store.surveys.add(study.id, `play-${study.publicId.toLowerCase()}`, smallSurvey, at);
    const play = await store.plays.add({
      studyId: study.id,
      code: 'vip',
      segmentId: segment.id,
      surveyId: draft.id,
      guide: null,
      createdBy: null,
      createdAt: at,
    });
    expect(await store.plays.find(study.id, play.publicId)).toEqual(play);
    expect(await store.plays.find(other.study.id, play.publicId)).toBe(null);
    expect(await store.plays.list(other.study.id)).toEqual([]);
    expect(await store.surveys.removeUnanswered(draft.id)).toBe(true);
    expect((await store.plays.list(study.id)).map(({ surveyId }) => surveyId)).toEqual([null]);
  });
});
