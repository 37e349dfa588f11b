import type { Span } from '../coding/spans.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fisherExact } from '../stats/fisher-exact.ts';
import { thoughts } from '../text/pieces.ts';
import type { Token } from '../text/tokens.ts';
import type { WordUse } from './portrait.ts';

/** A text as somebody said it, with its words but for those of a person, which are masked. */
export type SaidText = {
  sourceId: string;
  version: number;
  text: string;
  tokens: readonly Token[];
  /** Two letters. */
  language: string;
  person: string;
  isInside: boolean;
  /** Whether words of it may be quoted. */
  isQuotable: boolean;
  /** What bears a code. */
  coded: readonly Span[];
  /** What was said in worry, against something, or in open doubt. */
  distrusted: readonly Span[];
};
export type WordPlace = { sourceId: string; version: number } & Span;
/** Words with where they were said, before those places are sealed. */
export type FoundWords = Omit<WordUse, 'quotes'> & { places: WordPlace[]; use: Use };

const USED_MAX = 12;
const DISTRUSTED_MAX = 8;
const PLACES_MAX = 3;
const SIGNIFICANT = 0.05;
/** Words that fewer say are not tested, nor told. */
const TESTED_MIN = 5;
const SAID_MIN = 3;
const DISTRUSTED_MIN = 2;
/** Phrases of at most so many words are looked for. */
const PHRASE_MAX = 3;
/** Where nothing can be tested: at least this share says it. */
const SHARE_MIN = 0.25;
/** A longer sentence is no quote. */
const QUOTE_LENGTH_MAX = 320;

/** Who says some words, and how often in which form. */
export type Use = {
  here: Set<string>;
  rest: Set<string>;
  forms: Map<string, number>;
  parts: readonly string[];
  language: string;
};

/**
 * The words that people use more than everybody else does: of one to three that follow each other, counted by
 * people. Where at least five say them they are tested (Fisher's exact test, adjusted over all) and only those that hold
 * are told; of interviews alone, which are too few for that, those that at least a quarter says in passages that bear a code.
 *
 * @param isTested whether the people are many enough to be tested
 * @param but words that they turn from: what overlaps with them is not told as theirs
 * @returns the most telling first
 */
export function wordsUsed(
  texts: readonly SaidText[],
  { isTested, but = [] }: { isTested: boolean; but?: readonly FoundWords[] },
): FoundWords[] {
  const uses = usesIn(texts, ({ start, end }, { coded }) => isTested || isWithin(coded, start, end), SAID_MIN);
  const heard = heardBy(texts);
  const sizes = (use: Use) => {
    const of = heard.get(use.language)!;
    return { here: use.here.size, nHere: of.here, rest: use.rest.size, nRest: of.rest };
  };
  const shareOf = (n: number, of: number) => (of === 0 ? 0 : n / of);
  let kept: { key: string; use: Use; more: number }[];
  const all = [...uses].map(([key, use]) => {
    const { here, nHere, rest, nRest } = sizes(use);
    return { key, use, more: shareOf(here, nHere) - shareOf(rest, nRest) };
  });
  if (isTested) {
    const able = all.filter(
      ({ use }) => use.here.size + use.rest.size >= TESTED_MIN && heard.get(use.language)!.rest > 0,
    );
    const ps = able.map(({ use }) => {
      const { here, nHere, rest, nRest } = sizes(use);
      return fisherExact({ count: here, total: nHere }, { count: rest, total: nRest });
    });
    const adjusted = benjaminiHochberg(ps);
    kept = able.filter(
      ({ use, more }, at) => use.here.size >= SAID_MIN && more > 0 && (adjusted[at] ?? 1) < SIGNIFICANT,
    );
  } else {
    kept = all.filter(({ use, more }) => {
      const { here, nHere } = sizes(use);
      return here >= Math.max(SAID_MIN, Math.ceil(SHARE_MIN * nHere)) && more > 0;
    });
  }
  kept.sort((a, b) => b.more - a.more || b.use.here.size - a.use.here.size || (a.key < b.key ? -1 : 1));
  return withoutParts(kept)
    .filter(({ use }) => !but.some((other) => isMostlyIn(use, other.use)))
    .slice(0, USED_MAX)
    .map(({ use }) => ({ words: formOf(use), ...sizes(use), places: placesOf(texts, use, () => true), use }));
}

