import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { respondentTexts, SCALE_LABELS, type TextKey } from '../../src/render/respondent-texts.ts';

const folder = resolve(import.meta.dirname, '../../data/words/respondent');
const texts = respondentTexts(folder);
const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt'];

const wordsOf = (language: string) =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Record<string, string>;
const english = wordsOf('en');
const PLURAL = /_(zero|one|two|few|many|other)$/;
const stemOf = (key: string) => key.replace(PLURAL, '');
const stemsOf = (words: Record<string, string>) => [...new Set(Object.keys(words).map(stemOf))];
const pluralStems = stemsOf(english).filter((stem) => `${stem}_other` in english);
const placesOf = (text: string) => [...new Set(text.match(/\{\{\w+\}\}|\{n\}/g) ?? [])].sort();
const englishFor = (key: string) => english[key] ?? english[`${stemOf(key)}_other`] ?? '';

/** Arabic says one and two in words, and languages may do so for none. */
const SAID_IN_WORDS = /_(zero|one|two)$/;

/** Words that two languages happen to share. */
const SAME_AS_ENGLISH: Record<string, readonly string[]> = {
  ar: ['lengthQuestions'],
  de: ['length', 'lengthQuestions', 'minute'],
  es: ['errorTitlePrefix', 'length', 'lengthQuestions', 'no'],
  fr: ['length', 'lengthQuestions', 'minute', 'noticeContact', 'page', 'questions'],
  it: ['length', 'lengthQuestions', 'no'],
  ja: [],
  nl: ['length', 'lengthQuestions'],
  pl: ['length', 'lengthQuestions'],
  pt: ['length', 'lengthQuestions'],
};

test('there are texts in ten languages', () => {
  expect(texts.languages).toEqual(LANGUAGES);
  expect(stemsOf(english).length).toBeGreaterThan(200);
  expect(pluralStems.length).toBeGreaterThan(5);
});

