import { compileSurvey } from '../../logic/compile-survey.ts';
import { walkSurvey } from '../../logic/walk.ts';
import { type Answer, type AnswerError, type Answers, type Form, readAnswers } from '../../model/answers.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { questionsOf, type SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import type { TextKey, Texts } from '../../render/respondent-texts.ts';
import type { Address } from '../../services/fieldwork.ts';
import { insistKnown } from '../../services/insist-known.ts';
import type { PublishedSurvey } from '../../store/surveys.ts';
import type { Verbatim } from '../../verbatim.ts';
import { answerFields } from '../respond-view.ts';

export type WholeResponse = {
  answers: Answers;
  /** By code of a hidden question. */
  hidden: Readonly<Record<string, string>>;
  consents: readonly string[];
  language: string | null;
  isTest: boolean;
  /** Whose notice they were shown, or `other`; null where it is the same everywhere. */
  country: string | null;
  isOfAge: boolean;
};

/** The fields of the form that a page with these questions would send. */
function formOf(answers: Answers, questions: Parameters<typeof answerFields>[1]): Form {
  const form: Form = {};
  for (const { name, value } of answerFields(answers, questions)) {
    const before = form[name];
    form[name] = before === undefined ? value : [...[before].flat(), value];
  }
  return form;
}

const saidOf = ({ problem }: AnswerError, definition: SurveyDefinition, texts: Texts): string =>
  problem.wording
    ? wordingIn(problem.wording, texts.language, definition.languages)
    : texts.text(problem.key as TextKey, problem.values);

const refused = (errors: ProblemError[]) =>
  new Problem('invalid', 'These answers do not fit the survey', {
    detail: 'Nothing was kept. Mend the places listed and send it again',
    errors,
  });

/** What does not fit, found before anything is kept: each screen in turn, as far as the answers lead. */
function faultsOf({ definition }: PublishedSurvey, sent: Answers, today: string, texts: Texts): ProblemError[] {
  const answers: Answers = {};
  const seen = new Set<number>();
  const met = new Set<string>();
  const errors: ProblemError[] = [];
  const { screens } = compileSurvey(definition);
  for (let turns = 0; turns <= screens.length; turns += 1) {
    const walk = walkSurvey(definition, { id: 'sent whole', answers, attributes: null, today });
    const next = walk.screens.find(({ screen }) => !seen.has(screen.number));
    if (!next) break;
    seen.add(next.screen.number);
    const read = readAnswers(next.questions, formOf(sent, next.questions));
    Object.assign(answers, read.answers);
    for (const address of Object.keys(read.answers)) met.add(address);
    for (const error of read.errors) {
      met.add(error.field);
      met.add(error.question);
      errors.push({ pointer: `#/body/answers/${error.field}`, detail: saidOf(error, definition, texts) });
    }
  }
  for (const address of Object.keys(sent))
    if (!met.has(address))
      errors.push({
        pointer: `#/body/answers/${address}`,
        detail: 'The survey does not ask this, or not on the way that the other answers take',
      });
  return errors;
}

/** What a link brings along is read by name, and some names are for the link itself. */
const OF_THE_LINK = new Set(['source', 'test', 'supplier', 'language', 'replay_url']);
const strangeHidden = ({ definition }: PublishedSurvey, hidden: Readonly<Record<string, string>>): ProblemError[] => {
  const known = new Set(questionsOf(definition).flatMap(({ kind, code }) => (kind === 'hidden' ? [code] : [])));
  return Object.keys(hidden)
    .filter((code) => !known.has(code) || OF_THE_LINK.has(code))
    .map((code) => ({ pointer: `#/body/hidden/${code}`, detail: 'The survey has no such hidden question' }));
};

/**
 * Sends a response in whole, as somebody would page by page: consent, each screen, completion.
 *
 * @returns where it ended, with the respondent's token
 * @throws Problem `invalid` with nothing kept; whatever the respondents' pages would refuse, with what was begun withdrawn
 */
export async function sendWhole(
  verbatim: Verbatim,
  survey: PublishedSurvey,
  { answers, hidden, consents, language, isTest, country, isOfAge }: WholeResponse,
): Promise<{ token: string; responseId: string; state: string }> {
  insistKnown(survey, 'A program that sends answers in');
  const { fieldwork, texts: allTexts } = verbatim;
  const texts = allTexts.in('en');
  const faults = [
    ...strangeHidden(survey, hidden),
    ...faultsOf(survey, answers, verbatim.now().toISOString().slice(0, 10), texts),
  ];
  if (faults.length > 0) throw refused(faults);
  const begun = await fieldwork.start(survey.slug, {
    consents,
    language,
    isTest,
    invitation: null,
    query: { ...hidden, source: 'api' },
    noticeCountry: country,
    isOfAge,
  });
  if (!begun.started && !begun.missing.consent)
    throw new Problem('invalid', 'What the privacy notice asks for is missing', {
      detail: 'Nothing was kept. Show the person the notice of their country, and send what they said',
      errors: [
        ...(begun.missing.country
          ? [{ pointer: '#/body/country', detail: 'The country whose notice they were shown, or other' }]
          : []),
        ...(begun.missing.age
          ? [{ pointer: '#/body/isOfAge', detail: 'True once they said that they have reached the minimum age' }]
          : []),
      ],
    });
  if (!begun.started)
    throw new Problem('invalid', 'Without consent to analysis nothing is kept', {
      detail: 'Send "analysis" among consents once the person has agreed',
      errors: [{ pointer: '#/body/consents', detail: 'analysis is needed' }],
    });
  const { token } = begun.next;
  try {
    await goThrough(begun.next);
  } catch (error) {
    await fieldwork.withdraw(token);
    throw error;
  }
  const { response } = await fieldwork.open(token);
  return { token, responseId: response.responseId, state: response.state };

  async function goThrough(first: Address): Promise<void> {
    let at = first;
    while (typeof at.page === 'number') {
      const page = at.page;
      const shown = fieldwork.shownOn(await fieldwork.open(token), page);
      const form = shown ? formOf(answers, shown.questions) : {};
      const outcome = await fieldwork.answer({ ...at, page }, form, { language });
      if (outcome.outcome === 'saved') at = outcome.next;
      else if (outcome.outcome === 'invalid')
        throw refused(
          outcome.errors.map((error) => ({
            pointer: `#/body/answers/${error.field}`,
            detail: saidOf(error, survey.definition, texts),
          })),
        );
      else throw new Problem('conflict', 'This response was changed while it was sent in');
    }
    if (at.page === 'check') await fieldwork.complete(token, at.revision, language);
  }
}

/** An answer as programs write it: the value itself, or that somebody would rather not say. */
export const answerFrom = (sent: string | number | readonly string[] | { state: 'refused' }): Answer =>
  typeof sent === 'object' && 'state' in sent
    ? { state: 'refused' }
    : { state: 'answered', value: typeof sent === 'object' ? [...sent] : sent };
