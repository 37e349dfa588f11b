import { FILE_KINDS, type Question } from '../../model/survey.ts';
import { isLogic } from './qualtrics-logic.ts';
import { readMatrix } from './qualtrics-matrix.ts';
import {
  aim,
  choicesOf,
  optionsOf,
  type QualtricsContext,
  type Reader,
  shuffled,
  translations,
} from './qualtrics-parts.ts';
import { readValidation } from './qualtrics-validation.ts';
import { defined, type Loose, looseIn, numberIn, textIn, wordingFrom } from './survey-parts.ts';

const KNOWN = new Set([
  'QuestionID',
  'QuestionText',
  'DataExportTag',
  'QuestionType',
  'Selector',
  'SubSelector',
  'Choices',
  'ChoiceOrder',
  'Answers',
  'AnswerOrder',
  'RecodeValues',
  'VariableNaming',
  'ChoiceDataExportTags',
  'Validation',
  'DisplayLogic',
  'DynamicChoices',
  'Randomization',
  'Language',
  'Configuration',
  'QuestionDescription',
  'DefaultChoices',
  'ColumnLabels',
  // What Qualtrics keeps for its own editor.
  'NextChoiceId',
  'NextAnswerId',
  'QuestionText_Unsafe',
  'DataVisibility',
  'GradingData',
  'QuestionJS',
  'DataExportTag_Unsafe',
  'SearchSource',
  'AnswerRowTitle',
]);

/** Reads one question; empty where there is nothing like it, which is listed. */
export function readQualtricsQuestion(context: QualtricsContext, payload: Loose, qid: string): Question[] {
  const { book } = context;
  const name = textIn(payload['DataExportTag']) || qid;
  const type = textIn(payload['QuestionType']);
  const selector = textIn(payload['Selector']);
  const code = context.codes(name, 'q');
  const texts = translations(context, payload, 'QuestionText', textIn(payload['QuestionText']));
  const text = wordingFrom(book, name, texts, context.languages, textIn(payload['QuestionDescription']) || name);
  const reader: Reader = { context, payload, qid, name, code, text, selector, sub: textIn(payload['SubSelector']) };
  const read = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const why = Object.hasOwn(WHY, type) ? WHY[type] : undefined;
  const made = read ? read(reader) : (why ?? 'Verbatim has no question like it');
  if (typeof made === 'string') {
    book.miss(name, `a question of the type ${type || 'unknown'} ${selector}`.trim(), made);
    return [];
  }
  readValidation(reader, made);
  const logic = payload['DisplayLogic'];
  if (isLogic(logic))
    for (const one of made)
      context.pending.push({
        from: name,
        what: 'shown only if',
        logic,
        use: (condition) => {
          one.visibleIf = condition;
        },
      });
  for (const one of made)
    book.map(`${name} (${[type, selector, reader.sub].filter(Boolean).join(' ')})`, `${one.code}: ${one.kind}`);
  if (textIn(payload['QuestionJS']) !== '') book.miss(name, 'its JavaScript', 'No script of others runs in a survey');
  if (Object.keys(looseIn(payload['DefaultChoices'])).length > 0)
    book.miss(name, 'answers filled in beforehand', 'No answer is filled in beforehand: it would lead');
  const rest = Object.keys(payload).filter(
    (key) => !KNOWN.has(key) && payload[key] !== null && payload[key] !== '' && payload[key] !== false,
  );
  if (rest.length > 0)
    book.miss(
      name,
      `settings: ${rest.slice(0, 30).join(', ')}`,
      'Verbatim has nothing like them, or does it its own way',
    );
  return made;
}

const WHY: Readonly<Record<string, string>> = {
  Timing: 'How long a page takes is always kept',
  Meta: 'The kind of device and browser is always kept',
  SS: 'There is no grid with a drawing',
  HeatMap: 'There are no clicks on a picture',
  HotSpot: 'There are no clicks on a picture',
  Draw: 'There are no signatures',
  SBS: 'Several tables side by side have no counterpart: ask one after the other',
  PGR: 'There are no buckets to sort into',
  Captcha: 'Programs are kept out without puzzles',
};

const TYPES: Readonly<Record<string, (reader: Reader) => Question[] | string>> = {
  MC: readMultipleChoice,
  Matrix: readMatrix,
  TE: readTextEntry,
  RO: (reader) => {
    const { options, codes } = optionsOf(reader);
    aim(reader, '', { address: reader.code, holds: 'ranking', codes });
    return [shuffled(reader, { kind: 'ranking', code: reader.code, text: reader.text, options })];
  },
  CS: readConstantSum,
  DB: ({ code, text }) => [{ kind: 'statement', code, text }],
  Slider: readSlider,
  FileUpload: (reader) => {
    aim(reader, '', { address: reader.code, holds: 'file', codes: null });
    return [{ kind: 'file', code: reader.code, text: reader.text, accepts: [...FILE_KINDS] }];
  },
};