/**
 * The words that people turn from: said by at least two, and by more than half of those who say them at all where somebody
 * is worried, speaks against a thing or doubts it openly.
 *
 * @returns what most say first
 */
export function wordsDistrusted(texts: readonly SaidText[]): FoundWords[] {
  const isDoubted = ({ start, end }: Span, { distrusted }: SaidText) => isWithin(distrusted, start, end);
  const anywhere = usesIn(texts, () => true, DISTRUSTED_MIN);
  const doubted = usesIn(texts, isDoubted, DISTRUSTED_MIN);
  const heard = heardBy(texts);
  const kept = [...doubted]
    .filter(([key, { here }]) => here.size >= DISTRUSTED_MIN && here.size > (anywhere.get(key)?.here.size ?? 0) / 2)
    .map(([key, use]) => ({ key, use, more: use.here.size }))
    .toSorted((a, b) => b.more - a.more || (a.key < b.key ? -1 : 1));
  return withoutParts(kept)
    .slice(0, DISTRUSTED_MAX)
    .map(({ use }) => {
      const of = heard.get(use.language)!;
      return {
        words: formOf(use),
        here: use.here.size,
        nHere: of.here,
        rest: use.rest.size,
        nRest: of.rest,
        places: placesOf(texts, use, isDoubted),
        use,
      };
    });
}

/** How many people were heard in each language; words of one language are held against those of nobody else. */
function heardBy(texts: readonly SaidText[]): Map<string, { here: number; rest: number }> {
  return new Map(
    [...Map.groupBy(texts, ({ language }) => language)].map(([language, own]) => {
      const people = (isInside: boolean) =>
        new Set(own.filter((one) => one.isInside === isInside).map(({ person }) => person)).size;
      return [language, { here: people(true), rest: people(false) }];
    }),
  );
}

/** Phrases of so many words, with nothing but a blank between them. */
function* phrasesOf({ tokens }: SaidText, length: number): Generator<Span & { parts: string[]; form: string }> {
  for (let at = 0; at + length <= tokens.length; at += 1) {
    const own = tokens.slice(at, at + length);
    const isWhole = own.every(
      ({ word, start }, place) => /\p{L}/u.test(word) && (place === 0 || start === own[place - 1]!.end + 1),
    );
    if (isWhole)
      yield {
        start: own[0]!.start,
        end: own.at(-1)!.end,
        parts: own.map(({ word }) => word),
        form: own.map(({ form }) => form).join(' '),
      };
  }
}

const keyOf = (language: string, parts: readonly string[]): string => `${language} ${parts.join(' ')}`;
const saying = ({ here, rest }: Use): number => here.size + rest.size;

/** Words and phrases by who says them; a phrase is looked at where at least so many say each part of it. */
function usesIn(
  texts: readonly SaidText[],
  isMeant: (span: Span, text: SaidText) => boolean,
  least: number,
): Map<string, Use> {
  const uses = new Map<string, Use>();
  const isSaid = (language: string, parts: readonly string[]) => {
    const use = uses.get(keyOf(language, parts));
    return use !== undefined && saying(use) >= least;
  };
  for (let length = 1; length <= PHRASE_MAX; length += 1)
    for (const text of texts)
      for (const phrase of phrasesOf(text, length)) {
        const { parts } = phrase;
        if (!isMeant(phrase, text)) continue;
        if (length > 1 && !(isSaid(text.language, parts.slice(1)) && isSaid(text.language, parts.slice(0, -1))))
          continue;
        const key = keyOf(text.language, parts);
        let use = uses.get(key);
        if (!use) {
          use = { here: new Set(), rest: new Set(), forms: new Map(), parts, language: text.language };
          uses.set(key, use);
        }
        (text.isInside ? use.here : use.rest).add(text.person);
        if (text.isInside) use.forms.set(phrase.form, (use.forms.get(phrase.form) ?? 0) + 1);
      }
  return uses;
}

