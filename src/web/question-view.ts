import type { ShownQuestion } from '../logic/walk.ts';
import {
  type AnswerError,
  type AnswerProblem,
  type Answers,
  type Form,
  refusalField,
  removalField,
} from '../model/answers.ts';
import { TEXT_LIMITS } from '../model/clean-text.ts';
import { itemsOf } from '../model/items.ts';
import type { Option, QuestionKind, QuestionOf, Wording } from '../model/survey.ts';
import type { TextKey, Texts } from '../render/respondent-texts.ts';
import { bestWorstView } from './best-worst-view.ts';
import { gridView, ratingView, stepColumns } from './scale-view.ts';

/** How a page's fields are filled: with what was typed a moment ago, else with what was saved before. */
export type Filling = { valuesOf(field: string): string[]; isRefused(code: string): boolean };

export function filledWithForm(form: Form): Filling {
  return {
    valuesOf: (name) => [form[name] ?? []].flat(),
    isRefused: (code) => form[refusalField(code)] !== undefined,
  };
}

/** @param prefill what the address brought, for items nothing was sent for yet */
export function filledWithAnswers(answers: Answers, prefill: Answers, questions: readonly ShownQuestion[]): Filling {
  const filling = new Map<string, string[]>();
  for (const question of questions) {
    for (const { address } of itemsOf(question)) {
      const answer = answers[address] ?? prefill[address];
      if (answer?.state !== 'answered') continue;
      const values = [answer.value].flat().map(String);
      if (question.kind === 'ranking')
        for (const [index, code] of values.entries()) filling.set(`${address}.${code}`, [String(index + 1)]);
      else filling.set(address, values);
    }
  }
  const byCode = new Map(questions.map((question) => [question.code, question]));
  return {
    valuesOf: (name) => filling.get(name) ?? [],
    isRefused: (code) => {
      const question = byCode.get(code);
      const items = question ? itemsOf(question) : [];
      return items.length > 0 && items.every(({ address }) => answers[address]?.state === 'refused');
    },
  };
}

/** What it takes to put a question into words and fill it in. */
export type Showing = {
  texts: Texts;
  /** A wording in the respondent's language, earlier answers put in. */
  word(wording: Wording): string;
  filling: Filling;
  errors: readonly AnswerError[];
  /** The name of a file that was kept for a question, by the file's id. */
  fileName?: (id: string) => string | null;
};

const EXAMPLES: Partial<Record<AnswerProblem['key'], string>> = {
  emailError: 'name@example.org',
  urlError: 'https://example.org',
  phoneError: '+44 20 7946 0000',
  dateError: '2026-03-09',
  timeError: '14:30',
};

/** Why an answer does not fit, in the respondent's language, or in the author's own words where there are any. */
export function problemText({ texts, word }: Showing, problem: AnswerProblem, question: ShownQuestion): string {
  const { key, values, wording, isRefusable } = problem;
  if (wording) return word(wording);
  if (key === 'check') return texts.text('patternError');
  const extra: Record<string, string | number> = {};
  const example = EXAMPLES[key];
  if (example !== undefined) extra['example'] = example;
  if (question.kind === 'best-worst') {
    extra['best'] = question.best ? word(question.best) : texts.text('best');
    extra['worst'] = question.worst ? word(question.worst) : texts.text('worst');
  }
  if (question.kind === 'file') Object.assign(extra, fileLimits(texts, question));
  const options: readonly Option[] = 'options' in question ? question.options : [];
  for (const name of ['option', 'chosen']) {
    const option = options.find(({ code }) => code === values[name]);
    if (option) extra[name] = word(option.text);
  }
  if (typeof values['date'] === 'string') extra['date'] = texts.date(values['date']);
  const text = texts.text(key as TextKey, { ...values, ...extra });
  return isRefusable && key.startsWith('required')
    ? texts.text('orRefuse', { error: text, refusal: texts.text('refusal') })
    : text;
}

function fileLimits(texts: Texts, question: QuestionOf<'file'>): { kinds: string; size: string } {
  const endings = question.accepts.map((kind) => FILE_ENDINGS[kind]).join(', ');
  return { kinds: endings, size: `${texts.number(question.megabytesMax ?? 10)} MB` };
}
const FILE_ENDINGS = {
  image: 'JPG, PNG, WebP',
  pdf: 'PDF',
  text: 'TXT',
  document: 'DOCX, ODT',
  audio: 'MP3, M4A',
  video: 'MP4',
} as const;
const FILE_ACCEPT = {
  image: 'image/*',
  pdf: 'application/pdf',
  text: 'text/plain',
  document: '.docx,.xlsx,.pptx,.odt,.ods,.doc,.rtf',
  audio: 'audio/*',
  video: 'video/*',
} as const;

/** From how many options on a dropdown is worth a search field. */
const LONG_LIST = 12;

