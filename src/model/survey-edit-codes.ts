import { Code, type Question, questionsOf, type SurveyDefinition } from './survey.ts';

const SPELLED_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', æ: 'ae', ø: 'o', ł: 'l' };
/** Longer codes than this are a nuisance in tables. */
const LENGTH_MAX = 40;
/** A question is a whole sentence, so its code is cut sooner. */
const QUESTION_LENGTH_MAX = 30;

/**
 * A code made from a label: small letters, digits and hyphens, told apart from those taken by a number at its end.
 *
 * @param taken codes that may not be given again
 * @param stem what a label without a Latin letter is called instead
 *
 * @example
 * codeFrom('Öffentlicher Verkehr', new Set()) // => 'oeffentlicher-verkehr'
 * @example
 * codeFrom('Blue', new Set(['blue', 'blue-2'])) // => 'blue-3'
 */
export function codeFrom(label: string, taken: ReadonlySet<string>, stem = 'option'): string {
  const plain = plainLetters(label);
  const begun = /^[a-z]/.test(plain) ? plain : plain === '' ? stem : `${stem}-${plain}`;
  const cut = begun.slice(0, LENGTH_MAX).replace(/-+$/, '');
  const base = Code.safeParse(cut).success ? cut : `${cut}-1`;
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}

/** Small Latin letters and digits with hyphens between them; empty when there are none. */
const plainLetters = (label: string): string =>
  label
    .toLowerCase()
    .replaceAll(/[äöüßæøł]/g, (letter) => SPELLED_OUT[letter] ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');

/**
 * A code for a question, made from the words it asks with and cut after a whole word, at most 30 letters with the
 * number that tells it apart. Placeholders in the words are passed over.
 *
 * @param taken codes that may not be given again
 * @returns null when the words have no Latin letter to make a code from
 *
 * @example
 * questionCodeFrom('How did you come to us, and why then?', new Set()) // => 'how-did-you-come-to-us-and-why'
 * @example
 * questionCodeFrom('Your age?', new Set(['your-age'])) // => 'your-age-2'
 */
export function questionCodeFrom(wording: string, taken: ReadonlySet<string>): string | null {
  const plain = plainLetters(wording.replaceAll(/\{\{[^}]*\}\}/g, ' ')).replace(/^[0-9-]+/, '');
  if (plain === '') return null;
  const cut = (lengthMax: number): string => {
    if (plain.length <= lengthMax) return plain;
    const isWordEnd = plain[lengthMax] === '-';
    const letters = plain.slice(0, lengthMax);
    return isWordEnd || !letters.includes('-') ? letters : letters.slice(0, letters.lastIndexOf('-'));
  };
  const base = cut(QUESTION_LENGTH_MAX);
  if (!taken.has(base) && Code.safeParse(base).success) return base;
  for (let number = 2; ; number += 1) {
    const code = `${cut(QUESTION_LENGTH_MAX - String(number).length - 1)}-${number}`;
    if (!taken.has(code)) return code;
  }
}

/** A code for the copy of something: `mood` becomes `mood-2`, `mood-2` becomes `mood-3`. */
export const copiedCode = (code: string, taken: ReadonlySet<string>): string =>
  codeOf(code.replace(/-\d+$/, '').slice(0, LENGTH_MAX), taken);

function codeOf(stem: string, taken: ReadonlySet<string>): string {
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** Every question's code. */
export const questionCodes = (definition: SurveyDefinition): Set<string> =>
  new Set(questionsOf(definition).map((question) => question.code));

/** Every code a page or an end may not take, since jumps name either. */
export const placeCodes = (definition: SurveyDefinition): Set<string> =>
  new Set([...definition.pages.map((page) => page.code), ...(definition.ends ?? []).map((end) => end.code)]);

const CONDITION_NAMES = new Set(['visibleIf', 'if', 'holds', 'formula']);

/**
 * Calls a question by another code everywhere it is named: in conditions and calculations, in placeholders, in what is
 * carried over, and in scales.
 *
 * @param part a survey, or a piece of one
 */
export function renameReferences<Part>(part: Part, from: string, to: string): Part {
  const visit = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return renamedIn(value, name, from, to);
    if (Array.isArray(value)) return value.map((entry) => visit(entry, name === 'items' ? 'item' : ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, visit(entry, key)]));
  };
  return visit(part, '') as Part;
}

function renamedIn(text: string, name: string, from: string, to: string): string {
  const literal = from.replaceAll(/[-]/g, '\\-');
  if (CONDITION_NAMES.has(name)) return text.replaceAll(new RegExp(`\\{${literal}(?=[.}])`, 'g'), `{${to}`);
  if (name === 'question') return text === from ? to : text;
  if (name === 'item') return text.replace(new RegExp(`^(-?)${literal}(?=\\.|$)`), `$1${to}`);
  return text.replaceAll(new RegExp(`(\\{\\{\\s*)${literal}(?=[\\s.|}])`, 'g'), `$1${to}`);
}

/** Gives a question another code and follows it wherever it is named. */
export function renameQuestion(definition: SurveyDefinition, from: string, to: string): SurveyDefinition {
  if (from === to) return definition;
  const renamed = renameReferences(definition, from, to);
  return {
    ...renamed,
    pages: renamed.pages.map((page) => ({
      ...page,
      questions: page.questions.map(
        (question): Question => (question.code === from ? { ...question, code: to } : question),
      ),
    })),
  };
}

/** Gives a page or an end another code and follows it into jumps and blocks. */
export function renamePlace(definition: SurveyDefinition, from: string, to: string): SurveyDefinition {
  const renamed = <T extends { code: string }>(one: T): T => (one.code === from ? { ...one, code: to } : one);
  const { pages, ends, blocks } = definition;
  return {
    ...definition,
    pages: pages
      .map(renamed)
      .map((page) =>
        page.next ? { ...page, next: page.next.map((one) => (one.to === from ? { ...one, to } : one)) } : page,
      ),
    ...(ends ? { ends: ends.map(renamed) } : {}),
    ...(blocks
      ? { blocks: blocks.map((block) => ({ ...block, pages: block.pages.map((code) => (code === from ? to : code)) })) }
      : {}),
  };
}