function readMultipleChoice(reader: Reader): Question[] | string {
  const { code, text, selector } = reader;
  const choices = choicesOf(reader, 'Choices');
  if (selector === 'NPS') {
    aim(reader, '', {
      address: code,
      holds: 'number',
      codes: new Map(choices.map((one) => [one.id, one.value === one.id ? String(Number(one.id)) : one.value])),
    });
    return [{ kind: 'rating', code, text, steps: { min: 0, max: 10 }, measure: 'nps' }];
  }
  const { options, codes } = optionsOf(reader);
  if (options.length === 0 && textIn(looseIn(reader.payload['DynamicChoices'])['Locator']) === '')
    return 'It has no choices';
  const isMultiple = ['MAVR', 'MAHR', 'MACOL', 'MSB'].includes(selector);
  // Choices carried forward are named with an x before their number.
  const carriedFrom = /QID\d+/.exec(textIn(looseIn(reader.payload['DynamicChoices'])['Locator']))?.[0];
  for (const [id, own] of reader.context.targets.get(carriedFrom ?? '')?.codes ?? []) codes.set(`x${id}`, own);
  aim(reader, '', { address: code, holds: isMultiple ? 'codes' : 'code', codes });
  if (isMultiple) return [shuffled(reader, { kind: 'multiple', code, text, options })];
  return [
    shuffled(
      reader,
      defined({ kind: 'single', code, text, options, display: selector === 'DL' ? 'dropdown' : undefined }) as Question,
    ),
  ];
}

function readTextEntry(reader: Reader): Question[] | string {
  const { context, code, text, selector, qid, payload } = reader;
  const { Settings: settings } = looseIn(payload['Validation']);
  const type = textIn(looseIn(settings)['Type']) === 'ContentType' ? textIn(looseIn(settings)['ContentType']) : '';
  if (selector === 'FORM') {
    const { options, codes } = optionsOf(reader, 'Choices', 45);
    if (options.length === 0) return 'It has no fields';
    const made: Question[] = [{ kind: 'statement', code, text }];
    for (const [id, option] of codes) {
      const own = context.codes(`${code}_${option.replace(/^o(?=\d)/, '')}`);
      context.targets.set(`${qid}_${id}`, { address: own, holds: 'text', codes: null });
      context.targets.set(`${qid}_${id}_TEXT`, { address: own, holds: 'text', codes: null });
      made.push({ kind: 'text', code: own, text: options.find((one) => one.code === option)?.text ?? text });
    }
    return made;
  }
  if (type === 'ValidNumber') {
    const numbers = looseIn(looseIn(settings)['ValidNumber']);
    aim(reader, '', { address: code, holds: 'number', codes: null });
    return [
      defined({
        kind: 'number',
        code,
        text,
        min: numberIn(numbers['Min']) ?? undefined,
        max: numberIn(numbers['Max']) ?? undefined,
        whole: textIn(numbers['NumDecimals']) === '0' ? true : undefined,
      }) as Question,
    ];
  }
  if (type === 'ValidDate') {
    aim(reader, '', { address: code, holds: 'date', codes: null });
    return [{ kind: 'date', code, text }];
  }
  aim(reader, '', { address: code, holds: 'text', codes: null });
  const format = ({ ValidEmail: 'email', ValidURL: 'url', ValidPhone: 'phone', ValidUSPhone: 'phone' } as const)[type];
  if (type !== '' && !format) context.book.miss(reader.name, `answers checked as ${type}`, 'There is no such format');
  return [
    defined({
      kind: 'text',
      code,
      text,
      long: selector === 'ML' || selector === 'ESTB' ? true : undefined,
      format,
    }) as Question,
  ];
}

function readConstantSum(reader: Reader): Question[] | string {
  const { context, code, text, payload, name } = reader;
  const { options, codes } = optionsOf(reader, 'Choices', 50);
  if (options.length < 2) return 'It has fewer than two choices';
  const { ChoiceTotal: wanted } = looseIn(looseIn(payload['Validation'])['Settings']);
  const total = numberIn(wanted);
  if (total === null || total <= 0) context.book.miss(name, 'no total', 'A sum has one: it is 100 until you change it');
  for (const one of options) for (const key of ['exclusive', 'comment'] as const) delete one[key];
  for (const [id, option] of codes)
    aim(reader, `_${id}`, { address: `${code}.${option}`, holds: 'number', codes: null });
  return [{ kind: 'sum', code, text, options, total: total !== null && total > 0 ? total : 100 }];
}

function readSlider(reader: Reader): Question[] | string {
  const { context, code, text, payload } = reader;
  const { CSSliderMin, CSSliderMax } = looseIn(payload['Configuration']);
  const [min, max] = [numberIn(CSSliderMin) ?? 0, numberIn(CSSliderMax) ?? 100];
  const { options, codes } = optionsOf(reader, 'Choices', 45);
  if (max <= min) return 'Its scale cannot be read';
  if (options.length <= 1) {
    aim(reader, '', { address: code, holds: 'number', codes: null });
    return [{ kind: 'slider', code, text, min, max }];
  }
  const made: Question[] = [{ kind: 'statement', code, text }];
  for (const [id, option] of codes) {
    const own = context.codes(`${code}_${option.replace(/^o(?=\d)/, '')}`);
    aim(reader, `_${id}`, { address: own, holds: 'number', codes: null });
    made.push({ kind: 'slider', code: own, text: options.find((one) => one.code === option)?.text ?? text, min, max });
  }
  return made;
}