/** A question's own part of the page: which partial shows it, and what that partial is given. */
export function questionView(question: ShownQuestion, showing: Showing) {
  const { texts, word, filling, errors } = showing;
  const own = errors.filter((error) => error.question === question.code);
  const values = filling.valuesOf(question.code);
  const errorAt = (field: string): string | null => {
    const found = own.find((error) => error.field === field);
    return found ? problemText(showing, found.problem, question) : null;
  };
  const [first] = own;
  const base = {
    partial: PARTIALS[question.kind],
    name: question.code,
    code: question.code,
    text: word(question.text),
    hint: question.hint ? word(question.hint) : hintFor(question, showing),
    error: first ? problemText(showing, first.problem, question) : null,
    isRequired: question.required ?? false,
    must: question.required ? texts.text('mustAnswer') : null,
    refusal:
      question.refusable && question.kind !== 'statement'
        ? {
            name: refusalField(question.code),
            isChosen: filling.isRefused(question.code),
            label: texts.text('refusal'),
          }
        : null,
  };
  switch (question.kind) {
    case 'single':
    case 'multiple':
      return {
        ...base,
        partial: question.display === 'dropdown' ? 'dropdown' : base.partial,
        ...linksView(question.options),
        isImages: question.display === 'images',
        isLong: question.options.length >= LONG_LIST,
        placeholder: texts.text('selectPlaceholder'),
        searchLabel: texts.text('searchList'),
        nothingFound: texts.text('nothingFound'),
        options: question.options.map((option, index) => optionView(option, index)),
      };
    case 'yes-no':
      return {
        ...base,
        ...linksView([]),
        isImages: false,
        options: (['yes', 'no'] as const).map((code, index) => ({
          id: index === 0 ? question.code : `${question.code}-${code}`,
          value: code,
          label: texts.text(code),
          isChosen: values.includes(code),
          isExclusive: false,
          image: null,
          comment: null,
        })),
      };
    case 'rating':
      return { ...base, ...ratingView(question, showing), value: values[0] ?? null };
    case 'battery':
      return {
        ...base,
        ...gridView(
          question.code,
          false,
          stepColumns(question.steps, word),
          question.rows.map((row) => ({ code: row.code, text: word(row.text), high: null })),
          filling,
          errorAt,
        ),
      };
    case 'matrix':
      return {
        ...base,
        ...gridView(
          question.code,
          question.multiple ?? false,
          question.columns.map((column) => ({ value: column.code, number: null, label: word(column.text) })),
          question.rows.map((row) => ({ code: row.code, text: word(row.text), high: null })),
          filling,
          errorAt,
        ),
      };
    case 'differential':
      return {
        ...base,
        ...gridView(
          question.code,
          false,
          stepColumns(question.steps, word),
          question.rows.map((row) => ({ code: row.code, text: word(row.low), high: word(row.high) })),
          filling,
          errorAt,
        ),
      };
    case 'slider':
      return {
        ...base,
        value: values[0] ?? '',
        min: question.min,
        max: question.max,
        step: question.step ?? 1,
        noAnswer: texts.text('noAnswer'),
        unit: question.unit ? word(question.unit) : null,
        low: question.low ? word(question.low) : texts.number(question.min),
        high: question.high ? word(question.high) : texts.number(question.max),
      };
    case 'ranking':
      return {
        ...base,
        placeText: texts.text('place', { place: '{n}' }),
        options: question.options.map((option) => {
          const name = `${question.code}.${option.code}`;
          const [chosen] = filling.valuesOf(name);
          const places = Math.min(question.places ?? question.options.length, question.options.length);
          return {
            id: name,
            name,
            text: word(option.text),
            label: texts.text('rankOf', { item: word(option.text) }),
            moveUp: texts.text('moveUp', { item: word(option.text) }),
            moveDown: texts.text('moveDown', { item: word(option.text) }),
            error: errorAt(name),
            none: texts.text('notRanked'),
            places: Array.from({ length: places }, (_, index) => ({
              value: String(index + 1),
              label: texts.number(index + 1),
              isChosen: chosen === String(index + 1),
            })),
          };
        }),
      };
    case 'best-worst':
      return { ...base, ...bestWorstView(question, showing, errorAt) };
    case 'sum':
      return {
        ...base,
        unit: question.unit ? word(question.unit) : null,
        total: question.total,
        sumText: texts.text('sumTo', { total: question.total, sum: '{sum}' }),
        options: question.options.map((option) => {
          const name = `${question.code}.${option.code}`;
          return {
            id: name,
            name,
            label: word(option.text),
            value: filling.valuesOf(name)[0] ?? '',
            error: errorAt(name),
          };
        }),
      };
    case 'number':
      return {
        ...base,
        value: values[0] ?? '',
        unit: question.unit ? word(question.unit) : null,
        isWhole: question.whole ?? false,
      };
    case 'text':
      return {
        ...base,
        value: values[0] ?? '',
        isLong: question.long ?? false,
        lengthMax: question.maxLength ?? null,
        typedMax: TEXT_LIMITS.answer,
        countText: question.maxLength ? texts.text('charactersLeft') : null,
        ...INPUTS[question.format ?? 'plain'],
      };
    case 'date':
    case 'time':
      return {
        ...base,
        type: question.kind,
        value: values[0] ?? '',
        min: question.kind === 'date' ? (question.min ?? null) : null,
        max: question.kind === 'date' ? (question.max ?? null) : null,
      };
    case 'contact':
      return {
        ...base,
        fields: question.fields.map((field) => {
          const name = `${question.code}.${field}`;
          return {
            id: name,
            name,
            label: texts.text(field),
            value: filling.valuesOf(name)[0] ?? '',
            error: errorAt(name),
            autocomplete: AUTOCOMPLETE[field],
            inputType: field === 'email' ? 'email' : field === 'phone' ? 'tel' : 'text',
          };
        }),
      };
    case 'consent':
      return { ...base, isChosen: values.includes('yes') };
    case 'file': {
      const [kept] = values;
      const name = kept === undefined ? null : (showing.fileName?.(kept) ?? null);
      return {
        ...base,
        label: texts.text('chooseFile'),
        limits: texts.text('fileLimits', fileLimits(texts, question)),
        accept: question.accepts.map((kind) => FILE_ACCEPT[kind]).join(','),
        kept: name === null ? null : { id: kept ?? '', text: texts.text('fileKept', { name }) },
        removal: { name: removalField(question.code), label: texts.text('removeFile') },
      };
    }
    default:
      return base;
  }

  /** A script keeps options that stand alone, and words beside options, in step with what is chosen. */
  function linksView(options: readonly Option[]) {
    return {
      isLinked: options.some(({ comment, exclusive }) => comment !== undefined || exclusive),
      chosenText: texts.text('nowChosen', { options: '{options}' }),
      unchosenText: texts.text('noLongerChosen', { options: '{options}' }),
    };
  }

  function optionView(option: Option, index: number) {
    const commentName = `${question.code}.${option.code}`;
    return {
      id: index === 0 ? question.code : `${question.code}-${option.code}`,
      value: option.code,
      label: word(option.text),
      isChosen: values.includes(option.code),
      isExclusive: option.exclusive ?? false,
      image: option.image === undefined ? null : `/media/${option.image}`,
      comment:
        option.comment === undefined
          ? null
          : {
              name: commentName,
              option: option.code,
              lengthMax: TEXT_LIMITS.answer,
              label: texts.text('otherText'),
              value: filling.valuesOf(commentName)[0] ?? '',
              error: errorAt(commentName),
            },
    };
  }
}

