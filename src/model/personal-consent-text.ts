import type { SurveyDefinition, Wording } from './survey.ts';

const LETTERS_MAX = 40;
const TEXT: Wording = {
  en: 'My answers may decide which further questions I am asked.',
  de: 'Meine Antworten dürfen mitbestimmen, welche weiteren Fragen mir gestellt werden.',
};

/**
 * A survey that also asks for consent to personalisation, which whoever is placed in a segment by their answers agrees to;
 * as it is where it asks already. In a language without a wording of ours the English one stands, to be translated.
 *
 * @param isNewText whether people have agreed to the earlier text already, so that the new one needs a version of its own
 */
export function withPersonalConsent(definition: SurveyDefinition, isNewText: boolean): SurveyDefinition {
  const { consent, languages } = definition;
  if (consent.purposes.some(({ code }) => code === 'personalisation')) return definition;
  const text = Object.fromEntries(languages.map((language) => [language, TEXT[language] ?? TEXT['en'] ?? '']));
  const ending = ', personal';
  const version = isNewText ? `${consent.version.slice(0, LETTERS_MAX - ending.length)}${ending}` : consent.version;
  return {
    ...definition,
    consent: { ...consent, version, purposes: [...consent.purposes, { code: 'personalisation', text }] },
  };
}
