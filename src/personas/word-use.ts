import type { Span } from '../coding/spans.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fisherExact } from '../stats/fisher-exact.ts';
import { thoughts } from '../text/pieces.ts';
import type { WordUse } from './portrait.ts';
import { countPhrases, eachPlace, type IsMeant, type Phrase, type SaidText, type SaidWords } from './said-words.ts';

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

/** Of so many of the most telling it is looked which of them overlap. */
const CANDIDATES_MAX = 400;
/** Of so many texts, the shortest, a sentence is chosen to stand for the words. */
const TEXTS_MAX = 200;

/** Who says some words, and how often in which form. */
export type Use = {
  words: readonly number[];
  here: Set<number>;
  rest: Set<number>;
  forms: Map<string, number>;
  language: string;
};
type Kept = { key: string; use: Use };

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
  said: SaidWords,
  { isTested, but = [] }: { isTested: boolean; but?: readonly FoundWords[] },
): FoundWords[] {
  const isMeant: IsMeant = isTested ? null : ({ start, end }, { coded }) => isWithin(coded, start, end);
  const sizesOf = heardBy(said);
  const shareOf = (n: number, of: number) => (of === 0 ? 0 : n / of);
  const all = countPhrases(said, isMeant, { least: SAID_MIN, most: PHRASE_MAX }).map((phrase) => {
    const sizes = sizesOf(phrase);
    return { phrase, sizes, more: shareOf(sizes.here, sizes.nHere) - shareOf(sizes.rest, sizes.nRest) };
  });
  let kept: typeof all;
  if (isTested) {
    const able = all.filter(({ sizes }) => sizes.here + sizes.rest >= TESTED_MIN && sizes.nRest > 0);
    const adjusted = benjaminiHochberg(
      able.map(({ sizes: { here, nHere, rest, nRest } }) =>
        fisherExact({ count: here, total: nHere }, { count: rest, total: nRest }),
      ),
    );
    kept = able.filter(
      ({ sizes, more }, at) => sizes.here >= SAID_MIN && more > 0 && (adjusted[at] ?? 1) < SIGNIFICANT,
    );
  } else {
    kept = all.filter(
      ({ sizes: { here, nHere }, more }) => here >= Math.max(SAID_MIN, Math.ceil(SHARE_MIN * nHere)) && more > 0,
    );
  }
  const told = withoutParts(
    usesOf(
      said,
      mostTelling(said, kept, (a, b) => b.more - a.more || b.sizes.here - a.sizes.here),
      isMeant,
    ),
  )
    .filter(({ use }) => !but.some((other) => isMostlyIn(use, other.use)))
    .slice(0, USED_MAX);
  return toldWords(said, told, sizesOf, null);
}

/**
 * The words that people turn from: said by at least two, and by more than half of those who say them at all where somebody
 * is worried, speaks against a thing or doubts it openly.
 *
 * @returns what most say first
 */
export function wordsDistrusted(said: SaidWords): FoundWords[] {
  const isDoubted = ({ start, end }: Span, { distrusted }: SaidText) => isWithin(distrusted, start, end);
  const doubted = countPhrases(said, isDoubted, { least: DISTRUSTED_MIN, most: PHRASE_MAX }).filter(
    ({ here }) => here >= DISTRUSTED_MIN,
  );
  const anywhere = new Int32Array(doubted.length);
  const last = new Int32Array(doubted.length).fill(-1);
  eachPlace(said, doubted, null, (phrase, text) => {
    if (!said.texts[text]!.isInside || last[phrase] === said.person[text]!) return;
    last[phrase] = said.person[text]!;
    anywhere[phrase]! += 1;
  });
  const kept = doubted.flatMap((phrase, at) => (phrase.here > anywhere[at]! / 2 ? [{ phrase }] : []));
  const told = withoutParts(
    usesOf(
      said,
      mostTelling(said, kept, (a, b) => b.phrase.here - a.phrase.here),
      isDoubted,
    ),
  ).slice(0, DISTRUSTED_MAX);
  return toldWords(said, told, heardBy(said), isDoubted);
}

/** With how many people were heard in the language of words: those of one language are held against those of nobody else. */
function heardBy({ texts, person, vocabulary }: SaidWords) {
  const heard = new Map<string, { here: Set<number>; rest: Set<number> }>();
  for (const [at, { language, isInside }] of texts.entries()) {
    let own = heard.get(language);
    if (!own) {
      own = { here: new Set(), rest: new Set() };
      heard.set(language, own);
    }
    own[isInside ? 'here' : 'rest'].add(person[at]!);
  }
  return ({ words, here, rest }: Phrase) => {
    const of = heard.get(vocabulary[words[0]!]!.language)!;
    return { here, nHere: of.here.size, rest, nRest: of.rest.size };
  };
}

const keyOf = ({ vocabulary }: SaidWords, words: readonly number[]): string =>
  `${vocabulary[words[0]!]!.language} ${words.map((one) => vocabulary[one]!.word).join(' ')}`;
const saying = ({ here, rest }: Use): number => here.size + rest.size;

/** The first by an order, and of those alike by their words, whichever way they came. */
function mostTelling<One extends { phrase: Phrase }>(
  said: SaidWords,
  found: readonly One[],
  order: (a: One, b: One) => number,
): (One & { key: string })[] {
  return found
    .map((one) => ({ ...one, key: keyOf(said, one.phrase.words) }))
    .sort((a, b) => order(a, b) || (a.key < b.key ? -1 : 1))
    .slice(0, CANDIDATES_MAX);
}

