import type { Form } from '../../model/answers.ts';
import type { Item } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import type { SurveyDefinition } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { field } from '../form.ts';

/*
 * Conditions put together from questions and their answers, so that nobody has to know codes. What is put together is a
 * text of the expression language like any other, and stands in the field above to be looked at and changed.
 */

/** Stands in a condition for the number or the words that are typed beside it. */
const TYPED = '#';

export type ConditionGroup = { label: string; choices: readonly { value: string; label: string }[] };

/** What can be asked of each of these answers, with the words of the questions. */
export function conditionGroups(
  items: readonly Item[],
  definition: SurveyDefinition,
  language: string,
): readonly ConditionGroup[] {
  const say = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages).slice(0, 60);
  return items.map((item) => {
    const name = `{${item.address}}`;
    const question = say(item.question.text);
    return {
      label: item.label === null ? question : `${question} · ${say(item.label)}`,
      choices: [
        ...item.options.map(({ code, text }) => ({
          value: item.holds === 'code' ? `${name} = '${code}'` : `${name} includes '${code}'`,
          label: item.holds === 'code' ? `is “${say(text)}”` : `holds “${say(text)}”`,
        })),
        ...(item.holds === 'number'
          ? [
              { value: `${name} >= ${TYPED}`, label: 'is at least …' },
              { value: `${name} <= ${TYPED}`, label: 'is at most …' },
              { value: `${name} = ${TYPED}`, label: 'is exactly …' },
            ]
          : []),
        ...(item.holds === 'text' ? [{ value: `contains(${name}, '${TYPED}')`, label: 'has the words …' }] : []),
        { value: `answered(${name})`, label: 'was answered' },
        { value: `not answered(${name})`, label: 'was not answered' },
      ],
    };
  });
}

/** The name of the button that adds what was put together to the condition in a field. */
export const adderOf = (at: string): string => `condition ${at}`;

/**
 * The condition in a field with what was put together beside it, where that is what the form asks for.
 *
 * @throws Problem `invalid` for a part that lacks its number or words
 */
export function withMadeCondition(text: string, form: Form, at: string): string {
  const what = field(form, `${at}~what`);
  if (field(form, 'add') !== adderOf(at) || what === '') return text;
  const typed = field(form, `${at}~typed`).trim();
  const made = what.includes(TYPED) ? filledIn(what, typed, at) : what;
  const before = text.trim();
  if (before === '') return made;
  if (field(form, `${at}~join`) === 'or') return `${before} or ${made}`;
  return /\bor\b/.test(before) ? `(${before}) and ${made}` : `${before} and ${made}`;
}

function filledIn(what: string, typed: string, at: string): string {
  const isWords = what.includes(`'${TYPED}'`);
  const value = isWords ? typed.replaceAll("'", "''") : typed.replace(',', '.');
  if (typed === '' || (!isWords && !/^-?\d+(\.\d+)?$/.test(value)))
    throw new Problem('invalid', 'The condition is not whole yet', {
      errors: [
        {
          pointer: `#/${at.replaceAll('.', '/')}`,
          detail: isWords ? 'Type the words that are asked for beside the choice' : 'Type a number beside the choice',
        },
      ],
    });
  return what.replace(TYPED, () => value);
}
