import {
  type Option,
  Question,
  type QuestionKind,
  type QuestionOf,
  type Row,
  type Steps,
  type SurveyDefinition,
  type Wording,
} from './survey.ts';
import { MEASURE_STEPS } from './survey-check.ts';
import { codeFrom, questionCodes } from './survey-edit-codes.ts';

/** How the kinds of questions are called, in the order a chooser shows them. */
export const KIND_NAMES: Readonly<Record<QuestionKind, string>> = {
  single: 'One of several',
  multiple: 'Several of several',
  'yes-no': 'Yes or no',
  rating: 'Rating',
  battery: 'Statements on a scale',
  matrix: 'Table of choices',
  differential: 'Between two opposites',
  slider: 'Slider',
  ranking: 'Ranking',
  'best-worst': 'Best and worst',
  sum: 'Sharing out a total',
  text: 'Open answer',
  number: 'Number',
  date: 'Date',
  time: 'Time of day',
  contact: 'Contact details',
  file: 'File',
  consent: 'Consent to something',
  statement: 'Text without a question',
  hidden: 'Hidden value',
  calculated: 'Calculated value',
};
/** The measures the field knows by name: ratings whose steps are given. */
export type Measure = NonNullable<QuestionOf<'rating'>['measure']>;
export type NewKind = QuestionKind | Measure;
export const NEW_KIND_NAMES: Readonly<Record<NewKind, string>> = {
  ...KIND_NAMES,
  nps: 'NPS: would recommend, 0 to 10',
  csat: 'CSAT: satisfied, 1 to 5',
  ces: 'CES: how easy, 1 to 7',
};
export const QUESTION_KINDS = Object.keys(KIND_NAMES) as QuestionKind[];

const isMeasure = (kind: NewKind): kind is Measure => Object.hasOwn(MEASURE_STEPS, kind);

const FIVE_STEPS: Steps = { min: 1, max: 5 };

/**
 * A new question of a kind, its words still to be written in `language`, its code free in the survey.
 *
 * @param stem what its code is made from
 */
export function newQuestion(definition: SurveyDefinition, kind: NewKind, stem = 'question'): Question {
  if (isMeasure(kind)) {
    const rating = newQuestion(definition, 'rating', stem) as QuestionOf<'rating'>;
    return { ...rating, measure: kind, steps: MEASURE_STEPS[kind] };
  }
  const language = definition.languages[0] ?? 'en';
  const taken = questionCodes(definition);
  let number = taken.size + 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return plainQuestion(kind, `${stem}-${number}`, { [language]: '' }, language);
}

/** A question with the least that its kind needs. */
function plainQuestion(kind: QuestionKind, code: string, text: Wording, language: string): Question {
  const base = { code, text };
  const parts = (count: number, word: string) =>
    Array.from({ length: count }, (_, index) => ({
      code: `${word}-${index + 1}`,
      text: { [language]: '' } as Wording,
    }));
  switch (kind) {
    case 'single':
    case 'multiple':
    case 'ranking':
      return { ...base, kind, options: [] };
    case 'rating':
      return { ...base, kind, steps: FIVE_STEPS };
    case 'battery':
      return { ...base, kind, steps: FIVE_STEPS, rows: [] };
    case 'matrix':
      return { ...base, kind, rows: [], columns: parts(2, 'column') };
    case 'differential':
      return {
        ...base,
        kind,
        steps: FIVE_STEPS,
        rows: [{ code: 'pair-1', low: { [language]: '' }, high: { [language]: '' } }],
      };
    case 'slider':
      return { ...base, kind, min: 0, max: 100 };
    case 'best-worst':
      return { ...base, kind, options: parts(4, 'item'), perTask: 3, tasks: 4 };
    case 'sum':
      return { ...base, kind, options: parts(2, 'part'), total: 100 };
    case 'contact':
      return { ...base, kind, fields: ['fullName', 'email'] };
    case 'file':
      return { ...base, kind, accepts: ['image', 'pdf'] };
    case 'calculated':
      return { ...base, kind, formula: '0' };
    default:
      return { ...base, kind };
  }
}

