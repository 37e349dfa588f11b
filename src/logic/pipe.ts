import type { Answer } from '../model/answers.ts';
import type { SurveyDefinition, Wording } from '../model/survey.ts';
import { wordingIn } from '../model/survey-check.ts';
import { compileSurvey } from './compile-survey.ts';
import type { Facts } from './evaluate.ts';
import { PLACEHOLDER } from './placeholders.ts';

/**
 * Puts earlier answers into a wording, in one pass: what is put in is never looked at again, so an answer that looks
 * like a placeholder stays what was typed.
 *
 * @param show the words of an answer by its name, null where there is none
 *
 * @example
 * pipeText('Since {{year|then}}, {{plan}}', (name) => (name === 'plan' ? '{{year}}' : null)) // => 'Since then, {{year}}'
 */
export function pipeText(text: string, show: (name: string) => string | null): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string, fallback: string | undefined) => show(name) ?? fallback ?? '…');
}

/** The words of answers in one language: labels for codes, numbers in figures, texts as they were said. */
export function answerWords(
  definition: SurveyDefinition,
  live: ReadonlyMap<string, Answer>,
  facts: Facts,
  language: string,
): (name: string) => string | null {
  const { itemsByAddress } = compileSurvey(definition);
  const word = (wording: Wording) => wordingIn(wording, language, definition.languages);
  return (name) => {
    if (name.startsWith('attribute:')) {
      const value = facts.value({ source: 'attribute', name: name.slice('attribute:'.length) });
      return value === null ? null : [value].flat().join(', ');
    }
    const answer = live.get(name);
    if (answer?.state !== 'answered') return null;
    const options = itemsByAddress.get(name)?.options ?? [];
    const label = (code: string | number) => {
      const said = live.get(`${name}.${code}`);
      if (said?.state === 'answered') return String(said.value);
      const option = options.find((one) => one.code === code);
      return option ? word(option.text) : String(code);
    };
    return [answer.value].flat().map(label).join(', ');
  };
}
