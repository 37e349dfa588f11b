import { cleanText, TEXT_LIMITS } from './clean-text.ts';
import type { Question } from './survey.ts';

/** Option codes and numbers, never labels; free text as it was said. */
export type AnswerValue = string | number | string[];

/** What a person did with one item. `not_shown` and `not_reached` are never sent: they follow from where a response ended. */
export type Answer = { state: 'answered'; value: AnswerValue } | { state: 'refused' } | { state: 'skipped' };
export type AnswerState = Answer['state'] | 'not_shown' | 'not_reached';

/** Answers by item address: `question`, or `question.row` in a battery. */
export type Answers = Record<string, Answer>;

/** A posted form: a field that stands there several times arrives as a list. */
export type Form = Record<string, string | string[]>;

export type AnswerError = { question: string; field: string; detail: string };

/** The name of the box “I’d rather not say” beside a question. */
export const refusalField = (code: string): string => `${code}~refused`;

/** Every field that a page of these questions may send. */
export function formFields(questions: readonly Question[]): Set<string> {
  return new Set(
    questions.flatMap((question) => [
      ...(question.kind === 'battery' ? question.rows.map((row) => `${question.code}.${row.code}`) : [question.code]),
      ...(question.refusable ? [refusalField(question.code)] : []),
    ]),
  );
}

/**
 * Reads a posted page. Every item of the page gets an answer: what was sent, `refused`, or `skipped`; what does not fit
 * gets an error instead, worded for the person who typed it.
 *
 * @param form the fields as they were posted; those of other pages do not belong here
 * @returns answers by item address, complete only when `errors` is empty
 */
export function readAnswers(questions: readonly Question[], form: Form): { answers: Answers; errors: AnswerError[] } {
  const answers: Answers = {};
  const errors: AnswerError[] = [];
  for (const question of questions) readQuestion(question, form, answers, errors);
  return { answers, errors };
}

function readQuestion(question: Question, form: Form, answers: Answers, errors: AnswerError[]): void {
  const items =
    question.kind === 'battery' ? question.rows.map((row) => `${question.code}.${row.code}`) : [question.code];
  if (question.refusable && form[refusalField(question.code)] !== undefined) {
    for (const item of items) answers[item] = { state: 'refused' };
    return;
  }
  for (const item of items) {
    const sent = form[item];
    const values = (sent === undefined ? [] : Array.isArray(sent) ? sent : [sent]).filter(
      (value) => value.trim() !== '',
    );
    if (values.length === 0) {
      answers[item] = { state: 'skipped' };
      if (question.required) errors.push({ question: question.code, field: item, detail: missing(question) });
      continue;
    }
    const read = readValue(question, values);
    if ('error' in read) errors.push({ question: question.code, field: item, detail: read.error });
    else answers[item] = { state: 'answered', value: read.value };
  }
}

function missing(question: Question): string {
  const either = question.refusable ? ', or choose “I’d rather not say”' : '';
  if (question.kind === 'text') return `Write an answer${either}`;
  if (question.kind === 'number') return `Enter a number${either}`;
  if (question.kind === 'battery') return `Choose one step for each statement${either}`;
  return `Choose an answer${either}`;
}

/**
 * Reads the value or values given to one item, as typed in a form or a cell of a table.
 *
 * @param values at least one string that is not blank
 * @returns the value as it is stored, or why it does not fit
 *
 * @example
 * readValue({ kind: 'rating', code: 'r', text: { en: 'How?' }, steps: { min: 1, max: 5 } }, ['4']) // => { value: 4 }
 */
export function readValue(question: Question, values: readonly string[]): { value: AnswerValue } | { error: string } {
  const [first] = values;
  if (first === undefined) return { error: 'There is nothing to read' };
  switch (question.kind) {
    case 'single':
      if (values.length > 1) return { error: 'Choose one answer only' };
      if (!question.options.some((option) => option.code === first))
        return { error: 'Choose one of the answers listed' };
      return { value: first };
    case 'multiple': {
      const chosen = question.options.filter((option) => values.includes(option.code));
      if (chosen.length < new Set(values).size) return { error: 'Choose among the answers listed' };
      if (chosen.length > 1 && chosen.some((option) => option.exclusive)) {
        return { error: 'One of the answers chosen stands alone: choose it by itself, or leave it out' };
      }
      return { value: chosen.map((option) => option.code) };
    }
    case 'rating':
    case 'battery': {
      const { min, max } = question.steps;
      if (values.length > 1) return { error: 'Choose one step only' };
      const step = /^\d{1,3}$/.test(first.trim()) ? Number(first) : Number.NaN;
      if (!(step >= min && step <= max)) return { error: `Choose a step from ${min} to ${max}` };
      return { value: step };
    }
    case 'number':
      return readNumber(question, values.length > 1 ? '' : first);
    case 'text': {
      const cleaned = cleanText(values.join('\n'), 'answer');
      const most = Math.min(question.maxLength ?? TEXT_LIMITS.answer, TEXT_LIMITS.answer);
      if (cleaned.length > most) {
        return { error: `This answer has ${cleaned.length} characters; shorten it to ${most} or fewer` };
      }
      return { value: cleaned.text };
    }
  }
}

function readNumber(
  question: Extract<Question, { kind: 'number' }>,
  typed: string,
): { value: number } | { error: string } {
  const plain = typed
    .trim()
    .replace(/^\+/, '')
    .replace(/^(-?\d*),(\d+)$/, '$1.$2');
  if (!/^-?(\d{1,15}(\.\d{0,10})?|\.\d{1,10})$/.test(plain))
    return { error: 'Enter a number in digits, such as 12 or 12.5' };
  const value = Number(plain);
  if (question.whole && !Number.isInteger(value)) return { error: 'Enter a whole number, such as 12' };
  if (question.min !== undefined && value < question.min)
    return { error: `Enter a number of at least ${question.min}` };
  if (question.max !== undefined && value > question.max) return { error: `Enter a number of at most ${question.max}` };
  return { value };
}
