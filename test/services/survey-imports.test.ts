import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock, type House, openHouse, plantStudy } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '../exchange/surveys/fixtures', name));

test.each([
  ['survey-js.json', 'survey-js'],
  ['lime-survey.lss', 'lime-survey'],
  ['qualtrics.qsf', 'qualtrics'],
])('%s is looked at, then made into a draft that can be published, once', async (name, source) => {
  const { surveyImports, surveys, store } = house.verbatim;
  const { study } = await plantStudy(house.verbatim);
  const staged = await surveyImports.stage(study.id, { name, bytes: fixture(name) });
  expect(await store.surveys.list(study.id)).toHaveLength(1);
  expect(await surveyImports.read(await surveyImports.find(study.id, staged.id))).toMatchObject({ source });
  const survey = await surveyImports.create(staged);
  await expect(surveyImports.create(staged)).rejects.toMatchObject({ kind: 'conflict' });
  expect((await surveys.publish(survey, survey.draftRevision, null)).number).toBe(1);
  expect(existsSync(path.join(house.folder, 'files/survey-imports', `${staged.id}.file`))).toBe(true);
});

test('a file of another study, of no program or forgotten is refused in words', async () => {
  const { surveyImports } = house.verbatim;
  const { study } = await plantStudy(house.verbatim);
  const staged = await surveyImports.stage(study.id, { name: 'x.json', bytes: fixture('survey-js.json') });
  await expect(surveyImports.find(study.id + 1, staged.id)).rejects.toMatchObject({ kind: 'gone' });
  await surveyImports.drop(staged);
  await expect(surveyImports.find(study.id, staged.id)).rejects.toMatchObject({ kind: 'gone' });
  await expect(surveyImports.find(study.id, '../../secret')).rejects.toMatchObject({ kind: 'gone' });
  for (const text of ['hello', '{}', '{"a":', '<html></p>', `${'['.repeat(500)}`])
    await expect(surveyImports.stage(study.id, { name: 'x.json', bytes: Buffer.from(text) })).rejects.toMatchObject({
      name: 'Problem',
    });
});

test('a table of responses becomes a survey, and waits beside it only until its answers are imported', async () => {
  const { surveyImports } = house.verbatim;
  const { study } = await plantStudy(house.verbatim);
  const bytes = Buffer.from('Timestamp,How old are you?\n2026-03-09 10:00:00,30\n2026-03-09 11:00:00,31\n');
  const staged = await surveyImports.stage(study.id, { name: 'answers.csv', bytes });
  const survey = await surveyImports.create(staged);
  expect(survey.draft.pages[0]?.questions[0]).toMatchObject({ kind: 'number', text: { en: 'How old are you?' } });
  const isKept = (id: string) => existsSync(path.join(house.folder, 'files/survey-imports', `${id}.file`));
  expect([isKept(staged.id), isKept(survey.publicId)]).toEqual([false, true]);
  expect(await surveyImports.answersFile(survey)).toEqual({ name: 'answers.csv', bytes });
  await surveyImports.forgetAnswers(survey);
  expect(isKept(survey.publicId)).toBe(false);
  expect(await surveyImports.waitingAnswers(survey)).toBeNull();
});

test('answers that wait go with their survey, and after seven days', async () => {
  const clock = fixedClock(new Date().toISOString());
  await using other = await openHouse({ now: clock.now });
  const { surveyImports } = other.verbatim;
  const { study } = await plantStudy(other.verbatim);
  const make = async (name: string) =>
    surveyImports.create(
      await surveyImports.stage(study.id, { name, bytes: Buffer.from('How old are you?\n30\n31\n') }),
    );
  const kept = () => readdirSync(path.join(other.folder, 'files/survey-imports'));
  const [first, second] = [await make('a.csv'), await make('b.csv')];
  await surveyImports.removeUnanswered(first);
  expect(kept().filter((name) => name.startsWith(first.publicId))).toEqual([]);
  clock.forward(6 * 86_400_000);
  expect(await surveyImports.waitingAnswers(second)).not.toBeNull();
  clock.forward(2 * 86_400_000);
  expect(await surveyImports.waitingAnswers(second)).toBeNull();
  expect(kept()).toEqual([]);
});

test('a survey can be deleted while it is closed and nobody has answered it, and not afterwards', async () => {
  const { surveyImports, surveys, store, imports } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  await expect(surveyImports.removeUnanswered(survey)).rejects.toMatchObject({ kind: 'conflict' });
  await surveys.setState(survey, 'closed');
  const closed = async (publicId: string) => {
    const found = await store.surveys.find(study.id, publicId);
    if (!found) throw new Error('The survey is gone');
    return found;
  };
  const batch = await imports.stage(survey, { name: 'a.csv', bytes: Buffer.from('city\ncity\n') }, {}, null);
  await imports.commit(survey, batch, false);
  await expect(surveyImports.removeUnanswered(await closed(survey.publicId))).rejects.toMatchObject({
    kind: 'conflict',
  });
  expect(await store.surveys.find(study.id, survey.publicId)).not.toBeNull();
  const other = (await plantStudy(house.verbatim, 'Another')).survey;
  await surveys.setState(other, 'closed');
  await surveyImports.removeUnanswered({ ...other, state: 'closed' });
  expect(await store.surveys.findById(other.studyId, other.id)).toBeNull();
});
