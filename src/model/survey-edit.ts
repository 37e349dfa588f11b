import type { Page, Question, SurveyDefinition } from './survey.ts';
import { copiedCode, placeCodes, questionCodes, renameReferences } from './survey-edit-codes.ts';

/**
 * Rearranging a survey's pages and questions. Every function gives a new definition and leaves the one it was given;
 * where what is asked for cannot be done (nothing above the first page, no other question left), it gives back the
 * same one. Conditions that name something removed are left as they are, for the check list to show.
 */

export type QuestionPlace = { page: number; question: number };

/** Where a question stands, pages and questions counted from 0; null when there is none of this code. */
export function placeOf({ pages }: SurveyDefinition, code: string): QuestionPlace | null {
  for (const [page, { questions }] of pages.entries()) {
    const question = questions.findIndex((one) => one.code === code);
    if (question >= 0) return { page, question };
  }
  return null;
}

/** The question of this code; null when there is none. */
export function questionAt(definition: SurveyDefinition, code: string): Question | null {
  const place = placeOf(definition, code);
  return place ? (definition.pages[place.page]?.questions[place.question] ?? null) : null;
}

const withPage = (definition: SurveyDefinition, index: number, change: (page: Page) => Page): SurveyDefinition => ({
  ...definition,
  pages: definition.pages.map((page, p) => (p === index ? change(page) : page)),
});

const inserted = <T>(list: readonly T[], index: number, item: T): T[] => [
  ...list.slice(0, index),
  item,
  ...list.slice(index),
];
const removedFrom = <T>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index);

/**
 * Puts a question on a page.
 *
 * @param after the question it follows; null puts it last
 */
export function addQuestion(
  definition: SurveyDefinition,
  question: Question,
  page: string,
  after: string | null,
): SurveyDefinition {
  const index = definition.pages.findIndex((one) => one.code === page);
  return withPage(definition, index, (one) => {
    const before = after === null ? -1 : one.questions.findIndex(({ code }) => code === after);
    return { ...one, questions: inserted(one.questions, before < 0 ? one.questions.length : before + 1, question) };
  });
}

/** Puts a page after another; null puts it last. */
export function addPage(definition: SurveyDefinition, page: Page, after: string | null): SurveyDefinition {
  const before = after === null ? -1 : definition.pages.findIndex(({ code }) => code === after);
  const pages = inserted(definition.pages, before < 0 ? definition.pages.length : before + 1, page);
  return { ...definition, pages };
}

/** Puts another question in the place of one, which may have another code; who names the old code is not followed. */
export function replaceQuestion(definition: SurveyDefinition, code: string, question: Question): SurveyDefinition {
  const place = placeOf(definition, code);
  if (!place) return definition;
  return withPage(definition, place.page, (page) => ({
    ...page,
    questions: page.questions.map((one, q) => (q === place.question ? question : one)),
  }));
}

/** Puts a copy of a question right after it; its code is told apart by a number. */
export function duplicateQuestion(definition: SurveyDefinition, code: string): SurveyDefinition {
  const question = questionAt(definition, code);
  const place = placeOf(definition, code);
  if (!question || !place) return definition;
  const copy = { ...renameReferences(question, code, copiedCode(code, questionCodes(definition))) };
  copy.code = copiedCode(code, questionCodes(definition));
  return addQuestion(definition, copy, definition.pages[place.page]?.code ?? '', code);
}

/** Puts a copy of a page after it, in which questions look to each other and no longer to the originals. */
export function duplicatePage(definition: SurveyDefinition, code: string): SurveyDefinition {
  const page = definition.pages.find((one) => one.code === code);
  if (!page) return definition;
  const taken = questionCodes(definition);
  let copy: Page = page;
  for (const question of page.questions) {
    const fresh = copiedCode(question.code, taken);
    taken.add(fresh);
    copy = renameReferences(copy, question.code, fresh);
    copy = {
      ...copy,
      questions: copy.questions.map((one) => (one.code === question.code ? { ...one, code: fresh } : one)),
    };
  }
  return addPage(definition, { ...copy, code: copiedCode(code, placeCodes(definition)) }, code);
}

/** Takes a question away, and its page with it when it was the only one there; the very last question stays. */
export function removeQuestion(definition: SurveyDefinition, code: string): SurveyDefinition {
  const place = placeOf(definition, code);
  if (!place) return definition;
  const page = definition.pages[place.page];
  if (page?.questions.length === 1) return removePage(definition, page.code);
  return withPage(definition, place.page, (one) => ({ ...one, questions: removedFrom(one.questions, place.question) }));
}

