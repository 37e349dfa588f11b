import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChoiceColumn, ChoicesColumn, NumberColumn } from '../../../src/model/table-column.ts';
import { databaseFile } from '../../../src/store/data-folder.ts';
import { kyselyOver, openSqlite } from '../../../src/store/database.ts';
import { newPublicId } from '../../../src/store/identifiers.ts';
import type { Study } from '../../../src/store/studies.ts';
import { segmentLabels } from '../../../src/workers/tasks/segment-labels.ts';
import { readColumns } from '../../../src/workers/tasks/survey-columns.ts';
import { numbersOf, surveyTableColumns } from '../../../src/workers/tasks/table-columns.ts';
import { openFieldHouse } from '../../support/field-house.ts';
import { findSegments } from '../../support/find-segments.ts';
import { knowPeople } from '../../support/know-people.ts';
import { homes, plantHomes, wishInputs } from '../../support/plant-homes.ts';
import { plantResponses, said } from '../../support/plant-responses.ts';

let house: Awaited<ReturnType<typeof openFieldHouse>>;
let study: Study;
beforeAll(async () => {
  house = await openFieldHouse();
  study = house.study;
});
afterAll(() => house[Symbol.asyncDispose]());

const open =
  (surveyId: number, inputs: string[] = []) =>
  async () => {
    const { store } = house.verbatim;
    const place = { studyId: study.id, surveyId };
    const columns = await readColumns(store, place);
    const known = await surveyTableColumns(store, {
      columns,
      attributes: new Map(),
      themeRuns: [],
      inputs: new Set(inputs),
    });
    return { columns, known, of: (id: string) => known.find(({ column }) => column.id === id)! };
  };

test('each kind of answer becomes its column, with what nobody said told from what nobody chose', async () => {
  const { store, surveys } = house.verbatim;
  const definition = homes('kinds', [
    { code: 'share', kind: 'slider', text: { en: 'How much?' }, min: 0, max: 100 },
    { code: 'free', kind: 'text', text: { en: 'Why?' } },
    { code: 'mail', kind: 'contact', text: { en: 'Who are you?' }, fields: ['email'] },
  ]);
  const draft = await surveys.importJson(
    study.id,
    JSON.stringify({ ...definition, instruments: [{ ...definition.instruments[0], centring: 'person-mean' }] }),
  );
  await surveys.publish(draft, 1, null);
  const survey = (await store.surveys.find(study.id, draft.publicId))!;
  const attributes = (given: Record<string, unknown>) => ({ about: { attributes: given as never } });
  await plantResponses(house.verbatim, { study, survey }, [
    {
      answers: {
        town: said('yes'),
        uses: said(['car']),
        share: said(40),
        recommend: said(9),
        calm: said(5),
        cool: said(3),
        loose: said(4),
      },
      ...attributes({ seats: 3, plan: 'gold', tags: ['a', 'b'] }),
    },
    { answers: { town: said('gone'), uses: said([]), calm: said(1) }, ...attributes({ plan: 'tin', tags: [] }) },
    {},
  ]);
  const { known, of } = await open(survey.id, ['scale:mood.ease', 'attribute:plan'])();
  const town = of('answer:town').column as ChoiceColumn;
  expect(town.options.map(({ code, label }) => [code, label])).toEqual([
    ['yes', 'Yes'],
    ['no', 'No'],
    ['gone', 'gone'],
  ]);
  expect([...town.codes]).toEqual([0, 2, -1]);
  const uses = of('answer:uses').column as ChoicesColumn;
  expect([[...uses.answered], [...uses.chosen[1]!]]).toEqual([
    [1, 1, 0],
    [1, 0, 0],
  ]);
  expect(of('answer:share').column).toMatchObject({ kind: 'number', min: 0, max: 100 });
  expect((of('answer:share').column as NumberColumn).isOrdinal).toBeUndefined();
  expect(of('answer:recommend').column).toMatchObject({ isOrdinal: true, min: 0, max: 10 });
  // Centred within the person, so that what is left of one scale is nothing; and without ends of its own.
  const ease = of('scale:mood.ease').column as NumberColumn;
  expect([numbersOf(ease), ease.min]).toEqual([[0, null, null], undefined]);
  expect(known.filter(({ isInput }) => isInput).map(({ column }) => column.id)).toEqual([
    'scale:mood.ease',
    'answer:calm',
    'answer:cool',
    'answer:loose',
    'attribute:plan',
  ]);
  expect(known.filter(({ isScored }) => isScored).map(({ item }) => item)).toEqual(['calm', 'cool', 'loose']);
  expect(numbersOf(of('attribute:seats').column as NumberColumn)).toEqual([3, null, null]);
  expect(of('attribute:plan').column).toMatchObject({ kind: 'choice', options: [{ code: 'gold' }, { code: 'tin' }] });
  expect([...(of('attribute:tags').column as ChoicesColumn).answered]).toEqual([1, 1, 0]);
  expect(known.some(({ column }) => /free|mail/.test(column.id))).toBe(false);
});

