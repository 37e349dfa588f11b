import { type Item, surveyItems } from '../model/items.ts';
import { type Page, type Question, questionsOf, type SurveyDefinition } from '../model/survey.ts';
import { type Expression, parseExpression, referencesIn } from './expression.ts';
import { placeholdersIn } from './placeholders.ts';

/**
 * What is shown at once: a page, or the part of it up to a question that depends on an answer of the same page, so that
 * such a question needs no script to appear.
 */
export type Screen = {
  /** From 1, in the order written; it stands in addresses and never changes for a published version. */
  number: number;
  page: Page;
  /** The page's place in the definition, from 0. */
  pageIndex: number;
  questions: readonly Question[];
  isFirstOfPage: boolean;
  isLastOfPage: boolean;
};

/** A survey made ready to be walked through; made once per published version. */
export type CompiledSurvey = {
  definition: SurveyDefinition;
  items: readonly Item[];
  itemsByAddress: ReadonlyMap<string, Item>;
  questions: ReadonlyMap<string, Question>;
  screens: readonly Screen[];
  /** The screens of each page, by its place in the definition. */
  screensOfPage: readonly (readonly Screen[])[];
  /** The number of the screen each question stands on. */
  screenOf: ReadonlyMap<string, number>;
  /** The segments that its conditions ask about, by public id. */
  segments: readonly string[];
  /** The tree of an expression of this survey; an unreadable one is never true. */
  expression(source: string): Expression;
  /** Nothing in it depends on answers or chance, so everybody walks the same way. */
  isStraight: boolean;
};

const NEVER: Expression = { op: 'literal', value: false, at: 0 };
const compiled = new WeakMap<SurveyDefinition, CompiledSurvey>();

/** Prepares a definition; the same definition is prepared once. */
export function compileSurvey(definition: SurveyDefinition): CompiledSurvey {
  const known = compiled.get(definition);
  if (known) return known;
  const trees = new Map<string, Expression>();
  const expression = (source: string): Expression => {
    let tree = trees.get(source);
    if (!tree) {
      const read = parseExpression(source);
      tree = 'expression' in read ? read.expression : NEVER;
      trees.set(source, tree);
    }
    return tree;
  };
  const items = surveyItems(definition);
  const screens = screensOf(definition, expression);
  const made: CompiledSurvey = {
    definition,
    items,
    itemsByAddress: new Map(items.map((item) => [item.address, item])),
    questions: new Map(questionsOf(definition).map((question) => [question.code, question])),
    screens,
    screenOf: new Map(screens.flatMap(({ number, questions }) => questions.map(({ code }) => [code, number] as const))),
    screensOfPage: definition.pages.map((_, index) => screens.filter((screen) => screen.pageIndex === index)),
    expression,
    segments: segmentsIn(definition),
    isStraight: isStraight(definition),
  };
  compiled.set(definition, made);
  return made;
}

function screensOf(definition: SurveyDefinition, expression: (source: string) => Expression): Screen[] {
  const screens: Screen[] = [];
  definition.pages.forEach((page, pageIndex) => {
    const parts: Question[][] = [[]];
    // A page whose questions are drawn into an order of their own cannot be cut at one of them.
    const mayCut = (page.order ?? 'as-written') === 'as-written' && page.take === undefined;
    for (const question of page.questions) {
      const part = parts.at(-1) ?? [];
      const codes = new Set(part.map((one) => one.code));
      if (mayCut && codes.size > 0 && dependsOn(question, codes, expression)) parts.push([question]);
      else part.push(question);
    }
    parts.forEach((questions, index) =>
      screens.push({
        number: screens.length + 1,
        page,
        pageIndex,
        questions,
        isFirstOfPage: index === 0,
        isLastOfPage: index === parts.length - 1,
      }),
    );
  });
  return screens;
}

/** Every condition that decides what of a question is shown. */
export function conditionsOf(question: Question): string[] {
  const parts = [
    ...('options' in question ? question.options : []),
    ...('rows' in question ? question.rows : []),
    ...('columns' in question ? question.columns : []),
  ];
  return [question.visibleIf, ...parts.map((part) => part.visibleIf)].filter((one) => one !== undefined);
}

function dependsOn(
  question: Question,
  codes: ReadonlySet<string>,
  expression: (source: string) => Expression,
): boolean {
  const carried = [
    'optionsFrom' in question ? question.optionsFrom?.question : undefined,
    'rowsFrom' in question ? question.rowsFrom?.question : undefined,
  ];
  if (carried.some((code) => code !== undefined && codes.has(code))) return true;
  if (pipedCodes(question).some((code) => codes.has(code))) return true;
  return conditionsOf(question).some((source) =>
    referencesIn(expression(source)).some(
      ({ source: of, name }) => of === 'item' && codes.has(name.split('.')[0] ?? ''),
    ),
  );
}

/** The codes of questions whose answers stand in a question's wordings. */
export function pipedCodes(question: Question): string[] {
  return placeholdersIn(JSON.stringify(question)).map((name) => name.split('.')[0] ?? '');
}

function segmentsIn(definition: SurveyDefinition): string[] {
  const found = JSON.stringify(definition).matchAll(/\{segment:([A-Za-z0-9_-]{1,40})\}/g);
  return [...new Set([...found].map((match) => match[1] ?? ''))];
}

function isStraight(definition: SurveyDefinition): boolean {
  const text = JSON.stringify(definition.pages);
  return (
    !definition.blocks &&
    !/"(visibleIf|optionsFrom|rowsFrom|order|rowOrder|take|next|formula)":|"kind":"best-worst"|\{\{/.test(text)
  );
}
