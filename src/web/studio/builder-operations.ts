import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { Page, Question, SurveyDefinition } from '../../model/survey.ts';
import {
  addQuestion,
  duplicatePage,
  duplicateQuestion,
  movePage,
  moveQuestion,
  placeOf,
  questionAt,
  removePage,
  removeQuestion,
  replaceQuestion,
  splitPage,
  stepPage,
  stepQuestion,
} from '../../model/survey-edit.ts';
import { field } from '../form.ts';
import type { Place } from './builder-places.ts';
import { applySettings } from './builder-settings.ts';
import { settingsAt } from './builder-view.ts';

/** What the builder's forms do to a survey. */

/** The place that a form names. */
export const placeFields = (form: Form) => ({
  question: field(form, 'question'),
  page: field(form, 'page'),
  part: field(form, 'part'),
});

const PART_NAMES = {
  start: ['title', 'introduction', 'minutes', 'consent'],
  ends: ['end', 'ends', 'result'],
  order: ['blocks', 'blockOrder'],
  quotas: ['quotas'],
  scales: ['instruments'],
} as const;

/** What of a survey a place is about, for telling whether two people changed the same. */
export function partAt(place: Place): (definition: SurveyDefinition) => unknown {
  switch (place.what) {
    case 'question':
      return (definition) => questionAt(definition, place.code) ?? undefined;
    case 'page':
      return (definition) => {
        const page = definition.pages.find((one) => one.code === place.code);
        return page && { ...page, questions: page.questions.map((question) => question.code) };
      };
    case 'part':
      return (definition) => Object.fromEntries(PART_NAMES[place.part].map((name) => [name, definition[name] ?? null]));
    case 'languages':
      return (definition) => definition.languages;
  }
}

/** Puts a question back that somebody took away while it was being written. */
export function withAgain(definition: SurveyDefinition, earlier: SurveyDefinition, place: Place): SurveyDefinition {
  if (place.what !== 'question' || placeOf(definition, place.code)) return definition;
  const question = questionAt(earlier, place.code);
  const page = earlier.pages[placeOf(earlier, place.code)?.page ?? -1]?.code;
  const target = definition.pages.find((one) => one.code === page) ?? definition.pages.at(-1);
  return question && target ? addQuestion(definition, question, target.code, null) : definition;
}

/** The survey with what a place's form says. */
export function withSettings(
  definition: SurveyDefinition,
  place: Place,
  language: string,
  form: Form,
): SurveyDefinition {
  const found = settingsAt(definition, place, language);
  if (!found) return definition;
  const settings = found.groups.flatMap((group) => group.settings);
  const changed = applied(() => applySettings(settings, found.entry, form, '', language), pointerOf(definition, place));
  switch (place.what) {
    case 'question':
      return replaceQuestion(definition, place.code, changed as Question);
    case 'page':
      return {
        ...definition,
        pages: definition.pages.map((page) => (page.code === place.code ? (changed as Page) : page)),
      };
    default:
      return changed as SurveyDefinition;
  }
}

/** Where a question or page stands in the survey; empty for what stands in the survey itself. */
function pointerOf(definition: SurveyDefinition, place: Place): string {
  if (place.what === 'page') return `/pages/${definition.pages.findIndex((page) => page.code === place.code)}`;
  const at = place.what === 'question' ? placeOf(definition, place.code) : null;
  return at ? `/pages/${at.page}/questions/${at.question}` : '';
}

/** What a field says of itself is said of the place it belongs to. */
function applied<Result>(apply: () => Result, pointer: string): Result {
  try {
    return apply();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.kind, error.message, {
      errors: error.errors.map((one) => ({ ...one, pointer: one.pointer.replace('#', `#${pointer}`) })),
      cause: error,
    });
  }
}

/** The survey with a question or page put elsewhere, copied or taken away, as a form asks. */
export function arranged(definition: SurveyDefinition, place: Place, what: string, form: Form): SurveyDefinition {
  const before = field(form, 'before') || null;
  if (place.what === 'question') {
    const { code } = place;
    if (what === 'up' || what === 'down') return stepQuestion(definition, code, what);
    if (what === 'move') return moveQuestion(definition, code, { page: field(form, 'to'), before });
    if (what === 'duplicate') return duplicateQuestion(definition, code);
    if (what === 'split') return splitPage(definition, code);
    if (what === 'remove') return removeQuestion(definition, code);
  }
  if (place.what === 'page') {
    const { code } = place;
    if (what === 'up' || what === 'down') return stepPage(definition, code, what);
    if (what === 'move') return movePage(definition, code, before);
    if (what === 'duplicate') return duplicatePage(definition, code);
    if (what === 'remove') return removePage(definition, code);
  }
  return definition;
}

/** Where to look after something was arranged: after a copy, the copy; after something has gone, what stood before it. */
export function placeAfter(before: SurveyDefinition, after: SurveyDefinition, place: Place, what: string): Place {
  const codes = (definition: SurveyDefinition) =>
    place.what === 'page'
      ? definition.pages.map((page) => page.code)
      : definition.pages.flatMap((page) => page.questions.map((question) => question.code));
  if (place.what !== 'page' && place.what !== 'question') return place;
  const old = codes(before);
  if (what === 'duplicate') {
    const copy = codes(after).find((code) => !old.includes(code));
    return copy === undefined ? place : { ...place, code: copy };
  }
  if (codes(after).includes(place.code)) return place;
  const at = old.indexOf(place.code);
  const near = [...old.slice(0, at).reverse(), ...old.slice(at)].find((code) => codes(after).includes(code));
  return near === undefined ? place : { ...place, code: near };
}
