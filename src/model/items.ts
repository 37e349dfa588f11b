import type { Option, Question, Steps, SurveyDefinition, Wording } from './survey.ts';

/** What an item's value is: an option's code, several, codes in order, a number, words, a day, a time, a kept file's id. */
export type Holds = 'code' | 'codes' | 'ranking' | 'number' | 'text' | 'date' | 'time' | 'file';

/** One thing that is answered and stored: a question, a row of a battery, the words beside an option. */
export type Item = {
  /** `question`, or `question.row`. */
  address: string;
  question: Question;
  row: string | null;
  /** The page it stands on, counted from 1. */
  page: number;
  holds: Holds;
  /** What tells it apart within its question; null where the question's own wording says it all. */
  label: Wording | null;
  /** What may be chosen; empty unless it holds codes. */
  options: readonly Pick<Option, 'code' | 'text' | 'alias'>[];
  /** The steps it is answered on; null unless it is rated. */
  steps: Steps | null;
  /** Names somebody, so it stays out of text analysis and of exports without identities. */
  isIdentifying: boolean;
  /** Asked of the respondent, not brought by the address or worked out. */
  isAsked: boolean;
  /** Must be answered whenever its question is shown and required; words beside an option never are by themselves. */
  isMain: boolean;
};

/** Words of a person's own, which are kept whole as a source; what names them and what an address brought is not. */
export const isSpoken = (item: Item): boolean => item.holds === 'text' && item.isAsked && !item.isIdentifying;

/** What an item asks, in one language: its question's wording, and what tells it apart within that. */
export function itemWording(item: QuestionItem, word: (wording: Wording) => string): string {
  const text = word(item.question.text);
  return item.label === null ? text : `${text} · ${word(item.label)}`;
}

/** Yes and no, as they are stored. */
export const YES_NO: readonly Pick<Option, 'code' | 'text' | 'alias'>[] = [
  { code: 'yes', text: { en: 'Yes' }, alias: 'true' },
  { code: 'no', text: { en: 'No' }, alias: 'false' },
];
const AGREED: readonly Pick<Option, 'code' | 'text'>[] = [{ code: 'yes', text: { en: 'Agreed' } }];

/** The addresses of a best-worst task, counted from 1. */
export const bestItem = (question: string, task: number): string => `${question}.t${task}-best`;
export const worstItem = (question: string, task: number): string => `${question}.t${task}-worst`;

/**
 * Every item of a survey in the order asked.
 *
 * Choices give one item, and one more for each option that asks for words; batteries, matrices, differentials and sums
 * one per row or option; a best-worst question two per task; statements none.
 */
export function surveyItems(definition: SurveyDefinition): Item[] {
  const found = new Map(definition.pages.flatMap((page) => page.questions.map((one) => [one.code, one] as const)));
  return definition.pages.flatMap((page, index) =>
    page.questions.flatMap((question) => itemsOf(question, found).map((item) => ({ ...item, page: index + 1 }))),
  );
}

/** All options a question can ever show: its own, and those it may carry over. */
export function possibleOptions(question: Question | undefined, all: ReadonlyMap<string, Question>): readonly Option[] {
  if (!question || !('options' in question)) return [];
  const from = 'optionsFrom' in question && question.optionsFrom ? all.get(question.optionsFrom.question) : undefined;
  return [...carriedOptions(from, all), ...question.options];
}

/** The same for rows. */
export function possibleRows(
  question: Question & { rows: readonly { code: string; text: Wording }[] },
  all: ReadonlyMap<string, Question>,
): readonly { code: string; text: Wording }[] {
  const from = 'rowsFrom' in question && question.rowsFrom ? all.get(question.rowsFrom.question) : undefined;
  return [...carriedOptions(from, all), ...question.rows];
}

/** A question that carries over from itself by a detour is a fault found before publishing; here it ends the walk. */
function carriedOptions(
  from: Question | undefined,
  all: ReadonlyMap<string, Question>,
  seen = new Set<string>(),
): readonly Option[] {
  if (!from || !('options' in from) || seen.has(from.code)) return [];
  seen.add(from.code);
  const before = 'optionsFrom' in from && from.optionsFrom ? all.get(from.optionsFrom.question) : undefined;
  return [...carriedOptions(before, all, seen), ...from.options];
}

