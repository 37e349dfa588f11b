import type { Holds } from '../../model/items.ts';
import { isReadablePattern } from '../../model/pattern.ts';
import {
  CONTACT_FIELDS,
  type ContactField,
  FILE_KINDS,
  type Option,
  type Question,
  type Steps,
  type Wording,
} from '../../model/survey.ts';
import { readChoices, readQuestionChoices, valueAndText } from './survey-js-choices.ts';
import { isSaid, type JsContext, listRest, type Taker, takerOf } from './survey-js-context.ts';
import { defined, type Loose, listIn, looseIn, numberIn, textIn } from './survey-parts.ts';

type Element = { context: JsContext; name: string; taker: Taker; code: string; text: Wording };
/** What one element became, before what all questions share is put on it. */
type Made = Question[] | { unmapped: string };

/**
 * Reads one question of SurveyJS.
 *
 * @param conditions those of the panels it stands in, which it takes over
 * @returns the questions it became; none where there is nothing like it, which is listed
 */
export function readJsQuestion(context: JsContext, source: Loose, conditions: readonly string[]): Question[] {
  const { book } = context;
  const taker = takerOf(source);
  const type = textIn(taker.take('type')) || 'text';
  const name = textIn(taker.take('name')) || textIn(source['title']) || type;
  const title = taker.take('title');
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!read) {
    book.miss(name, `a question of the type “${type}”`, UNMAPPED_TYPES[type] ?? 'Verbatim has no question like it');
    return [];
  }
  const code = context.codes(name, 'q');
  const made = read({ context, name, taker, code, text: context.words(name, title, name) });
  if (!Array.isArray(made)) {
    book.miss(name, `a question of the type “${type}”`, made.unmapped);
    return [];
  }
  const own = taker.take('visibleIf');
  const sources = [...conditions, ...(isSaid(own) ? [textIn(own)] : [])];
  const hint = taker.take('description');
  const isRequired = taker.take('isRequired') === true;
  if (taker.either('showCommentArea', 'hasComment') === true) {
    const comment = context.codes(`${code}_comment`, 'q');
    made.push({
      kind: 'text',
      code: comment,
      text: context.words(name, taker.take('commentText'), 'Comment'),
      long: true,
    });
    context.targets.set(`${name}-Comment`, { address: comment, holds: 'text', codes: null });
  }
  readValidators(context, name, taker, made);
  made.forEach((question, index) => {
    if (index === 0 && isSaid(hint)) question.hint = context.words(name, hint, '');
    const isAsked = !['statement', 'hidden', 'calculated'].includes(question.kind);
    if (isRequired && isAsked && !question.code.endsWith('_comment')) question.required = true;
    if (sources.length > 0)
      context.pending.push({
        from: name,
        what: 'shown only if',
        sources,
        use: (text) => {
          question.visibleIf = text;
        },
      });
    book.map(`${name} (${type})`, `${question.code}: ${question.kind}`);
  });
  for (const [key, why] of Object.entries(UNMAPPED_SETTINGS)) {
    const value = taker.take(key);
    if (isSaid(value) || (typeof value === 'object' && value !== null))
      book.miss(name, `${key} ${textIn(value)}`.trim(), why);
  }
  listRest(book, name, taker.rest());
  return made;
}

const UNMAPPED_TYPES: Readonly<Record<string, string>> = {
  paneldynamic: 'Groups that people repeat as often as they like have no counterpart',
  matrixdynamic: 'Rows that people add themselves have no counterpart',
  signaturepad: 'There are no signatures',
  image: 'Pictures beside questions are not taken over',
};
const UNMAPPED_SETTINGS: Readonly<Record<string, string>> = {
  requiredIf: 'A question is required or not; a check can ask for more',
  enableIf: 'A question is shown or not, never shown and closed',
  resetValueIf: 'Answers are never emptied by others',
  setValueIf: 'Answers are never written by others',
  setValueExpression: 'Answers are never written by others',
  defaultValueExpression: 'No answer is filled in beforehand: it would lead',
  defaultValue: 'No answer is filled in beforehand: it would lead',
  correctAnswer: 'There is no quiz',
  valueName: 'Each question keeps its own answer',
};