describe.each(LANGUAGES)('the texts in %s', (language) => {
  const words = wordsOf(language);

  test('are the same as the English ones, in the same order', () => {
    expect(stemsOf(words)).toEqual(stemsOf(english));
  });

  test('have every plural form that the language needs, and no other', () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const stem of pluralStems) {
      const found = Object.keys(words).filter((key) => stemOf(key) === stem);
      expect([stem, found.toSorted()]).toEqual([stem, needed.map((category) => `${stem}_${category}`)]);
    }
    const plurals = Object.keys(words).filter((key) => PLURAL.test(key));
    expect(plurals.filter((key) => !pluralStems.includes(stemOf(key)))).toEqual([]);
  });

  test('have the same places to fill as the English ones', () => {
    for (const [key, text] of Object.entries(words)) {
      const places = placesOf(text);
      const wanted = placesOf(englishFor(key)).filter(
        (place) => place !== '{{count}}' || places.includes(place) || !SAID_IN_WORDS.test(key),
      );
      expect([key, places]).toEqual([key, wanted]);
      expect(text.replaceAll(/\{\{\w+\}\}|\{n\}/g, '')).not.toMatch(/[{}]|\$t\(/);
    }
  });

  test('say something, in the quotation marks of print, with no space at an end', () => {
    for (const [key, text] of Object.entries(words)) {
      expect([key, text]).not.toEqual([key, '']);
      expect(text).not.toMatch(/['"<>]|\.\.\.|\b(TODO|TBD|XXX|FIXME)\b|\n/);
      expect(key === 'errorTitlePrefix' ? text.trimEnd() : text).toBe(text.trim());
    }
  });

  test('are not English, but for words that both languages share', () => {
    if (language === 'en') return expect(english['refusal']).toBe('I’d rather not say');
    const same = Object.entries(words).filter(([key, text]) => text === englishFor(key) || text === english[key]);
    expect([...new Set(same.map(([key]) => stemOf(key)))].toSorted()).toEqual(SAME_AS_ENGLISH[language]);
  });

  test('can all be written out', () => {
    const speaker = texts.in(language);
    const values = Object.fromEntries(
      Object.values(english)
        .flatMap((text) => placesOf(text))
        .map((place) => [place.slice(2, -2), 3]),
    );
    for (const stem of stemsOf(english)) {
      const written = speaker.text(stem as TextKey, { ...values, count: 3 });
      expect(written).not.toMatch(/\{\{|undefined/);
      expect(written).not.toBe(stem);
    }
  });
});

test('French has its narrow spaces, so that no mark of punctuation begins a line', () => {
  const french = Object.values(wordsOf('fr'));
  expect(french.filter((text) => / [?!;:»]|« /.test(text))).toEqual([]);
  expect(french.some((text) => text.includes('\u202f?'))).toBe(true);
});

test('Polish counts one, a few and many', () => {
  const { text } = texts.in('pl');
  expect([1, 2, 5, 12, 22].map((count) => text('questions', { count }))).toEqual([
    '1 pytanie',
    '2 pytania',
    '5 pytań',
    '12 pytań',
    '22 pytania',
  ]);
});

test('Arabic counts none, one, two, a few, many and hundreds', () => {
  const { text } = texts.in('ar');
  expect([0, 1, 2, 3, 11, 100].map((count) => text('questions', { count }))).toEqual([
    'لا أسئلة',
    'سؤال واحد',
    'سؤالان',
    '3 أسئلة',
    '11 سؤالًا',
    '100 سؤال',
  ]);
});

test('French and Portuguese count none as one, English does not', () => {
  expect(texts.in('fr').text('stars', { count: 0 })).toBe('0 étoile');
  expect(texts.in('pt').text('stars', { count: 0 })).toBe('0 estrela');
  expect(texts.in('en').text('stars', { count: 0 })).toBe('0 stars');
  expect(texts.in('ja').text('stars', { count: 1 })).toBe('星1つ');
});

test('the first page says how long it takes', () => {
  const { text } = texts.in('en');
  const length = (minutes: number, questions: number) =>
    text('length', {
      minutes: text('minutes', { count: minutes }),
      questions: text('questions', { count: questions }),
    });
  expect(length(1, 1)).toBe('About 1 minute, 1 question.');
  expect(length(5, 12)).toBe('About 5 minutes, 12 questions.');
});

test('Arabic is written from the right, whatever region it is asked for', () => {
  expect(texts.in('ar').direction).toBe('rtl');
  expect(texts.in('ar-EG').direction).toBe('rtl');
  expect(texts.in('de').direction).toBe('ltr');
});

test('a page in a language without texts keeps its own direction and has English words', () => {
  const hebrew = texts.in('he');
  expect(hebrew).toMatchObject({ language: 'he', textLanguage: 'en', direction: 'rtl' });
  expect(hebrew.text('continue')).toBe('Continue');
  expect(hebrew.number(1234.5)).toBe('1,234.5');
});

test('a region falls back to its language, and that to English', () => {
  expect(texts.in('pt-BR').text('back')).toBe('Voltar');
  expect(texts.in('PT-br')).toMatchObject({ language: 'pt-BR', textLanguage: 'pt' });
  expect(texts.in('de-CH-1996').textLanguage).toBe('de');
  expect(texts.in('sv').textLanguage).toBe('en');
});

test('what is no language at all is answered in English, and nothing is printed', () => {
  const printed = (['log', 'warn', 'error', 'info', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => undefined),
  );
  const fresh = respondentTexts(folder);
  for (const language of ['', '../en', 'dev', 'cimode', '__proto__', 'constructor', 'x'.repeat(300), 'de_DE']) {
    expect(fresh.in(language).text('yes')).toBe('Yes');
  }
  expect(printed.flatMap((spy) => spy.mock.calls)).toEqual([]);
  for (const spy of printed) spy.mockRestore();
});

test('a text that a language lacks is said in English', () => {
  const small = mkdtempSync(join(tmpdir(), 'texts-'));
  try {
    writeFileSync(
      join(small, 'en.json'),
      '{ "yes": "Yes", "stars_one": "{{count}} star", "stars_other": "{{count}} stars" }',
    );
    writeFileSync(join(small, 'da.json'), '{ "yes": "Ja" }');
    const danish = respondentTexts(small).in('da');
    expect(danish.text('yes')).toBe('Ja');
    expect(danish.text('stars', { count: 2 })).toBe('2 stars');
  } finally {
    rmSync(small, { recursive: true });
  }
});

test('a folder without English is refused', () => {
  const empty = mkdtempSync(join(tmpdir(), 'texts-'));
  try {
    expect(() => respondentTexts(empty)).toThrow('holds no en.json');
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test('what people typed is shown as it was typed, never read as a text of ours', () => {
  const { text } = texts.in('en');
  const typed = [
    '<b>“Jo & Co”</b>',
    '$t(continue)',
    '$t(stars, { "count": 3 })',
    '{{total}} {{item}}',
    '{{- item}}',
    '$& $1 $$ $`',
    '__proto__',
    '{{constructor.name}}',
  ];
  for (const item of typed) {
    expect(text('rankOf', { item })).toBe(`Place of “${item}”`);
    expect(text('bestWorstSame', { best: item, worst: item })).toBe(
      `The same answer cannot stand under both “${item}” and “${item}”`,
    );
    expect(text('orRefuse', { error: item, refusal: 'No' })).toBe(`${item}, or choose “No”`);
  }
});

test('values named like settings of the translator change nothing', () => {
  const { text } = texts.in('en');
  const odd = {
    lng: 'de',
    ns: 'other',
    context: 'x',
    defaultValue: 'No',
    postProcess: 'x',
    nest: 'true',
    replace: 'x',
  };
  expect(text('pageOf', { page: 3, total: 8, ...odd })).toBe('Page 3 of 8');
});

test('a text that there is not, a place left open and a plural without a count are mistakes', () => {
  const { text } = texts.in('de');
  expect(() => text('nonsense' as TextKey)).toThrow(RangeError);
  expect(() => text('toString' as TextKey)).toThrow('There is no text called toString');
  expect(() => text('questions_one' as TextKey)).toThrow(RangeError);
  expect(() => text('pageOf', { page: 1 })).toThrow('Nothing was given for {{total}}');
  expect(() => text('questions')).toThrow('The text questions needs a count');
  expect(() => text('questions', { count: '3' })).toThrow('needs a count');
});

test('numbers are written as the language writes them, in digits that forms read back', () => {
  expect(texts.in('en').text('questions', { count: 1204 })).toBe('1,204 questions');
  expect(texts.in('de').text('questions', { count: 1204 })).toBe('1.204 Fragen');
  expect(texts.in('de').text('atLeast', { min: 0.5 })).toBe('Geben Sie eine Zahl ab 0,5 ein');
  expect(texts.in('ar-EG').number(12)).toBe('12');
});

test('days and times are those of the time zone asked for', () => {
  const english = texts.in('en');
  expect(english.date('2026-03-09')).toBe('9 March 2026');
  expect(english.date('2026-03-09', 'America/Lima')).toBe('9 March 2026');
  expect(english.date('2026-03-09T23:30:00.000Z', 'Europe/Berlin')).toBe('10 March 2026');
  expect(english.time('2026-03-09T23:30:00.000Z', 'Europe/Berlin')).toBe('00:30');
  expect(english.time('2026-03-09T14:32:00.000Z')).toBe('14:32');
  expect(texts.in('de').date('2026-03-09')).toBe('9. März 2026');
  expect(texts.in('pl').date('2026-03-09')).toBe('9 marca 2026');
  expect(texts.in('ja').date('2026-03-09')).toBe('2026年3月9日');
  expect(english.date('soon')).toBe('');
  expect(english.time('2026-03-09')).toBe('');
});

test('a scale has a label for every step, all different', () => {
  for (const language of LANGUAGES) {
    for (const [name, keys] of Object.entries(SCALE_LABELS)) {
      const labels = keys.map((key) => texts.in(language).text(key));
      expect(labels).toHaveLength(Number(name.at(-1)));
      expect(new Set(labels).size).toBe(labels.length);
    }
  }
});
