import type { Option, Question, Wording } from '../../model/survey.ts';
import { type CodeMaker, codeMaker, languageTag } from './codes.ts';
import { isLogic } from './qualtrics-logic.ts';
import type { ReportBook } from './report.ts';
import { type Loose, listIn, looseIn, textIn, wordingFrom } from './survey-parts.ts';
import type { Target } from './targets.ts';

export type QualtricsPending = { from: string; what: string; logic: unknown; use: (expression: string) => void };

export type QualtricsContext = {
  book: ReportBook;
  languages: readonly string[];
  codes: CodeMaker;
  /** By `QID1`, `QID1/row` for a row of a matrix, `QID1_4_TEXT` for the words beside a choice. */
  targets: Map<string, Target>;
  pending: QualtricsPending[];
};

export type Reader = {
  context: QualtricsContext;
  payload: Loose;
  qid: string;
  name: string;
  code: string;
  text: Wording;
  selector: string;
  sub: string;
};

type Choice = { id: string; value: string; source: Loose; texts: Record<string, string> };

export const aim = ({ context, qid }: Reader, suffix: string, target: Target): void =>
  void context.targets.set(`${qid}${suffix}`, target);

export function translations(
  { languages }: QualtricsContext,
  payload: Loose,
  field: string,
  own: string,
): Record<string, string> {
  const [first = 'en'] = languages;
  const texts: Record<string, string> = own === '' ? {} : { [first]: own };
  for (const [language, one] of Object.entries(looseIn(payload['Language']))) {
    const tag = languageTag(language);
    const text = textIn(looseIn(one)[field]);
    if (tag !== null && text !== '') texts[tag] ??= text;
  }
  return texts;
}

/** Choices or answers in the order shown, with the values they are stored under. */
export function choicesOf({ context, payload }: Reader, field: 'Choices' | 'Answers'): Choice[] {
  const source = payload[field];
  const entries: [string, unknown][] = Array.isArray(source)
    ? source.map((one, index) => [String(index + 1), one])
    : Object.entries(looseIn(source));
  const order = listIn(payload[field === 'Choices' ? 'ChoiceOrder' : 'AnswerOrder']).map(textIn);
  const place = new Map(order.map((id, index) => [id, index]));
  const recodes = looseIn(payload['RecodeValues']);
  const isRecoded = (field === 'Choices') !== (textIn(payload['QuestionType']) === 'Matrix');
  const [first = 'en'] = context.languages;
  return entries
    .filter(([, one]) => typeof one === 'object' && one !== null)
    .sort(([a], [b]) => (place.get(a) ?? order.length) - (place.get(b) ?? order.length))
    .map(([id, one]) => {
      const texts: Record<string, string> = { [first]: textIn(looseIn(one)['Display']) };
      for (const [language, words] of Object.entries(looseIn(payload['Language']))) {
        const tag = languageTag(language);
        const text = textIn(looseIn(looseIn(looseIn(words)[field])[id])['Display']);
        if (tag !== null && text !== '') texts[tag] ??= text;
      }
      return { id, value: (isRecoded && textIn(recodes[id])) || id, source: looseIn(one), texts };
    });
}

/** Codes come from the names given to choices, else from the values they are stored under. */
export function optionsOf(
  reader: Reader,
  field: 'Choices' | 'Answers' = 'Choices',
  most = 1000,
): { options: Option[]; codes: Map<string, string> } {
  const { context, payload, name, code: question, qid } = reader;
  const make = codeMaker();
  const codes = new Map<string, string>();
  const names = looseIn(payload[field === 'Choices' ? 'ChoiceDataExportTags' : 'AnswerDataExportTags']);
  const naming = looseIn(payload['VariableNaming']);
  const all = choicesOf(reader, field);
  if (all.length > most) context.book.miss(name, `choices after the first ${most}`, `There may be ${most} at most`);
  const options = all.slice(0, most).map(({ id, value, source, texts }): Option => {
    const wanted = textIn(names[id]) || (field === 'Choices' ? textIn(naming[id]) : '') || value;
    const option: Option = {
      code: make(wanted, field === 'Answers' || textIn(payload['QuestionType']) !== 'Matrix' ? 'o' : 'r'),
      text: wordingFrom(context.book, `${name}: ${id}`, texts, context.languages, wanted),
    };
    codes.set(id, option.code);
    if (isTrue(source['ExclusiveAnswer'])) option.exclusive = true;
    if (isTrue(source['TextEntry'])) {
      option.comment = isTrue(looseIn(source)['TextEntryForceResponse']) ? 'required' : 'optional';
      context.targets.set(`${qid}_${id}_TEXT`, { address: `${question}.${option.code}`, holds: 'text', codes: null });
    }
    if (isLogic(source['DisplayLogic']))
      context.pending.push({
        from: `${name}: ${id}`,
        what: 'shown only if',
        logic: source['DisplayLogic'],
        use: (condition) => {
          option.visibleIf = condition;
        },
      });
    if (source['Image'] !== undefined)
      context.book.miss(
        `${name}: ${id}`,
        'its picture',
        'Pictures are not fetched from elsewhere: upload it to the study',
      );
    return option;
  });
  return { options, codes };
}

const isTrue = (value: unknown): boolean =>
  value === true || (typeof value === 'string' && /^(true|on|yes)$/i.test(value));

export function shuffled({ context, payload, name, code }: Reader, question: Question): Question {
  const { Type: type } = looseIn(payload['Randomization']);
  const kind = textIn(type);
  if (kind !== '' && kind !== 'None') {
    if (kind !== 'All') context.book.miss(name, `${kind} randomisation`, 'Its choices are all shuffled instead');
    if ('options' in question && question.kind !== 'best-worst' && question.kind !== 'sum') question.order = 'random';
    else if (question.kind === 'battery' || question.kind === 'matrix') question.rowOrder = 'random';
  }
  const carried = looseIn(payload['DynamicChoices']);
  const locator = textIn(carried['Locator']);
  if (locator !== '') {
    const [, qid = '', how = ''] = /^q:\/\/(QID\d+)\/ChoiceGroup\/([A-Za-z]+)/.exec(locator) ?? [];
    const source = context.targets.get(qid);
    const which = how === 'SelectedChoices' ? 'chosen' : how === 'UnselectedChoices' ? 'not-chosen' : null;
    if (source && which && !source.address.includes('.') && source.codes && source.holds !== 'number') {
      const from = { question: source.address, which } as const;
      if (question.kind === 'single' || question.kind === 'multiple' || question.kind === 'ranking')
        question.optionsFrom = from;
      else if (question.kind === 'battery' || question.kind === 'matrix') question.rowsFrom = from;
      context.book.map(`${name}: carried forward from ${qid}`, `${code}: ${which} in ${source.address}`);
    } else
      context.book.miss(
        name,
        `choices carried forward from ${locator}`,
        'Only those chosen, or not chosen, in an earlier question can be carried over',
      );
  }
  return question;
}
