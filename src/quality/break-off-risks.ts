import type { SurveyDefinition } from '../model/survey.ts';
import { askedTogether } from './alternatives.ts';
import { type SurveyLength, surveyLength } from './survey-length.ts';

/** Something that makes people leave a survey, where it stands, and how well that is known. */
export type BreakOffRisk = { pointer: string; title: string; evidence: string };

const MINUTES_MANY = 10;
const INTRODUCTION_WORDS_MANY = 120;
const ROWS_MANY = 8;
const QUESTIONS_MANY = 8;

const PEYTCHEV =
  'People leave more often at tables, at sliders and on pages with many questions (Peytchev, 2009, Public Opinion Quarterly 73)';
const OPEN_ENDS =
  'Several open questions cost answers in one study (Peytchev, 2009); a later survival analysis did not find it. What is sure: an open answer that is forced is often an empty one';

/**
 * Where people may leave, from what is known of web surveys in general. Your own figures, page by page, say more as soon
 * as there are any.
 */
export function breakOffRisks(
  definition: SurveyDefinition,
  length: SurveyLength = lengthOf(definition),
): BreakOffRisk[] {
  const risks: BreakOffRisk[] = [];
  const add = (pointer: string, title: string, evidence: string) => risks.push({ pointer, title, evidence });
  const language = definition.languages[0] ?? 'en';
  const introduction = [definition.introduction, definition.consent.text]
    .map((wording) => (wording?.[language] ?? '').split(/\s+/).filter(Boolean).length)
    .reduce((sum, words) => sum + words, 0);
  if (introduction > INTRODUCTION_WORDS_MANY)
    add(
      '#/introduction',
      `The first page has ${introduction} words`,
      'Over some 7,000 web surveys about 40% of those who began left, three quarters of them on the introduction: say who asks, why and how long it takes, and begin',
    );
  if (length.minutes > MINUTES_MANY)
    add(
      '#/pages/0',
      `It takes about ${Math.round(length.minutes)} minutes and asks for ${length.items} answers`,
      'About one in ten leaves at once, and some two in a hundred more with every hundred answers asked for (Hoerger, 2010, known to us second hand)',
    );
  definition.pages.forEach((page, p) => {
    const asked = askedTogether(page.questions).length;
    if (Math.min(page.take ?? asked, asked) > QUESTIONS_MANY)
      add(`#/pages/${p}`, `${asked} questions on one page`, PEYTCHEV);
    const open = askedTogether(page.questions.filter((question) => question.kind === 'text' && question.long));
    if (open.length > 1) add(`#/pages/${p}`, `${open.length} long open questions on one page`, OPEN_ENDS);
    page.questions.forEach((question, q) => {
      const pointer = `#/pages/${p}/questions/${q}`;
      if ((question.kind === 'battery' || question.kind === 'matrix') && question.rows.length > ROWS_MANY)
        add(`${pointer}/rows`, `A table of ${question.rows.length} rows`, PEYTCHEV);
      if (question.kind === 'slider') add(pointer, 'A slider', PEYTCHEV);
      if (question.kind === 'text' && question.required) add(pointer, 'An open answer that is required', OPEN_ENDS);
      if (question.kind === 'contact' && p === 0 && definition.pages.length > 1)
        add(
          pointer,
          'Contact details on the first page',
          'Sensitive questions are where people leave (Peytchev, 2009): ask them last, when trust has grown',
        );
    });
  });
  return risks;
}

const lengthOf = (definition: SurveyDefinition): SurveyLength =>
  surveyLength(definition, definition.languages[0] ?? 'en');
