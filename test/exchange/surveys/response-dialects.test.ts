import { expect, test } from 'vitest';
import { readDelimited } from '../../../src/exchange/delimited.ts';
import { inferSurvey } from '../../../src/exchange/surveys/infer-survey.ts';
import {
  detectDialect,
  instantIn,
  listedLabels,
  readResponses,
} from '../../../src/exchange/surveys/response-dialects.ts';
import { checkSurvey } from '../../../src/logic/check-survey.ts';
import { questionsOf, SurveyDefinition } from '../../../src/model/survey.ts';
import { smallSurvey } from '../../support/small-survey.ts';

const rowsOf = (text: string) => readDelimited(text, { delimiter: ',', isQuoted: true, hasHeader: false }).rows;
const meanings = (table: ReturnType<typeof readResponses>) =>
  table.columns.map(({ meaning }) => ('address' in meaning ? meaning.address : meaning.is));

const QUALTRICS = `StartDate,EndDate,IPAddress,Finished,ResponseId,ExternalReference,UserLanguage,city,topics,holds_outdoors,mood,other_q
Start Date,End Date,IP Address,Finished,Response ID,External Data Reference,User Language,Where do you live?,What do you read about?,How much is this like you? - Being outdoors,How are you?,Else?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""ipAddress""}","{""ImportId"":""finished""}","{""ImportId"":""_recordId""}","{""ImportId"":""externalDataReference""}","{""ImportId"":""userLanguage""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3_1""}","{""ImportId"":""QID4""}","{""ImportId"":""QID5""}"
2026-03-09 10:00:00,2026-03-09 10:05:00,1.2.3.4,1,R_1,p1,EN,In a city,"News,Sport",4,8,x
`;

test('three rows of headings are those of Qualtrics', () => {
  const table = readResponses(rowsOf(QUALTRICS), smallSurvey);
  expect(table).toMatchObject({ dialect: 'qualtrics', headerRows: 3 });
  expect(meanings(table)).toEqual([
    'startedAt',
    'completedAt',
    'ignored',
    'ignored',
    'ignored',
    'person',
    'language',
    'city',
    'topics',
    'holds.outdoors',
    'mood',
    'unknown',
  ]);
  expect(table.rows[0]?.slice(7)).toEqual(['In a city', 'news;sport', '4', '8', 'x']);
});

const MONKEY = `Respondent ID,Collector ID,Start Date,End Date,IP Address,Where do you live?,What do you read about?,,,How much is this like you?,
,,,,,Response,News,Sport,Nothing,Being outdoors,Being in company
11,7,03/13/2026 10:00:00 AM,03/13/2026 10:05:00 AM,1.2.3.4,In a village,News,Sport,,4,2
12,7,03/13/2026 11:00:00 AM,03/13/2026 11:05:00 AM,1.2.3.4,In a city,,,Nothing,5,1
`;

test('two rows of headings are those of SurveyMonkey, and its choices become one list', () => {
  const table = readResponses(rowsOf(MONKEY), smallSurvey);
  expect(table.dialect).toBe('survey-monkey');
  expect(meanings(table)).toEqual([
    'person',
    'ignored',
    'startedAt',
    'completedAt',
    'ignored',
    'city',
    'topics',
    'holds.outdoors',
    'holds.company',
  ]);
  expect(table.columns[6]).toMatchObject({
    name: 'What do you read about?',
    from: [6, 7, 8],
    choices: ['News', 'Sport', 'Nothing'],
  });
  expect(table.rows.map((cells) => cells[6])).toEqual(['news;sport', 'none']);
});

test('Typeform names a choice in its heading, Google Forms a row in brackets', () => {
  const typeform = readResponses(
    rowsOf(
      '#,<b>Where</b> do you live?,News,Sport,How are you?,Start Date (UTC),Submit Date (UTC),Network ID\na1,In a city,News,,7,2026-01-01 10:00:00,2026-01-01 10:02:00,zz\na2,,,Sport,3,,,yy\n',
    ),
    smallSurvey,
  );
  expect(meanings(typeform)).toEqual(['person', 'city', 'topics', 'mood', 'startedAt', 'completedAt', 'ignored']);
  expect(typeform.rows.map((cells) => cells[2])).toEqual(['news', 'sport']);
  const google = readResponses(
    rowsOf(
      'Timestamp,What do you read about?,How much is this like you? [Being outdoors]\n2026/03/09 10:00:00 AM GMT+1,"News, Sport",5\n',
    ),
    smallSurvey,
  );
  expect(google.dialect).toBe('google-forms');
  expect(meanings(google)).toEqual(['completedAt', 'topics', 'holds.outdoors']);
  expect(google.rows[0]?.[1]).toBe('news;sport');
});

test('what could be two things is shown as such, and neither is chosen', () => {
  const twice = SurveyDefinition.parse({
    ...smallSurvey,
    instruments: undefined,
    pages: [
      {
        code: 'p',
        questions: [
          { kind: 'number', code: 'a', text: { en: 'How many?' } },
          { kind: 'number', code: 'b', text: { en: 'How many?' } },
        ],
      },
    ],
  });
  const table = readResponses(rowsOf('Timestamp,How many?\n2026-03-09,3\n'), twice);
  expect(table.columns[1]?.meaning).toEqual({ is: 'unknown', why: 'It could be a or b' });
});

test('a plain table stays as it is, and a column called respondent is the person', () => {
  const table = readResponses(rowsOf('respondent,city,topics\n1,city,"news, sport"\n'), smallSurvey);
  expect(table).toMatchObject({ dialect: 'plain', rows: [['1', 'city', 'news, sport']] });
  expect(meanings(table)).toEqual(['person', 'city', 'topics']);
  expect(detectDialect([])).toBe('plain');
});

test('labels may hold commas themselves', () => {
  const options = [
    { code: 'a', text: { en: 'Pen, ink' } },
    { code: 'b', text: { en: 'Pen' } },
  ];
  expect(listedLabels('Pen, ink,Pen', options)).toBe('a;b');
  expect(listedLabels('Pen, chalk', options)).toBe('Pen, chalk');
});

test('times are read where there is one way to read them', () => {
  expect(instantIn('2026/03/09 2:05:00 PM GMT+1')).toBe('2026-03-09T13:05:00.000Z');
  expect(instantIn('03/13/2026 12:00:01 AM')).toBe('2026-03-13T00:00:01.000Z');
  expect(instantIn('13/03/2026 08:00')).toBe('2026-03-13T08:00:00.000Z');
  expect(['03/04/2026', 'soon', '2026-02-30 10:00', ''].map((one) => instantIn(one))).toEqual([null, null, null, null]);
});

test('without a survey one is proposed from the answers, and says that it was guessed', () => {
  const { definition, mapped, unmapped, warnings } = inferSurvey(
    readResponses(rowsOf(MONKEY + MONKEY.split('\n').slice(2).join('\n')), null),
    'My answers',
  );
  expect(definition && checkSurvey(definition)).toEqual([]);
  expect(questionsOf(definition as SurveyDefinition).map(({ kind, text }) => [kind, text['en']])).toEqual([
    ['single', 'Where do you live?'],
    ['multiple', 'What do you read about?'],
    ['number', 'How much is this like you? - Being outdoors'],
    ['number', 'How much is this like you? - Being in company'],
  ]);
  expect(mapped.length + unmapped.length).toBe(9);
  expect(warnings[0]?.detail).toContain('guessed');
});
