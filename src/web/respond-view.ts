import { type AnswerError, type Answers, type Form, refusalField } from '../model/answers.ts';
import type { Question, SurveyDefinition } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import type { Address, OpenPage } from '../services/fieldwork.ts';

/** What a respondent's page shows, built from plain values so that the view only lays it out. */

export const pageAddress = ({ token, page, revision }: Address): string => `/r/${token}/${page}/${revision}`;

const RTL = new Set(['ar', 'he', 'fa', 'ur', 'ps', 'yi', 'dv', 'ckb']);
export const directionOf = (language: string): 'ltr' | 'rtl' => (RTL.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr');

const REFUSAL_LABEL = 'I’d rather not say';

/** How a page's fields are filled: with what was typed a moment ago, else with what was saved before. */
type Filling = { valuesOf(field: string): string[]; isRefused(question: Question): boolean };

const itemsOf = (question: Question): string[] =>
  question.kind === 'battery' ? question.rows.map((row) => `${question.code}.${row.code}`) : [question.code];

function filledWithForm(form: Form): Filling {
  return {
    valuesOf: (name) => {
      const value = form[name];
      return value === undefined ? [] : Array.isArray(value) ? value : [value];
    },
    isRefused: (question) => form[refusalField(question.code)] !== undefined,
  };
}

function filledWithAnswers(answers: Answers): Filling {
  return {
    valuesOf: (name) => {
      const answer = answers[name];
      if (answer?.state !== 'answered') return [];
      return Array.isArray(answer.value) ? answer.value : [String(answer.value)];
    },
    isRefused: (question) => itemsOf(question).every((item) => answers[item]?.state === 'refused'),
  };
}

export function questionPage(
  open: OpenPage,
  questions: readonly Question[],
  page: number,
  sent: { form: Form; errors: readonly AnswerError[] } | null,
) {
  const { definition, language, response } = open;
  const filling = sent ? filledWithForm(sent.form) : filledWithAnswers(response.answers);
  const errors = sent?.errors ?? [];
  const total = definition.pages.length;
  const title = definition.pages[page - 1]?.title;
  return {
    ...frame(definition, language),
    isError: errors.length > 0,
    isWide: questions.some((question) => question.kind === 'battery'),
    heading: title ? wordingIn(title, language, definition.languages) : '',
    back: page > 1 ? pageAddress({ token: '', page: page - 1, revision: open.nextRevision }).replace('/r//', '') : '',
    where: `Page ${page} of ${total}`,
    action: '',
    summary:
      errors.length > 0
        ? {
            title: 'There is something to look at',
            errors: errors.map((error) => ({ href: `#${error.field}`, text: error.detail })),
          }
        : null,
    questions: questions.map((question) => questionView(question, language, definition, filling, errors)),
    isLast: page === total,
  };
}

const frame = (definition: SurveyDefinition, language: string) => ({
  title: wordingIn(definition.title, language, definition.languages),
  lang: language,
  dir: directionOf(language),
  isError: false,
});
export const respondFrame = frame;

function questionView(
  question: Question,
  language: string,
  definition: SurveyDefinition,
  filling: Filling,
  errors: readonly AnswerError[],
) {
  const word = (wording: Record<string, string> | undefined) =>
    wording ? wordingIn(wording, language, definition.languages) : null;
  const values = filling.valuesOf(question.code);
  const base = {
    kind: question.kind as string,
    name: question.code,
    code: question.code,
    text: word(question.text) ?? '',
    hint: word(question.hint) ?? (question.kind === 'multiple' ? 'Choose all that apply' : null),
    error: errors.find((error) => error.question === question.code)?.detail ?? null,
    isRequired: question.required ?? false,
    refusal: question.refusable
      ? { name: refusalField(question.code), isChosen: filling.isRefused(question), label: REFUSAL_LABEL }
      : null,
  };
  switch (question.kind) {
    case 'single':
    case 'multiple':
      return {
        ...base,
        options: question.options.map((option, index) => ({
          id: index === 0 ? question.code : `${question.code}-${option.code}`,
          value: option.code,
          label: word(option.text) ?? option.code,
          isChosen: values.includes(option.code),
        })),
      };
    case 'rating':
      return { ...base, steps: stepsView(question, word), value: values[0] ?? null };
    case 'battery':
      return {
        ...base,
        steps: stepsView(question, word),
        rows: question.rows.map((row) => {
          const name = `${question.code}.${row.code}`;
          return {
            name,
            text: word(row.text) ?? row.code,
            error: errors.find((error) => error.field === name)?.detail ?? null,
            value: filling.valuesOf(name)[0] ?? null,
          };
        }),
      };
    case 'number':
      return { ...base, value: values[0] ?? '', unit: word(question.unit), isWhole: question.whole ?? false };
    case 'text':
      return {
        ...base,
        value: values[0] ?? '',
        isLong: question.long ?? false,
        lengthMax: question.maxLength ?? null,
        countText: question.maxLength ? '{n} characters left' : null,
      };
  }
}

function stepsView(
  question: Extract<Question, { kind: 'rating' | 'battery' }>,
  word: (wording: Record<string, string> | undefined) => string | null,
) {
  const { min, max, labels = {} } = question.steps;
  return Array.from({ length: max - min + 1 }, (_, index) => {
    const value = String(min + index);
    return { value, label: word(labels[value]) ?? value };
  });
}

/** Answers as a person reads them: labels for codes, and plain words for what was not answered. */
export function answersView(
  definition: SurveyDefinition,
  questions: readonly Question[],
  answers: Answers,
  language: string,
) {
  const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
  const show = (question: Question, item: string): { text: string; isVoice: boolean } => {
    const answer = answers[item];
    if (!answer || answer.state === 'skipped') return { text: 'No answer', isVoice: false };
    if (answer.state === 'refused') return { text: REFUSAL_LABEL, isVoice: false };
    if (question.kind === 'single' || question.kind === 'multiple') {
      const codes = Array.isArray(answer.value) ? answer.value : [String(answer.value)];
      return {
        text: codes
          .map((code) => word(question.options.find((option) => option.code === code)?.text ?? { en: code }))
          .join(', '),
        isVoice: false,
      };
    }
    if (question.kind === 'rating' || question.kind === 'battery') {
      const wording = question.steps.labels?.[String(answer.value)];
      return { text: wording ? word(wording) : String(answer.value), isVoice: false };
    }
    return { text: String(answer.value), isVoice: question.kind === 'text' };
  };
  return questions.map((question) => ({
    text: word(question.text),
    answers: itemsOf(question).map((item, index) => ({
      row: question.kind === 'battery' ? word(question.rows[index]?.text ?? { en: item }) : '',
      ...show(question, item),
    })),
  }));
}

/** A form's answers as fields again, so that a second try can send exactly them. */
export function answerFields(answers: Answers, questions: readonly Question[]): { name: string; value: string }[] {
  const fields: { name: string; value: string }[] = [];
  for (const question of questions) {
    const items = itemsOf(question);
    if (question.refusable && items.every((item) => answers[item]?.state === 'refused')) {
      fields.push({ name: refusalField(question.code), value: '1' });
      continue;
    }
    for (const item of items) {
      const answer = answers[item];
      if (answer?.state !== 'answered') continue;
      for (const value of Array.isArray(answer.value) ? answer.value : [String(answer.value)])
        fields.push({ name: item, value });
    }
  }
  return fields;
}
