import type { Option, Question, SurveyDefinition, Wording } from '../../model/survey.ts';
import { questionAt, replaceQuestion } from '../../model/survey-edit.ts';
import { codeFrom } from '../../model/survey-edit-codes.ts';
import { type Entry, partsIn, type Setting } from './builder-settings.ts';

/** Options that many lists end with, each added by a button of its own. */

type Usual = { label: string; isThere: (option: Option) => boolean; made: Omit<Option, 'code' | 'text'> };
const USUAL = {
  other: {
    label: 'Add “Other” with room for words',
    isThere: (option) => option.comment !== undefined,
    made: { pinned: true, comment: 'required' },
  },
  none: {
    label: 'Add “None of these”',
    isThere: (option) => option.exclusive === true,
    made: { pinned: true, exclusive: true },
  },
} as const satisfies Record<string, Usual>;
export type UsualOption = keyof typeof USUAL;

export const usualOptionNamed = (name: string): UsualOption | null =>
  Object.hasOwn(USUAL, name) ? (name as UsualOption) : null;

const isIn = (entry: Entry, which: UsualOption): boolean =>
  (partsIn(entry, 'options') as Option[]).some(USUAL[which].isThere);

/** The buttons that add what the list has not got yet. */
export const usualOptions: Setting = {
  name: 'add',
  show: (_make, _prefix, entry) => {
    const buttons = (Object.keys(USUAL) as UsualOption[])
      .filter((which) => !isIn(entry, which))
      .map((value) => ({ value, label: USUAL[value].label }));
    return buttons.length > 0 ? [{ kind: 'adders', name: 'add', buttons }] : [];
  },
  fill: () => ({}),
  apply: (entry) => entry,
};

/**
 * A question's list with a usual option at its end; the same survey where there is one already, or no such list.
 *
 * @param word what the option is called in a language
 */
export function withUsualOption(
  definition: SurveyDefinition,
  code: string,
  which: UsualOption,
  word: (language: string) => string,
): SurveyDefinition {
  const question = questionAt(definition, code);
  if (!question || (question.kind !== 'single' && question.kind !== 'multiple') || isIn(question, which))
    return definition;
  const text: Wording = Object.fromEntries(definition.languages.map((language) => [language, word(language)]));
  const option: Option = {
    code: codeFrom(which, new Set(question.options.map((one) => one.code))),
    text,
    ...USUAL[which].made,
  };
  return replaceQuestion(definition, code, { ...question, options: [...question.options, option] } as Question);
}