const sharesWord = (one: Use, other: Use): boolean =>
  one.language === other.language && one.parts.some((part) => other.parts.includes(part));
/** Whether at least half of those who say some words say others that overlap with them. */
const isMostlyIn = (one: Use, other: Use): boolean =>
  sharesWord(one, other) && one.here.intersection(other.here).size * 2 >= one.here.size;

/**
 * Of phrases that overlap and that mostly the same people say, the longest alone, or where they are as long the one that
 * more say in all; a phrase goes where a part of it is said by more than twice as many.
 */
function withoutParts<Kept extends { key: string; use: Use }>(kept: readonly Kept[]): Kept[] {
  const isOfFew = ({ use }: Kept) =>
    kept.some(
      ({ use: part }) =>
        part.parts.length < use.parts.length && sharesWord(use, part) && use.here.size < part.here.size / 2,
    );
  const told: Kept[] = [];
  for (const one of kept
    .filter((phrase) => !isOfFew(phrase))
    .toSorted(
      (a, b) => b.use.parts.length - a.use.parts.length || saying(b.use) - saying(a.use) || (a.key < b.key ? -1 : 1),
    ))
    if (!told.some(({ use }) => isMostlyIn(one.use, use))) told.push(one);
  const isTold = new Set(told);
  return kept.filter((one) => isTold.has(one));
}

const formOf = ({ forms }: Use): string =>
  [...forms].reduce((best, form) => (form[1] > best[1] || (form[1] === best[1] && form[0] < best[0]) ? form : best))[0];

const isWithin = (spans: readonly Span[], start: number, end: number): boolean =>
  spans.some((span) => span.start <= start && span.end >= end);

/** Sentences of people inside in which the words stand, one of each person, and no sentence twice. */
function placesOf(texts: readonly SaidText[], use: Use, isMeant: (span: Span, text: SaidText) => boolean): WordPlace[] {
  const found: (WordPlace & { words: string; person: string })[] = [];
  for (const text of texts) {
    if (!text.isInside || !text.isQuotable || text.language !== use.language || !use.here.has(text.person)) continue;
    if (!text.tokens.some(({ word }) => word === use.parts[0])) continue;
    const words = [...phrasesOf(text, use.parts.length)].find(
      (one) => keyOf(text.language, one.parts) === keyOf(use.language, use.parts) && isMeant(one, text),
    );
    const sentence =
      words && thoughts(text.text, text.language).find(({ start, end }) => start <= words.start && end >= words.end);
    if (!sentence || sentence.end - sentence.start > QUOTE_LENGTH_MAX) continue;
    found.push({
      sourceId: text.sourceId,
      version: text.version,
      ...sentence,
      words: [...text.text].slice(sentence.start, sentence.end).join(''),
      person: text.person,
    });
  }
  // By their words, so that the order in which they came says nothing.
  found.sort(
    (a, b) =>
      a.words.length - b.words.length ||
      (a.words < b.words ? -1 : a.words > b.words ? 1 : a.sourceId < b.sourceId ? -1 : 1),
  );
  const [people, sentences] = [new Set<string>(), new Set<string>()];
  return found
    .filter(({ person, words }) => {
      if (people.has(person) || sentences.has(words)) return false;
      people.add(person);
      sentences.add(words);
      return true;
    })
    .slice(0, PLACES_MAX)
    .map(({ sourceId, version, start, end }) => ({ sourceId, version, start, end }));
}