/** Registers what a name stands for in conditions. */
function aim(
  { context, name }: Element,
  address: string,
  holds: Holds,
  codes: ReadonlyMap<string, string> | null = null,
): void {
  context.targets.set(name, { address, holds, codes });
}

const READERS: Readonly<Record<string, (element: Element) => Made>> = {
  text: readText,
  comment: (element) => {
    aim(element, element.code, 'text');
    return [
      defined({
        kind: 'text',
        code: element.code,
        text: element.text,
        long: true,
        ...lengths(element.taker),
      }) as Question,
    ];
  },
  radiogroup: (element) => readChoice(element, 'single', 'list'),
  buttongroup: (element) => readChoice(element, 'single', 'list'),
  dropdown: (element) => readChoice(element, 'single', 'dropdown'),
  checkbox: (element) => readChoice(element, 'multiple', 'list'),
  tagbox: (element) => readChoice(element, 'multiple', 'list'),
  imagepicker: (element) =>
    readChoice(element, element.taker.take('multiSelect') === true ? 'multiple' : 'single', 'images'),
  ranking: (element) => readChoice(element, 'ranking', 'list'),
  boolean: readBoolean,
  rating: readRating,
  slider: readSlider,
  matrix: (element) => readMatrix(element),
  matrixdropdown: readMatrixDropdown,
  multipletext: readMultipleText,
  html: (element) => [
    {
      kind: 'statement',
      code: element.code,
      text: element.context.words(element.name, element.taker.take('html'), element.name),
    },
  ],
  expression: readCalculated,
  file: readFile,
};

function lengths(taker: Taker) {
  const most = numberIn(taker.take('maxLength'));
  return { maxLength: most !== null && most >= 1 && most <= 10_000 ? Math.floor(most) : undefined };
}

const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);

function readText(element: Element): Made {
  const { taker, code, text } = element;
  const type = textIn(taker.take('inputType')) || 'text';
  const [min, max, step] = [taker.take('min'), taker.take('max'), taker.take('step')];
  if (taker.take('visible') === false) {
    aim(element, code, 'text');
    return [{ kind: 'hidden', code, text }];
  }
  switch (type) {
    case 'number':
    case 'range':
      aim(element, code, 'number');
      return [
        defined({
          kind: 'number',
          code,
          text,
          min: numberIn(min) ?? undefined,
          max: numberIn(max) ?? undefined,
          whole: step === 1 ? true : undefined,
        }) as Question,
      ];
    case 'date':
      aim(element, code, 'date');
      return [
        defined({
          kind: 'date',
          code,
          text,
          min: isDay(min) ? min : undefined,
          max: isDay(max) ? max : undefined,
        }) as Question,
      ];
    case 'time':
      aim(element, code, 'time');
      return [{ kind: 'time', code, text }];
    default: {
      aim(element, code, 'text');
      const format = ({ email: 'email', url: 'url', tel: 'phone' } as const)[type];
      if (!format && type !== 'text')
        element.context.book.miss(element.name, `input of the type ${type}`, 'It is asked as plain text');
      return [defined({ kind: 'text', code, text, format, ...lengths(taker) }) as Question];
    }
  }
}

