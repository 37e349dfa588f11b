import type { Option, Question, SurveyDefinition, Wording } from '../../model/survey.ts';
import { defined } from './survey-parts.ts';

export type Json = Record<string, unknown>;

export type Out = {
  definition: SurveyDefinition;
  miss: (from: string, what: string, why: string) => void;
  /** A text, localised where it is written in several languages. */
  say: (wording: Wording) => unknown;
  /** A condition in their language; undefined when it cannot be said, which is listed. */
  tell: (from: string, what: string, expression: string | undefined) => string | undefined;
};

export const listed = <One>(list: One[]): One[] | undefined => (list.length > 0 ? list : undefined);

export const asHtml = (wording: Wording): Wording =>
  Object.fromEntries(
    Object.entries(wording).map(([language, text]) => [
      language,
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>'),
    ]),
  );

const writeOption = (out: Out, from: string, option: Option): Json =>
  defined({
    value: option.code,
    ...(option.alias !== undefined && { alias: option.alias }),
    text: out.say(option.text),
    visibleIf: out.tell(`${from}.${option.code}`, 'shown only if', option.visibleIf),
    isExclusive: option.exclusive,
    showCommentArea: option.comment ? true : undefined,
    isCommentRequired: option.comment === 'required' ? true : undefined,
  });

/** Their own “other” and “none” for ours that are exactly like them. */
const isTheirOther = (option: Option) =>
  option.code === 'other' &&
  option.comment === 'required' &&
  option.pinned === true &&
  !option.visibleIf &&
  !option.exclusive;

const isTheirNone = (option: Option) =>
  option.code === 'none' && option.exclusive === true && option.pinned === true && !option.visibleIf && !option.comment;

function writeChoices(out: Out, question: Question & { options: readonly Option[] }): Json {
  const { options } = question;
  const last = options.at(-1);
  const other = last && isTheirOther(last) ? last : undefined;
  const before = other ? options.at(-2) : last;
  const none = before && isTheirNone(before) ? before : undefined;
  const plain = options.filter((option) => option !== other && option !== none);
  for (const option of plain) {
    if (option.pinned)
      out.miss(
        `${question.code}.${option.code}`,
        'keeps its place when shuffled',
        'SurveyJS shuffles all of its choices',
      );
    if (option.image)
      out.miss(
        `${question.code}.${option.code}`,
        'its picture',
        'Pictures are kept with the study and have no address of their own',
      );
  }
  const order = 'order' in question ? question.order : undefined;
  if (order === 'rotated' || order === 'reversed-half')
    out.miss(question.code, `options in ${order} order`, 'SurveyJS shuffles or leaves as written');
  const from = 'optionsFrom' in question ? question.optionsFrom : undefined;
  return {
    choices: plain.map((option) => writeOption(out, question.code, option)),
    choicesOrder: order === 'random' ? 'random' : undefined,
    choicesFromQuestion: from?.question,
    choicesFromQuestionMode: from && (from.which === 'chosen' ? 'selected' : 'unselected'),
    showNoneItem: none ? true : undefined,
    noneText: none && out.say(none.text),
    showOtherItem: other ? true : undefined,
    otherText: other && out.say(other.text),
  };
}

function writeSteps(out: Out, steps: Extract<Question, { kind: 'rating' }>['steps']): Json[] {
  return Array.from({ length: steps.max - steps.min + 1 }, (_, index) => {
    const value = steps.min + index;
    const label = steps.labels?.[String(value)];
    return label ? { value, text: out.say(label) } : { value };
  });
}

function writeRows(out: Out, question: Extract<Question, { kind: 'battery' | 'matrix' }>): Json {
  if (question.rowsFrom)
    out.miss(
      question.code,
      `rows carried over from ${question.rowsFrom.question}`,
      'SurveyJS carries over choices, not rows',
    );
  if (question.rowOrder && question.rowOrder !== 'random' && question.rowOrder !== 'as-written')
    out.miss(question.code, `rows in ${question.rowOrder} order`, 'SurveyJS shuffles or leaves as written');
  if (question.rows.some((row) => row.pinned))
    out.miss(question.code, 'rows that keep their place', 'SurveyJS shuffles all of them');
  return {
    rows: question.rows.map((row) =>
      defined({
        value: row.code,
        text: out.say(row.text),
        visibleIf: out.tell(`${question.code}.${row.code}`, 'shown only if', row.visibleIf),
      }),
    ),
    rowOrder: question.rowOrder === 'random' ? 'random' : undefined,
    eachRowRequired: question.required,
  };
}

