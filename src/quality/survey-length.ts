import type { Question, SurveyDefinition, Wording } from '../model/survey.ts';
import { askedTogether } from './alternatives.ts';

/**
 * How fast questions are read, in words a minute. Silent reading of English prose runs at 238 words a minute on average
 * over 190 studies (Brysbaert, 2019, Journal of Memory and Language 109, 104047); questions are read a little slower
 * than prose, since each asks for a thought.
 */
export const WORDS_PER_MINUTE = 220;

/**
 * Seconds for the answer itself, besides reading; a figure per row, option, task or field where there are several. These
 * are our own estimates and not measured: what your survey really takes is in its responses.
 */
const ANSWER_SECONDS: Readonly<Record<Question['kind'], number>> = {
  single: 4,
  multiple: 7,
  'yes-no': 3,
  rating: 4,
  battery: 4,
  matrix: 5,
  differential: 4,
  slider: 6,
  ranking: 4,
  'best-worst': 9,
  sum: 6,
  text: 15,
  number: 6,
  date: 8,
  time: 7,
  contact: 6,
  consent: 4,
  file: 25,
  statement: 1,
  hidden: 0,
  calculated: 0,
};
const LONG_TEXT_SECONDS = 40;

export type SurveyLength = { minutes: number; words: number; questions: number; items: number };

/**
 * How long a survey takes when every question is asked. Pages and options that only some people see count in full; of
 * questions on one page that are asked on different answers to the same question, one counts, and of a page that shows a
 * drawn few of its questions, so many.
 *
 * @param language whose words are counted; where a wording lacks it, those of its first
 */
export function surveyLength(definition: SurveyDefinition, language: string): SurveyLength {
  const said = (wording: Wording | undefined) =>
    wordsIn(wording?.[language] ?? Object.values(wording ?? {})[0] ?? '', language);
  let words = said(definition.title) + said(definition.introduction) + said(definition.consent.text);
  let seconds = 0;
  let questions = 0;
  let items = 0;
  for (const page of definition.pages) {
    const share = page.take === undefined ? 1 : Math.min(1, page.take / page.questions.length);
    words += said(page.title) + said(page.introduction);
    for (const question of askedTogether(page.questions)) {
      if (question.kind === 'hidden' || question.kind === 'calculated') continue;
      words += share * [question.text, question.hint, ...listed(question)].reduce((sum, one) => sum + said(one), 0);
      seconds += share * answerSeconds(question);
      questions += share * (question.kind === 'statement' ? 0 : 1);
      items += share * partsOf(question);
    }
  }
  const minutes = words / WORDS_PER_MINUTE + seconds / 60;
  return { minutes, words: Math.round(words), questions: Math.round(questions), items: Math.round(items) };
}

/** Seconds for one question's answer, reading left out. */
function answerSeconds(question: Question): number {
  if (question.kind === 'text' && question.long) return LONG_TEXT_SECONDS;
  return ANSWER_SECONDS[question.kind] * partsOf(question);
}

/** How many answers a question asks for. */
function partsOf(question: Question): number {
  switch (question.kind) {
    case 'battery':
    case 'matrix':
    case 'differential':
      return Math.max(1, question.rows.length);
    case 'ranking':
      return Math.max(1, question.places ?? question.options.length);
    case 'sum':
      return question.options.length;
    case 'best-worst':
      return question.tasks;
    case 'contact':
      return question.fields.length;
    case 'statement':
      return 0;
    default:
      return 1;
  }
}

/** The words of a question besides its own: options, rows, columns, the names of steps. Long lists are scanned, not read. */
function listed(question: Question): Wording[] {
  const options = 'options' in question ? question.options.slice(0, 15).map((one) => one.text) : [];
  const columns = question.kind === 'matrix' ? question.columns.map((one) => one.text) : [];
  const rows =
    question.kind === 'differential'
      ? question.rows.flatMap((row) => [row.low, row.high])
      : 'rows' in question
        ? question.rows.map((row) => row.text)
        : [];
  const steps = 'steps' in question ? Object.values(question.steps.labels ?? {}) : [];
  return [...options, ...columns, ...rows, ...steps];
}

const segmenters = new Map<string, Intl.Segmenter>();

/** Words as the language divides them, so that scripts without blanks are counted too. */
function wordsIn(text: string, language: string): number {
  if (text === '') return 0;
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(language, { granularity: 'word' });
    segmenters.set(language, segmenter);
  }
  let count = 0;
  for (const part of segmenter.segment(text)) if (part.isWordLike) count += 1;
  return count;
}
