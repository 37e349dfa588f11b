import { purposesOffered } from '../model/anonymous.ts';
import { surveyItems } from '../model/items.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { TextKey, Texts } from '../render/respondent-texts.ts';
import type { noticeView } from './notice-view.ts';
import { languageLinks, respondFrame, titleIn, wordsOf } from './respond-view.ts';

/** What is said instead of the questions; `link` leads on, as for somebody a supplier sent. */
export type Refusal = { title: string; text: string; link: { href: string; label: string } | null };

/** A refusal by the stem of its texts; `values` go into their places. */
export function refusalIn(texts: Texts, words: string, values: Record<string, string> = {}): Refusal {
  return {
    title: texts.text(`${words}Title` as TextKey, values),
    text: texts.text(`${words}Text` as TextKey, values),
    link: null,
  };
}

/** What was not ticked of what must be. */
export type Unticked = { consent: boolean; age: boolean };

/** The first page: who asks, how long it takes, what is told of privacy, what one agrees to. */
export function welcomePage(
  definition: SurveyDefinition,
  language: string,
  texts: Texts,
  about: {
    refusal: Refusal | null;
    unticked: Unticked | null;
    /** Codes of the purposes that were ticked. */
    ticked?: readonly string[];
    isOfAge?: boolean;
    isTest: boolean;
    query: string;
    notice: ReturnType<typeof noticeView>;
    /** Whether nobody who answers can be found again. */
    isAnonymous?: boolean;
  },
) {
  const { unticked, notice } = about;
  const ageError = notice?.age?.error ?? '';
  const errors = [
    ...(unticked?.consent ? [{ href: '#consent-analysis', text: texts.text('consentTick') }] : []),
    ...(unticked?.age && ageError !== '' ? [{ href: '#of-age', text: ageError }] : []),
  ];
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const count = new Set(
    surveyItems(definition)
      .filter((item) => item.isAsked)
      .map((item) => item.question.code),
  ).size;
  const questions = texts.text('questions', { count });
  return {
    ...respondFrame(titleIn(definition, language), texts),
    isError: errors.length > 0,
    introduction: definition.introduction ? word(definition.introduction) : '',
    length: definition.minutes
      ? texts.text('length', { minutes: texts.text('minutes', { count: definition.minutes }), questions })
      : texts.text('lengthQuestions', { questions }),
    consent: word(definition.consent.text),
    contact: definition.consent.contact ? texts.text('contactNamed', { contact: definition.consent.contact }) : '',
    anonymous: about.isAnonymous ? texts.text('anonymousNote') : '',
    purposes: purposesOffered(definition, about.isAnonymous ?? false).map((purpose) => ({
      code: purpose.code,
      text: word(purpose.text),
      isFirst: purpose.code === 'analysis',
      isTicked: about.ticked?.includes(purpose.code) ?? false,
    })),
    languages: languageLinks(definition, language, about.query),
    language,
    isTest: about.isTest,
    summary:
      errors.length > 0
        ? { title: texts.text(unticked?.age ? 'errorSummaryTitle' : 'consentSummaryTitle'), errors }
        : null,
    isMissingConsent: unticked?.consent ?? false,
    isOfAge: about.isOfAge ?? false,
    notice,
    choice: notice?.choice ?? null,
    age: notice?.age ?? null,
    refusal: about.refusal,
    words: wordsOf(texts, ['languageSwitch', 'testRun', 'savedByPage', 'consentLegend', 'consentTick', 'start']),
  };
}