const PARTIALS: Record<QuestionKind, string> = {
  single: 'single',
  multiple: 'multiple',
  'yes-no': 'single',
  rating: 'rating',
  battery: 'battery',
  matrix: 'battery',
  differential: 'battery',
  slider: 'slider',
  ranking: 'ranking',
  'best-worst': 'best-worst',
  sum: 'sum',
  number: 'number',
  text: 'text',
  date: 'date',
  time: 'date',
  contact: 'contact',
  consent: 'consent',
  file: 'file',
  statement: 'statement',
  hidden: 'statement',
  calculated: 'statement',
};

const INPUTS = {
  plain: { inputType: 'text', autocomplete: 'off' },
  email: { inputType: 'email', autocomplete: 'email' },
  url: { inputType: 'url', autocomplete: 'url' },
  phone: { inputType: 'tel', autocomplete: 'tel' },
} as const;

const AUTOCOMPLETE = {
  fullName: 'name',
  firstName: 'given-name',
  lastName: 'family-name',
  email: 'email',
  phone: 'tel',
  company: 'organization',
  street: 'street-address',
  postalCode: 'postal-code',
  city: 'address-level2',
  region: 'address-level1',
  country: 'country-name',
} as const;

/** What stands as a hint where the author wrote none. */
function hintFor(question: ShownQuestion, { texts, word }: Showing): string | null {
  switch (question.kind) {
    case 'multiple': {
      const { least, most } = question;
      if (least !== undefined && least === most) return texts.text('chooseExactly', { count: least });
      if (least !== undefined && most !== undefined) return texts.text('chooseBetween', { min: least, max: most });
      if (least !== undefined) return texts.text('chooseAtLeast', { count: least });
      return most === undefined ? texts.text('chooseAll') : texts.text('chooseAtMost', { count: most });
    }
    case 'ranking':
      return texts.text('rankHint');
    case 'sum': {
      const unit = question.unit ? ` ${word(question.unit)}` : '';
      return texts.text('sumHint', { total: `${texts.number(question.total)}${unit}` });
    }
    case 'slider':
      return texts.text('between', { min: question.min, max: question.max });
    default:
      return null;
  }
}
