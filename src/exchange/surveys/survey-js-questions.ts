import type { Question } from '../../model/survey.ts';
import { readQuestionChoices } from './survey-js-choices.ts';
import { isSaid, type JsContext, listRest, takerOf } from './survey-js-context.ts';
import { aim, type Element, lengths, type Made } from './survey-js-element.ts';
import { readBoolean, readFile, readMultipleText, readText } from './survey-js-fields.ts';
import { readMatrix, readMatrixDropdown, readRating, readSlider } from './survey-js-scales.ts';
import { readValidators } from './survey-js-validators.ts';
import { defined, type Loose, numberIn, textIn } from './survey-parts.ts';

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
