import { compileSurvey } from '../../logic/compile-survey.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { questionsOf } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { placeOf, questionAt } from '../../model/survey-edit.ts';
import { PARTS, type Place } from './builder-places.ts';

/** How pages and questions are called, the same in the outline, on the check list and on the way through. */

const numbered = new WeakMap<SurveyDefinition, ReadonlyMap<string, number>>();

/** The numbers of the questions that are asked, from 1 through the whole survey, by their codes. */
export function questionNumbers(definition: SurveyDefinition): ReadonlyMap<string, number> {
  const known = numbered.get(definition);
  if (known) return known;
  const asked = questionsOf(definition).filter(({ kind }) => !['statement', 'hidden', 'calculated'].includes(kind));
  const made = new Map(asked.map(({ code }, index) => [code, index + 1]));
  numbered.set(definition, made);
  return made;
}

/**
 * A page by its number, and by its title where it has one. A page that respondents meet in parts says which part a
 * question stands in.
 *
 * @param question the code of a question on it; null for the page as a whole
 */
export function pageName(
  definition: SurveyDefinition,
  index: number,
  question: string | null = null,
  language = definition.languages[0] ?? 'en',
): string {
  const survey = compileSurvey(definition);
  const parts = survey.screensOfPage[index] ?? [];
  const part = parts.findIndex((screen) => screen.number === survey.screenOf.get(question ?? '')) + 1;
  const title = definition.pages[index]?.title;
  return [
    `Page ${index + 1}`,
    parts.length > 1 && part > 0 ? `, part ${part}` : '',
    title ? `: ${short(wordingIn(title, language, definition.languages))}` : '',
  ].join('');
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** A place in words: “Page 2, part 1: Your flat · question 3: How was it?”. */
export function placeLabel(definition: SurveyDefinition, place: Place, pointer = ''): string {
  const language = definition.languages[0] ?? 'en';
  switch (place.what) {
    case 'question': {
      const at = placeOf(definition, place.code);
      const question = questionAt(definition, place.code);
      const number = questionNumbers(definition).get(place.code);
      const text = question ? wordingIn(question.text, language, definition.languages) : '';
      const part = /\/(hint|options|rows|columns|steps|checks|visibleIf|unit|low|high)\b/.exec(pointer)?.[1];
      const page = pageName(definition, at?.page ?? 0, place.code);
      return `${page} · ${number === undefined ? 'not asked' : `question ${number}`}: ${short(text || place.code)}${part ? ` (${PART_WORDS[part] ?? part})` : ''}`;
    }
    case 'page':
      return pageName(
        definition,
        definition.pages.findIndex((page) => page.code === place.code),
      );
    case 'part':
      return PARTS[place.part];
    case 'languages':
      return 'Languages';
  }
}

/** The same without the words, which stand beside it. */
export function placeTitle(definition: SurveyDefinition, place: Place): string {
  if (place.what !== 'question') return placeLabel(definition, place);
  const number = questionNumbers(definition).get(place.code);
  const page = pageName(definition, placeOf(definition, place.code)?.page ?? 0, place.code);
  return number === undefined ? page : `Question ${number} · ${page}`;
}

const PART_WORDS: Readonly<Record<string, string>> = {
  hint: 'hint',
  options: 'options',
  rows: 'rows',
  columns: 'columns',
  steps: 'the scale',
  checks: 'checks',
  visibleIf: 'shown if',
  unit: 'unit',
};
