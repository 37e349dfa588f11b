import { expect, test } from 'vitest';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { EMPTY_LANGUAGES, emptySurvey } from '../../src/model/empty-survey.ts';
import { readQuestionBank } from '../../src/model/question-bank.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { shippedBankFiles } from './shipped-bank.ts';

const { frame } = readQuestionBank(shippedBankFiles());

test.each(EMPTY_LANGUAGES)('an empty survey in %s lacks nothing but the words of its one question', (language) => {
  const made = emptySurvey(frame, language, 'Über uns');
  expect(SurveyDefinition.parse(made)).toEqual(made);
  expect(made).toMatchObject({ code: 'ueber-uns', languages: [language], title: { [language]: 'Über uns' } });
  expect(checkSurvey(made).map(({ pointer }) => pointer)).toEqual(['#/pages/0/questions/0/text']);
});
