import type { SurveyDefinition, Wording } from './survey.ts';
import { wordingsOf } from './wordings.ts';

/**
 * A wording with its text in one language set; a blank one takes the language away, unless no other would be left.
 *
 * @param before null where there is no wording yet
 * @returns null when nothing is left of it
 *
 * @example
 * withText({ en: 'Yes', de: 'Ja' }, 'de', '') // => { en: 'Yes' }
 * @example
 * withText(null, 'en', 'Yes') // => { en: 'Yes' }
 */
export function withText(before: Wording | null | undefined, language: string, text: string): Wording | null {
  const written = text.replaceAll('\r\n', '\n').trimEnd();
  if (written !== '') return { ...before, [language]: written };
  const { [language]: _, ...others } = before ?? {};
  return Object.keys(others).length > 0 ? others : null;
}

/**
 * A copy in which each wording named by its pointer says these words in one language. Pointers that lead to no wording
 * are passed over.
 *
 * @param texts pointer → text; a blank one takes the translation away, but never the only language of a wording
 */
export function translate(
  definition: SurveyDefinition,
  language: string,
  texts: ReadonlyMap<string, string>,
): SurveyDefinition {
  const copy = structuredClone(definition);
  for (const { pointer, wording } of wordingsOf(copy)) {
    const text = texts.get(pointer);
    if (text === undefined) continue;
    const changed = withText(wording, language, text);
    if (changed === null) continue;
    for (const key of Object.keys(wording)) delete wording[key];
    Object.assign(wording, changed);
  }
  return copy;
}

/** Adds a language, its words still to be written. */
export const addLanguage = (definition: SurveyDefinition, language: string): SurveyDefinition =>
  definition.languages.includes(language)
    ? definition
    : { ...definition, languages: [...definition.languages, language] };

/** Makes a language the first, which is shown when nobody asks for another. */
export const putLanguageFirst = (definition: SurveyDefinition, language: string): SurveyDefinition => ({
  ...definition,
  languages: [language, ...definition.languages.filter((one) => one !== language)],
});

/** Takes a language away with everything written in it; words that exist in no other stay. The last language stays. */
export function removeLanguage(definition: SurveyDefinition, language: string): SurveyDefinition {
  if (definition.languages.length < 2 || !definition.languages.includes(language)) return definition;
  const without = translate(definition, language, new Map(wordingsOf(definition).map(({ pointer }) => [pointer, ''])));
  return { ...without, languages: definition.languages.filter((one) => one !== language) };
}
