import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPublicId } from '../../src/store/identifiers.ts';
import { projector } from '../../src/store/projections.ts';
import { type ItemCondition, NO_FILTER, type ResponseFilter } from '../../src/store/response-filter.ts';
import { engines, type OpenEngine, textKey } from '../support/engines.ts';
import { type PlantedResponse, recordsOf, said } from '../support/plant-responses.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('the responses desk on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  /** A survey of its own with these responses, and what finds them by their place in the list. */
  async function plant(responses: readonly PlantedResponse[]) {
    const here = await plantRows(engine.database);
    const ids = responses.map(() => newPublicId());
    for (const [index, one] of responses.entries())
      await engine.responses.append(recordsOf(here, { ...one, id: ids[index]! }));
    const { projectBatch } = projector(engine.database, textKey, () => new Date(here.at));
    while ((await projectBatch(1_000)) > 0);
    const desk = here.store.responseDesk;
    const find = async (filter: Partial<ResponseFilter>) =>
      (await desk.page(here.survey.id, { ...NO_FILTER, ...filter }, null, 100))
        .map(({ publicId }) => ids.indexOf(publicId))
        .sort();
    const answering = (condition: Partial<ItemCondition>) =>
      find({ items: [{ item: 'city', holds: 'code', isSpoken: false, test: 'is', value: '', ...condition }] });
    return { ...here, ids, desk, find, answering };
  }

  test('answers are found by code, by one of several, by number, and by their state', async () => {
    const { answering } = await plant([
      { answers: { city: said('city'), topics: said(['news', 'sport']), age: said(20) } },
      { answers: { city: said('village'), topics: said(['sport']), age: said(41) } },
      { answers: { city: { state: 'refused' }, topics: { state: 'skipped' } } },
    ]);
    expect(await answering({ value: 'city' })).toEqual([0]);
    expect(await answering({ test: 'is-not', value: 'city' })).toEqual([1]);
    expect(await answering({ test: 'refused' })).toEqual([2]);
    expect(await answering({ item: 'topics', holds: 'codes', value: 'sport' })).toEqual([0, 1]);
    expect(await answering({ item: 'topics', holds: 'codes', test: 'is-not', value: 'news' })).toEqual([1]);
    expect(await answering({ item: 'topics', holds: 'codes', value: 's_ort' })).toEqual([]);
    expect(await answering({ item: 'topics', holds: 'codes', test: 'skipped' })).toEqual([2]);
    const age = { item: 'age', holds: 'number' } as const;
    expect(await answering({ ...age, value: '41' })).toEqual([1]);
    expect(await answering({ ...age, test: 'at-least', value: '20' })).toEqual([0, 1]);
    expect(await answering({ ...age, test: 'at-most', value: '20.5' })).toEqual([0]);
    expect(await answering({ ...age, test: 'not-shown' })).toEqual([2]);
  });

  test('words are found whatever their capitals, and no sign in them stands for others', async () => {
    const { answering } = await plant([
      { answers: { story: said('The Lift was 50% full') } },
      { answers: { story: said('Nothing about lift_shafts') } },
    ]);
    const story = { item: 'story', holds: 'text', isSpoken: true, test: 'contains' } as const;
    expect(await answering({ ...story, value: 'lift' })).toEqual([0, 1]);
    expect(await answering({ ...story, value: '50%' })).toEqual([0]);
    expect(await answering({ ...story, value: 't_s' })).toEqual([1]);
    expect(await answering({ ...story, value: 't was 5_' })).toEqual([]);
  });

  test('words that were changed since are found as they are now', async () => {
    const { answering, ids, place, store } = await plant([{ answers: { story: said('first words') } }]);
    const [start] = recordsOf(
      {
        study: { id: place.studyId },
        survey: { id: place.surveyId, publishedVersionId: place.surveyVersionId } as never,
      },
      {},
    );
    await engine.responses.append([
      {
        ...start!,
        responseId: ids[0]!,
        revision: 3,
        kind: 'correction',
        content: { page: 3, answers: { story: said('second thoughts') } },
      },
    ]);
    const { projectBatch } = projector(engine.database, textKey, () => new Date());
    while ((await projectBatch(1_000)) > 0);
    const story = { item: 'story', holds: 'text', isSpoken: true, test: 'contains' } as const;
    expect(await answering({ ...story, value: 'first' })).toEqual([]);
    expect(await answering({ ...story, value: 'second' })).toEqual([0]);
    expect((await store.notes.sourcesOf(place.studyId, ids[0]!)).length).toBe(2);
  });

  test('what was known of a person is found as text, number, truth or one of a list', async () => {
    const { find } = await plant([
      { about: { attributes: { region: 'North', seats: 12, pays: true, tags: ['a', 'b'] } } },
      { about: { attributes: { region: 'Northern' } } },
      {},
    ]);
    const known = (name: string, value: string) => find({ attribute: { name, value } });
    expect(await known('region', 'North')).toEqual([0]);
    expect(await known('seats', '12')).toEqual([0]);
    expect(await known('pays', 'true')).toEqual([0]);
    expect(await known('tags', 'b')).toEqual([0]);
    expect(await known('tags', 'c')).toEqual([]);
    expect(await known('region', "' or 1=1 --")).toEqual([]);
  });

  test('states are told apart, and what was left out or a test does not count', async () => {
    const { find, desk, ids, study, survey, at } = await plant([
      {},
      { isCompleted: false },
      { outcome: 'screened-out' },
      { about: { isTest: true } },
      {},
    ]);
    await desk.leaveOut({
      responseId: ids[4]!,
      studyId: study.id,
      surveyId: survey.id,
      reason: 'a colleague',
      madeBy: null,
      madeAt: at,
    });
    expect(await find({ state: 'counted' })).toEqual([0]);
    expect(await find({ state: 'completed' })).toEqual([0, 4]);
    expect(await find({ state: 'started' })).toEqual([1]);
    expect(await find({ state: 'screened-out' })).toEqual([2]);
    expect(await find({ state: 'test' })).toEqual([3]);
    expect(await find({ state: 'left-out' })).toEqual([4]);
    await desk.takeBack(ids[4]!);
    expect(await find({ state: 'counted' })).toEqual([0, 4]);
  });

  test('labels, flags and ids of responses narrow a list, and counting stops where it is told to', async () => {
    const { find, desk, store, ids, study, survey, at } = await plant([{}, {}, {}]);
    await desk.addLabel(study.id, 'odd', [ids[0]!, ids[2]!], null, at);
    await desk.addLabel(study.id, 'odd', [ids[0]!], null, at);
    const [label] = await desk.labels(study.id);
    expect(await find({ labelId: label!.id })).toEqual([0, 2]);
    await store.qualityFlags.saveQuality(
      { surveyId: survey.id, thresholds: '{}', assessed: 3, unjudged: '{}', watermark: 9, computedAt: at },
      [{ responseId: ids[1]!, position: 0, sign: 'speeding', item: null, reason: 'Took 1 s.' }],
    );
    expect(await find({ flag: 'any' })).toEqual([1]);
    expect(await find({ flag: 'speeding' })).toEqual([1]);
    expect(await find({ flag: 'gibberish' })).toEqual([]);
    expect(await find({ flag: 'none' })).toEqual([0, 2]);
    expect((await store.qualityFlags.flagCounts(survey.id)).any).toBe(1);
    const rows = await desk.page(survey.id, NO_FILTER, null, 10);
    const some = rows.filter(({ publicId }) => publicId !== ids[1]).map(({ id }) => id);
    expect(await find({ segment: { ids: some } })).toEqual([0, 2]);
    expect(await desk.count(survey.id, NO_FILTER, 1)).toBe(2);
    await desk.removeLabel(label!.id, ids[0]!);
    await desk.removeLabel(label!.id, ids[2]!);
    expect(await desk.labels(study.id)).toEqual([]);
  });

  test('a view of one name is kept once, as it was kept last', async () => {
    const { desk, study, survey, at } = await plant([]);
    const view = {
      studyId: study.id,
      surveyId: survey.id,
      name: 'Mine',
      query: 'state=test',
      madeBy: null,
      madeAt: at,
    };
    await desk.saveView(view);
    await desk.saveView({ ...view, query: 'state=started' });
    expect((await desk.views(survey.id)).map(({ name, query }) => [name, query])).toEqual([['Mine', 'state=started']]);
  });

  test('a field that people do not see is told from the records, and not from what somebody wrote', async () => {
    const { store, ids, survey } = await plant([
      { about: { isTrapped: true } },
      { answers: { story: said('{"isTrapped":true}') } },
    ]);
    expect([...(await store.qualityFlags.trapped(survey.id))]).toEqual([ids[0]]);
  });

  test('what was written beside a response goes when the response has gone', async () => {
    const { desk, ids, study, survey, place, at } = await plant([{}, {}]);
    const note = (responseId: string) => ({ studyId: study.id, responseId, body: 'Seen', madeBy: null, madeAt: at });
    for (const id of [...ids, newPublicId()]) {
      await desk.addNote(note(id));
      await desk.addLabel(study.id, 'seen', [id], null, at);
    }
    const [start] = recordsOf({ study, survey }, { id: ids[0]! });
    await engine.responses.append([{ ...start!, ...place, revision: 3, kind: 'withdrawal' }]);
    const { projectBatch } = projector(engine.database, textKey, () => new Date(at));
    while ((await projectBatch(1_000)) > 0);
    await desk.forgetGone(survey.id);
    expect(await desk.notes(study.id, ids[0]!)).toEqual([]);
    expect(await desk.notes(study.id, ids[1]!)).toHaveLength(1);
    const marked = await engine.database.kysely
      .selectFrom('responseLabels')
      .innerJoin('labels', 'labels.id', 'responseLabels.labelId')
      .select('responseId')
      .where('labels.studyId', '=', study.id)
      .execute();
    expect(marked.map(({ responseId }) => responseId)).toEqual([ids[1]]);
  });
});
