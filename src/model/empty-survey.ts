import type { QuestionBank } from './question-bank.ts';
import type { SurveyDefinition, Wording } from './survey.ts';
import { codeFrom } from './survey-edit-codes.ts';

/** Languages that a survey can be begun in without writing its consent first. */
export const EMPTY_LANGUAGES = ['en', 'de'] as const;
export type EmptyLanguage = (typeof EMPTY_LANGUAGES)[number];

/**
 * A survey with nothing in it but the consent that every survey asks for, and one open question still to be worded,
 * since a survey has at least one.
 *
 * @param frame the bank's wordings around the questions
 * @param title not empty; the survey's code is made from it
 */
export function emptySurvey(frame: QuestionBank['frame'], language: EmptyLanguage, title: string): SurveyDefinition {
  const only = (wording: Wording): Wording => ({ [language]: wording[language] ?? '' });
  return {
    format: 1,
    code: codeFrom(title, new Set(), 'survey'),
    title: { [language]: title },
    languages: [language],
    consent: {
      version: '1',
      text: only(frame.consent),
      purposes: [
        { code: 'analysis', text: only(frame.purposes.analysis) },
        { code: 'quotes', text: only(frame.purposes.quotes) },
      ],
    },
    pages: [{ code: 'page-1', questions: [{ kind: 'text', code: 'question-1', text: { [language]: '' } }] }],
    end: only(frame.end),
  };
}
