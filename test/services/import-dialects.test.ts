import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ImportPlan } from '../../src/model/import-plan.ts';
import { type House, openHouse, plantStudy } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

async function stage(text: string) {
  const { imports, store } = house.verbatim;
  const { study, survey } = await plantStudy(house.verbatim);
  const batch = await imports.stage(survey, { name: 'answers.csv', bytes: Buffer.from(text) }, {}, null);
  const current = async () => {
    const found = await store.responses.findBatch(study.id, batch.publicId);
    if (!found) throw new Error('The batch is gone');
    return found;
  };
  return { imports, store, survey, batch, current };
}

const MONKEY = `Respondent ID,Collector ID,Start Date,End Date,Where do you live?,What do you read about?,,,How are you?
,,,,Response,News,Sport,Nothing,Response
p1,7,03/13/2026 10:00:00 AM,03/13/2026 10:05:00 AM,In a village,News,Sport,,7
p1,7,03/04/2026 11:00:00 AM,03/04/2026 11:05:00 AM,In a city,,,Nothing,5
`;

test('a file of another program comes in with its times, its choices as one list, and what is to be looked at', async () => {
  const { imports, store, survey, batch } = await stage(MONKEY);
  const preview = await imports.preview(survey, batch);
  expect(preview).toMatchObject({ dialect: 'survey-monkey', rows: 2, fitting: 2, faultyRows: 0 });
  expect(preview.plan.columns).toEqual([
    'person',
    'ignore',
    'ignore',
    'ignore',
    'item:city',
    'item:topics',
    'item:mood',
  ]);
  expect(preview.notes).toEqual([
    expect.stringContaining('SurveyMonkey'),
    expect.stringContaining('“Start Date” is taken as when each response began'),
    expect.stringContaining('“End Date”'),
    'One person stands in more than one row: p1. Each row becomes a response of its own',
  ]);
  expect(preview.reasons[5]).toBe('3 columns of the file: News, Sport, Nothing');
  await imports.commit(survey, batch, false);
  const rows = await store.responses.list(survey.id);
  expect(rows.map(({ completedAt }) => completedAt).sort()).toEqual([
    '2026-03-04T11:05:00.000Z',
    '2026-03-13T10:05:00.000Z',
  ]);
  const answers = await Promise.all(rows.map(({ id }) => store.responses.answersIn(id)));
  expect(
    answers
      .flat()
      .filter(({ item }) => item === 'topics')
      .map(({ value }) => value),
  ).toEqual(expect.arrayContaining([['news', 'sport'], ['none']]));
});

test('a fault is said in words', async () => {
  const { imports, survey, batch } = await stage('city,mood\nnowhere,11\n');
  const { faults } = await imports.preview(survey, batch);
  expect(faults.map(({ detail }) => detail)).toEqual([
    '“nowhere” stands here. Choose one of the answers listed: city (In a city), village (In a village), na (Not applicable)',
    '“11” stands here. Choose a step from 0 to 10',
  ]);
});

test('a column called respondent is the person', async () => {
  const { imports, survey, batch } = await stage('Respondent,city\np1,city\n');
  expect((await imports.preview(survey, batch)).plan.columns).toEqual(['person', 'item:city']);
});

test('something known of people needs a column that says who they are', async () => {
  const { imports, survey, batch, current } = await stage('city,region\ncity,north\n');
  const { plan } = await imports.preview(survey, batch);
  await imports.replan(batch, { ...plan, columns: ['item:city', 'attribute:region'] });
  await expect(imports.begin(survey, await current(), false)).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('no column says who'),
  });
});

test('more columns than can be read, a lost file and one taken back are said plainly', async () => {
  const wide = Array.from({ length: 5001 }, (_, index) => `c${index}`).join(',');
  await expect(stage(`${wide}\n${wide}\n`)).rejects.toMatchObject({ kind: 'too-large' });
  const lost = await stage('city\ncity\n');
  rmSync(path.join(house.folder, 'files', 'imports', lost.batch.publicId));
  await expect(lost.imports.preview(lost.survey, lost.batch)).rejects.toMatchObject({ kind: 'gone' });
  const back = await stage('city\ncity\n');
  await back.imports.undo(back.batch);
  await expect(back.imports.begin(back.survey, await back.current(), false)).rejects.toMatchObject({
    kind: 'conflict',
  });
});

test('a file read in another way is guessed anew, and one that cannot be read that way stays as it was', async () => {
  const { imports, survey, batch, current } = await stage('city,mood\n"city",7\n');
  const format: ImportPlan['format'] = { delimiter: ';', isQuoted: false, hasHeader: true };
  await imports.reread(survey, batch, format);
  expect(JSON.parse((await current()).mapping)).toMatchObject({ format, columns: ['ignore'] });
  const stray = await stage('city,age\n"village,30\ncity,31\n');
  await expect(
    stray.imports.reread(stray.survey, stray.batch, { delimiter: ',', isQuoted: true, hasHeader: true }),
  ).rejects.toMatchObject({ kind: 'invalid' });
  expect(JSON.parse((await stray.current()).mapping)).toMatchObject({ format: { isQuoted: false } });
});
