import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { surveyItems } from '../../src/model/items.ts';
import { checkSurvey } from '../../src/logic/check-survey.ts';

const folder = resolve(import.meta.dirname, '../../templates/surveys');
const files = readdirSync(folder);
const read = (file: string) => SurveyDefinition.parse(JSON.parse(readFileSync(resolve(folder, file), 'utf8')));

test('there are templates to begin with', () => {
  expect(files.length).toBeGreaterThanOrEqual(4);
});

test.each(files)('%s can be published as it is', (file) => {
  const survey = read(file);
  expect(checkSurvey(survey)).toEqual([]);
  expect(`${survey.code}.json`).toBe(file);
});

test('the buying trigger opens with the day on which it began', () => {
  const first = surveyItems(read('buying-trigger.json'))[0];
  expect(first?.question.text['en']).toBe(
    'What happened on the day you first decided you needed to solve this kind of problem or achieve this goal?',
  );
  expect(first?.question.kind).toBe('text');
});

test('Mini-IPIP has five scales of four items, eleven of the twenty reversed, and says whose it is', () => {
  const instrument = read('mini-ipip-20.json').instruments?.[0];
  const items = instrument?.scales.flatMap((scale) => scale.items) ?? [];
  expect(instrument?.scales.map((scale) => scale.items.length)).toEqual([4, 4, 4, 4, 4]);
  expect(new Set(items.map((item) => item.replace('-', ''))).size).toBe(20);
  expect(items.filter((item) => item.startsWith('-'))).toHaveLength(11);
  expect(instrument?.citation).toContain('Donnellan');
  expect(instrument?.licence).toContain('Public domain');
});