export type QuestionItem = Omit<Item, 'page'>;

const ofItself = new WeakMap<Question, readonly QuestionItem[]>();

/**
 * The items of one question.
 *
 * @param all every question by code, where options or rows may be carried over from; without it, the items of the
 *   question as it stands, worked out once
 */
export function itemsOf(question: Question, all?: ReadonlyMap<string, Question>): readonly QuestionItem[] {
  if (all) return makeItems(question, all);
  const known = ofItself.get(question);
  if (known) return known;
  const made = makeItems(question, new Map());
  ofItself.set(question, made);
  return made;
}

function makeItems(question: Question, all: ReadonlyMap<string, Question>): QuestionItem[] {
  const { code } = question;
  const plain: QuestionItem = {
    address: code,
    question,
    row: null,
    holds: 'text',
    label: null,
    options: [],
    steps: null,
    isIdentifying: false,
    isAsked: true,
    isMain: true,
  };
  const inRow = (row: string, label: Wording, rest: Partial<QuestionItem>): QuestionItem => ({
    ...plain,
    address: `${code}.${row}`,
    row,
    label,
    ...rest,
  });
  switch (question.kind) {
    case 'single':
    case 'multiple': {
      const options = possibleOptions(question, all);
      const holds = question.kind === 'single' ? 'code' : 'codes';
      return [
        { ...plain, holds, options },
        ...options
          .filter((option) => option.comment !== undefined)
          .map((option) => inRow(option.code, option.text, { holds: 'text', isMain: false })),
      ];
    }
    case 'ranking':
      return [{ ...plain, holds: 'ranking', options: possibleOptions(question, all) }];
    case 'yes-no':
      return [{ ...plain, holds: 'code', options: YES_NO }];
    case 'consent':
      return [{ ...plain, holds: 'code', options: AGREED }];
    case 'rating':
      return [{ ...plain, holds: 'number', steps: question.steps }];
    case 'battery':
      return possibleRows(question, all).map((row) =>
        inRow(row.code, row.text, { holds: 'number', steps: question.steps }),
      );
    case 'differential':
      return question.rows.map((row) =>
        inRow(row.code, between(row.low, row.high), { holds: 'number', steps: question.steps }),
      );
    case 'matrix':
      return possibleRows(question, all).map((row) =>
        inRow(row.code, row.text, { holds: question.multiple ? 'codes' : 'code', options: question.columns }),
      );
    case 'best-worst':
      return Array.from({ length: question.tasks }, (_, index) => index + 1).flatMap((task) => [
        inRow(`t${task}-best`, question.best ?? { en: `Task ${task}, most` }, {
          holds: 'code',
          options: question.options,
        }),
        inRow(`t${task}-worst`, question.worst ?? { en: `Task ${task}, least` }, {
          holds: 'code',
          options: question.options,
        }),
      ]);
    case 'sum':
      return question.options.map((option) => inRow(option.code, option.text, { holds: 'number' }));
    case 'slider':
    case 'number':
      return [{ ...plain, holds: 'number' }];
    case 'text':
      return [{ ...plain, isIdentifying: question.identifying ?? question.format !== undefined }];
    case 'date':
      return [{ ...plain, holds: 'date' }];
    case 'time':
      return [{ ...plain, holds: 'time' }];
    case 'contact':
      return question.fields.map((field) => inRow(field, { en: field }, { isIdentifying: true }));
    case 'file':
      return [{ ...plain, holds: 'file', isIdentifying: true }];
    case 'hidden':
      return [{ ...plain, isAsked: false }];
    case 'calculated':
      return [{ ...plain, isAsked: false, holds: question.gives ?? 'number' }];
    case 'statement':
      return [];
  }
}

/** “calm – lively”, in every language that both ends are written in. */
function between(low: Wording, high: Wording): Wording {
  const both = Object.keys(low).filter((language) => high[language] !== undefined);
  return Object.fromEntries(both.map((language) => [language, `${low[language]} – ${high[language]}`]));
}
