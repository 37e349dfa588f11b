import { pipeText } from '../../logic/pipe.ts';
import type { ShownQuestion } from '../../logic/walk.ts';
import { possibleOptions, possibleRows } from '../../model/items.ts';
import { type Question, questionsOf, type SurveyDefinition, type Wording } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { Texts } from '../../render/respondent-texts.ts';
import { filledWithForm, questionView } from '../question-view.ts';

/** Wordings with placeholders left open, since nobody has answered yet, and dots for what is not written yet. */
const unansweredWords = (definition: SurveyDefinition, language: string) => (wording: Wording) =>
  pipeText(wordingIn(wording, language, definition.languages), () => null) || '…';

/** A question as respondents see it, nothing chosen; null for one that nobody sees. */
export function previewOf(definition: SurveyDefinition, question: Question, texts: Texts) {
  if (question.kind === 'hidden' || question.kind === 'calculated') return null;
  return questionView(everythingShown(definition, question), {
    texts,
    word: unansweredWords(definition, texts.language),
    filling: filledWithForm({}),
    errors: [],
  });
}

/** As somebody would see it for whom every option and row is there. */
function everythingShown(definition: SurveyDefinition, question: Question): ShownQuestion {
  const all = new Map(questionsOf(definition).map((one) => [one.code, one]));
  switch (question.kind) {
    case 'single':
    case 'multiple':
    case 'ranking':
      return { ...question, options: [...possibleOptions(question, all)] };
    case 'battery':
    case 'matrix':
      return { ...question, rows: [...possibleRows(question, all)] } as ShownQuestion;
    default:
      return question;
  }
}