test('a survey nobody has answered has columns without anybody', async () => {
  const { store, surveys } = house.verbatim;
  const draft = await surveys.importJson(study.id, JSON.stringify(homes('nobody')));
  await surveys.publish(draft, 1, null);
  const survey = (await store.surveys.find(study.id, draft.publicId))!;
  const { known } = await open(survey.id)();
  expect(known.map(({ column }) => column.id)).toContain('answer:town');
  expect(known.every(({ family }) => family === 'question')).toBe(true);
});

test('responses are in the segment that they were put into, by a version or by a solution; others in none', async () => {
  const { store, segmentations, analysis } = house.verbatim;
  const planted = await plantHomes(house.verbatim, study, 'labels', { n: 120 });
  const { segmentation, run } = await findSegments(house.verbatim, study, planted.survey, {
    inputs: wishInputs(),
    k: 2,
    seed: 1,
  });
  const second = await segmentations.fit(study, segmentation, { k: 3, seed: 1 }, null);
  await analysis.idle();
  await plantResponses(house.verbatim, { study, survey: planted.survey }, [{ answers: { town: said('yes') } }]);
  const responses = await store.responses.list(planted.survey.id);
  const standing = await segmentLabels(store, segmentation, responses);
  const members = new Map((await store.segmentations.membersOf(run.id)).map((one) => [one.responseId, one]));
  expect(standing).toMatchObject({ runId: run.id, version: { number: 1 } });
  expect(standing.labels).toEqual(responses.map(({ id }) => members.get(id)?.position ?? null));
  expect(standing.labels.at(-1)).toBeNull();
  expect(standing.probabilities[0]).toBe(members.get(responses[0]!.id)!.probability);
  expect(standing.isMember.filter((isIn) => !isIn)).toHaveLength(1);
  const solution = await segmentLabels(store, segmentation, responses, { run: second });
  expect([solution.version, solution.segments.length, new Set(solution.labels).size]).toEqual([null, 3, 4]);
});

test('somebody placed later is in that segment whatever survey they answer, unless their own response says another', async () => {
  const { store, folder } = house.verbatim;
  const planted = await plantHomes(house.verbatim, study, 'placed', { n: 60 });
  const other = await plantHomes(house.verbatim, study, 'other', { n: 3 });
  const { segmentation, run } = await findSegments(house.verbatim, study, planted.survey, {
    inputs: wishInputs(),
    k: 2,
    seed: 1,
  });
  const database = kyselyOver('sqlite', openSqlite(databaseFile(folder)));
  const at = '2026-03-01T08:00:00.000Z';
  const people = await knowPeople(database, study.workspaceId, [{ externalId: 'ada' }, { externalId: 'bea' }], at);
  const own = await store.responses.list(planted.survey.id);
  const later = await store.responses.list(other.survey.id);
  for (const [index, personId] of people.entries()) {
    const { id } = await database.kysely
      .insertInto('participations')
      .values({ studyId: study.id, personId, pseudonym: newPublicId(), createdAt: at })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.kysely
      .updateTable('responses')
      .set({ participationId: id })
      .where('id', 'in', index === 0 ? [later[0]!.id] : [own[0]!.id, later[1]!.id])
      .execute();
  }
  const [larger, smaller] = await store.segmentations.segmentsOf(run.id);
  const lineage = (segment: typeof larger) => segment!.lineage ?? segment!.publicId;
  const before = await segmentLabels(store, segmentation, later);
  const ofBea = (await segmentLabels(store, segmentation, own)).labels[0]!;
  // Bea is known through the response she gave before; Ada not at all yet.
  expect(before.labels).toEqual([null, ofBea, null]);
  const placed = (personId: number, segment: string, placedAt: string) => ({
    workspaceId: study.workspaceId,
    personId,
    segmentationId: segmentation.id,
    version: 1,
    segment,
    probability: 0.9,
    way: 'import' as const,
    placedAt,
  });
  await store.placements.add([
    placed(people[0]!, lineage(smaller), at),
    placed(people[1]!, lineage(ofBea === 0 ? smaller : larger), '2026-01-01T00:00:00.000Z'),
  ]);
  const known = await segmentLabels(store, segmentation, later);
  expect([known.labels, known.isMember]).toEqual([
    [1, ofBea, null],
    [false, false, false],
  ]);
  await store.placements.add([placed(people[1]!, lineage(ofBea === 0 ? smaller : larger), '2026-06-01T00:00:00.000Z')]);
  expect((await segmentLabels(store, segmentation, later)).labels[1]).toBe(1 - ofBea);
  expect((await segmentLabels(store, segmentation, own)).labels[0]).toBe(ofBea);
  await database.kysely.destroy();
});