/** Who says each of some phrases. */
function usesOf(said: SaidWords, kept: readonly { key: string; phrase: Phrase }[], isMeant: IsMeant): Kept[] {
  const found = kept.map(({ key, phrase: { words } }) => ({
    key,
    use: {
      words,
      here: new Set<number>(),
      rest: new Set<number>(),
      forms: new Map<string, number>(),
      language: said.vocabulary[words[0]!]!.language,
    },
  }));
  eachPlace(
    said,
    kept.map(({ phrase }) => phrase),
    isMeant,
    (phrase, text, place) => {
      const { use } = found[phrase]!;
      const { isInside } = said.texts[text]!;
      use[isInside ? 'here' : 'rest'].add(said.person[text]!);
      if (!isInside) return;
      const form = use.words.map((_, by) => said.forms[said.form[place + by]!]!).join(' ');
      use.forms.set(form, (use.forms.get(form) ?? 0) + 1);
    },
  );
  return found;
}

const sharesWord = (one: Use, other: Use): boolean => one.words.some((word) => other.words.includes(word));
/** Whether at least half of those who say some words say others that overlap with them. */
const isMostlyIn = (one: Use, other: Use): boolean =>
  sharesWord(one, other) && one.here.intersection(other.here).size * 2 >= one.here.size;

/**
 * Of phrases that overlap and that mostly the same people say, the longest alone, or where they are as long the one that
 * more say in all; a phrase goes where a part of it is said by more than twice as many.
 */
function withoutParts(kept: readonly Kept[]): Kept[] {
  const isOfFew = ({ use }: Kept) =>
    kept.some(
      ({ use: part }) =>
        part.words.length < use.words.length && sharesWord(use, part) && use.here.size < part.here.size / 2,
    );
  const told: Kept[] = [];
  for (const one of kept
    .filter((phrase) => !isOfFew(phrase))
    .toSorted(
      (a, b) => b.use.words.length - a.use.words.length || saying(b.use) - saying(a.use) || (a.key < b.key ? -1 : 1),
    ))
    if (!told.some(({ use }) => isMostlyIn(one.use, use))) told.push(one);
  const isTold = new Set(told);
  return kept.filter((one) => isTold.has(one));
}

const formOf = ({ forms }: Use): string =>
  [...forms].reduce((best, form) => (form[1] > best[1] || (form[1] === best[1] && form[0] < best[0]) ? form : best))[0];

const isWithin = (spans: readonly Span[], start: number, end: number): boolean =>
  spans.some((span) => span.start <= start && span.end >= end);

function toldWords(
  said: SaidWords,
  kept: readonly Kept[],
  sizesOf: ReturnType<typeof heardBy>,
  isMeant: IsMeant,
): FoundWords[] {
  const first = kept.map(() => new Map<number, number>());
  eachPlace(
    said,
    kept.map(({ use }) => use),
    isMeant,
    (phrase, text, place) => {
      const { isInside, isQuotable } = said.texts[text]!;
      if (isInside && isQuotable && !first[phrase]!.has(text)) first[phrase]!.set(text, place);
    },
  );
  return kept.map(({ use }, at) => ({
    words: formOf(use),
    ...sizesOf({ words: use.words, here: use.here.size, rest: use.rest.size }),
    places: placesOf(said, use, first[at]!),
    use,
  }));
}

/** Sentences of people inside in which the words stand, one of each person, and no sentence twice: the shortest. */
function placesOf(said: SaidWords, { words, language }: Use, first: ReadonlyMap<number, number>): WordPlace[] {
  const found = [...first]
    .map(([at, place]) => ({ text: said.texts[at]!, place }))
    .sort(
      (a, b) =>
        a.text.text.length - b.text.text.length ||
        (a.text.text < b.text.text ? -1 : a.text.text > b.text.text ? 1 : a.text.sourceId < b.text.sourceId ? -1 : 1),
    )
    .slice(0, TEXTS_MAX)
    .flatMap(({ text, place }) => {
      const [start, end] = [said.start[place]!, said.end[place + words.length - 1]!];
      const sentence = thoughts(text.text, language).find((one) => one.start <= start && one.end >= end);
      if (!sentence || sentence.end - sentence.start > QUOTE_LENGTH_MAX) return [];
      const { sourceId, version, person } = text;
      const sentenceWords = [...text.text].slice(sentence.start, sentence.end).join('');
      return [{ sourceId, version, ...sentence, words: sentenceWords, person }];
    });
  // By their words, so that the order in which they came says nothing.
  found.sort(
    (a, b) =>
      a.words.length - b.words.length ||
      (a.words < b.words ? -1 : a.words > b.words ? 1 : a.sourceId < b.sourceId ? -1 : 1),
  );
  const [people, sentences] = [new Set<string>(), new Set<string>()];
  return found
    .filter(({ person, words: own }) => {
      if (people.has(person) || sentences.has(own)) return false;
      people.add(person);
      sentences.add(own);
      return true;
    })
    .slice(0, PLACES_MAX)
    .map(({ sourceId, version, start, end }) => ({ sourceId, version, start, end }));
}
