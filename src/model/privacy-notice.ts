import { z } from 'zod';
import type { ProblemError } from './problem.ts';
import { Language, Wording } from './survey.ts';

/*
 * The privacy notice: what people are told before the first question about who asks them, for what, and for how long. Somebody
 * writes it down once, for an installation, a workspace or a study; where a country's law asks for something else, a variant
 * says so.
 */

/** Why the law lets answers be kept: the grounds of which a study can have one. */
export const LEGAL_BASES = ['consent', 'public-task', 'legitimate-interest', 'contract'] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** Two letters of ISO 3166-1, such as `DE`. */
export const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'A country is two capital letters, such as DE', abort: true })
  .refine((code) => regionNames.of(code) !== undefined, 'There is no country of this code')
  .meta({ description: 'Two letters of ISO 3166-1, such as DE' });

const line = (most: number) => z.string().trim().min(1).max(most, `Shorten it to ${most} characters`);
const AGE = 'Enter whole years from 0 to 99, and 0 where anybody may take part';

/** How long answers are kept: until a day, or so many months after a survey's last answer. */
export const Kept = z.union([
  z.strictObject({ until: z.iso.date() }),
  z.strictObject({ months: z.int().min(1).max(600) }),
]);
export type Kept = z.infer<typeof Kept>;

export const NoticeFacts = z.strictObject({
  controllerName: line(200).optional().meta({ description: 'Who answers for the data' }),
  controllerAddress: line(500).optional().meta({ description: 'Their postal address' }),
  contact: line(300).optional().meta({ description: 'For questions: an email address or another' }),
  dataProtectionOfficer: line(500).optional(),
  representative: line(500)
    .optional()
    .meta({ description: 'Of a controller outside the country, who they turn to there' }),
  purposes: Wording.optional().meta({ description: 'What the answers are for, in plain words, by language' }),
  legalBasis: z.enum(LEGAL_BASES).optional(),
  kept: Kept.optional(),
  recipients: z
    .union([z.literal('nobody'), Wording])
    .optional()
    .meta({ description: 'Who else gets the answers, by language, or nobody' }),
  minimumAge: z.int(AGE).min(0, AGE).max(99, AGE).optional().meta({ description: '0 where anybody may take part' }),
  authority: line(500).optional().meta({ description: 'The supervisory authority that complaints go to' }),
  rights: Wording.optional().meta({
    description: 'Rights in own words; needed in a language that Verbatim has no sentences in',
  }),
});
/** What a notice says, or one layer of it. What is left out is not known there. */
export type NoticeFacts = z.infer<typeof NoticeFacts>;

export const PrivacyNotice = NoticeFacts.extend({
  countries: z
    .array(Country)
    .max(40)
    .optional()
    .meta({ description: 'Where the people live whom the surveys are meant for; left out, anywhere' }),
  variants: z.record(Country, NoticeFacts).optional().meta({ description: 'What differs in a country' }),
});
export type PrivacyNotice = z.infer<typeof PrivacyNotice>;

/** What a notice must say, beside what is written by language. */
export const NOTICE_PARTS = {
  controllerName: 'Who is responsible (controller)',
  controllerAddress: 'Postal address of the controller',
  contact: 'Contact for questions',
  purposes: 'What the answers are for',
  legalBasis: 'Legal basis',
  kept: 'How long answers are kept',
  recipients: 'Who else gets them',
  minimumAge: 'Minimum age',
  rights: 'Rights, in own words',
} as const satisfies Partial<Record<keyof NoticeFacts, string>>;
export type NoticePart = keyof typeof NOTICE_PARTS;

const entriesOf = (facts: NoticeFacts) =>
  Object.entries(facts).filter(([name, value]) => value !== undefined && name !== 'countries' && name !== 'variants');

/**
 * What holds in a country: layer over layer, the widest first, each with its variant for the country on top of itself. So
 * what a study says goes before what its workspace says, there also of a country.
 *
 * @param country null for everybody without a variant
 *
 * @example
 * noticeIn([{ minimumAge: 16, variants: { GB: { minimumAge: 13 } } }], 'GB') // => { minimumAge: 13 }
 */
export function noticeIn(layers: readonly PrivacyNotice[], country: string | null): NoticeFacts {
  const parts = layers.flatMap((layer) => [layer, (country !== null && layer.variants?.[country]) || {}]);
  return Object.fromEntries(parts.flatMap((part) => entriesOf(part)));
}

