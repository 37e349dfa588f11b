import { compileSurvey } from '../logic/compile-survey.ts';
import { answerWords, pipeText } from '../logic/pipe.ts';
import type { ShownQuestion, ShownScreen } from '../logic/walk.ts';
import { type AnswerError, type Answers, type Form, refusalField } from '../model/answers.ts';
import { itemsOf } from '../model/items.ts';
import type { SurveyDefinition, Wording } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { Texts } from '../render/respondent-texts.ts';
import type { Address, OpenPage } from '../services/fieldwork.ts';
import { filledWithAnswers, filledWithForm, problemText, questionView, type Showing } from './question-view.ts';

/** What a respondent's page shows, built from plain values so that the view only lays it out. */

export function pageAddress({ token, page, revision }: Address): string {
  if (page === 'done') return `/r/${token}/done`;
  // One's own answers, after a correction that is to be confirmed there.
  return page === 'mine' ? `/r/${token}/mine?saved=${revision}` : `/r/${token}/${page}/${revision}`;
}

/** A wording in the open page's language, with earlier answers put in. */
export function wordsFor({ definition, walk, language }: OpenPage): (wording: Wording) => string {
  const show = answerWords(definition, walk.live, walk.facts, language);
  return (wording) => pipeText(wordingIn(wording, language, definition.languages), show);
}

/** What every page needs around its own part. */
export const respondFrame = (title: string, texts: Texts) => ({
  title,
  lang: texts.language,
  dir: texts.direction,
  isError: false,
  errorPrefix: texts.text('errorTitlePrefix'),
  lost: wordsOf(texts, ['connectionLostTitle', 'connectionLostText', 'tryAgain', 'downloadAnswers']),
});

export const titleIn = (definition: SurveyDefinition, language: string): string =>
  wordingIn(definition.title, language, definition.languages);

/** A language's own name for itself; its tag where nobody knows one. */
function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The switch between a survey's languages; empty where there is only one. */
export const languageLinks = (definition: SurveyDefinition, language: string, query = '') =>
  definition.languages.length > 1
    ? definition.languages.map((code) => ({
        code,
        name: languageName(code),
        href: `?language=${code}${query}`,
        isCurrent: code === language,
      }))
    : [];

/**
 * One page of questions.
 *
 * @param sent what was just posted and did not fit; null for a page that is opened
 * @param again where a shared device starts again when it is left alone; empty on anybody's own device
 */
export function questionPage(
  open: OpenPage,
  shown: ShownScreen,
  texts: Texts,
  sent: { form: Form; errors: readonly AnswerError[] } | null,
  fileName: Showing['fileName'] = () => null,
  again = '',
) {
  const { definition, walk, response, language } = open;
  const word = wordsFor(open);
  const showing: Showing = {
    texts,
    word,
    filling: sent ? filledWithForm(sent.form) : filledWithAnswers(response.answers, response.prefill, shown.questions),
    errors: sent?.errors ?? [],
    fileName: (id) => fileName(id),
  };
  const at = walk.screens.findIndex(({ screen }) => screen.number === shown.screen.number);
  const before = walk.screens[at - 1];
  const { page, isFirstOfPage } = shown.screen;
  const isCorrection = response.state !== 'started';
  const pages = { page: at + 1, total: walk.screens.length };
  return {
    ...respondFrame(titleIn(definition, language), texts),
    isError: showing.errors.length > 0,
    isWide: shown.questions.some(({ kind }) => ['battery', 'matrix', 'differential'].includes(kind)),
    heading: page.title && isFirstOfPage ? word(page.title) : '',
    introduction: page.introduction && isFirstOfPage ? word(page.introduction) : '',
    // Addresses beside this one, so that a page with nothing of the visitor in it is the same for all.
    back: isCorrection ? '../mine' : before ? `../${before.screen.number}/${open.nextRevision}` : '',
    later: isCorrection ? '' : '../later',
    where: compileSurvey(definition).isStraight ? texts.text('pageOf', pages) : texts.text('pageOfAbout', pages),
    isUpload: shown.questions.some(({ kind }) => kind === 'file'),
    summary:
      showing.errors.length > 0
        ? {
            title: texts.text('errorSummaryTitle'),
            errors: showing.errors.map((error) => {
              const question = shown.questions.find(({ code }) => code === error.question);
              return {
                href: `#${error.field}`,
                text: question ? problemText(showing, error.problem, question) : texts.text('errorSummaryTitle'),
              };
            }),
          }
        : null,
    questions: shown.questions.map((question) => questionView(question, showing)),
    languages: languageLinks(definition, language),
    trapLabel: texts.text('honeypot'),
    isTest: response.isTest,
    again,
    countdown: again === '' ? '' : countdownIn(texts),
    words: wordsOf(texts, [
      'back',
      'continue',
      'savedEachTime',
      'finishLater',
      'testRun',
      'languageSwitch',
      'stillThere',
      'stayHere',
    ]),
  };
}