/** Takes a page away, from its block and from jumps to it too; the only page stays. */
export function removePage(definition: SurveyDefinition, code: string): SurveyDefinition {
  const index = definition.pages.findIndex((page) => page.code === code);
  if (index < 0 || definition.pages.length === 1) return definition;
  const pages = removedFrom(definition.pages, index).map((page): Page => {
    if (!page.next) return page;
    const { next, ...rest } = page;
    const kept = next.filter((one) => one.to !== code);
    return kept.length > 0 ? { ...rest, next: kept } : rest;
  });
  const { blocks, ...rest } = definition;
  const kept = blocks
    ?.map((block) => ({ ...block, pages: block.pages.filter((one) => one !== code) }))
    .filter((block) => block.pages.length > 0);
  return kept && kept.length > 0 ? { ...rest, pages, blocks: kept } : { ...rest, pages };
}

/**
 * Puts a question on a page, before another or last. A page that it leaves empty goes; a question that is moved to
 * where it stands stays.
 */
export function moveQuestion(
  definition: SurveyDefinition,
  code: string,
  to: { page: string; before: string | null },
): SurveyDefinition {
  const place = placeOf(definition, code);
  const question = questionAt(definition, code);
  const target = definition.pages.findIndex((page) => page.code === to.page);
  if (!place || !question || target < 0 || to.before === code) return definition;
  const from = definition.pages[place.page];
  if (from?.questions.length === 1 && target === place.page) return definition;
  const without = withPage(definition, place.page, (page) => ({
    ...page,
    questions: removedFrom(page.questions, place.question),
  }));
  const placed = withPage(without, target, (page) => {
    const before = to.before === null ? -1 : page.questions.findIndex((one) => one.code === to.before);
    return { ...page, questions: inserted(page.questions, before < 0 ? page.questions.length : before, question) };
  });
  return from?.questions.length === 1 ? removePage(placed, from.code) : placed;
}

/** One step up or down; from the edge of a page onto the one beside it. */
export function stepQuestion(definition: SurveyDefinition, code: string, direction: 'up' | 'down'): SurveyDefinition {
  const place = placeOf(definition, code);
  if (!place) return definition;
  const { pages } = definition;
  const here = pages[place.page];
  if (!here) return definition;
  if (direction === 'up') {
    const above = here.questions[place.question - 1];
    if (above) return moveQuestion(definition, code, { page: here.code, before: above.code });
    const before = pages[place.page - 1];
    return before ? moveQuestion(definition, code, { page: before.code, before: null }) : definition;
  }
  if (here.questions[place.question + 1]) {
    const next = here.questions[place.question + 2];
    return moveQuestion(definition, code, { page: here.code, before: next?.code ?? null });
  }
  const after = pages[place.page + 1];
  return after
    ? moveQuestion(definition, code, { page: after.code, before: after.questions[0]?.code ?? null })
    : definition;
}

/** Puts a page before another, or last. */
export function movePage(definition: SurveyDefinition, code: string, before: string | null): SurveyDefinition {
  const page = definition.pages.find((one) => one.code === code);
  if (!page || before === code) return definition;
  const others = definition.pages.filter((one) => one.code !== code);
  const index = before === null ? others.length : others.findIndex((one) => one.code === before);
  return index < 0 ? definition : { ...definition, pages: inserted(others, index, page) };
}

/** One step up or down among the pages. */
export function stepPage(definition: SurveyDefinition, code: string, direction: 'up' | 'down'): SurveyDefinition {
  const index = definition.pages.findIndex((page) => page.code === code);
  if (index < 0 || (direction === 'up' ? index === 0 : index === definition.pages.length - 1)) return definition;
  const before = definition.pages[direction === 'up' ? index - 1 : index + 2];
  return movePage(definition, code, before?.code ?? null);
}

/** Ends a page before this question, which begins a page of its own with all that followed. */
export function splitPage(definition: SurveyDefinition, code: string): SurveyDefinition {
  const place = placeOf(definition, code);
  const page = place && definition.pages[place.page];
  if (!place || !page || place.question === 0) return definition;
  const { next, ...first } = page;
  const second: Page = {
    code: copiedCode(page.code, placeCodes(definition)),
    questions: page.questions.slice(place.question),
    ...(next ? { next } : {}),
    ...(page.visibleIf === undefined ? {} : { visibleIf: page.visibleIf }),
  };
  const cut = withPage(definition, place.page, () => ({
    ...first,
    questions: page.questions.slice(0, place.question),
  }));
  const placed = addPage(cut, second, page.code);
  const blocks = placed.blocks?.map((block) => ({
    ...block,
    pages: block.pages.flatMap((one) => (one === page.code ? [one, second.code] : [one])),
  }));
  return blocks ? { ...placed, blocks } : placed;
}
