import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DraftBrief } from '../model/choose-questions.ts';
import { draftSurvey, type SurveyDraft } from '../model/draft-survey.ts';
import { type EmptyLanguage, emptySurvey } from '../model/empty-survey.ts';
import { Problem } from '../model/problem.ts';
import { type QuestionBank, readQuestionBank } from '../model/question-bank.ts';
import type { SurveyDefinition } from '../model/survey.ts';

/**
 * Drafts surveys from the question bank that Verbatim ships. The bank is read when the first draft is made.
 *
 * @param bankFolder holds one JSON file per subject, and `frame.json`
 */
export function surveyDrafting(bankFolder: string) {
  let bank: QuestionBank | null = null;
  const read = (): QuestionBank => {
    bank ??= readQuestionBank(
      Object.fromEntries(
        readdirSync(bankFolder)
          .filter((name) => name.endsWith('.json'))
          .map((name) => [
            name.slice(0, -'.json'.length),
            JSON.parse(readFileSync(path.join(bankFolder, name), 'utf8')),
          ]),
      ),
    );
    return bank;
  };

  return {
    empty: (language: EmptyLanguage, title: string): SurveyDefinition => emptySurvey(read().frame, language, title),

    /** @throws Problem `invalid` when no question fits the brief */
    draft: (brief: DraftBrief): SurveyDraft => {
      try {
        return draftSurvey(read(), brief);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new Problem('invalid', 'No question fits this', {
          errors: [{ pointer: '#/topics', detail: 'Choose something else to learn, or other people to ask' }],
          cause: error,
        });
      }
    },
  };
}