/**
 * The countries that respondents choose between; null stands for any other.
 *
 * @returns `[null]` where the notice is the same for everybody
 *
 * @example
 * noticeCountries([{ variants: { GB: { minimumAge: 13 } } }]) // => ['GB', null]
 */
export function noticeCountries(layers: readonly PrivacyNotice[]): (string | null)[] {
  const declared = layers.findLast((layer) => layer.countries !== undefined)?.countries ?? [];
  const varied = new Set(layers.flatMap((layer) => Object.keys(layer.variants ?? {})));
  if (declared.length === 0) return [...[...varied].sort(), null];
  return declared.some((country) => varied.has(country)) || declared.length === 1 ? [...new Set(declared)] : [null];
}

/**
 * A wording in a language, or in the one it is a variety of: `pt` serves `pt-BR`.
 *
 * @returns null where there is none
 *
 * @example
 * wordingFor({ pt: 'Para aprender' }, 'pt-BR') // => 'Para aprender'
 */
export function wordingFor(wording: Wording | undefined, language: string): string | null {
  const text = wording?.[language] ?? wording?.[language.split('-')[0] ?? language];
  return text === undefined || text.trim() === '' ? null : text;
}

/** A language's English name; its tag where nobody knows one. */
export const languageIn = (tag: string): string => new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
/** A country's English name. */
export const countryIn = (code: string): string => regionNames.of(code) ?? code;

/**
 * Every part that a notice lacks for a survey's languages, in the countries that it is meant for.
 *
 * @param languages of the survey
 * @param hasSentences whether the standing sentences are written in a language
 * @returns pointers such as `#/notice/purposes/de`, or `#/notice/DE/controllerName` where only a country lacks it
 *
 * @example
 * missingParts([{ controllerName: 'A', controllerAddress: 'B', contact: 'C', purposes: { en: 'D' }, legalBasis: 'consent',
 *   kept: { months: 12 }, recipients: 'nobody', minimumAge: 16 }], ['en', 'de'], () => true)
 * // => [{ pointer: '#/notice/purposes/de', detail: 'What the answers are for: write it in German' }]
 */
export function missingParts(
  layers: readonly PrivacyNotice[],
  languages: readonly string[],
  hasSentences: (language: string) => boolean,
): ProblemError[] {
  const countries = noticeCountries(layers);
  const lacking = countries.map((country) => ({
    country,
    parts: lackingIn(noticeIn(layers, country), languages, hasSentences),
  }));
  const everywhere = lacking[0]?.parts.filter(({ at }) =>
    lacking.every(({ parts }) => parts.some((part) => part.at === at)),
  );
  const common = new Set(everywhere?.map(({ at }) => at));
  return [
    ...(everywhere ?? []).map(({ at, detail }) => ({ pointer: `#/notice/${at}`, detail })),
    ...lacking.flatMap(({ country, parts }) =>
      parts
        .filter(({ at }) => !common.has(at))
        .map(({ at, detail }) => ({
          pointer: country === null ? `#/notice/${at}` : `#/notice/${country}/${at}`,
          detail: country === null ? detail : `${detail}, for ${countryIn(country)}`,
        })),
    ),
  ];
}

function lackingIn(
  facts: NoticeFacts,
  languages: readonly string[],
  hasSentences: (language: string) => boolean,
): { at: string; detail: string }[] {
  return (Object.keys(NOTICE_PARTS) as NoticePart[]).flatMap((part) => {
    const label = NOTICE_PARTS[part];
    const value = facts[part];
    if (part === 'rights')
      return languages
        .filter((language) => !hasSentences(language) && wordingFor(facts.rights, language) === null)
        .map((language) => ({
          at: `rights/${language}`,
          detail: `${label}: write them in ${languageIn(language)}, in which Verbatim has no sentences of its own`,
        }));
    if (value === undefined) return [{ at: part, detail: `${label} is not filled in` }];
    if (typeof value !== 'object' || part === 'kept') return [];
    return languages
      .filter((language) => wordingFor(value as Wording, language) === null)
      .map((language) => ({ at: `${part}/${language}`, detail: `${label}: write it in ${languageIn(language)}` }));
  });
}

/** The languages that a notice's own words stand in. */
export const noticeLanguages = (facts: readonly NoticeFacts[]): string[] =>
  [
    ...new Set(
      facts.flatMap(({ purposes, recipients, rights }) =>
        [purposes, recipients, rights].flatMap((words) => (typeof words === 'object' ? Object.keys(words) : [])),
      ),
    ),
  ].filter((tag) => Language.safeParse(tag).success);
