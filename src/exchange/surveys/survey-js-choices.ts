import type { Option } from '../../model/survey.ts';
import { codeMaker } from './codes.ts';
import { isSaid, type JsContext, type Taker } from './survey-js-context.ts';
import { listIn, looseIn, textIn } from './survey-parts.ts';

/** So many choices with a code of their own are named in a line of the report. */
const RENAMED_SHOWN = 20;
/** A value longer than an option's alias may be is not kept. */
const ALIAS_MAX = 200;

export type ReadChoices = { options: Option[]; codes: Map<string, string> };

/** One of a list of choices, rows or columns: a value alone, or a value with a text. */
export function valueAndText(one: unknown): { value: string; text: unknown; rest: Record<string, unknown> } {
  if (typeof one !== 'object' || one === null) return { value: textIn(one), text: textIn(one), rest: {} };
  const { value, text, ...rest } = one as Record<string, unknown>;
  const plain = textIn(value) || textIn(rest['name']);
  return { value: plain, text: isSaid(text) ? text : plain, rest };
}

/** Reads choices with the codes they get; those too many are listed. */
export function readChoices(context: JsContext, from: string, list: unknown, most = 1000): ReadChoices {
  const code = codeMaker();
  const codes = new Map<string, string>();
  const renamed: string[] = [];
  const options: Option[] = [];
  const all = listIn(list);
  if (all.length > most) context.book.miss(from, `choices after the first ${most}`, `There may be ${most} at most`);
  for (const one of all.slice(0, most)) {
    const { value, text, rest } = valueAndText(one);
    if (value === '') {
      context.book.miss(from, 'a choice without a value', 'An option needs a code');
      continue;
    }
    if (codes.has(value)) {
      context.book.miss(from, `a second choice “${value}”`, 'The value stands there twice');
      continue;
    }
    const option: Option = { code: code(value, 'o'), text: context.words(`${from}: ${value}`, text, value) };
    codes.set(value, option.code);
    // What a survey of ours was written with comes back.
    if (typeof rest['alias'] === 'string' && rest['alias'] !== '') option.alias = rest['alias'].slice(0, ALIAS_MAX);
    if (option.code !== value) {
      if (value.length <= ALIAS_MAX) option.alias = value;
      renamed.push(`${value} is ${option.code}`);
    }
    if (rest['isExclusive'] === true) option.exclusive = true;
    if (rest['showCommentArea'] === true || rest['hasComment'] === true)
      option.comment = rest['isCommentRequired'] === true ? 'required' : 'optional';
    if (typeof rest['visibleIf'] === 'string' && rest['visibleIf'].trim() !== '')
      context.pending.push({
        from: `${from}: ${value}`,
        what: 'shown only if',
        sources: [rest['visibleIf']],
        use: (expression) => {
          option.visibleIf = expression;
        },
      });
    if (isSaid(rest['imageLink']))
      context.book.miss(
        `${from}: ${value}`,
        `picture ${textIn(rest['imageLink'])}`,
        'Pictures are not fetched from elsewhere: upload it to the study',
      );
    if (isSaid(rest['enableIf']))
      context.book.miss(
        `${from}: ${value}`,
        `can be chosen only if ${textIn(rest['enableIf'])}`,
        'An option is shown or not, never shown and closed',
      );
    const known = new Set([
      'isExclusive',
      'showCommentArea',
      'hasComment',
      'isCommentRequired',
      'visibleIf',
      'imageLink',
      'enableIf',
      'name',
      'alias',
    ]);
    const others = Object.keys(rest).filter((key) => !known.has(key));
    if (others.length > 0)
      context.book.miss(
        `${from}: ${value}`,
        `settings: ${others.slice(0, 10).join(', ')}`,
        'An option has nothing like them',
      );
    options.push(option);
  }
  if (renamed.length > 0)
    context.book.map(
      `${from}: choices`,
      `codes: ${renamed.slice(0, RENAMED_SHOWN).join(', ')}${renamed.length > RENAMED_SHOWN ? ` and ${renamed.length - RENAMED_SHOWN} more` : ''}`,
      'a code begins with a letter and has no spaces; a table of answers may say either',
    );
  return { options, codes };
}

/** The choices of a question with the special ones: other, none, “don’t know”. */
export function readQuestionChoices(
  context: JsContext,
  from: string,
  taker: Taker,
): ReadChoices & { isRefusable: boolean } {
  const read = readChoices(context, from, taker.take('choices'), 990);
  const code = codeMaker();
  for (const option of read.options) code(option.code);
  const special = (value: string, text: unknown, words: string, extra: Partial<Option>) => {
    const option: Option = { code: code(value, 'o'), text: context.words(from, text, words), ...extra };
    read.options.push(option);
    read.codes.set(value, option.code);
  };
  const texts = { none: taker.take('noneText'), other: taker.take('otherText'), dontknow: taker.take('dontKnowText') };
  taker.take('refuseText');
  if (taker.either('showNoneItem', 'hasNone') === true)
    special('none', texts.none, 'None', { exclusive: true, pinned: true });
  if (taker.take('showDontKnowItem') === true)
    special('dontknow', texts.dontknow, 'Don’t know', { exclusive: true, pinned: true });
  if (taker.either('showOtherItem', 'hasOther') === true)
    special('other', texts.other, 'Other (describe)', { comment: 'required', pinned: true });
  const choicesByUrl = taker.take('choicesByUrl');
  if (isSaid(looseIn(choicesByUrl)['url']))
    context.book.miss(
      from,
      `choices from ${textIn(looseIn(choicesByUrl)['url'])}`,
      'Options are written in the survey, never fetched while it runs',
    );
  for (const [min, max] of [[numberOf(taker.take('choicesMin')), numberOf(taker.take('choicesMax'))]] as const) {
    if (min === null || max === null || max < min || max - min > 980) continue;
    for (let value = min; value <= max && read.options.length < 1000; value += 1) {
      if (read.codes.has(String(value))) continue;
      const option = { code: code(String(value), 'o'), text: context.words(from, String(value), String(value)) };
      read.options.push({ ...option, alias: String(value) });
      read.codes.set(String(value), option.code);
    }
  }
  return { ...read, isRefusable: taker.take('showRefuseItem') === true };
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) ? value : null;