function readChoice(
  element: Element,
  kind: 'single' | 'multiple' | 'ranking',
  display: 'list' | 'dropdown' | 'images',
): Made {
  const { context, name, taker, code, text } = element;
  const { options, codes, isRefusable } = readQuestionChoices(context, name, taker);
  const carried = taker.take('choicesFromQuestion');
  const mode = textIn(taker.take('choicesFromQuestionMode')) || 'all';
  const order = textIn(taker.take('choicesOrder'));
  let optionsFrom: { question: string; which: 'chosen' | 'not-chosen' } | undefined;
  if (isSaid(carried)) {
    const from = context.targets.get(textIn(carried));
    if (from && !from.address.includes('.') && mode !== 'all') {
      optionsFrom = { question: from.address, which: mode === 'unselected' ? 'not-chosen' : 'chosen' };
      for (const [value, own] of from.codes ?? []) codes.set(value, own);
    } else
      context.book.miss(
        name,
        `choices from “${textIn(carried)}” (${mode})`,
        'Only those chosen, or not chosen, in an earlier question can be carried over',
      );
  }
  if (order !== '' && order !== 'none' && order !== 'random')
    context.book.miss(name, `choices in ${order} order`, 'Options stand as written; put them in that order');
  aim(element, code, kind === 'single' ? 'code' : kind === 'multiple' ? 'codes' : 'ranking', codes);
  for (const option of options)
    if (option.comment)
      context.targets.set(`${name}-Comment`, { address: `${code}.${option.code}`, holds: 'text', codes: null });
  const [least, most] = [numberIn(taker.take('minSelectedChoices')), numberIn(taker.take('maxSelectedChoices'))];
  const shared = {
    code,
    text,
    options,
    optionsFrom,
    order: order === 'random' ? 'random' : undefined,
    refusable: isRefusable ? true : undefined,
  };
  taker.take('selectToRankEnabled');
  if (kind === 'ranking')
    return [defined({ kind, ...shared, places: most !== null && most >= 1 ? most : undefined }) as Question];
  return [
    defined({
      kind,
      ...shared,
      display: display === 'list' ? undefined : display,
      ...(kind === 'multiple' && {
        least: least !== null && least >= 1 ? least : undefined,
        most: most !== null && most >= 1 ? most : undefined,
      }),
    }) as Question,
  ];
}

function readBoolean(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const [yes, no] = [taker.take('valueTrue'), taker.take('valueFalse')];
  const labels = [taker.take('labelTrue'), taker.take('labelFalse')].filter(isSaid);
  if (labels.length > 0)
    context.book.miss(
      name,
      `its labels ${labels.map(textIn).join(' and ')}`,
      'Verbatim says yes and no in the respondent’s language',
    );
  const isTick = taker.take('renderAs') === 'checkbox';
  aim(
    element,
    code,
    'code',
    new Map([
      ['true', 'yes'],
      ['false', 'no'],
      ...(yes === undefined ? [] : [[textIn(yes), 'yes'] as const]),
      ...(no === undefined ? [] : [[textIn(no), 'no'] as const]),
    ]),
  );
  return [{ kind: isTick ? 'consent' : 'yes-no', code, text }];
}

/** Whole numbers one after the other, at most eleven, can be steps. */
export function stepsFrom(context: JsContext, from: string, list: readonly unknown[]): Steps | null {
  const values = list.map(valueAndText).map((one) => ({ ...one, number: numberIn(one.value) }));
  const [first] = values;
  if (!first || values.length < 2 || values.length > 11) return null;
  const isRun = values.every(
    ({ number }, index) => number !== null && Number.isInteger(number) && number === (first.number ?? 0) + index,
  );
  const min = first.number;
  if (!isRun || min === null || min < 0 || min + values.length - 1 > 100) return null;
  const labels = Object.fromEntries(
    values
      .filter(({ text, value }) => !(typeof text === 'string' && text === value))
      .map(({ value, text, number }) => [String(number), context.words(from, text, value)]),
  );
  return { min, max: min + values.length - 1, ...(Object.keys(labels).length > 0 && { labels }) };
}

