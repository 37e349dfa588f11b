import type { Question, SurveyDefinition, Wording } from '../../model/survey.ts';
import { decodeEntities, plainText } from './plain-text.ts';
import type { ReportBook } from './report.ts';

/** A page as an importer puts it together. */
export type DraftPage = SurveyDefinition['pages'][number];
export type DraftQuestion = Question;

const LETTERS_MAX = 5000;
const QUESTIONS_MAX = 50;
const PAGES_MAX = 200;

/**
 * A wording in the languages of the survey, HTML made plain; the first language is always there.
 *
 * @param texts what the source says, by language tag
 * @param fallback stands in when the source says nothing at all
 */
export function wordingFrom(
  book: ReportBook,
  from: string,
  texts: Readonly<Record<string, string>>,
  languages: readonly string[],
  fallback: string,
): Wording {
  const plain: Record<string, string> = {};
  let isMarkupLost = false;
  for (const [language, html] of Object.entries(texts)) {
    const read = plainText(html);
    isMarkupLost ||= read.isMarkupLost;
    const text = read.text.slice(0, LETTERS_MAX).replace(/[\uD800-\uDBFF]$/, '');
    if (read.text.length > LETTERS_MAX)
      book.miss(from, `the end of a text of ${read.text.length} letters`, `A wording has at most ${LETTERS_MAX}`);
    if (text !== '' && languages.includes(language)) plain[language] = text;
  }
  if (isMarkupLost)
    book.miss(
      from,
      'formatting, pictures or links in its text',
      'Wordings are plain text; the words themselves are kept',
    );
  const [first = 'en'] = languages;
  if (plain[first] === undefined)
    plain[first] = Object.values(plain)[0] ?? decodeEntities(fallback).slice(0, LETTERS_MAX);
  // The first language leads, as everywhere.
  return { [first]: plain[first] as string, ...plain };
}

/** The consent that an imported survey begins with, to be looked at by a researcher before it is published. */
export function firstConsent(book: ReportBook, languages: readonly string[]): SurveyDefinition['consent'] {
  const [first = 'en'] = languages;
  book.warn(
    '#/consent',
    'The consent is Verbatim’s own, in English: read it, and put it in the words and languages of your survey',
  );
  return {
    version: '1',
    text: {
      [first]:
        'Taking part is up to you, and you can stop at any page. We keep your answers apart from your name and use them to understand groups of people.',
    },
    purposes: [
      { code: 'analysis', text: { [first]: 'My answers may be analysed for this study.' } },
      { code: 'quotes', text: { [first]: 'My own words may be quoted without my name.' } },
    ],
  };
}

/** Cuts pages to what a survey may hold: empty ones go, long ones become several, and what is too many is listed. */
export function fittingPages(
  book: ReportBook,
  pages: readonly DraftPage[],
  newCode: (wanted: string) => string,
): DraftPage[] {
  const cut = pages.flatMap((page): DraftPage[] => {
    if (page.questions.length <= QUESTIONS_MAX) {
      if (page.questions.length === 0) book.miss(page.code, 'a page', 'Nothing that is asked stands on it');
      return page.questions.length === 0 ? [] : [page];
    }
    book.map(page.code, 'several pages', `A page has at most ${QUESTIONS_MAX} questions`);
    const parts: DraftPage[] = [];
    for (let from = 0; from < page.questions.length; from += QUESTIONS_MAX) {
      const questions = page.questions.slice(from, from + QUESTIONS_MAX);
      const { next, ...rest } = page;
      const isLast = from + QUESTIONS_MAX >= page.questions.length;
      parts.push({
        ...rest,
        ...(isLast && next && { next }),
        code: from === 0 ? page.code : newCode(page.code),
        questions,
      });
    }
    return parts;
  });
  for (const page of cut.slice(PAGES_MAX)) book.miss(page.code, 'a page', `A survey has at most ${PAGES_MAX} pages`);
  return cut.slice(0, PAGES_MAX);
}

/** A number a program wrote as a number or as digits; null for anything else. */
export const numberIn = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : null;
};

export type Loose = Readonly<Record<string, unknown>>;

/** An object of unknown shape; an empty one for anything else. */
export const looseIn = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};

/** A list of unknown things; an object keyed by numbers counts, as some programs write lists. */
export function listIn(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** A text, or a number as text; an empty one for anything else. */
export const textIn = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** Leaves out what is undefined, since a definition says nothing rather than undefined. */
export function defined<Shape extends object>(shape: Shape): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as never;
}