/** What every kind keeps. */
const KEPT = ['hint', 'required', 'refusable', 'checks', 'visibleIf'] as const;
/** What is kept wherever both kinds have it and the value fits. */
const KEPT_IF_FITTING = [
  'steps',
  'order',
  'rowOrder',
  'optionsFrom',
  'rowsFrom',
  'display',
  'unit',
  'min',
  'max',
  'low',
  'high',
  'step',
  'columns',
  'total',
] as const;

/**
 * The same question as another kind. Its code, words and rules stay; options become rows where the new kind asks in
 * rows and the other way round; whatever else both kinds know is kept, the rest is let go.
 *
 * @param language in which gaps are written, the survey's first
 * @example
 * changeKind({ kind: 'number', code: 'age', text: { en: 'Age' }, min: 18 }, 'slider', 'en')
 * // => { code: 'age', text: { en: 'Age' }, kind: 'slider', min: 18, max: 100 }
 */
export function changeKind(question: Question, kind: QuestionKind, language: string): Question {
  if (question.kind === kind) return question;
  const from = question as unknown as Record<string, unknown>;
  let made = plainQuestion(kind, question.code, question.text, language);
  const tryWith = (more: Record<string, unknown>) => {
    const parsed = Question.safeParse({ ...made, ...more });
    if (parsed.success) made = parsed.data;
  };
  for (const name of KEPT) if (from[name] !== undefined) tryWith({ [name]: from[name] });
  const { options, rows, columns } = partsOf(question, language);
  const plain = plainQuestion(kind, question.code, question.text, language);
  if ('options' in plain) tryWith({ options: atLeast(options, plain.options) });
  if ('columns' in plain) tryWith({ columns: atLeast(columns, plain.columns) });
  if (plain.kind === 'differential' && rows.length > 0)
    tryWith({ rows: rows.map(({ code, text }) => ({ code, low: text, high: { [language]: '' } })) });
  else if ('rows' in plain && rows.length > 0)
    tryWith({ rows: rows.map(({ code, text, pinned, visibleIf }) => withoutGaps({ code, text, pinned, visibleIf })) });
  for (const name of KEPT_IF_FITTING)
    if (from[name] !== undefined && name !== 'columns') tryWith({ [name]: from[name] });
  return made;
}

/** A kind's least number of parts, filled up from its own plain ones. */
function atLeast(parts: readonly Option[], plain: readonly Option[]): Option[] {
  const codes = new Set(parts.map((part) => part.code));
  return [
    ...parts,
    ...plain.filter((part) => !codes.has(part.code)).slice(0, Math.max(0, plain.length - parts.length)),
  ];
}

/** What a question lists, as options, as rows and as columns. */
function partsOf(question: Question, language: string): { options: Option[]; rows: Row[]; columns: Option[] } {
  const steps = 'steps' in question ? columnsFrom(question.steps, language) : [];
  if (question.kind === 'matrix') return { options: question.columns, rows: question.rows, columns: question.columns };
  if (question.kind === 'differential') {
    const rows = question.rows.map(({ code, low, visibleIf }) => withoutGaps({ code, text: low, visibleIf }) as Row);
    return { options: rows, rows, columns: steps };
  }
  if ('rows' in question) return { options: question.rows, rows: question.rows, columns: steps };
  if ('options' in question) return { options: question.options, rows: question.options, columns: [] };
  return { options: steps, rows: [], columns: steps };
}

/** The named steps of a scale as columns to choose from. */
function columnsFrom({ min, max, labels = {} }: Steps, language: string): Option[] {
  const taken = new Set<string>();
  return Array.from({ length: max - min + 1 }, (_, index) => {
    const text = labels[String(min + index)] ?? { [language]: String(min + index) };
    const code = codeFrom(`step ${min + index}`, taken, 'step');
    taken.add(code);
    return { code, text };
  });
}

const withoutGaps = <T extends Record<string, unknown>>(one: T): T =>
  Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)) as T;
