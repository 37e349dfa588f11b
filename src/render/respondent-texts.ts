import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance, type i18n } from 'i18next';
import type en from '../../data/words/respondent/en.json';

/*
 * The words of Verbatim's own that respondents meet: buttons, hints, errors, the pages around a survey. One file per
 * language, `data/words/respondent/<language>.json`; what a survey itself says stands in its definition.
 */

type PluralSuffix = '_zero' | '_one' | '_two' | '_few' | '_many' | '_other';
type WithoutSuffix<Key extends string> = Key extends `${infer Stem}${PluralSuffix}` ? Stem : Key;

/** The name of a text, without its plural form: `continue`, `questions`. */
export type TextKey = WithoutSuffix<keyof typeof en>;

/** What goes into a text's places. Numbers are written as the language writes them; texts stand as they are. */
export type TextValues = Readonly<Record<string, string | number>>;

export type Texts = {
  /** The language asked for, in its canonical form; `en` when it was no language at all. */
  readonly language: string;
  /** The language that the texts are written in: the one asked for, else what stands in for it. */
  readonly textLanguage: string;
  /** The way the language asked for is written, whatever the texts are written in. */
  readonly direction: 'ltr' | 'rtl';
  /**
   * One text, not escaped for HTML. `values.count` chooses the plural form of a text that has several.
   *
   * @throws {RangeError} for a text that there is not, a place without its value, or a plural without its count
   */
  text(key: TextKey, values?: TextValues): string;
  /** A number as the texts' language writes it, in the digits 0 to 9, which are those that forms read back. */
  number(value: number): string;
  /**
   * A day: `9 March 2026`. An instant is the day it falls on in the time zone.
   *
   * @param iso a day or an instant, ISO 8601
   * @param timeZone an IANA name; a day alone, `2026-03-09`, needs none
   * @returns an empty text when it is not a date
   */
  date(iso: string, timeZone?: string): string;
  /** The time of day of an instant: `14:32`; an empty text when it is no instant. */
  time(iso: string, timeZone?: string): string;
  /**
   * From when to when, with the day of the week and how far the place's clock is from UTC, so that an hour that comes
   * twice can be told: `Monday, 9 March 2026, 14:00–14:45 (GMT+1)`.
   *
   * @param from an instant, ISO 8601, as `to`
   * @param timeZone an IANA name
   */
  appointment(from: string, to: string, timeZone: string): string;
  /** A length of time: `45 minutes`. */
  minutes(count: number): string;
  /** A length of time in months, in years where they are whole: `18 months`, `2 years`. */
  months(count: number): string;
};

export type RespondentTexts = {
  /** The languages there are texts for, in the order of their codes. */
  readonly languages: readonly string[];
  /** Whether there is a text of this name. */
  has(key: string): boolean;
  /** The texts for a language: its own, those of its root (`pt` for `pt-BR`), else English. */
  in(language: string): Texts;
};

/** The labels of common scales, from the lowest step to the highest. */
export const SCALE_LABELS = {
  agreement5: ['stronglyDisagree', 'disagree', 'neitherAgree', 'agree', 'stronglyAgree'],
  agreement7: [
    'stronglyDisagree',
    'disagree',
    'ratherDisagree',
    'neitherAgree',
    'ratherAgree',
    'agree',
    'stronglyAgree',
  ],
  satisfaction5: ['veryDissatisfied', 'dissatisfied', 'neitherSatisfied', 'satisfied', 'verySatisfied'],
  smiley5: ['veryUnhappy', 'unhappy', 'neitherHappy', 'happy', 'veryHappy'],
} as const satisfies Record<string, readonly TextKey[]>;

const FALLBACK = 'en';

/** English dates have the day first here, as they do everywhere else in Verbatim. */
const localeOf = (language: string): string => (language === 'en' ? 'en-GB' : language);

/**
 * Every language's texts. Which languages there are is known at once; the texts themselves are read, once and all
 * together, when somebody first needs one.
 *
 * @param folder holds one `<language>.json` per language, each a flat object; `en.json` says which texts there are
 * @throws {Error} when the folder cannot be read or `en.json` is missing
 */