/** How long a shared device shows the end, or asks whether anybody is still there. */
const KIOSK_SECONDS = 30;

/** The words of a countdown, second by second and one a line, so that a script need not know plurals. */
export const countdownIn = (texts: Texts): string =>
  Array.from({ length: KIOSK_SECONDS }, (_, index) =>
    texts.text('startsAgainIn', { count: KIOSK_SECONDS - index }),
  ).join('\n');

/** Several texts by their keys, for a view. */
export function wordsOf<Key extends Parameters<Texts['text']>[0]>(
  texts: Texts,
  keys: readonly Key[],
): Record<Key, string> {
  return Object.fromEntries(keys.map((key) => [key, texts.text(key)])) as Record<Key, string>;
}

/** Answers as a person reads them, question by question. */
export function answersView(
  open: Pick<OpenPage, 'definition' | 'language'> & { word: (wording: Wording) => string },
  questions: readonly ShownQuestion[],
  answers: Answers,
  texts: Texts,
  fileName: (id: string) => string | null = () => null,
) {
  return questions
    .filter(({ kind }) => kind !== 'statement')
    .map((question) => ({
      text: open.word(question.text),
      answers: itemsOf(question)
        .filter((item) => item.isMain || answers[item.address]?.state === 'answered')
        .map((item) => itemView(open, item, answers, texts, fileName)),
    }));
}

/** One answer as a person reads it: labels for codes, and plain words for what was not answered. */
export function itemView(
  { word }: { word: (wording: Wording) => string },
  item: ReturnType<typeof itemsOf>[number],
  answers: Answers,
  texts: Texts,
  fileName: (id: string) => string | null,
): { row: string; text: string; isVoice: boolean } {
  const labelOf = (code: string | number): string => {
    if (item.question.kind === 'yes-no' || item.question.kind === 'consent')
      return code === 'yes' ? texts.text('yes') : texts.text('no');
    const option = item.options.find((one) => one.code === code);
    if (option) return word(option.text);
    const step = item.steps?.labels?.[String(code)];
    if (step) return word(step);
    return typeof code === 'number' ? texts.number(code) : String(code);
  };
  const show = (): { text: string; isVoice: boolean } => {
    const answer = answers[item.address];
    if (!answer || answer.state === 'skipped') return { text: texts.text('noAnswer'), isVoice: false };
    if (answer.state === 'refused') return { text: texts.text('refusal'), isVoice: false };
    if (item.holds === 'file') return { text: fileName(String(answer.value)) ?? '…', isVoice: false };
    if (item.holds === 'date') return { text: texts.date(String(answer.value)), isVoice: false };
    const said = [answer.value].flat().map(labelOf).join(', ');
    return { text: said, isVoice: item.question.kind === 'text' };
  };
  return { row: rowLabel(item, word, texts), ...show() };
}

function rowLabel(item: ReturnType<typeof itemsOf>[number], word: (wording: Wording) => string, texts: Texts): string {
  const { question, row, label } = item;
  if (label === null || row === null) return '';
  if (question.kind === 'contact') return texts.text(row as (typeof question.fields)[number]);
  if (question.kind === 'best-worst') {
    const isBest = row.endsWith('-best');
    const wording = isBest ? question.best : question.worst;
    return `${row.replace(/^t(\d+)-.*$/, '$1')}. ${wording ? word(wording) : texts.text(isBest ? 'best' : 'worst')}`;
  }
  return word(label);
}

/** A form's answers as fields again, so that a second try can send exactly them. */
export function answerFields(answers: Answers, questions: readonly ShownQuestion[]): { name: string; value: string }[] {
  const fields: { name: string; value: string }[] = [];
  for (const question of questions) {
    const items = itemsOf(question);
    if (question.refusable && items.length > 0 && items.every(({ address }) => answers[address]?.state === 'refused')) {
      fields.push({ name: refusalField(question.code), value: '1' });
      continue;
    }
    for (const { address } of items) {
      const answer = answers[address];
      if (answer?.state !== 'answered') continue;
      [answer.value].flat().forEach((value, index) => {
        if (question.kind === 'ranking') fields.push({ name: `${address}.${value}`, value: String(index + 1) });
        else fields.push({ name: address, value: String(value) });
      });
    }
  }
  return fields;
}
