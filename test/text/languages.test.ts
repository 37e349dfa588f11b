import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { findThemes } from '../../src/text/find-themes.ts';
import { baseLanguage, stemmerOf, stopWordsOf } from '../../src/text/language-words.ts';
import { languagesOf } from '../../src/text/languages.ts';
import { placeDocument } from '../../src/text/place-document.ts';
import { plantedAnswers } from './planted-answers.ts';
import { plantedIn } from './planted-languages.ts';

describe('which language an answer is in', () => {
  const mixed = ['en', 'de', 'fr', 'zh'].flatMap((language) => plantedIn(language, 40, mulberry32(3)).documents);

  test('whole sentences are told apart', () => {
    const found = languagesOf(mixed);
    expect(found).toEqual(mixed.map(({ id }) => id.slice(0, 2)));
  });

  test('a word or two go with the language that uses them', () => {
    const short = [{ text: 'Parkplatz Garage' }, { text: 'cantine' }, { text: 'traffic permit' }, { text: '食堂' }];
    expect(languagesOf([...mixed, ...short]).slice(-4)).toEqual(['de', 'fr', 'en', 'zh']);
  });

  test('what nothing tells goes by what was told, and else with the most', () => {
    const unknown = [{ text: '👍', language: 'fr-CA' }, { text: 'xqzt', language: 'nl' }, { text: '' }];
    const { documents } = plantedIn('de', 60, mulberry32(1));
    const { documents: french } = plantedIn('fr', 20, mulberry32(1));
    expect(languagesOf([...documents, ...french, ...unknown]).slice(-3)).toEqual(['fr', 'de', 'de']);
    expect(languagesOf([{ text: '👍' }, { text: '5' }], 'sv')).toEqual(['sv', 'sv']);
    expect(languagesOf([])).toEqual([]);
  });

  test('single words go by what was told of each, and stay together where nothing was', () => {
    const said = {
      de: 'Parkplatz Gehalt Essen Kollegen Chef',
      fr: 'repas horaires salaire collègues trop',
      en: 'parking food salary hours boss',
    };
    const words = Object.entries(said).flatMap(([language, list]) =>
      list.split(' ').flatMap((text) => Array.from({ length: 10 }, () => ({ text, language }))),
    );
    const told = languagesOf(words);
    expect(words.filter(({ language }, i) => told[i] === language).length).toBeGreaterThan(135);
    const german = words.filter(({ language }) => language === 'de').map(({ text }) => ({ text }));
    expect(new Set(languagesOf(german)).size).toBe(1);
  });

  test('technical English is not taken for other languages', () => {
    const { documents } = plantedAnswers(60, mulberry32(1));
    const technical = ['c++ linq query', 'svn merge', 'oracle sql join', 'bash script', 'no'].map((text) => ({ text }));
    expect(new Set(languagesOf([...documents, ...technical]))).toEqual(new Set(['en']));
  });
});

describe('words of a language', () => {
  test('tags are read by their language', () => {
    expect(['en-GB', 'DE', 'nb-NO', 'zh-Hans', '', 'xx1'].map(baseLanguage)).toEqual([
      'en',
      'de',
      'no',
      'zh',
      '',
      'xx',
    ]);
  });

  test.each([
    ['de', 'nicht'],
    ['de', 'gut'],
    ['fr', 'pas'],
    ['fr', 'valeur'],
    ['es', 'trabajo'],
    ['it', 'non'],
    ['nl', 'niet'],
    ['pt', 'não'],
    ['ru', 'не'],
    ['zh', '不'],
    ['pl', 'nie'],
  ])('%s: “%s” carries meaning and is no stop word', (language, word) => {
    expect(stopWordsOf(language).has(word)).toBe(false);
    expect(stopWordsOf(language).size).toBeGreaterThan(40);
  });

  test.each([
    ['de', 'und'],
    ['fr', 'les'],
    ['es', 'para'],
    ['it', 'della'],
    ['sv', 'och'],
    ['ru', 'что'],
    ['fi', 'ja'],
  ])('%s: “%s” is a stop word', (language, word) => expect(stopWordsOf(language).has(word)).toBe(true));

  test.each([
    ['en', 'prices', 'price'],
    ['de', 'preisen', 'preise'],
    ['fr', 'employés', 'employé'],
    ['es', 'precios', 'precio'],
    ['it', 'prezzi', 'prezzo'],
    ['nl', 'medewerkers', 'medewerker'],
    ['pt', 'caros', 'caro'],
    ['ru', 'цены', 'цена'],
    ['sv', 'priserna', 'pris'],
    ['da', 'priserne', 'pris'],
    ['fi', 'talossa', 'talosta'],
    ['cs', 'ceny', 'cena'],
  ])('%s: “%s” and “%s” have one stem', (language, one, other) => {
    expect(stemmerOf(language)(one)).toBe(stemmerOf(language)(other));
  });

  test('a language nothing is known of keeps its words whole', () => {
    expect(stemmerOf('xx')('words')).toBe('words');
    expect(stopWordsOf('xx').size).toBe(0);
  });
});

