import type { Span } from '../coding/spans.ts';
import type { Token } from '../text/tokens.ts';

/** A text as somebody said it. */
export type SaidText = {
  sourceId: string;
  version: number;
  text: string;
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
/** The words of all texts one after the other, in columns: fifty thousand answers have a million words. */
export type SaidWords = {
  texts: readonly SaidText[];
  /** Of each text the place of its first word, and behind the last text how many words there are. */
  from: Int32Array;
  /** By the place of a word its number in `vocabulary`; −1 for what is no word of letters. */
  word: Int32Array;
  /** By the place of a word the number of how it was said, in `forms`. */
  form: Int32Array;
  start: Int32Array;
  end: Int32Array;
  /** 1 where nothing but a blank stands between a word and the one before it. */
  follows: Uint8Array;
  vocabulary: { language: string; word: string }[];
  forms: string[];
  /** Of each text the number of who said it; whoever is inside has another than the same name outside. */
  person: Int32Array;
  /** The texts by who said them, so that everybody is counted once without being remembered. */
  byPerson: Int32Array;
};
/** Words that follow each other, by their numbers, with how many say them inside and outside. */
export type Phrase = { words: readonly number[]; here: number; rest: number };
/** Whether words at some place of a text are meant; of all where it is null. */
export type IsMeant = ((span: Span, text: SaidText) => boolean) | null;

/** @param read the words of a text, but for those that are masked; in the language of each text they are other words */
export function saidWords<Text extends SaidText>(
  texts: readonly Text[],
  read: (text: Text, at: number) => readonly Token[],
): SaidWords {
  const [words, forms, people] = [numbering(), numbering(), numbering()];
  const [word, form, start, end] = [column(), column(), column(), column()];
  const vocabulary: SaidWords['vocabulary'] = [];
  const follows: number[] = [];
  const from = new Int32Array(texts.length + 1);
  const person = new Int32Array(texts.length);
  for (const [at, text] of texts.entries()) {
    person[at] = people.of(`${text.isInside ? 'in' : 'out'} ${text.person}`);
    let before = -2;
    for (const token of read(text, at)) {
      const isWord = /\p{L}/u.test(token.word);
      const number = isWord ? words.of(`${text.language} ${token.word}`) : -1;
      if (number === vocabulary.length) vocabulary.push({ language: text.language, word: token.word });
      follows.push(token.start === before + 1 ? 1 : 0);
      before = token.end;
      word.add(number);
      form.add(forms.of(token.form));
      start.add(token.start);
      end.add(token.end);
    }
    from[at + 1] = follows.length;
  }
  return {
    texts,
    from,
    word: word.all(),
    form: form.all(),
    start: start.all(),
    end: end.all(),
    follows: Uint8Array.from(follows),
    vocabulary,
    forms: forms.names(),
    person,
    byPerson: Int32Array.from(person.keys()).sort((a, b) => person[a]! - person[b]! || a - b),
  };
}

/**
 * Phrases of one to so many words, with how many people say them; a longer one is looked at where at least so many say
 * each part of it.
 *
 * @returns those that at least so many say
 */
export function countPhrases(
  said: SaidWords,
  isMeant: IsMeant,
  { least, most }: { least: number; most: number },
): Phrase[] {
  const { word, follows, texts, from, byPerson, person, vocabulary, start, end } = said;
  const found: Phrase[] = [];
  let before = word;
  let isSaid: Uint8Array | null = null;
  for (let length = 1; length <= most; length += 1) {
    const here = new Int32Array(length === 1 ? vocabulary.length : word.length);
    const rest = new Int32Array(here.length);
    const last = new Int32Array(here.length).fill(-1);
    /** Where a phrase stands first. */
    const first = new Int32Array(here.length);
    const phraseAt = new Int32Array(word.length).fill(-1);
    const numbers = new Map<number, number>();
    for (const at of byPerson) {
      const text = texts[at]!;
      const own = person[at]!;
      for (let place = from[at]!, stop = from[at + 1]! - length; place <= stop; place += 1) {
        let number = before[place]!;
        if (number < 0) continue;
        if (isSaid) {
          const next = before[place + 1]!;
          if (next < 0 || follows[place + 1] === 0 || isSaid[number] === 0 || isSaid[next] === 0) continue;
        }
        if (isMeant && !isMeant({ start: start[place]!, end: end[place + length - 1]! }, text)) continue;
        if (isSaid) {
          const key = number * vocabulary.length + word[place + length - 1]!;
          number = numbers.get(key) ?? numbers.size;
          if (number === numbers.size) numbers.set(key, number);
        }
        phraseAt[place] = number;
        if (last[number] === own) continue;
        if (last[number] === -1) first[number] = place;
        last[number] = own;
        const side = text.isInside ? here : rest;
        side[number]! += 1;
      }
    }
    isSaid = Uint8Array.from(here, (count, number) => (count + rest[number]! >= least ? 1 : 0));
    for (const [number, isKept] of isSaid.entries())
      if (isKept === 1)
        found.push({
          words: [...word.subarray(first[number]!, first[number]! + length)],
          here: here[number]!,
          rest: rest[number]!,
        });
    before = phraseAt;
  }
  return found;
}

/** Hears of every place at which one of some phrases stands: of each person's texts together, in each from its beginning. */
export function eachPlace(
  { word, follows, texts, from, byPerson, vocabulary, start, end }: SaidWords,
  phrases: readonly Pick<Phrase, 'words'>[],
  isMeant: IsMeant,
  hear: (phrase: number, text: number, place: number) => void,
): void {
  const beginning: (number[] | undefined)[] = new Array(vocabulary.length);
  for (const [phrase, { words }] of phrases.entries()) {
    const own = beginning[words[0]!];
    if (own) own.push(phrase);
    else beginning[words[0]!] = [phrase];
  }
  for (const at of byPerson)
    for (let place = from[at]!, stop = from[at + 1]!; place < stop; place += 1) {
      const own = word[place]! < 0 ? undefined : beginning[word[place]!];
      for (const phrase of own ?? []) {
        const { words } = phrases[phrase]!;
        const isThere =
          place + words.length <= stop &&
          words.every((one, by) => word[place + by] === one && (by === 0 || follows[place + by] === 1));
        if (!isThere) continue;
        if (isMeant && !isMeant({ start: start[place]!, end: end[place + words.length - 1]! }, texts[at]!)) continue;
        hear(phrase, at, place);
      }
    }
}

/** Numbers names in the order in which they come. */
function numbering() {
  const numbers = new Map<string, number>();
  return {
    of: (name: string): number => {
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, numbers.size);
      return numbers.size - 1;
    },
    names: (): string[] => [...numbers.keys()],
  };
}

/** A column that grows. */
function column() {
  let values = new Int32Array(1024);
  let length = 0;
  return {
    add: (value: number): void => {
      if (length === values.length) {
        const wider = new Int32Array(length * 2);
        wider.set(values);
        values = wider;
      }
      values[length] = value;
      length += 1;
    },
    all: (): Int32Array => values.slice(0, length),
  };
}