function readRating(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const [values, low, high] = [
    listIn(taker.take('rateValues')),
    taker.take('minRateDescription'),
    taker.take('maxRateDescription'),
  ];
  const min = numberIn(taker.take('rateMin')) ?? 1;
  const count = numberIn(taker.take('rateCount'));
  const max = numberIn(taker.take('rateMax')) ?? (count === null ? 5 : min + count - 1);
  const step = numberIn(taker.take('rateStep')) ?? 1;
  const type = textIn(taker.either('rateType', 'rateDisplayMode'));
  taker.take('displayRateDescriptionsAsExtremeItems');
  taker.take('autoGenerate');
  const range =
    step > 0 && max >= min && (max - min) / step < 100
      ? Array.from({ length: Math.floor((max - min) / step) + 1 }, (_, index) => min + index * step)
      : [];
  const steps = stepsFrom(context, name, values.length > 0 ? values : range);
  if (!steps) {
    const { options, codes } = readChoices(context, name, values.length > 0 ? values : range);
    aim(element, code, 'code', codes);
    context.book.miss(name, 'its scale', 'A scale has at most eleven whole steps: it is asked as a choice');
    return options.length < 2
      ? { unmapped: 'It has no scale that can be read' }
      : [{ kind: 'single', code, text, options }];
  }
  const labels = {
    ...steps.labels,
    ...(isSaid(low) && { [String(steps.min)]: context.words(name, low, '') }),
    ...(isSaid(high) && { [String(steps.max)]: context.words(name, high, '') }),
  };
  aim(element, code, 'number');
  const display = type === 'stars' || type === 'smileys' ? type : undefined;
  return [
    defined({
      kind: 'rating',
      code,
      text,
      steps: { min: steps.min, max: steps.max, ...(Object.keys(labels).length > 0 && { labels }) },
      display,
    }) as Question,
  ];
}

function readSlider(element: Element): Made {
  const { context, name, taker, code, text } = element;
  if (taker.take('sliderType') === 'range') return { unmapped: 'A slider gives one number here, not a range' };
  const [min, max, step] = [
    numberIn(taker.take('min')) ?? 0,
    numberIn(taker.take('max')) ?? 100,
    numberIn(taker.take('step')),
  ];
  const ends = listIn(taker.take('customLabels')).map(looseIn);
  const labelAt = (value: number) => {
    const found = ends.find((one) => numberIn(one['value']) === value);
    return found && isSaid(found['text']) ? context.words(name, found['text'], '') : undefined;
  };
  aim(element, code, 'number');
  return [
    defined({
      kind: 'slider',
      code,
      text,
      min,
      max,
      step: step !== null && step > 0 ? step : undefined,
      low: labelAt(min),
      high: labelAt(max),
    }) as Question,
  ];
}

function readMatrix(
  element: Element,
  only?: { code: string; text: Wording; name: string; columns: unknown; isMultiple: boolean; rows: unknown },
): Made {
  const { context, taker } = element;
  const { code, text, name } = only ?? element;
  const columns = only ? only.columns : taker.take('columns');
  const isMultiple = only?.isMultiple ?? taker.take('cellType') === 'checkbox';
  const rows = readChoices(context, name, only ? only.rows : taker.take('rows'), 200);
  const order = only ? '' : textIn(taker.either('rowOrder', 'rowsOrder'));
  if (!only && taker.either('isAllRowRequired', 'eachRowRequired') === true)
    element.context.book.map(name, 'required', 'Each row must be answered');
  const [first] = rows.options;
  if (!first) return { unmapped: 'It has no rows' };
  const plainRows = rows.options.map(({ code: row, text: label, visibleIf }) =>
    defined({ code: row, text: label, visibleIf }),
  );
  // Conditions of rows arrive later, on the options they were read as.
  rows.options.forEach((option, index) =>
    Object.defineProperty(option, 'visibleIf', {
      set: (value: string) => {
        (plainRows[index] as Option).visibleIf = value;
      },
      configurable: true,
    }),
  );
  const steps = isMultiple ? null : stepsFrom(context, name, listIn(columns));
  const read = steps ? null : readChoices(context, name, columns, 20);
  if (read && read.options.length < 2) return { unmapped: 'It has fewer than two columns' };
  const holds = steps ? 'number' : isMultiple ? 'codes' : 'code';
  for (const [value, row] of rows.codes)
    context.targets.set(`${name}.${value}`, { address: `${code}.${row}`, holds, codes: read?.codes ?? null });
  context.targets.set(name, {
    address: `${code}.${first.code}`,
    holds,
    codes: read?.codes ?? null,
    parts: plainRows.map((row) => `${code}.${row.code}`),
  });
  const shared = { code, text, rows: plainRows, rowOrder: order === 'random' ? 'random' : undefined };
  if (steps) return [defined({ kind: 'battery', ...shared, steps }) as Question];
  return [
    defined({ kind: 'matrix', ...shared, columns: read?.options, multiple: isMultiple ? true : undefined }) as Question,
  ];
}

