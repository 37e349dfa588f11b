import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../journeys/visitor.ts';
import { smallSurvey } from '../support/small-survey.ts';

let house: OpenHouse;
let researcher: Visitor;
let study: string;
beforeAll(async () => {
  house = await openHouse();
  ({ researcher, study } = await enterStudio(house));
});
afterAll(() => house.close());

const bytes = (name: string) => readFileSync(path.join(import.meta.dirname, '../exchange/surveys/fixtures', name));

test('a survey of another program is shown before it is made, made, taken to SurveyJS and deleted again', async () => {
  const { location } = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'tools.lss',
    bytes: bytes('lime-survey.lss'),
  });
  expect(location).toContain('/survey-imports/');
  const page = await researcher.get(location);
  expect(page.status).toBe(200);
  for (const words of [
    'LimeSurvey',
    'never tried on a file',
    'regexMatch',
    'What is not taken over',
    'Create the survey',
  ])
    expect(page.text).toContain(words);
  const made = await researcher.post(`${location}/create`);
  expect(made.status).toBe(303);
  expect((await researcher.post(`${location}/create`)).status).toBe(409);
  expect((await researcher.get(`${made.location}/survey-js`)).text).toContain('What SurveyJS cannot hold');
  const json = JSON.parse((await researcher.get(`${made.location}/survey-js.json`)).text) as { pages: unknown[] };
  expect(json.pages).toHaveLength(2);
  expect((await researcher.get(made.location)).text).toContain('Delete this survey');
  expect((await researcher.post(`${made.location}/delete`)).status).toBe(303);
  expect((await researcher.get(made.location)).status).toBe(404);
});

test('a file that is no survey is said to be none beside its field', async () => {
  const answer = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'x.json',
    bytes: Buffer.from('{"a": 1}'),
  });
  expect(answer.status).toBe(422);
  expect(answer.text).toContain('This JSON is no survey that can be read');
});

test('a survey made from a table leads on to importing the answers in it', async () => {
  const { location } = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'people.csv',
    bytes: Buffer.from('How old are you?,Where do you live?\n30,city\n31,village\n32,city\n'),
  });
  expect((await researcher.get(location)).text).toContain('the answers in this file can be imported into it');
  const survey = (await researcher.post(`${location}/create`)).location;
  const before = await researcher.get(survey);
  expect(before.text).toContain('This survey was made from “people.csv”');
  expect(before.text).toContain('publish the survey first');
  expect(before.text).not.toContain('Import its answers');
  expect((await researcher.post(`${survey}/waiting-answers`)).status).toBe(409);
  const published = await researcher.post(`${survey}/publish`, { revision: '1' });
  expect((await researcher.get(published.location)).text).toContain('Import its answers');
  const batch = await researcher.post(`${survey}/waiting-answers`);
  expect(batch.location).toContain('/imports/');
  expect((await researcher.get(batch.location)).text).toContain('3 rows fit');
  expect((await researcher.get(survey)).text).not.toContain('people.csv');
  expect((await researcher.post(`${survey}/waiting-answers`)).status).toBe(410);
});

test('columns that were changed are looked at again before anything is imported', async () => {
  const created = await researcher.post(`${study}/surveys/new`, { template: 'satisfaction' });
  await researcher.post(`${created.location}/publish`, { revision: '1' });
  const { location } = await researcher.upload(
    `${created.location}/import`,
    'file',
    { name: 'a.csv', bytes: Buffer.from('respondent,recommend,region\np1,9,north\np1,3,south\n') },
    { header: '1' },
  );
  const form = {
    header: '1',
    quoted: '1',
    delimiter: 'comma',
    'column-1': 'person',
    'column-2': 'item:recommend',
    'column-3': 'attribute',
    'attribute-3': '',
  };
  expect((await researcher.get(location)).text).toContain('One person stands in more than one row');
  const nameless = await researcher.post(`${location}/commit`, form);
  expect(nameless.status).toBe(422);
  expect(nameless.text).toContain('href="#attribute-3"');
  const changed = await researcher.post(`${location}/commit`, { ...form, 'attribute-3': 'region' });
  expect(changed.status).toBe(422);
  expect(changed.text).toContain('nothing was imported yet');
  const done = await researcher.post(`${location}/commit`, { ...form, 'attribute-3': 'region' });
  expect(done.status).toBe(303);
  expect((await researcher.get(location)).text.replaceAll(/<[^>]+>|\s+/g, ' ')).toMatch(
    /Imported\s+2\s+responses\s+Left out\s+0/,
  );
});

test('a column can be matched to a row of a battery by the row’s own words', async () => {
  const made = await researcher.upload(`${study}/surveys/new`, 'file', {
    name: 'small.json',
    bytes: Buffer.from(JSON.stringify({ ...smallSurvey, code: 'matched' })),
  });
  expect((await researcher.post(`${made.location}/publish`, { revision: '1' })).status).toBe(303);
  const { location } = await researcher.upload(
    `${made.location}/import`,
    'file',
    { name: 'a.csv', bytes: Buffer.from('a,b\n1,2\n') },
    { header: '1' },
  );
  const { text } = await researcher.get(location);
  for (const target of ['holds.outdoors: Being outdoors', 'holds.quiet: Being left in peace', 'mood: How are you?'])
    expect(text).toContain(target);
});