export function writeKind(out: Out, question: Question): Json | null {
  const { say, miss } = out;
  const lost = (what: string, value: unknown, why = 'SurveyJS has no setting like it') => {
    if (value !== undefined && value !== false) miss(question.code, what, why);
  };
  const refuse = question.refusable ? { showRefuseItem: true } : {};
  switch (question.kind) {
    case 'single': {
      const type =
        question.display === 'dropdown' ? 'dropdown' : question.display === 'images' ? 'imagepicker' : 'radiogroup';
      return { type, ...writeChoices(out, question), ...refuse };
    }
    case 'multiple':
      return {
        ...(question.display === 'images' ? { type: 'imagepicker', multiSelect: true } : { type: 'checkbox' }),
        ...writeChoices(out, question),
        ...refuse,
        minSelectedChoices: question.least,
        maxSelectedChoices: question.most,
      };
    case 'ranking':
      return {
        type: 'ranking',
        ...writeChoices(out, question),
        maxSelectedChoices: question.places,
        selectToRankEnabled: question.places === undefined ? undefined : true,
      };
    case 'yes-no':
      return { type: 'boolean', valueTrue: 'yes', valueFalse: 'no' };
    case 'consent':
      return { type: 'boolean', valueTrue: 'yes', renderAs: 'checkbox' };
    case 'rating':
      lost(`the measure ${question.measure}`, question.measure);
      return {
        type: 'rating',
        rateMin: question.steps.labels ? undefined : question.steps.min,
        rateMax: question.steps.labels ? undefined : question.steps.max,
        rateValues: question.steps.labels && writeSteps(out, question.steps),
        rateType: question.display === 'stars' || question.display === 'smileys' ? question.display : undefined,
      };
    case 'battery':
      return { type: 'matrix', columns: writeSteps(out, question.steps), ...writeRows(out, question) };
    case 'matrix':
      return {
        type: 'matrix',
        cellType: question.multiple ? 'checkbox' : undefined,
        columns: question.columns.map((column) => writeOption(out, question.code, column)),
        ...writeRows(out, question),
      };
    case 'slider':
      lost('its unit', question.unit);
      return {
        type: 'slider',
        min: question.min,
        max: question.max,
        step: question.step,
        customLabels: listed([
          ...(question.low ? [{ value: question.min, text: say(question.low) }] : []),
          ...(question.high ? [{ value: question.max, text: say(question.high) }] : []),
        ]),
      };
    case 'sum': {
      lost('its unit', question.unit);
      const names = question.options.map((option) => `{${question.code}.${option.code}}`);
      return {
        type: 'multipletext',
        items: question.options.map((option) => ({ name: option.code, title: say(option.text), inputType: 'number' })),
        validators: [
          {
            type: 'expression',
            expression: `sum(${names.join(', ')}) = ${question.total}`,
            text: `Together ${question.total}`,
          },
        ],
      };
    }
    case 'number':
      lost('its unit', question.unit);
      return {
        type: 'text',
        inputType: 'number',
        min: question.min,
        max: question.max,
        step: question.whole ? 1 : undefined,
      };
    case 'text': {
      lost('names somebody', question.identifying);
      const validators = [
        ...(question.minLength === undefined ? [] : [{ type: 'text', minLength: question.minLength }]),
        ...(question.pattern === undefined
          ? []
          : [
              defined({
                type: 'regex',
                regex: `^(?:${question.pattern})$`,
                text: question.patternMessage && say(question.patternMessage),
              }),
            ]),
      ];
      if (question.long)
        lost(`the format ${question.format}`, question.format, 'A long text has no format in SurveyJS');
      const inputType = question.format === 'phone' ? 'tel' : question.format;
      return {
        type: question.long ? 'comment' : 'text',
        inputType: question.long ? undefined : inputType,
        maxLength: question.maxLength,
        validators,
      };
    }
    case 'date':
      return { type: 'text', inputType: 'date', min: question.min, max: question.max };
    case 'time':
      return { type: 'text', inputType: 'time' };
    case 'contact':
      return { type: 'multipletext', items: question.fields.map((field) => ({ name: field })) };
    case 'file':
      return {
        type: 'file',
        acceptedTypes: question.accepts.join(', '),
        maxSize: question.megabytesMax === undefined ? undefined : question.megabytesMax * 1_048_576,
      };
    case 'statement':
      return { type: 'html', html: say(asHtml(question.text)) };
    case 'hidden':
      lost(`its parameter ${question.parameter}`, question.parameter);
      return { type: 'text', visible: false };
    case 'differential':
    case 'best-worst':
    case 'calculated':
      return null;
  }
}