/** A table with several answers per row becomes one matrix per column. */
function readMatrixDropdown(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const columns = listIn(taker.take('columns')).map(looseIn);
  const [rows, choices, cellType] = [
    taker.take('rows'),
    taker.take('choices'),
    textIn(taker.take('cellType')) || 'dropdown',
  ];
  const made: Question[] = [];
  columns.forEach((column, index) => {
    const own = textIn(column['name']) || `column ${index + 1}`;
    const type = textIn(column['cellType']) || cellType;
    if (!['dropdown', 'radiogroup', 'checkbox', 'tagbox', 'default'].includes(type)) {
      context.book.miss(name, `its column “${own}” (${type})`, 'A row of a table is answered by choosing');
      return;
    }
    const matrix = readMatrix(element, {
      name: columns.length === 1 ? name : `${name}.${own}`,
      code: columns.length === 1 ? code : context.codes(`${code}_${own}`, 'q'),
      text: columns.length === 1 ? text : context.words(name, column['title'] ?? own, own),
      columns: listIn(column['choices']).length > 0 ? column['choices'] : choices,
      isMultiple: type === 'checkbox' || type === 'tagbox',
      rows,
    });
    if (Array.isArray(matrix)) made.push(...matrix);
    else context.book.miss(name, `its column “${own}”`, matrix.unmapped);
  });
  return made.length > 0 ? made : { unmapped: 'None of its columns can be asked here' };
}

function readMultipleText(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const items = listIn(taker.take('items'))
    .map(looseIn)
    .filter((one) => textIn(one['name']) !== '');
  const names = items.map((one) => textIn(one['name']));
  if (
    items.length > 0 &&
    names.every((one): one is ContactField => (CONTACT_FIELDS as readonly string[]).includes(one))
  ) {
    for (const field of names)
      context.targets.set(`${name}.${field}`, { address: `${code}.${field}`, holds: 'text', codes: null });
    return [{ kind: 'contact', code, text, fields: [...new Set(names)] as ContactField[] }];
  }
  const total = sumIn(taker, name, names);
  if (total !== null && items.length >= 2) {
    const { options, codes } = readChoices(
      context,
      name,
      items.map((one) => ({ value: one['name'], text: one['title'] })),
      50,
    );
    for (const [value, option] of codes)
      context.targets.set(`${name}.${value}`, { address: `${code}.${option}`, holds: 'number', codes: null });
    return [{ kind: 'sum', code, text, options, total }];
  }
  const made: Question[] = [];
  if (isSaid(taker.take('title')) || items.length > 1) made.push({ kind: 'statement', code, text });
  for (const one of items) {
    const own = takerOf(one);
    const item = textIn(own.take('name'));
    const inner = {
      context,
      name: `${name}.${item}`,
      taker: own,
      code: context.codes(`${code}_${item}`, 'q'),
      text: context.words(name, own.take('title'), item),
    };
    const read = readText(inner);
    if (Array.isArray(read)) {
      if (own.take('isRequired') === true) for (const question of read) question.required = true;
      readValidators(context, inner.name, own, read);
      listRest(context.book, inner.name, own.rest());
      made.push(...read);
    }
  }
  return made.length > 0 ? made : { unmapped: 'It has no fields' };
}

/** The total of a multiple text whose check is `sum(all its fields) = total`. */
function sumIn(taker: Taker, name: string, names: readonly string[]): number | null {
  const wanted = `sum(${names.map((one) => `{${name}.${one}}`).join(', ')}) = `;
  const validators = listIn(taker.take('validators')).map(looseIn);
  const expression = textIn(validators[0]?.['expression']);
  const total =
    validators.length === 1 && expression.startsWith(wanted) ? numberIn(expression.slice(wanted.length)) : null;
  return total !== null && total > 0 ? total : null;
}

function readCalculated(element: Element): Made {
  const { context, name, taker, code, text } = element;
  const source = textIn(taker.take('expression'));
  if (source === '') return { unmapped: 'It calculates nothing' };
  aim(element, code, 'number');
  const question: Question = { kind: 'calculated', code, text, formula: '0' };
  context.pending.push({
    from: name,
    what: 'calculated as',
    sources: [source],
    use: (formula) => {
      question.formula = formula;
    },
  });
  return [question];
}