export function respondentTexts(folder: string): RespondentTexts {
  const languages = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  if (!languages.includes(FALLBACK)) throw new Error(`${folder} holds no ${FALLBACK}.json`);
  let read: { forms: ReadonlyMap<string, 'one' | 'plural'>; translator: i18n } | null = null;
  const opened = () => {
    if (read) return read;
    const words = readWords(folder, languages);
    read = { forms: formsOf(words.get(FALLBACK) ?? {}), translator: openTranslator(words) };
    return read;
  };
  const byLanguage = new Map<string, Texts>();
  return {
    languages,
    has: (key) => opened().forms.has(key),
    in: (language) => {
      const found = byLanguage.get(language);
      if (found) return found;
      const { forms, translator } = opened();
      const asked = canonical(language);
      const textLanguage = fallbacks(asked).find((one) => languages.includes(one)) ?? FALLBACK;
      const texts = textsIn(translator, forms, asked, textLanguage);
      if (byLanguage.size < 200) byLanguage.set(language, texts);
      return texts;
    },
  };
}

function readWords(folder: string, languages: readonly string[]): Map<string, Record<string, string>> {
  return new Map(
    languages.map((language) => [
      language,
      JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Record<string, string>,
    ]),
  );
}

/** Which texts there are, and which of them have plural forms. */
function formsOf(english: Record<string, string>): Map<string, 'one' | 'plural'> {
  return new Map(
    Object.keys(english).map((key) => {
      const stem = key.replace(/_(zero|one|two|few|many|other)$/, '');
      return [stem, stem === key ? 'one' : 'plural'];
    }),
  );
}

/** Texts are plain: no keys within keys, no texts within texts, and no HTML, which the views see to. */
function openTranslator(words: Map<string, Record<string, string>>): i18n {
  const translator = createInstance();
  void translator.init({
    initAsync: false,
    lng: FALLBACK,
    fallbackLng: FALLBACK,
    supportedLngs: [...words.keys()],
    keySeparator: false,
    nsSeparator: false,
    resources: Object.fromEntries([...words].map(([language, translation]) => [language, { translation }])),
    interpolation: { escapeValue: false },
    missingInterpolationHandler: (text: string, [place]: readonly string[]) => {
      throw new RangeError(`Nothing was given for ${place} in “${text}”`);
    },
  });
  return translator;
}

function canonical(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? FALLBACK;
  } catch {
    return FALLBACK;
  }
}

/** `zh-Hant-TW`, `zh-Hant`, `zh`. */
function fallbacks(language: string): string[] {
  const parts = language.split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}

function textsIn(
  translator: i18n,
  forms: ReadonlyMap<string, 'one' | 'plural'>,
  language: string,
  textLanguage: string,
): Texts {
  const translate = translator.getFixedT(textLanguage);
  // A region may write numbers in its own way, as long as it is one of the language that is spoken.
  const locale = localeOf(fallbacks(language).includes(textLanguage) ? language : textLanguage);
  const numerals = new Intl.NumberFormat(locale, { numberingSystem: 'latn', maximumFractionDigits: 10 });
  const number = (value: number): string => numerals.format(value);
  const length = (count: number, unit: 'minute' | 'month' | 'year'): string =>
    new Intl.NumberFormat(locale, { numberingSystem: 'latn', style: 'unit', unit, unitDisplay: 'long' }).format(count);
  const show = (iso: string, options: Intl.DateTimeFormatOptions): string => {
    const instant = new Date(iso);
    if (Number.isNaN(instant.getTime())) return '';
    return new Intl.DateTimeFormat(locale, { numberingSystem: 'latn', calendar: 'gregory', ...options }).format(
      instant,
    );
  };
  return {
    language,
    textLanguage,
    direction: translator.dir(language),
    number,
    date: (iso, timeZone = 'UTC') =>
      show(iso, {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        timeZone: /^\d{4}-\d{2}-\d{2}$/.test(iso) ? 'UTC' : timeZone,
      }),
    time: (iso, timeZone = 'UTC') =>
      iso.includes('T') ? show(iso, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }) : '',
    appointment: (from, to, timeZone) => {
      const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone } as const;
      const day = show(from, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone });
      const offset = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' })
        .formatToParts(new Date(from))
        .find(({ type }) => type === 'timeZoneName');
      return `${day}, ${show(from, clock)}–${show(to, clock)} (${offset?.value ?? 'UTC'})`;
    },
    minutes: (count) => length(count, 'minute'),
    months: (count) => (count % 12 === 0 ? length(count / 12, 'year') : length(count, 'month')),
    text: (key, values = {}) => {
      const form = forms.get(key);
      if (form === undefined) throw new RangeError(`There is no text called ${key}`);
      const replace = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? number(value) : value]),
      );
      if (form === 'one') return translate(key, { replace, nest: false });
      const { count } = values;
      if (typeof count !== 'number') throw new RangeError(`The text ${key} needs a count`);
      return translate(key, { replace, count, nest: false });
    },
  };
}