describe('themes of answers in several languages', () => {
  const parts = [
    ['en', 110],
    ['de', 100],
    ['fr', 90],
  ] as const;
  const planted = parts.map(([language, n]) => plantedIn(language, n, mulberry32(5)));
  const few = plantedIn('zh', 8, mulberry32(5)).documents;
  const documents = [...planted.flatMap((part) => part.documents), ...few];
  const result = findThemes(documents, { themes: 6, seed: 1 });
  const themeOf = new Map(result.documents.map(({ id, theme }) => [id, theme]));

  test('each language with enough answers has themes of its own, found again within it', () => {
    parts.forEach(([language], q) => {
      const found = planted[q]!.documents.map(({ id }) => themeOf.get(id) ?? 'none');
      const own = result.themes.filter((theme) => theme.language === language);
      expect(own.length, language).toBe(2);
      expect(adjustedRandIndex(planted[q]!.topics, found), language).toBeGreaterThan(0.7);
    });
    expect(result.themes.every(({ language }) => parts.some(([known]) => known === language))).toBe(true);
  });

  test('a language with few answers stands under no shared wording, and a plain word says so', () => {
    expect(few.every(({ id }) => themeOf.get(id) === null)).toBe(true);
    expect(result.languages).toEqual([
      { language: 'en', n: 110, isClustered: true },
      { language: 'de', n: 100, isClustered: true },
      { language: 'fr', n: 90, isClustered: true },
      { language: 'zh', n: 8, isClustered: false },
    ]);
    expect(result.warnings.join(' ')).toContain('English (110), German (100), French (90), Chinese (8)');
    expect(result.warnings.join(' ')).toContain('8 in Chinese');
  });

  test('a new answer is placed among the themes of its language', () => {
    const languageAt = (text: string) => {
      const { theme } = placeDocument(structuredClone(result.model!), text);
      return result.themes.find(({ id }) => id === theme)?.language;
    };
    expect(languageAt('Die Suppe in der Kantine')).toBe('de');
    expect(languageAt('le légume et la soupe')).toBe('fr');
    expect(languageAt('soup and salad')).toBe('en');
    expect(languageAt('停车场')).toBeUndefined();
  });

  test('the order of the answers changes nothing', () => {
    expect(findThemes(shuffled(documents, mulberry32(9)), { themes: 6, seed: 1 })).toEqual(result);
  });

  test('Chinese without blanks is cut into words and grouped', () => {
    const { documents: chinese, topics } = plantedIn('zh', 120, mulberry32(2));
    const found = findThemes(chinese, { themes: 2, seed: 1 });
    const themes = new Map(found.documents.map(({ id, theme }) => [id, theme ?? 'none']));
    expect(
      adjustedRandIndex(
        topics,
        chinese.map(({ id }) => themes.get(id)!),
      ),
    ).toBeGreaterThan(0.7);
    expect(found.languages).toEqual([{ language: 'zh', n: 120, isClustered: true }]);
  });

  test('elided articles fall away from French words', () => {
    const texts = ["l'employé est content de l'accueil", "d'un employé et de l'accueil ici"];
    const french = Array.from({ length: 40 }, (_, i) => ({
      id: `f${i}`,
      text: `${texts[i % 2]} ${['cantine', 'voiture', 'garage'][i % 3]}`,
    }));
    const { themes } = findThemes(french, { themes: 2, seed: 1, language: 'fr' });
    const words = themes.flatMap((theme) => theme.words);
    expect(words.some((word) => word.includes("'"))).toBe(false);
  });
});