function readFile(element: Element): Made {
  const { taker, code, text } = element;
  const accepted = textIn(taker.take('acceptedTypes')).toLowerCase();
  const bytes = numberIn(taker.take('maxSize'));
  const kinds = FILE_KINDS.filter((kind) => {
    if (accepted === '') return true;
    const signs = {
      image: /image|jpe?g|png|gif|webp/,
      pdf: /pdf/,
      text: /text|txt|csv/,
      document: /doc|odt|xls|ods|word|office/,
      audio: /audio|mp3|wav|ogg/,
      video: /video|mp4|webm|mov/,
    };
    return signs[kind].test(accepted);
  });
  if (taker.take('allowMultiple') === true)
    element.context.book.miss(element.name, 'several files', 'One file is taken for each question');
  element.context.targets.set(element.name, { address: code, holds: 'file', codes: null });
  const megabytes = bytes === null || bytes <= 0 ? undefined : Math.min(50, bytes / 1_048_576);
  return [
    defined({
      kind: 'file',
      code,
      text,
      accepts: kinds.length > 0 ? kinds : [...FILE_KINDS],
      megabytesMax: megabytes,
    }) as Question,
  ];
}

/** Validators become limits of the question where it has such limits, else checks. */
function readValidators(context: JsContext, name: string, taker: Taker, made: readonly Question[]): void {
  const [question] = made;
  if (!question) return;
  if (question.kind === 'sum') return;
  for (const one of listIn(taker.take('validators')).map(looseIn)) {
    const type = textIn(one['type']).replace(/validator$/, '');
    const [low, high] = [
      numberIn(one['minValue'] ?? one['minLength'] ?? one['minCount']),
      numberIn(one['maxValue'] ?? one['maxLength'] ?? one['maxCount']),
    ];
    const lost = () =>
      context.book.miss(name, `validator ${type} ${textIn(one['regex'])}`.trim(), 'The question has no limit like it');
    const limits = { low: low ?? undefined, high: high ?? undefined };
    if (type === 'numeric' && question.kind === 'number')
      Object.assign(question, defined({ min: limits.low, max: limits.high }));
    else if (type === 'text' && question.kind === 'text')
      Object.assign(
        question,
        defined({
          minLength: low !== null && low >= 1 ? low : undefined,
          maxLength: high !== null && high >= 1 ? high : undefined,
        }),
      );
    else if (type === 'answercount' && question.kind === 'multiple')
      Object.assign(
        question,
        defined({
          least: low !== null && low >= 1 ? low : undefined,
          most: high !== null && high >= 1 ? high : undefined,
        }),
      );
    else if (type === 'email' && question.kind === 'text') question.format = 'email';
    else if (
      type === 'regex' &&
      question.kind === 'text' &&
      isReadablePattern(textIn(one['regex'])) &&
      textIn(one['regex']) !== '' &&
      textIn(one['regex']).length <= 500
    ) {
      question.pattern = wholePattern(textIn(one['regex']));
      if (isSaid(one['text'])) question.patternMessage = context.words(name, one['text'], '');
    } else if (type === 'expression' && isSaid(one['expression'])) {
      const message = context.words(name, one['text'], 'Please look at this answer again');
      context.pending.push({
        from: name,
        what: 'check',
        sources: [textIn(one['expression'])],
        use: (holds) => {
          question.checks = [...(question.checks ?? []), { holds, message }].slice(0, 20);
        },
      });
    } else lost();
  }
}

/** Ours must match the whole answer; theirs only somewhere in it unless it says so. */
function wholePattern(regex: string): string {
  if (regex.startsWith('^(?:') && regex.endsWith(')$')) return regex.slice(4, -2);
  const isFixed = regex.startsWith('^') && regex.endsWith('$');
  return isFixed ? regex.slice(1, -1) : `[\\s\\S]*(?:${regex})[\\s\\S]*`;
}
