import type { Question, Wording } from '../../model/survey.ts';
import { type CodeMaker, codeMaker } from './codes.ts';
import { finishReport, type ImportReport, openBook } from './report.ts';
import { DIALECT_NAMES, type NeutralColumn, type NeutralTable } from './response-dialects.ts';
import { stepsOfCodes } from './steps-of-codes.ts';
import { type DraftPage, firstConsent, fittingPages } from './survey-parts.ts';

/** More different answers than this are words, not choices. */
const CHOICES_MAX = 20;
const LABEL_LETTERS_MAX = 80;
const PAGE_QUESTIONS = 10;

/**
 * Proposes a survey that a file of responses could be the answers of: one question for each column that is an answer,
 * a choice where few short answers come again and again, a number where all are numbers, else words.
 *
 * @param table as `readResponses` gives it without a survey
 * @param title what to call the survey
 */
export function inferSurvey(table: NeutralTable, title: string): ImportReport {
  const book = openBook('table');
  const codes = codeMaker();
  const questions: Question[] = [];
  table.columns.forEach((column, index) => {
    const { meaning, name } = column;
    if (meaning.is === 'ignored') return book.miss(name, 'a column', meaning.why);
    if (meaning.is !== 'unknown') return book.map(name, MEANINGS[meaning.is] ?? meaning.is);
    const question = inferQuestion(
      column,
      table.rows.map((cells) => cells[index] ?? ''),
      codes,
    );
    if (!question) return book.miss(name, 'a column', 'No row has anything in it');
    questions.push(question);
    book.map(name, `${question.code}: ${question.kind}`, 'guessed from its answers: look at it');
  });
  const pages: DraftPage[] = [];
  for (let from = 0; from < questions.length; from += PAGE_QUESTIONS)
    pages.push({ code: `page${pages.length + 1}`, questions: questions.slice(from, from + PAGE_QUESTIONS) });
  book.warn(
    '#',
    `This survey was guessed from answers (${DIALECT_NAMES[table.dialect]}): wordings, options and kinds are what the file shows, no more`,
  );
  return finishReport(book, {
    format: 1,
    code: codeMaker()(title.toLowerCase().slice(0, 40), 's'),
    title: { en: title || 'Imported answers' },
    languages: ['en'],
    consent: firstConsent(book, ['en']),
    pages: fittingPages(book, pages, (wanted) => codes(wanted, 'p')),
  });
}

const MEANINGS: Readonly<Record<string, string>> = {
  person: 'who the person is',
  startedAt: 'when the response began',
  completedAt: 'when the response was sent',
  language: 'the language of the response',
};

function inferQuestion(column: NeutralColumn, cells: readonly string[], codes: CodeMaker): Question | null {
  const said = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (said.length === 0) return null;
  const text: Wording = { en: column.name.slice(0, 5000) };
  const code = codes(column.code || column.name.slice(0, 40).toLowerCase(), 'q');
  if (column.choices.length > 1) return { kind: 'multiple', code, text, options: optionsFrom(column.choices) };
  const distinct = [...new Set(said)];
  const isNumber = distinct.every((cell) => /^-?\d{1,15}([.,]\d{1,10})?$/.test(cell));
  const steps =
    isNumber && said.length > distinct.length
      ? stepsOfCodes(
          distinct
            .map(Number)
            .sort((a, b) => a - b)
            .map((one) => ({ code: String(one), text: { en: String(one) } })),
        )
      : null;
  // A few steps in the middle are a part of a scale, and nobody can tell which.
  if (steps && steps.min <= 1 && steps.max >= 4 && steps.max <= 10) return { kind: 'rating', code, text, steps };
  if (isNumber) return { kind: 'number', code, text };
  if (distinct.every((cell) => /^\d{4}-\d{2}-\d{2}$/.test(cell))) return { kind: 'date', code, text };
  const isChoice =
    distinct.length >= 2 &&
    distinct.length <= CHOICES_MAX &&
    distinct.length * 2 <= said.length &&
    distinct.every((cell) => cell.length <= LABEL_LETTERS_MAX);
  if (isChoice) {
    const parts = [
      ...new Set(distinct.flatMap((cell) => cell.split(/;|, (?=\p{Lu})/u).map((part) => part.trim()))),
    ].filter(Boolean);
    // Fewer parts than answers: the same few are put together in many ways.
    if (parts.length >= 2 && parts.length < distinct.length)
      return { kind: 'multiple', code, text, options: optionsFrom(parts) };
    return { kind: 'single', code, text, options: optionsFrom(distinct) };
  }
  const isLong = said.some((cell) => cell.length > 60);
  return isLong ? { kind: 'text', code, text, long: true } : { kind: 'text', code, text };
}

function optionsFrom(labels: readonly string[]): { code: string; text: Wording }[] {
  const make = codeMaker();
  return [...new Set(labels)]
    .slice(0, 1000)
    .map((label) => ({ code: make(label.slice(0, 30).toLowerCase(), 'o'), text: { en: label.slice(0, 5000) } }));
}
